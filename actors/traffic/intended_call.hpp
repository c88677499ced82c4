#pragma once

#include "actors/model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <vector>

namespace strowger::traffic {

/// A call that a user is to make at a certain time.
struct intended_call {
  model::time_point at{};
  std::uint32_t user = 0;
  std::uint32_t number = 0; // index in calling::numbers
  unsigned attempt = 1;     // above 1: redialled

  bool operator>(const intended_call& x) const {
    return at > x.at;
  }
};

/// Calls to come that no arrival law brings, the first one on top.
using intended_calls
  = std::priority_queue<intended_call, std::vector<intended_call>,
                        std::greater<>>;

} // namespace strowger::traffic
