#pragma once

#include "actors/model/time.hpp"
#include "actors/traffic/random.hpp"

#include <variant>
#include <vector>

namespace strowger::traffic {

/// A law of random durations: talk times, patience, delays. All values are in
/// seconds; no draw is negative.
class duration_law {
public:
  struct fixed {
    double value_s = 0;
  };
  struct uniform {
    double from_s = 0;
    double to_s = 0;
  };
  struct exponential {
    double mean_s = 0;
  };
  struct lognormal {
    double median_s = 0;
    double sigma = 1; // of the logarithm
  };
  struct gamma {
    double mean_s = 0;
    double shape = 1;
  };
  /// One of these, all alike.
  struct empirical {
    std::vector<double> values_s;
  };
  using kind = std::variant<std::monostate, fixed, uniform, exponential,
                            lognormal, gamma, empirical>;

  duration_law() = default;
  explicit duration_law(kind x) : kind_(std::move(x)) {
    // nop
  }

  /// False: nobody said how long.
  bool is_set() const {
    return kind_.index() != 0;
  }
  /// 0 if it is not set.
  model::duration draw(random_source& from) const;
  double mean_s() const;
  const kind& what() const {
    return kind_;
  }

private:
  kind kind_;
};

} // namespace strowger::traffic
