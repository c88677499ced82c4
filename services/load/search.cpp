#include "services/load/search.hpp"

#include "services/load/run.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace strowger::services::load {

namespace {

void set_rate(traffic::scenario& script, double rate_per_s) {
  using law = traffic::arrival_law;
  for (auto& x : script.populations) {
    if (!x.calls)
      continue;
    auto& what = x.calls->arrivals.what;
    if (auto* y = std::get_if<law::constant>(&what))
      y->rate_per_s = rate_per_s;
    else if (auto* z = std::get_if<law::poisson>(&what))
      z->rate_per_s = rate_per_s;
  }
}

bool drifts(const result& x) {
  std::vector<double> in_flight;
  for (auto& s : x.samples)
    if (s.at_s > x.times.steady_from_s && s.at_s <= x.times.steady_to_s)
      in_flight.push_back(static_cast<double>(s.in_flight));
  return traffic::drifts(in_flight);
}

/// Why the trial did not pass; empty: it did.
std::string fault_of(const result& x) {
  if (!x.invalid.empty())
    return "the generator: " + x.invalid.front();
  if (!x.broken_laws.empty())
    return x.broken_laws.front();
  for (auto& y : x.verdicts)
    if (!y.met)
      return y.words;
  if (x.verdicts.empty() && x.callers.failed() > 0)
    return fmt::format("{} of {} calls failed", x.callers.failed(),
                       x.callers.attempts);
  if (drifts(x))
    return "the calls in flight do not stay level";
  return {};
}

} // namespace

std::variant<search_result, std::string> search(const traffic::scenario& script,
                                                const search_watch& watch,
                                                bool knock) {
  search_result found;
  traffic::capacity_search next{*script.search};
  std::optional<result> passed;
  traffic::tally callers, callees; // of all trials
  while (auto rate = next.next_rate()) {
    auto trial = script;
    set_rate(trial, *rate);
    run host{trial, watch.second};
    host.publish_to(watch.metrics);
    if (!knock)
      host.trust_target();
    if (auto error = host.open())
      return *error;
    watch.begins(*rate, host);
    found.proof = host.play();
    if (host.was_stopped())
      return "stopped";
    knock = false;
    if (found.proof.samples.empty())
      return found.proof.invalid.front();
    callers.merge(found.proof.all_callers);
    callees.merge(found.proof.all_callees);
    auto why = fault_of(found.proof);
    found.generator_was_the_limit = !found.proof.invalid.empty();
    if (why.empty())
      passed = found.proof;
    next.finished(*rate, why.empty(), why);
    watch.ends(*rate, why.empty(), why);
  }
  found.findings = next.result();
  if (passed) // the highest that passed is confirmed last
    found.proof = std::move(*passed);
  found.proof.all_callers = std::move(callers);
  found.proof.all_callees = std::move(callees);
  return found;
}

} // namespace strowger::services::load
