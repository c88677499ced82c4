#include "actors/model/call_events.hpp"

#include "actors/model/call_steps.hpp"

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
  x.previous_call = c.previous;
  x.user_data = c.user_data;
  x.request = c.request;
  return x;
}

journal_event& report(call& c, event_type type, const party& p,
                      const context& ctx, effects& fx) {
  auto x = make(c, type, ctx);
  x.this_dn = p.dn;
  x.this_role = p.role;
  auto& other = other_side(c, p);
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

void report_created(call& c, const context& ctx, effects& fx) {
  if (!std::exchange(c.created, true))
    fx.events.push_back(make(c, event_type::call_created, ctx));
}

void report_deleted(call& c, const context& ctx, effects& fx) {
  if (std::exchange(c.created, false))
    fx.events.push_back(make(c, event_type::call_deleted, ctx));
}

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

void report_queue_moved(call& c, const party& by, call_id previous,
                        const context& ctx, effects& fx) {
  auto& x = report_queue(c, event_type::party_changed, ctx, fx);
  x.call_state = call_state::transferred;
  x.third_party_dn = by.dn;
  x.third_party_role = dn_role::transferred_by;
  x.previous_call = previous;
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
  x.call_state = c.diverted_as;
}

void report_established(call& c, const context& ctx, effects& fx) {
  report_ringing(c, ctx, fx);
  assert(c.called.state == party_state::alerting);
  for (auto* p : {&c.caller, &c.called}) {
    if (p->state != party_state::dialing && p->state != party_state::alerting)
      continue; // the caller of a transferred call talks since long
    p->state = party_state::connected;
    if (p->internal)
      report(c, event_type::established, *p, ctx, fx);
  }
  c.request.clear();
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
  p.parked = false;
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
  if (p.leg != nobody) // if the phone was asked for it, it has obeyed
    leg_at(c, p.leg).done_by = never;
  if (!p.internal)
    return;
  report(c, held ? event_type::held : event_type::retrieved, p, ctx, fx);
  if (!c.then) // else the request goes on with that
    c.request.clear();
}

// -- transfers ----------------------------------------------------------------

void report_redirected(call& c, const std::string& number, call_state state,
                       const context& ctx, effects& fx) {
  auto& p = c.called;
  if (p.state == party_state::null)
    return;
  p.state = party_state::null;
  if (!p.internal)
    return;
  auto& x = report(c, event_type::released, p, ctx, fx);
  x.call_state = state;
  x.third_party_dn = number;
  x.third_party_role = dn_role::destination;
}

void report_transferred(call& c, party& p, const party& to, const context& ctx,
                        effects& fx) {
  p.state = party_state::null;
  p.parked = false;
  if (!p.internal)
    return;
  auto& x = report(c, event_type::released, p, ctx, fx);
  x.call_state = call_state::transferred;
  x.other_dn = c.caller.dn;
  x.other_role = c.caller.role;
  x.third_party_dn = to.dn;
  x.third_party_role = dn_role::destination;
}

void report_party_changed(call& c, party& p, const party& by, call_id previous,
                          const context& ctx, effects& fx) {
  if (!p.internal)
    return;
  auto& x = report(c, event_type::party_changed, p, ctx, fx);
  x.call_state = call_state::transferred;
  x.third_party_dn = by.dn;
  x.third_party_role = dn_role::transferred_by;
  x.previous_call = previous; // where it came from, whatever the call is about
}

void report_lost(call& c, const party& p, call_id in, const context& ctx,
                 effects& fx) {
  if (p.state == party_state::null || !p.internal)
    return;
  auto rings = p.state == party_state::alerting
               || p.state == party_state::queued;
  auto x = make(c, rings ? event_type::abandoned : event_type::released, ctx);
  x.call = in;
  x.this_dn = p.dn;
  x.this_role = p.role;
  fx.events.push_back(std::move(x));
}

// -- what clients asked -------------------------------------------------------

void report_error(call& c, const std::string& dn, fault why, const context& ctx,
                  effects& fx) {
  auto asked = std::exchange(c.request, {});
  if (ctx.config.find(dn) == nullptr) // parties outside have no events
    return;
  auto x = make(c, event_type::error, ctx);
  x.this_dn = dn;
  x.request = std::move(asked);
  event_details y;
  y.reason = to_string(why);
  x.details = std::make_shared<const event_details>(std::move(y));
  fx.events.push_back(std::move(x));
}

void report_dtmf_sent(call& c, const party& p, const std::string& digits,
                      const context& ctx, effects& fx) {
  auto& x = report(c, event_type::dtmf_sent, p, ctx, fx);
  event_details y;
  y.text = digits;
  x.details = std::make_shared<const event_details>(std::move(y));
}

void report_data_changed(call& c, const std::string& by, const context& ctx,
                         effects& fx) {
  auto tell = [&](journal_event& x) { x.third_party_dn = by; };
  if (c.waits_on_queue)
    tell(report_queue(c, event_type::attached_data_changed, ctx, fx));
  for (auto* p : {&c.caller, &c.called, &c.leaving})
    if (p->internal && p->state != party_state::null)
      tell(report(c, event_type::attached_data_changed, *p, ctx, fx));
}

} // namespace strowger::model
