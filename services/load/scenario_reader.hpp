#pragma once

#include "actors/traffic/scenario.hpp"
#include "services/config/config.hpp"

#include <string>
#include <string_view>

namespace strowger::services::load {

/// The scenario of a file, or all that is wrong with it.
using scenario_result = config::read_result<traffic::scenario>;

/// Reads and checks a scenario file (YAML) and the CSV files that it names,
/// which are relative to its folder. Never throws.
scenario_result read_scenario(const std::string& path);

/// Same for a text; `name` stands for the file in errors, and its folder is
/// where CSV files are looked for.
scenario_result read_scenario_text(std::string_view text,
                                   const std::string& name);

} // namespace strowger::services::load
