#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

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

/// Microseconds; 0 if `to` is before `from`.
inline std::uint64_t us_between(time_point from, time_point to) {
  auto us = std::chrono::duration_cast<std::chrono::microseconds>(to - from);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(us.count(), 0));
}

} // namespace strowger::model
