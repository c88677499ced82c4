#include "services/config/wording.hpp"
#include "services/load/scenario_parser.hpp"

#include <filesystem>
#include <utility>

namespace strowger::services::load {

void scenario_parser::read_csv(
  const node& value, std::span<const csv_column> columns,
  const std::function<void(csv_reader&)>& visit,
  const std::function<std::string(const csv_reader&)>& fault_of_header) {
  std::string name;
  read_text("csv", value, name);
  if (name.empty())
    return;
  auto file = (std::filesystem::path{file_}.parent_path() / name).string();
  std::string error;
  auto text = files_(file, error);
  if (!text) {
    fail(value, "csv: " + config::quoted(file) + ": " + error);
    return;
  }
  if (auto line = config::line_without_utf8(*text)) {
    errors_.push_back({file, *line, 1, "the text is not UTF-8"});
    return;
  }
  auto before = errors_.size();
  csv_reader rows{*text, columns, [&](int line, int column, std::string fault) {
                    errors_.push_back({file, line, column, std::move(fault)});
                  }};
  if (!rows.read_header())
    return;
  if (auto fault = fault_of_header ? fault_of_header(rows) : "";
      !fault.empty()) {
    rows.fail(1, fault);
    return;
  }
  auto is_empty = true;
  while (rows.next()) {
    is_empty = false;
    visit(rows);
  }
  if (is_empty && errors_.size() == before)
    rows.fail(1, "there is nothing below the header line");
}

} // namespace strowger::services::load
