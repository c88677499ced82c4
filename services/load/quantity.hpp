#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace strowger::services::load {

/// A unit, and how much it is of the first thing that its kind counts in.
struct unit {
  std::string_view word;
  double factor = 1;
};

/// What can be measured, and how it is written.
struct quantity_kind {
  std::string_view name;    ///< "a duration"
  std::string_view example; ///< "180 s"
  std::span<const unit> units;
  double max = 0; ///< more is a typing error
  std::string_view max_text;
};

extern const quantity_kind duration_s; ///< seconds, from ms, s, min or h
extern const quantity_kind rate_per_s; ///< per second, from /s, /min or /h
extern const quantity_kind share;      ///< 0 to 1, from %
extern const quantity_kind tone_hz;    ///< Hz, from Hz or kHz

/// The value of "180 s" in seconds, say; otherwise `error` says what is wrong
/// and what was expected. A number without its unit is an error.
std::optional<double> parse_quantity(std::string_view text,
                                     const quantity_kind& kind,
                                     std::string& error);

} // namespace strowger::services::load
