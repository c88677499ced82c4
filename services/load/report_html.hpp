#pragma once

#include "services/load/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace strowger::services::load {

/// A result as one HTML file that needs nothing else: verdict, figures, plots,
/// and the JSON of to_json() in it. Nothing if this program was built without
/// npm; no_html says so in words.
std::optional<std::string> to_html(const result& x);

inline constexpr std::string_view no_html
  = "this strowger was built without npm, so it makes no HTML reports; install "
    "nodejs and npm and build it again";

} // namespace strowger::services::load
