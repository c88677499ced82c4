#include "services/load/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace strowger::services::load {

std::string in_digits(double x) {
  auto size = std::abs(x);
  if (size == 0 || size >= 99.95)
    return fmt::format("{:.0f}", x);
  // As many decimals as make three digits; 0.05 % more, as 9.996 is 10.0.
  auto whole = static_cast<int>(std::floor(std::log10(size * 1.0005)));
  return fmt::format("{:.{}f}", x, std::clamp(2 - whole, 0, 6));
}

std::string in_time(double seconds) {
  auto size = std::abs(seconds);
  if (size < 0.0009995)
    return in_digits(std::round(seconds * 1e7) / 10) + " us";
  if (size < 0.9995)
    return in_digits(seconds * 1e3) + " ms";
  if (size < 600)
    return in_digits(seconds) + " s";
  return fmt::format("{:.0f} min", seconds / 60);
}

std::string in_percent(double share) {
  auto percent = share * 100;
  if (percent > 99 && percent < 100) {
    // What is missing is what counts: 99.9987 %.
    auto missing = 100 - percent;
    auto decimals = 1 - static_cast<int>(std::floor(std::log10(missing)));
    return fmt::format("{:.{}f} %", percent, std::clamp(decimals, 1, 6));
  }
  return in_digits(percent) + " %";
}

std::string in_percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0)
    return "-";
  return in_percent(static_cast<double>(part) / static_cast<double>(whole));
}

std::string in_groups(std::uint64_t count) {
  auto text = std::to_string(count);
  for (auto i = static_cast<int>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), " ");
  return text;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return in_groups(count).append(" ").append(noun).append(count == 1 ? ""
                                                                     : "s");
}

std::size_t width_of(std::string_view text) {
  std::size_t result = 0;
  bool in_sequence = false;
  for (auto c : text) {
    if (c == '\033')
      in_sequence = true;
    else if (in_sequence)
      in_sequence = c != 'm' && c != 'K';
    else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80)
      ++result;
  }
  return result;
}

void print_columns(const std::vector<std::vector<std::string>>& rows,
                   std::ostream& out, std::size_t indent) {
  std::vector<std::size_t> widths;
  for (auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]));
  }
  for (auto& row : rows) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string gap(widths[i] - width_of(row[i]), ' ');
      line += i == 0 ? row[i] + gap : "  " + gap + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

} // namespace strowger::services::load
