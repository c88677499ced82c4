#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Figures as people read them: three digits and a unit.
namespace strowger::services::load {

/// "430 us", "12.3 ms", "1.24 s", "74 min".
std::string in_time(double seconds);
inline std::string in_time_us(std::uint64_t us) {
  return in_time(static_cast<double>(us) / 1e6);
}

/// "0.0123 %", "99.7 %"; only nothing is "0 %", only all is "100 %".
std::string in_percent(double share);
/// The same of a part; "-" if there is no whole.
std::string in_percent(std::uint64_t part, std::uint64_t whole);

/// "1 234 567".
std::string in_groups(std::uint64_t count);

/// "1 call", "2 calls".
std::string counted(std::uint64_t count, std::string_view noun);

/// Three digits, more only for whole numbers: "0.123", "12.3", "1234".
std::string in_digits(double x);

/// Rows of cells, two blanks apart, the first column flush left, the others
/// flush right. `indent` blanks come before each row.
void print_columns(const std::vector<std::vector<std::string>>& rows,
                   std::ostream& out, std::size_t indent = 2);

/// How many columns a text in UTF-8 takes, control sequences left out.
std::size_t width_of(std::string_view text);

} // namespace strowger::services::load
