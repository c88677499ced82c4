#include "test/sim/ledger.hpp"

#include "test/sim/broken.hpp"

namespace strowger::sim {

using namespace model;

void ledger::granted(seizure_number x) {
  uses_.at(x) = use::granted;
}

void ledger::refused(seizure_number x) {
  uses_.at(x) = use::over;
}

void ledger::note_queue(const journal_event& x) {
  auto& p = queues_[x.this_dn];
  if (x.type == event_type::queued) {
    demand(p == party::none, "a call is queued once at a time");
    p = party::queued;
    return;
  }
  demand(p == party::queued,
         "what happens on a queue happens to a queued call");
  if (x.type == event_type::diverted || x.type == event_type::abandoned
      || x.type == event_type::released)
    p = party::none;
}

void ledger::note(const journal_event& x) {
  if (x.type == event_type::call_created || x.type == event_type::call_deleted)
    return; // these are the call's, not a DN's
  demand(!x.this_dn.empty(), "an event names its DN");
  if (x.type == event_type::queued || x.type == event_type::route_request
      || x.type == event_type::route_used || x.type == event_type::diverted
      || (x.this_dn == x.this_queue && queues_.count(x.this_dn) != 0)) {
    note_queue(x);
    return;
  }
  auto& p = parties_[{x.this_dn, x.this_role}];
  switch (x.type) {
    case event_type::dialing:
      demand(p == party::none, "Dialing comes first");
      p = party::dialing;
      break;
    case event_type::ringing:
      demand(p == party::none, "Ringing comes once for each attempt");
      p = party::alerting;
      break;
    case event_type::established:
      demand(p == party::dialing || p == party::alerting,
             "Established follows Dialing or Ringing");
      p = party::connected;
      break;
    case event_type::destination_busy:
      demand(p == party::dialing && !refused_callers_[x.this_dn],
             "DestinationBusy comes once, to a caller that dials");
      refused_callers_[x.this_dn] = true;
      break;
    case event_type::abandoned:
      demand(p == party::alerting, "Abandoned is for who was alerted");
      p = party::none;
      break;
    case event_type::released:
      demand(p != party::none, "Released comes once, to a party of the call");
      p = party::none;
      break;
    case event_type::held:
      demand(p == party::connected, "Held follows Established or Retrieved");
      p = party::held;
      break;
    case event_type::retrieved:
      demand(p == party::held, "Retrieved follows Held");
      p = party::connected;
      break;
    default:
      throw broken{"an event that no two-party call has"};
  }
}

void ledger::note_finish(const call_record& x, time_point now) {
  demand(!finished_, "a call finishes once");
  finished_ = true;
  record_ = x;
  for (auto& [name, p] : parties_)
    demand(p == party::none, "every party is told that the call is over");
  for (auto& [name, p] : queues_)
    demand(p == party::none, "every call leaves its queue");
  for (auto& [number, u] : uses_)
    demand(u == use::over, "every device is given back before the call ends");
  demand((x.result == call_result::answered) == (x.answered != never),
         "a call is answered if and only if it has an answer time");
  demand(x.invited == never || x.started <= x.invited,
         "the INVITE goes out after it came in");
  demand(x.alerted == never || x.started <= x.alerted,
         "it rings after it started");
  demand(x.answered == never || x.invited <= x.answered,
         "it is answered after it was invited");
  demand(x.ended <= now && x.started <= x.ended, "it ends last");
  demand(x.answered == never || x.answered <= x.ended, "it ends last");
}

void ledger::note(const effects& fx, time_point now) {
  demand(!finished_ || (fx.wire.empty() && fx.events.empty()),
         "nothing happens in a call that has finished");
  for (auto& x : fx.events) {
    demand(x.at == now, "an event has the time of its step");
    note(x);
  }
  for (auto& x : fx.seizes)
    demand(uses_.emplace(x.request.seizure, use::asked).second,
           "a seizure number is used once");
  for (auto& x : fx.releases) {
    auto found = uses_.find(x.notice.seizure);
    demand(found != uses_.end() && found->second == use::granted,
           "a device is given back once, after it was granted");
    found->second = use::over;
  }
  if (fx.finished)
    note_finish(*fx.finished, now);
}

} // namespace strowger::sim
