#pragma once

#include <chrono>

namespace strowger::model {

/// The switch's own time: nanoseconds since an arbitrary start, never going
/// back. It has no now() on purpose: only the reactor tells the time (real in
/// the switch, virtual in tests and in the simulator); everybody else is given
/// it as an argument.
struct switch_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<switch_clock>;
  static constexpr bool is_steady = true;
};

using time_point = switch_clock::time_point;
using duration = switch_clock::duration;

/// Later than every deadline.
inline constexpr time_point never = time_point::max();

} // namespace strowger::model
