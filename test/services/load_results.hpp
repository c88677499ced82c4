#pragma once

#include "services/load/result.hpp"

#include <cstdint>

namespace strowger::services {

/// How a made-up run went.
struct made_up {
  double rate_per_s = 400;
  double seconds = 120;   // of the steady window
  double failing = 0.002; // share of the calls that the device refuses
  double answer_s = 0.12; // median
  bool with_registrations = true;
  bool with_media = true;
  bool with_impairments = true;
  int generators = 0;      // 0: the process itself
  bool overloaded = false; // the generator, which makes the run invalid
};

/// A result as a run could have given it: lognormal latencies, a device that
/// stalls for a second in the middle, balanced counts. The same seed gives the
/// same result.
load::result make_up(std::uint64_t seed, const made_up& what = {});

} // namespace strowger::services
