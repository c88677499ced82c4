#include "services/load/scenario_reader.hpp"

#include "services/load/scenario_parser.hpp"

#include <filesystem>

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
                                   const std::string& name,
                                   const file_source& files) {
  scenario_result result;
  config::yaml_tree tree;
  if (config::parse_document(text, name, tree, result.errors))
    return scenario_parser(tree, name, files).read();
  return result;
}

std::optional<scenario_bundle> bundle_scenario(const std::string& path) {
  std::filesystem::path file{path};
  std::string error;
  auto text = config::read_file(path, error);
  if (!text)
    return std::nullopt;
  scenario_bundle result{std::move(*text), {}};
  // Without a folder in the file's name, paths are what the scenario says.
  auto read = read_scenario_text(
    result.text, file.filename().string(),
    [&](const std::string& name, std::string& why) {
      auto content = config::read_file((file.parent_path() / name).string(),
                                       why);
      if (content)
        result.files[name] = *content;
      return content;
    });
  if (!read.value)
    return std::nullopt;
  return result;
}

scenario_result read_scenario(const scenario_bundle& from) {
  auto find = [&](const std::string& name,
                  std::string& why) -> std::optional<std::string> {
    auto found = from.files.find(name);
    if (found != from.files.end())
      return found->second;
    why = "it did not come with the scenario";
    return std::nullopt;
  };
  return read_scenario_text(from.text, "scenario", find);
}

} // namespace strowger::services::load
