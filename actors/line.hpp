#pragma once

#include "actors/device_shell.hpp"
#include "actors/model/line.hpp"

namespace strowger {

/// State of the actor of a DN. There is one per DN, so it holds no more than an
/// idle DN needs.
struct line_state : device_state<model::line> {
  static inline constexpr const char* name = "line";

  bool registered = false; // counted in probe::registrations
};

} // namespace strowger
