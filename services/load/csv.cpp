#include "services/load/csv.hpp"

#include "services/config/wording.hpp"

#include <algorithm>
#include <utility>

namespace strowger::services::load {

namespace {

using config::quoted;

constexpr auto nowhere = std::string_view::npos;

/// A file of the wrong kind is wrong in every line; nobody reads them all.
constexpr int max_faults = 10;

/// What spreadsheets write before UTF-8.
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(' ');
  if (first == nowhere)
    return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

int counted(size_t from_zero) {
  return static_cast<int>(from_zero) + 1;
}

} // namespace

csv_reader::csv_reader(std::string_view text,
                       std::span<const csv_column> columns, report report_fault)
  : rest_(text), columns_(columns), report_(std::move(report_fault)) {
  if (rest_.starts_with(byte_order_mark))
    rest_.remove_prefix(byte_order_mark.size());
}

void csv_reader::fail(int column, std::string message) {
  report_(std::max(line_, 1), column, std::move(message));
  if (++faults_ < max_faults)
    return;
  if (!rest_.empty())
    report_(line_ + 1, 1, "too many errors: nothing was read from here on");
  rest_ = {};
}

const csv_cell* csv_reader::find(size_t column) const {
  auto place = places_[column];
  return place == nowhere ? nullptr : &cells_[place];
}

bool csv_reader::read_header() {
  std::vector<std::string_view> names;
  for (auto& x : columns_)
    names.push_back(x.name);
  if (!next_line()) {
    if (line_ == 0)
      fail(1, "the file is empty; expected a header line with the columns "
                + config::one_of(names));
    return false;
  }
  auto good = true;
  places_.assign(columns_.size(), nowhere);
  width_ = cells_.size();
  for (size_t i = 0; i < width_; ++i) {
    auto& [name, column] = cells_[i];
    auto index = static_cast<size_t>(std::ranges::find(names, name)
                                     - names.begin());
    std::string fault;
    if (index == names.size())
      fault = "unknown column " + quoted(name) + "; expected "
              + config::one_of(names) + config::did_you_mean(name, names);
    else if (places_[index] != nowhere)
      fault = "the column " + quoted(name) + " is given twice";
    else
      places_[index] = i;
    if (!fault.empty()) {
      fail(column, std::move(fault));
      good = false;
    }
  }
  for (size_t i = 0; good && i < columns_.size(); ++i)
    if (columns_[i].needed && places_[i] == nowhere) {
      fail(1, "there is no column " + quoted(names[i]));
      good = false;
    }
  return good;
}

bool csv_reader::next() {
  while (!rest_.empty()) {
    if (!next_line())
      continue; // reported, or the end
    if (cells_.size() == width_)
      return true;
    fail(1, "the line has " + std::to_string(cells_.size())
              + " values, the header " + std::to_string(width_));
  }
  return false;
}

/// Splits the next line that is not empty; false at the end or after reporting.
bool csv_reader::next_line() {
  while (!rest_.empty()) {
    auto text = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(std::min(text.size() + 1, rest_.size()));
    ++line_;
    if (text.ends_with('\r'))
      text.remove_suffix(1);
    if (!trimmed(text).empty())
      return split(text);
  }
  return false;
}

bool csv_reader::split(std::string_view text) {
  cells_.clear();
  for (size_t at = 0;;) {
    auto start = std::min(text.find_first_not_of(' ', at), text.size());
    csv_cell cell{{}, counted(start)};
    if (start < text.size() && text[start] == '"') {
      at = start;
      if (!split_quoted(text, at, cell.text))
        return false;
    } else {
      auto end = std::min(text.find(',', at), text.size());
      cell.text = trimmed(text.substr(at, end - at));
      at = end;
    }
    cells_.push_back(std::move(cell));
    if (at == text.size())
      return true;
    ++at; // the comma
  }
}

/// Reads a value in quotation marks; `at` goes to the comma after it.
bool csv_reader::split_quoted(std::string_view text, size_t& at,
                              std::string& value) {
  auto start = at++;
  for (; at < text.size(); ++at) {
    if (text[at] != '"') {
      value += text[at];
    } else if (text.substr(at + 1).starts_with('"')) {
      value += text[at++];
    } else {
      at = std::min(text.find_first_not_of(' ', at + 1), text.size());
      if (at == text.size() || text[at] == ',')
        return true;
      fail(counted(at), "expected a comma after the quotation mark");
      return false;
    }
  }
  fail(counted(start), "the quotation mark is not closed in its line");
  return false;
}

} // namespace strowger::services::load
