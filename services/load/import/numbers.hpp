#pragma once

#include "services/load/import/behaviour.hpp"
#include "services/load/import/injection.hpp"

#include <optional>
#include <string>
#include <vector>

namespace strowger::services::load::sipp {

/// Who the users are, and whom they call.
struct numbers {
  std::vector<traffic::identity> users;
  std::vector<std::string> called;
  std::string domain; // empty: the target's host
  bool users_from_file = false;
  bool called_from_file = false;
  std::vector<std::string> remarks; // what was left out, or is another way
  std::string error;                // not empty: there are none
};

/// `values`: the injection file; null: none was given.
numbers find_numbers(const behaviour& who, const injection* values);

} // namespace strowger::services::load::sipp
