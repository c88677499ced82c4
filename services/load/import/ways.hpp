#pragma once

#include "services/load/import/document.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace strowger::services::load::sipp {

/// A place where the scenario may go on in two ways.
struct turn {
  std::size_t element = 0;
  bool jumps = false; // to the label of its `next`
};

/// One way through the scenario, from its first step to its end.
struct way {
  std::vector<std::size_t> steps; // elements, as they are reached
  std::vector<turn> turns;
  double chance = 1;               // as far as `chance` attributes say
  bool is_drawn = true;            // nothing but chance decides it
  std::optional<std::size_t> loop; // the step that leads back
};

/// All ways, those without jumps first; not more than 64. A way that would
/// come back to a step ends there.
std::vector<way> find_ways(const document& of);

} // namespace strowger::services::load::sipp
