#pragma once

#include "services/load/import/behaviour.hpp"
#include "services/load/import/numbers.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strowger::services::load::sipp {

/// What SIPp is told on its command line.
struct surroundings {
  std::string name; // of the scenario
  std::string target = "127.0.0.1:5060";
  std::string listen = "127.0.0.1:5080";
  std::string rate = "10/s";
  std::optional<std::uint64_t> calls; // stop after so many
  double steady_s = 60;               // calls begin for so long
  std::string stem = "scenario";      // what names of CSV files begin with
};

/// A scenario file and the CSV files that it names, by their names.
struct written {
  std::string yaml;
  std::vector<std::pair<std::string, std::string>> csv;
};

/// `comments` stand at the head, a line each.
written write_scenario(const behaviour& who, const numbers& of,
                       const surroundings& around,
                       const std::vector<std::string>& comments);

} // namespace strowger::services::load::sipp
