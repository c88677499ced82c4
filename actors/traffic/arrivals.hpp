#pragma once

#include "actors/model/time.hpp"
#include "actors/traffic/arrival_law.hpp"
#include "actors/traffic/random.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace strowger::traffic {

/// The intended starts of calls, one after the other, as a law wants them. The
/// rate is integrated and the integral inverted: at each whole number (evenly
/// spaced) or at each event of a unit Poisson process a call starts. So starts
/// do not drift, whatever the rate does.
class arrivals {
public:
  arrivals(const arrival_law& law, random_source random,
           model::time_point start);

  /// The next intended start, never before the last one. Nothing if none will
  /// come: the rate stays 0, or the law has users in place of a rate. Evenly
  /// spaced, the first start is at the beginning, or after the law's lead.
  std::optional<model::time_point> next();

  /// From now on this rate, evenly spaced or Poisson as the law is; without
  /// effect on users. If the last start that next() gave is still to come, it
  /// is withdrawn: forget it and ask again. (Only the last: a caller takes
  /// one start ahead of time, not several.)
  void set_rate(double per_s, model::time_point now);

  /// Intended calls per second at that time. Of bursts, the mean where no mood
  /// is known: before the last start and far ahead. After set_rate() it is 0
  /// before the last start: that rate is forgotten.
  double rate_at(model::time_point when) const;

private:
  /// A time in which the rate changes at most linearly.
  struct stretch {
    double length_s = 0;
    double rate_per_s = 0; // at its beginning
    double slope = 0;      // per second and second
  };
  /// A stretch with its place: since the start, and how many calls before it.
  struct placed {
    stretch what;
    double begin_s = 0;
    double count = 0;

    double end_s() const {
      return begin_s + what.length_s;
    }
    double rate_at(double when_s) const;
    double count_at(double when_s) const;
    std::optional<double> time_of(double target) const;
  };
  struct planning;

  bool advance();
  stretch next_stretch();
  double since_start(model::time_point when) const;

  random_source random_;
  random_source moods_; // apart, so that calls do not change the moods
  model::time_point start_;
  std::vector<stretch> plan_; // of bursts: the mean length of each mood
  bool circle_ = false;       // begin anew after the last
  bool bursts_ = false;
  bool poisson_ = false;
  bool users_ = false;
  double mean_per_s_ = 0; // of a circle

  std::size_t index_ = 0;    // in plan_, of the last of known_
  std::deque<placed> known_; // the stretches since the last start given
  double target_ = 0;        // the count at which the next call starts
  double given_target_ = 0;  // that of the last start given
  double given_s_ = 0;       // when that was
  bool given_ = false;
};

} // namespace strowger::traffic
