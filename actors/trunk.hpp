#pragma once

#include "actors/device_shell.hpp"
#include "actors/model/trunk.hpp"

#include <memory>

namespace strowger {

/// State of a trunk actor.
struct trunk_state : device_state<model::trunk> {
  static inline constexpr const char* name = "trunk";

  std::shared_ptr<trunk_counters> counters;
};

} // namespace strowger
