#pragma once

#include "services/load/import/ledger.hpp"
#include "services/load/import/writer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::load::sipp {

/// A file by its name and what it holds.
struct source_file {
  std::string name;
  std::string text;
};

/// What a scenario of SIPp has become.
struct imported {
  std::optional<written> scenario; // nothing: see errors
  std::vector<finding> findings;   // of every element of the XML
  std::vector<std::string> notes;  // findings and remarks, a line each
  std::vector<std::string> errors; // why there is no scenario, a line each
};

/// Turns a scenario of SIPp, and its injection file (option -inf), into one of
/// `strowger load`. What it says of names and addresses is taken from `around`
/// unless the scenario has them.
imported import_scenario(const source_file& scenario,
                         const std::optional<source_file>& values,
                         surroundings around);

} // namespace strowger::services::load::sipp
