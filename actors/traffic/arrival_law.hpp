#pragma once

#include <cstddef>
#include <variant>
#include <vector>

namespace strowger::traffic {

/// When calls start. Rates are per second, times in seconds from the start.
struct arrival_law {
  /// Evenly spaced.
  struct constant {
    double rate_per_s = 0;
  };
  struct poisson {
    double rate_per_s = 0;
  };
  /// From one rate to another, then at the last; `random`: Poisson, else
  /// evenly spaced.
  struct ramp {
    double from_per_s = 0;
    double to_per_s = 0;
    double over_s = 0;
    bool random = false;
  };
  struct stair {
    double rate_per_s = 0;
    double for_s = 0;
  };
  /// One after the other; the last one stays.
  struct steps {
    std::vector<stair> stairs;
    bool random = false;
  };
  /// So many calls in each interval of the day (Poisson), begun anew at the
  /// end.
  struct profile {
    std::vector<double> calls;
    double interval_s = 900;
  };
  struct mood {
    double rate_per_s = 0;
    double mean_stay_s = 0; // exponential
  };
  /// A Markov-modulated Poisson process: moods follow each other in a circle.
  struct bursts {
    std::vector<mood> moods;
  };
  /// No rate: each user calls again, `pause` after its last call has ended; the
  /// pauses belong to the users, see calling::pause.
  struct users {};

  using kind = std::variant<std::monostate, constant, poisson, ramp, steps,
                            profile, bursts, users>;
  kind what;

  // -- where several generators share a law, each with a part of its rate -----

  /// Which part this is. Parts have the moods of bursts in common; the calls of
  /// each are drawn apart.
  unsigned part = 0;
  /// Evenly spaced: how much of the way to a second start is left out before
  /// the first, 0 to 1, so that the starts of the parts lie between each other.
  double lead = 0;
};

} // namespace strowger::traffic
