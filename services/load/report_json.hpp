#pragma once

#include "services/load/result.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace strowger::services::load {

/// A result as JSON, described by report.schema.json. Histograms are complete,
/// so results can be merged and compared without losing percentiles.
std::string to_json(const result& x);

/// Reads it back; otherwise which field is wrong, and what was expected there.
/// What can be calculated from other fields is not read. Writing what was read
/// gives the same text again.
std::variant<result, std::string> read_json(std::string_view text);

} // namespace strowger::services::load
