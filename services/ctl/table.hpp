#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace strowger::services::ctl {

/// Cells of text under headings.
struct table {
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows;
};

/// Prints columns two blanks apart, each as wide as its widest cell; an empty
/// cell is `-`. Control characters come out as `?`. Columns count code points.
void print(const table& x, std::ostream& out);

/// Fills up with blanks to this many code points.
std::string padded(std::string text, size_t width);

} // namespace strowger::services::ctl
