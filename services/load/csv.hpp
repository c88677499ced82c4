#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::load {

/// A column that a file may have.
struct csv_column {
  std::string_view name;
  bool needed = true;
};

/// A value of a line, and where it begins (in bytes, from 1).
struct csv_cell {
  std::string text;
  int column = 1;
};

/// Reads comma-separated values (RFC 4180, but a value ends with its line)
/// below a header line that names the columns. Lines without a character are
/// skipped. It goes on after a line that is wrong, until ten things were.
class csv_reader {
public:
  /// What is told of a mistake: line, column, what is wrong.
  using report = std::function<void(int, int, std::string)>;

  /// The text and the names must outlive the reader.
  csv_reader(std::string_view text, std::span<const csv_column> columns,
             report report_fault);

  /// Reads the header; false after reporting that nothing else can be read.
  bool read_header();
  /// Goes to the next line without a mistake; false at the end.
  bool next();

  /// The value in this column (as an index of those given); null if the file
  /// has no such column. After the header: the name itself.
  const csv_cell* find(size_t column) const;

  /// Reports what is wrong with this line, from this column on.
  void fail(int column, std::string message);

private:
  bool next_line();
  bool split(std::string_view text);
  bool split_quoted(std::string_view text, size_t& at, std::string& value);

  std::string_view rest_;
  std::span<const csv_column> columns_;
  report report_;
  int faults_ = 0;
  int line_ = 0;
  std::vector<size_t> places_; // of the columns; npos: not there
  size_t width_ = 0;           // of the header
  std::vector<csv_cell> cells_;
};

} // namespace strowger::services::load
