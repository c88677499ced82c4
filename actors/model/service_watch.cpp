#include "actors/model/service_watch.hpp"

#include <algorithm>
#include <chrono>

namespace strowger::model {

service_terms read_service_terms(const directory& config, const dn& of) {
  auto seconds = [&](option id) -> duration {
    return std::chrono::seconds{config.integer(id, &of)};
  };
  return {seconds(option::oos_check), seconds(option::oos_force),
          seconds(option::recovery_timeout)};
}

bool service_watch::advance(const service_terms& terms, duration phase,
                            time_point now) {
  if (recovers_at_ <= now)
    recovers_at_ = never;
  if (terms.check_period <= duration{0}) {
    stop_probing();
    return false;
  }
  if (verdict_by_ <= now)
    probed(false, terms, now);
  if (silent_at_ <= now) {
    silent_at_ = never;
    silent_ = true;
  }
  if (verdict_by_ != never)
    return false;
  if (probe_at_ == never)
    probe_at_ = now + phase;
  else // a reload may have shortened the period
    probe_at_ = std::min(probe_at_, now + terms.check_period);
  if (probe_at_ > now)
    return false;
  probed_at_ = now;
  probe_at_ = never;
  verdict_by_ = now + verdict_limit;
  return true;
}

void service_watch::probed(bool answered, const service_terms& terms,
                           time_point now) {
  // Nobody is waiting: the watch has ended, or gave up on this probe. Only
  // good news still counts.
  auto awaited = verdict_by_ != never;
  if (!awaited && (!answered || probe_at_ == never))
    return;
  if (awaited) {
    verdict_by_ = never;
    probe_at_ = std::max(now, probed_at_ + terms.check_period);
  }
  if (answered) {
    silent_ = false;
    silent_at_ = never;
  } else if (!silent_ && silent_at_ == never) {
    silent_at_ = now + terms.force_grace;
  }
}

void service_watch::failed(const service_terms& terms, time_point now) {
  // Calls that were on their way when the first one failed do not prolong it.
  if (terms.recovery > duration{0} && recovers_at_ == never)
    recovers_at_ = now + terms.recovery;
}

time_point service_watch::next_deadline() const {
  return std::min({probe_at_, verdict_by_, silent_at_, recovers_at_});
}

void service_watch::stop_probing() {
  probe_at_ = verdict_by_ = silent_at_ = never;
  silent_ = false;
}

} // namespace strowger::model
