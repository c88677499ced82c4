#pragma once

#include "actors/traffic/capacity_search.hpp"
#include "actors/traffic/scenario.hpp"
#include "services/load/result.hpp"

#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace strowger::services::load {

class live_metrics;
class run;

/// What a search has found, and the run that proves it: the last one that
/// passed at the rate found, or the last one of all.
struct search_result {
  traffic::capacity_search::findings findings;
  result proof;
  bool generator_was_the_limit = false;
};

/// Called as a trial begins and as it ends.
struct search_watch {
  std::function<void(double rate_per_s, run&)> begins;
  std::function<void(double rate_per_s, bool passed, const std::string& why)>
    ends;
  std::function<void(const result&)> second;
  std::shared_ptr<live_metrics> metrics; // may be null
};

/// Looks for the highest rate at which the device does all that the criteria
/// want; without criteria, at which no call fails (RFC 7502). Every trial has
/// its warm-up, its steady window, in which the calls in flight must not drift,
/// and its drain. A text says what kept it from starting.
std::variant<search_result, std::string> search(const traffic::scenario& script,
                                                const search_watch& watch,
                                                bool knock);

} // namespace strowger::services::load
