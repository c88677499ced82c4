#pragma once

#include "actors/model/time.hpp"
#include "actors/traffic/criterion.hpp"
#include "actors/traffic/tally.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace strowger::traffic {

/// Whether a run met a criterion.
struct verdict {
  criterion what;
  /// In the unit of the bound: seconds, a share of 1, calls per second, calls.
  /// Nothing if there was nothing to measure; then it is not met.
  std::optional<double> measured;
  bool met = false;
  std::string words; // "p99 answer: 12.3 ms, wanted < 200 ms"
};

/// `elapsed`: how long the counting lasted, for rates. A percentile may be up
/// to 1/128 too high (see histogram), so an upper bound is never met by error.
verdict judge(const criterion& what, const tally& counted,
              model::duration elapsed);

std::vector<verdict> judge(std::span<const criterion> all, const tally& counted,
                           model::duration elapsed);

} // namespace strowger::traffic
