#include "services/ctl/table.hpp"

#include "services/ctl/fields.hpp"

#include <algorithm>
#include <cassert>

namespace strowger::services::ctl {

namespace {

size_t width_of(const std::string& text) {
  return static_cast<size_t>(
    std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

std::string cell(const std::string& text) {
  return text.empty() ? "-" : printable(text);
}

} // namespace

std::string padded(std::string text, size_t width) {
  auto is = width_of(text);
  text.append(is < width ? width - is : 0, ' ');
  return text;
}

void print(const table& x, std::ostream& out) {
  std::vector<size_t> widths;
  for (auto& heading : x.headings)
    widths.push_back(width_of(heading));
  for (auto& row : x.rows) {
    assert(row.size() == widths.size());
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(cell(row[i])));
  }
  auto line = [&](const std::vector<std::string>& cells) {
    // The last column is not filled up: no blanks at the end of a line.
    for (size_t i = 0; i < cells.size(); ++i)
      out << (i + 1 < cells.size() ? padded(cell(cells[i]), widths[i] + 2)
                                   : cell(cells[i]));
    out << '\n';
  };
  line(x.headings);
  for (auto& row : x.rows)
    line(row);
}

} // namespace strowger::services::ctl
