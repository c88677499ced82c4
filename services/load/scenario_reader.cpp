#include "services/load/scenario_reader.hpp"

#include "services/load/scenario_parser.hpp"

namespace strowger::services::load {

scenario_result read_scenario(const std::string& path) {
  std::string error;
  if (auto text = config::read_file(path, error))
    return read_scenario_text(*text, path);
  scenario_result result;
  result.errors.push_back({path, 1, 1, error});
  return result;
}

scenario_result read_scenario_text(std::string_view text,
                                   const std::string& name) {
  scenario_result result;
  config::yaml_tree tree;
  if (config::parse_document(text, name, tree, result.errors))
    return scenario_parser(tree, name).read();
  return result;
}

} // namespace strowger::services::load
