#pragma once

#include <string_view>

namespace strowger::services::load {

/// The page around an HTML report, with "{report}" where its JSON goes. It is
/// made of report/ by npm while building; empty if there was no npm.
extern const std::string_view report_page;

} // namespace strowger::services::load
