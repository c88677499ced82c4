#pragma once

#include <string_view>

namespace strowger::services {

/// What this build is; the version comes from CMake's project().
inline constexpr std::string_view version_text = STROWGER_VERSION;

} // namespace strowger::services
