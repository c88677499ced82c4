#include "actors/model/call_events.hpp"

#include <cassert>
#include <utility>

namespace strowger::model {

namespace {

journal_event make(const call& c, event_type type, const context& ctx) {
  journal_event x;
  x.type = type;
  x.call_type = c.type;
  x.call = c.id;
  x.at = ctx.now;
  x.ani = c.origin.caller.user;
  x.dnis = c.origin.called;
  return x;
}

const party& other_of(const call& c, const party& p) {
  return &p == &c.caller ? c.called : c.caller;
}

journal_event& report(call& c, event_type type, const party& p,
                      const context& ctx, effects& fx) {
  auto x = make(c, type, ctx);
  x.this_dn = p.dn;
  x.this_role = p.role;
  auto& other = other_of(c, p);
  x.other_dn = other.dn;
  x.other_role = other.role;
  // ThisQueue names where the call was distributed from; the caller was not.
  if (&p == &c.called)
    x.this_queue = c.queue;
  return fx.events.emplace_back(std::move(x));
}

journal_event& report_queue(call& c, event_type type, const context& ctx,
                            effects& fx) {
  auto x = make(c, type, ctx);
  x.this_dn = c.queue;
  x.this_queue = c.queue;
  if (type != event_type::route_request)
    x.this_role = dn_role::destination;
  x.other_dn = c.caller.dn;
  x.other_role = dn_role::origination;
  return fx.events.emplace_back(std::move(x));
}

} // namespace

void report_dialing(call& c, const context& ctx, effects& fx) {
  assert(c.caller.state == party_state::null);
  c.caller.state = party_state::dialing;
  if (!c.caller.internal)
    return;
  auto& x = report(c, event_type::dialing, c.caller, ctx, fx);
  x.other_dn = c.origin.called;
  x.other_role = dn_role::destination;
}

void report_queued(call& c, const context& ctx, effects& fx) {
  assert(!c.waits_on_queue);
  c.waits_on_queue = true;
  report_queue(c, event_type::queued, ctx, fx);
  report_queue(c, event_type::route_request, ctx, fx);
}

void report_diverted(call& c, const context& ctx, effects& fx) {
  if (!c.waits_on_queue)
    return;
  c.waits_on_queue = false;
  for (auto type : {event_type::route_used, event_type::diverted}) {
    auto& x = report_queue(c, type, ctx, fx);
    x.third_party_dn = c.called.dn;
    x.third_party_role = dn_role::destination;
    x.call_state = call_state::redirected;
  }
}

void report_left_queue(call& c, event_type type, call_state state,
                       const context& ctx, effects& fx) {
  if (!c.waits_on_queue)
    return;
  c.waits_on_queue = false;
  report_queue(c, type, ctx, fx).call_state = state;
}

void report_ringing(call& c, const context& ctx, effects& fx) {
  if (c.called.state != party_state::null)
    return;
  c.called.state = party_state::alerting;
  if (!c.called.internal)
    return;
  auto& x = report(c, event_type::ringing, c.called, ctx, fx);
  if (c.forwarded_by.empty())
    return;
  x.third_party_dn = c.forwarded_by;
  x.call_state = call_state::forwarded;
}

void report_established(call& c, const context& ctx, effects& fx) {
  report_ringing(c, ctx, fx);
  assert(c.called.state == party_state::alerting);
  assert(c.caller.state == party_state::dialing);
  c.caller.state = party_state::connected;
  c.called.state = party_state::connected;
  for (auto* p : {&c.caller, &c.called})
    if (p->internal)
      report(c, event_type::established, *p, ctx, fx);
}

void report_destination_busy(call& c, call_state state, const context& ctx,
                             effects& fx) {
  assert(c.caller.state == party_state::dialing);
  if (!c.caller.internal)
    return;
  auto& x = report(c, event_type::destination_busy, c.caller, ctx, fx);
  x.call_state = state;
}

void report_released(call& c, party& p, call_state state, const context& ctx,
                     effects& fx) {
  if (p.state == party_state::null)
    return;
  p.state = party_state::null;
  if (p.internal)
    report(c, event_type::released, p, ctx, fx).call_state = state;
}

void report_abandoned(call& c, const context& ctx, effects& fx) {
  if (c.called.state != party_state::alerting)
    return;
  c.called.state = party_state::null;
  if (c.called.internal)
    report(c, event_type::abandoned, c.called, ctx, fx);
}

void report_held(call& c, party& p, bool held, const context& ctx,
                 effects& fx) {
  auto before = held ? party_state::connected : party_state::held;
  if (p.state != before)
    return;
  p.state = held ? party_state::held : party_state::connected;
  if (p.internal)
    report(c, held ? event_type::held : event_type::retrieved, p, ctx, fx);
}

} // namespace strowger::model
