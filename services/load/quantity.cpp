#include "services/load/quantity.hpp"

#include "services/config/wording.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

namespace strowger::services::load {

namespace {

using config::quoted;

constexpr unit duration_units[] = {
  {"ms", 0.001}, {"s", 1}, {"min", 60}, {"h", 3600}};
constexpr unit rate_units[] = {{"/s", 1}, {"/min", 1. / 60}, {"/h", 1. / 3600}};
constexpr unit share_units[] = {{"%", 0.01}};
constexpr unit tone_units[] = {{"Hz", 1}, {"kHz", 1000}};

std::string expected(const quantity_kind& kind) {
  std::vector<std::string_view> words;
  for (auto& x : kind.units)
    words.push_back(x.word);
  return (words.size() > 1 ? "one of " : "") + config::one_of(words)
         + ", such as " + quoted(kind.example);
}

} // namespace

// Limits of what makes sense: a year, more calls than ports can carry, all.
const quantity_kind duration_s{"a duration", "180 s", duration_units,
                               10'000. * 3600, "10000 h"};
const quantity_kind rate_per_s{"a rate", "100/s", rate_units, 1e6, "1000000/s"};
const quantity_kind share{"a share", "2 %", share_units, 1, "100 %"};
// Telephones carry 300 to 3400 Hz.
const quantity_kind tone_hz{"a tone", "440 Hz", tone_units, 3400, "3400 Hz"};

std::optional<double> parse_quantity(std::string_view text,
                                     const quantity_kind& kind,
                                     std::string& error) {
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !is_digit(text.front())) {
    error = quoted(text) + " is not " + std::string(kind.name) + " such as "
            + quoted(kind.example);
    return std::nullopt;
  }
  double value = 0;
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, value,
                                         std::chars_format::fixed);
  if (failure != std::errc{})
    value = std::numeric_limits<double>::infinity();
  std::string_view word{stop, end};
  word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
  auto found = std::ranges::find(kind.units, word, &unit::word);
  if (found == kind.units.end()) {
    error = quoted(text)
            + (word.empty() ? " has no unit; expected "
                            : " has no unit that fits; expected ")
            + expected(kind);
    return std::nullopt;
  }
  value *= found->factor;
  if (value > kind.max) {
    error = quoted(text) + " is more than " + std::string(kind.max_text);
    return std::nullopt;
  }
  return value;
}

} // namespace strowger::services::load
