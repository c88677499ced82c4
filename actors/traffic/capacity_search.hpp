#pragma once

#include "actors/traffic/scenario.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace strowger::traffic {

/// Looks for the highest rate without a failure (RFC 7502 §4.10): doubles the
/// rate from `from` until a trial fails or `to` has passed, then halves the
/// distance between the highest that passed and the lowest that failed until it
/// is within the precision. The rate found must pass once more, for a device
/// near its limit may have been lucky; if it fails then, the search goes on
/// below it.
class capacity_search {
public:
  /// Trials after which it gives up: a device that is good one minute and bad
  /// the next has no capacity to be found.
  static constexpr std::size_t trials_at_most = 60;

  struct trial {
    double rate_per_s = 0;
    bool passed = false;
    std::string why; // of a failure
  };
  struct findings {
    /// Nothing if no rate has passed twice.
    std::optional<double> rate_per_s;
    std::vector<trial> trials; // in order
    std::string stopped_by;    // empty while the search goes on
  };

  explicit capacity_search(const search_plan& plan);

  /// The rate to try now; nothing if the search is over. Gives the same rate
  /// until finished() is called.
  std::optional<double> next_rate() const;

  /// The trial of next_rate() is over. `why`: what failed, in words.
  void finished(double rate_per_s, bool passed, std::string why = {});

  const findings& result() const {
    return result_;
  }

private:
  void choose();
  void stop(std::string why);
  std::string limit() const;

  search_plan plan_;
  findings result_;
  std::vector<double> passed_;   // below failed_, in ascending order
  std::optional<double> failed_; // the lowest
  std::string failed_why_;
  bool confirming_ = false;
  double next_ = 0;
};

/// Whether the number of calls in flight rises or falls through the steady
/// window, given samples at equal distances. A device that cannot keep up lets
/// calls pile up long before one fails.
///
/// The last third is compared with the first one. A regression would not do:
/// samples that are closer than a call is long depend on each other, so its
/// slope looks significant when it is chance. For arrivals at random and any
/// talk time the number in flight has the variance of its mean m (M/G/∞), and
/// the mean of a third, in which all samples may depend on each other, no more.
/// So the difference of two thirds has at most the variance 2m; a difference
/// beyond 3.5 √(2m) comes by chance less than once in 2000 runs. Evenly spaced
/// starts vary less, bursts more: those have no steady window.
bool drifts(std::span<const double> in_flight);

} // namespace strowger::traffic
