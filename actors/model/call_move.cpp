#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

/// Legs that move from one call to another: the far side of a consult call when
/// it is transferred, and a phone with one dialog for two calls.
namespace strowger::model {

namespace {

/// Does a phone ring that another one could answer for? Not if the caller has
/// its answer already, reliably.
bool rings(const call& c) {
  return c.phase == call_phase::hunting && !c.bound && c.caller.leg != nobody
         && c.called.state == party_state::alerting;
}

/// Where the call keeps the use of a device that comes back to it, as that of a
/// phone with one dialog for two calls does time and again; else a new place.
seizure_number place_for(call& c, const use_of_device& x) {
  auto known = [&](const use_of_device& y) {
    return y.at == use_of_device::stage::returned && y.device == x.device
           && y.seized_by == x.seized_by && y.seizure == x.seizure;
  };
  auto i = std::find_if(c.uses.begin(), c.uses.end(), known);
  if (i == c.uses.end())
    i = c.uses.emplace(i);
  return static_cast<seizure_number>(i - c.uses.begin());
}

/// Places a leg that came from another call.
leg& settle_in(call& c, leg_moved&& x) {
  auto number = x.leg.number;
  while (number >= c.legs.size())
    reserve_leg(c);
  auto& l = leg_at(c, number);
  l = std::move(x.leg);
  l.moved_to.reset();
  l.seizure = place_for(c, x.use);
  use_of(c, l) = std::move(x.use);
  return l;
}

/// A 2xx has made the session, its ACK may be missing still.
bool is_in_session(const leg& l) {
  return l.state == leg_state::answered || l.state == leg_state::confirmed;
}

/// Its party was in no call before (RFC 3891); others come from another call.
bool came_with_replaces(const leg_moved& x) {
  return x.leg.incoming && x.leg.state == leg_state::inviting;
}

/// A leg that has nowhere to go is taken down.
void turn_away(call& c, leg_moved&& x, const context& ctx, effects& fx) {
  if (x.transferred_by.empty()) { // a phone that cannot speak anywhere now
    demand y;
    y.verb = verb::release_call;
    y.this_dn = x.who.dn;
    fx.tells.push_back({x.from.call, demanded{std::move(y)}});
  } else if (!came_with_replaces(x)) {
    report_lost(c, x.who, x.from.call, ctx, fx);
  }
  drop_leg(c, settle_in(c, std::move(x)), fx);
}

/// The phone that rang has answered before another one could (RFC 3891 §3,
/// early-only).
void come_too_late(call& c, leg_moved&& x, effects& fx) {
  auto& l = settle_in(c, std::move(x));
  respond y;
  y.leg = l.number;
  y.status = 486;
  fx.wire.emplace_back(std::move(y));
  leg_gone(c, l, fx);
  return_device(c, l.seizure, fx);
}

/// A phone takes the call that rings at another one (RFC 3891 §3). Both sides
/// have made an offer, so both are answered with a hold and joined afterwards.
void pick_up(call& c, leg_moved&& x, const context& ctx, effects& fx) {
  stop_seeking(c, fx);
  tell_progress(c, 200, fx);
  auto who = x.who;
  report_redirected(c, who.dn, call_state::redirected, ctx, fx);
  auto& l = settle_in(c, std::move(x));
  c.called = who;
  c.called.role = dn_role::destination;
  c.called.state = party_state::null; // begins with EventRinging
  auto& a = c.caller_leg();
  if (a.state == leg_state::inviting)
    answer_held(a, ctx, fx);
  answer_held(l, ctx, fx);
  join(c, a, l);
  c.caller.parked = false;
  begin_talk(c, ctx, fx);
}

/// What comes for a call that is over is taken down, and makes no record of its
/// own. False if the call lives.
bool wake_the_dead(call& c) {
  if (c.phase != call_phase::fresh && c.phase != call_phase::finished)
    return false;
  c.phase = call_phase::ending;
  c.recorded = true;
  return true;
}

/// Whoever is to be replaced by a transfer, seated as the called party; false
/// if it cannot be: the one who stays may be away, in another call, or doing
/// something else by now.
bool seat_for_transfer(call& c, const std::string& by, const party& who,
                       const context& ctx, effects& fx) {
  auto here = c.phase == call_phase::connected
              && (c.called.dn == by || c.caller.dn == by);
  if (here)
    seat_as_caller(c, other_side(c, c.called.dn == by ? c.called : c.caller));
  auto twice = who.internal && number_inside(c.caller) == who.dn;
  if (here && !twice && c.caller.leg != nobody) {
    c.transferrer_gone = false;
    tell_progress(c, 200, fx);
    return true;
  }
  tell_progress(c, 603, fx);
  report_error(c, by, fault::invalid_call_state, ctx, fx);
  return false;
}

/// The one who transferred leaves for the party named here.
party release_transferrer(call& c, const party& to, const context& ctx,
                          effects& fx) {
  auto leaver = c.called;
  report_transferred(c, leaver, to, ctx, fx);
  if (leaver.leg != nobody)
    drop_leg(c, leg_at(c, leaver.leg), fx);
  c.called = to;
  c.other_place.reset();
  c.caller.parked = false;
  report_party_changed(c, c.caller, leaver, {}, ctx, fx);
  return leaver;
}

/// The far side of a consult call takes the place of the party that consulted.
void replace_party(call& c, leg_moved&& x, const context& ctx, effects& fx) {
  auto previous = x.from.call;
  auto by = x.transferred_by;
  if (x.leg.incoming && rings(c) && c.called.dn == by) {
    pick_up(c, std::move(x), ctx, fx);
    return;
  }
  if (x.early_only && c.phase == call_phase::connected) {
    come_too_late(c, std::move(x), fx);
    return;
  }
  if (!seat_for_transfer(c, by, x.who, ctx, fx)) {
    turn_away(c, std::move(x), ctx, fx);
    return;
  }
  auto replaces = came_with_replaces(x);
  auto who = x.who;
  auto terms = std::move(x.diversions);
  auto agent_called = x.agent_called;
  auto no_answer_until = x.no_answer_until;
  auto& l = settle_in(c, std::move(x));
  if (!l.incoming)
    who.role = dn_role::destination;
  auto leaver = release_transferrer(c, who, ctx, fx);
  if (replaces) {
    c.called.state = party_state::null;
    report_established(c, ctx, fx);
  } else {
    report_party_changed(c, c.called, leaver, previous, ctx, fx);
  }
  if (is_attempt(c, l)) {
    c.called.leg = nobody;
    c.phase = call_phase::hunting;
    c.ring_until = ring_deadline(ctx.config.find(c.called.dn), ctx);
    c.diversions = std::move(terms);
    c.agent_called = agent_called;
    c.no_answer_until = no_answer_until;
    return;
  }
  join(c, c.caller_leg(), l);
  if (l.state != leg_state::inviting)
    return;
  // It came with Replaces. Its offer can be passed on at once if the other side
  // is free for it.
  if (l.received && is_quiet(c, c.caller_leg()))
    answer_for_partner(c, l, ctx, fx);
  else
    answer_held(l, ctx, fx);
}

/// The phone that has one dialog for two calls speaks in this one now.
void phone_arrives(call& c, leg_moved&& x, const context& ctx, effects& fx) {
  auto from = x.from;
  auto dn = x.who.dn;
  auto& l = settle_in(c, std::move(x));
  c.other_place = from;
  c.sharer = dn;
  if (c.phase == call_phase::summoning) { // a consult call begins
    c.caller.leg = l.number;
    use_of(c, l).origin = true;
    route(c, std::string{c.origin.called}, ctx, fx);
    return;
  }
  auto* p = find_party(c, dn);
  assert(p);
  p->leg = l.number;
  p->parked = true; // until it is retrieved
}

} // namespace

// -- giving -------------------------------------------------------------------

party& other_side(call& c, const party& p) {
  return &p == &c.caller ? c.called : c.caller;
}

void seat_as_caller(call& c, const party& p) {
  if (&p == &c.called)
    std::swap(c.caller, c.called);
}

void take_leg_away(call& c, party& p, leg_name to, std::string transferred_by,
                   effects& fx) {
  auto& l = leg_at(c, p.leg);
  leg_moved x;
  x.from = {c.id, l.number};
  x.transferred_by = std::move(transferred_by);
  x.leg = l;
  x.leg.number = to.leg;
  x.leg.partner = x.leg.linked = nobody;
  x.leg.done_by = never; // it was asked for this call
  x.who = p;
  x.who.leg = to.leg;
  x.diversions = c.diversions;
  x.agent_called = c.agent_called;
  x.no_answer_until = c.no_answer_until;
  x.early_only = came_with_replaces(x) && c.origin.replaces_early_only;
  x.use.at = use_of_device::stage::returned; // if it took no device
  if (l.seizure < c.uses.size()) {
    x.use = use_of(c, l);
    use_of(c, l).at = use_of_device::stage::returned;
  }
  part(c, l);
  l.state = leg_state::gone;
  l.moved_to = to;
  l.sent = l.received = nullptr;
  p.leg = nobody;
  hand_over y;
  y.leg = l.number;
  y.to = to;
  fx.wire.emplace_back(std::move(y));
  fx.tells.push_back({to.call, std::move(x)});
}

void give_phone_back(call& c, effects& fx) {
  if (!c.other_place)
    return;
  auto place = *std::exchange(c.other_place, std::nullopt);
  // Either it speaks here, or there: then there is nothing to give. Both
  // parties may have that DN, if a phone has called itself.
  auto speaks = [&](const party& p) {
    return p.internal && p.dn == c.sharer && p.leg != nobody;
  };
  auto is_away = [&](const party& p) {
    return p.dn == c.sharer && p.state == party_state::held && p.leg == nobody;
  };
  if (is_away(c.caller) || is_away(c.called))
    return;
  auto* p = speaks(c.leaving)  ? &c.leaving
            : speaks(c.caller) ? &c.caller
            : speaks(c.called) ? &c.called
                               : nullptr;
  if (!p)
    return;
  if (leg_at(c, p->leg).state == leg_state::confirmed) {
    drop_flows(c, p->leg, fx);
    take_leg_away(c, *p, place, {}, fx);
    return;
  }
  demand x; // it hung up, and so has left both calls
  x.verb = verb::release_call;
  x.this_dn = p->dn;
  fx.tells.push_back({place.call, demanded{std::move(x)}});
}

// -- a call that waits moves --------------------------------------------------

void take(call& c, queue_moved&& x, const context& ctx, effects& fx) {
  party queue;
  queue.dn = std::move(x.queue);
  queue.role = dn_role::destination;
  queue.state = party_state::queued;
  queue.internal = true;
  if (!wake_the_dead(c))
    c.spare_leg = x.as;
  if (!seat_for_transfer(c, x.transferred_by, queue, ctx, fx)) {
    report_lost(c, queue, x.from, ctx, fx);
    return;
  }
  queue.state
    = party_state::null; // the routing point has the call, not a party
  auto leaver = release_transferrer(c, queue, ctx, fx);
  c.phase = call_phase::queued;
  c.queue = queue.dn;
  c.waits_on_queue = true;
  c.instructed = false;
  c.default_routes.reset();
  c.route_until = x.route_until;
  report_queue_moved(c, leaver, x.from, ctx, fx);
}

// -- INVITE with Replaces -----------------------------------------------------

void take(call& c, const place_wanted& x, const context&, effects& fx) {
  auto* l = x.of < c.legs.size() ? &leg_at(c, x.of) : nullptr;
  auto early = l && is_attempt(c, *l) && l->early && rings(c);
  auto talks = l && is_in_session(*l);
  auto free = talks && c.phase == call_phase::connected
              && party_of(c, *l).leg == l->number && is_quiet(c, *l);
  auto twice = !x.dn.empty() && l
               && number_inside(other_side(c, party_of(c, *l))) == x.dn;
  if (!early && !talks) {
    fx.tells.push_back({x.by, place_denied{481}});
  } else if (twice) { // it would talk to itself
    fx.tells.push_back({x.by, place_denied{486}});
  } else if (talks && x.early_only) { // RFC 3891 §3: it is answered
    fx.tells.push_back({x.by, place_denied{486}});
  } else if (!can_grow(c) || (talks && !free)) {
    fx.tells.push_back({x.by, place_denied{491}});
  } else {
    auto dn = party_of(c, *l).dn; // before the legs may be reallocated
    fx.tells.push_back({x.by, place_granted{{c.id, reserve_leg(c)}, dn}});
  }
}

void take(call& c, const place_granted& x, const context& ctx, effects& fx) {
  if (c.phase != call_phase::arriving) // it was cancelled meanwhile
    return;
  c.caller.state = party_state::connected;
  take_leg_away(c, c.caller, x.place, x.dn, fx);
  c.caller.state = party_state::null;
  c.recorded = true; // its record is that of the call it joins
  end_call(c, releaser::switch_itself, call_state::ok, ctx, fx);
}

void take(call& c, const place_denied& x, const context& ctx, effects& fx) {
  if (c.phase == call_phase::arriving)
    give_up(c, x.status, ctx, fx);
}

// -- taking -------------------------------------------------------------------

void take(call& c, leg_moved&& x, const context& ctx, effects& fx) {
  wake_the_dead(c);
  if (!x.transferred_by.empty()) {
    replace_party(c, std::move(x), ctx, fx);
    return;
  }
  auto welcome = c.phase != call_phase::ending
                 && (find_party(c, x.who.dn)
                     || c.phase == call_phase::summoning);
  if (welcome)
    phone_arrives(c, std::move(x), ctx, fx);
  else
    turn_away(c, std::move(x), ctx, fx);
}

} // namespace strowger::model
