#pragma once

#include "actors/traffic/scenario.hpp"
#include "services/config/config.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace strowger::services::load {

/// The scenario of a file, or all that is wrong with it.
using scenario_result = config::read_result<traffic::scenario>;

/// The content of a file that a scenario names; nothing: `error` says why.
using file_source = std::function<std::optional<std::string>(
  const std::string& path, std::string& error)>;

/// A scenario file and all that it names, to be read on another machine.
struct scenario_bundle {
  std::string text;
  std::map<std::string, std::string> files; // content by name, as written
};

/// Reads and checks a scenario file (YAML) and the CSV files that it names,
/// which are relative to its folder. Never throws.
scenario_result read_scenario(const std::string& path);

/// Same for a text; `name` stands for the file in errors, and its folder is
/// where CSV files are looked for.
scenario_result
read_scenario_text(std::string_view text, const std::string& name,
                   const file_source& files = config::read_file);

/// A file without mistakes, with what it names; nothing if it cannot be read.
std::optional<scenario_bundle> bundle_scenario(const std::string& path);

/// What is in a bundle; no file of this machine is read.
scenario_result read_scenario(const scenario_bundle& from);

} // namespace strowger::services::load
