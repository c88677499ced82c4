#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"
#include "actors/model/final_status.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

/// Hold, consultation and transfer (semantics 3.2, 6.3 to 6.5). A phone that
/// consults has two calls. With a dialog for each (`dual-dialog-enabled`) they
/// only know each other's id; otherwise its one leg moves to the call in which
/// it speaks. To transfer, the far side of the consult call moves over.
namespace strowger::model {

namespace {

bool dual_dialog(const party& p, const context& ctx) {
  return ctx.config.flag(option::dual_dialog_enabled, ctx.config.find(p.dn));
}

demand follow_up(const demand& x, verb what) {
  demand y = x;
  y.verb = what;
  return y;
}

// -- after the hold -----------------------------------------------------------

/// ConsultUserData, or `consult-user-data`.
consult_data data_wanted(const demand& x, const context& ctx) {
  if (x.consult != consult_data::by_option)
    return x.consult;
  auto& word = ctx.config.text(option::consult_user_data);
  return word == "joint"       ? consult_data::joint
         : word == "inherited" ? consult_data::inherited
                               : consult_data::separate;
}

user_data data_for_consult(const call& c, const demand& x, consult_data how) {
  user_data result;
  if (how != consult_data::separate && c.user_data)
    result = *c.user_data;
  attach(result, x.pairs);
  return result;
}

void open_consult(call& c, party& p, const demand& x, const context& ctx,
                  effects& fx) {
  auto consult = x.second_call;
  auto y = follow_up(x, verb::make_call);
  y.call = consult;
  y.second_call = c.id;
  y.consult = data_wanted(x, ctx);
  y.pairs = data_for_consult(c, x, y.consult);
  if (y.consult == consult_data::joint) {
    c.data_with = consult;
    if (!x.pairs.empty())
      set_user_data(c, user_data{y.pairs}, p.dn, ctx, fx);
  }
  y.phone_lent = !dual_dialog(p, ctx);
  auto lends = y.phone_lent;
  fx.tells.push_back({consult, demanded{std::move(y)}});
  if (!lends)
    return;
  c.other_place = leg_name{consult, 0};
  c.sharer = p.dn;
  seat_as_caller(c, other_side(c, p));
  take_leg_away(c, c.called, *c.other_place, {}, fx);
}

void change_over(call& c, party& p, const demand& x, effects& fx) {
  if (c.other_place && c.sharer == p.dn && p.leg != nobody) {
    auto place = *c.other_place;
    seat_as_caller(c, other_side(c, p));
    take_leg_away(c, c.called, place, {}, fx);
  }
  auto y = follow_up(x, verb::retrieve_call);
  fx.tells.push_back(
    {x.call == c.id ? x.second_call : x.call, demanded{std::move(y)}});
}

} // namespace

// -- hold ---------------------------------------------------------------------

void park(call& c, party& p) {
  p.parked = true;
  part(c, leg_at(c, p.leg));
}

void unpark(call& c, party& p) {
  p.parked = false;
  auto& l = leg_at(c, p.leg);
  if (auto* other = partner_before_hold(c, p))
    join(c, l, *other);
}

leg* partner_before_hold(call& c, const party& p) {
  auto& other = other_side(c, p);
  if (other.leg == nobody || other.parked)
    return nullptr;
  return &leg_at(c, other.leg);
}

verdict after_hold(call& c, demand&& x, const context& ctx, effects& fx) {
  auto* p = find_party(c, x.this_dn);
  if (!p)
    return not_on_call();
  if (p->state != party_state::connected || p->leg == nobody
      || c.phase != call_phase::connected)
    return not_now("the DN is not connected");
  if (c.then)
    return not_now("a request is under way already");
  if (!can_grow(c))
    return not_now("the call has had too many legs");
  auto consults = x.verb != verb::alternate_call;
  if (consults && !is_reachable(ctx.config, x.destination))
    return refuse(fault::invalid_called_dn, "no DN and no trunk prefix");
  auto lent = c.other_place && c.sharer != p->dn;
  if ((lent || other_side(c, *p).leg == nobody) && !dual_dialog(*p, ctx))
    return not_now("the other party has lent its phone, or transfers");
  demand hold;
  hold.verb = verb::hold_call;
  hold.this_dn = x.this_dn;
  hold.request = x.request;
  c.then = errand{std::move(x), p->dn};
  demanded y{std::move(hold)};
  take(c, std::move(y), ctx, fx);
  return {};
}

void run_errand(call& c, const context& ctx, effects& fx) {
  if (!c.then || c.phase != call_phase::connected)
    return;
  auto* p = find_party(c, c.then->dn);
  if (!p) {
    c.then.reset();
    return;
  }
  if (p->state != party_state::held
      || (p->leg != nobody && !is_quiet(c, leg_at(c, p->leg))))
    return;
  auto x = std::move(*c.then);
  c.then.reset();
  if (x.what.verb == verb::alternate_call) {
    change_over(c, *p, x.what, fx);
    return;
  }
  open_consult(c, *p, x.what, ctx, fx);
  if (x.what.verb != verb::mute_transfer)
    return;
  // The consult call is given away before its other end has answered.
  far_side_wanted y{c.id, reserve_leg(c), x.dn,
                    number_inside(other_side(c, *p)), true};
  fx.tells.push_back({x.what.second_call, std::move(y)});
}

// -- completing ---------------------------------------------------------------

bool can_grow(const call& c) {
  constexpr size_t legs_max = 200; // leg numbers have to last for the rest
  return c.spare_leg != nobody || c.legs.size() < legs_max;
}

leg_number reserve_leg(call& c) {
  if (c.spare_leg != nobody)
    return std::exchange(c.spare_leg, nobody);
  auto& l = c.legs.emplace_back();
  l.number = static_cast<leg_number>(c.legs.size() - 1);
  l.state = leg_state::gone;
  return l.number;
}

verdict complete_transfer(call& c, const demand& x, effects& fx) {
  auto* p = find_party(c, x.this_dn);
  if (!p)
    return not_on_call();
  if (p->state != party_state::held || c.phase != call_phase::connected)
    return not_now("the DN does not hold the call");
  if (x.second_call == c.id)
    return refuse(fault::invalid_argument, "a call cannot join itself");
  if (other_side(c, *p).leg == nobody || !can_grow(c))
    return not_now("the other side is not there");
  fx.tells.push_back(
    {x.second_call, far_side_wanted{c.id, reserve_leg(c), p->dn,
                                    number_inside(other_side(c, *p)), false}});
  return {};
}

void take(call& c, const far_side_wanted& x, const context& ctx, effects& fx) {
  auto deny = [&](fault why) {
    fx.tells.push_back({x.by, far_side_denied{why, x.dn, x.as}});
  };
  if (c.wanted) { // another call waits for it, or this one twice
    deny(fault::invalid_call_state);
    return;
  }
  auto ending = c.phase == call_phase::ending
                || c.phase == call_phase::finished;
  auto* p = ending ? nullptr : find_party(c, x.dn);
  auto coming = c.phase == call_phase::summoning || c.phase == call_phase::fresh
                || c.phase == call_phase::arriving;
  if (!ending && coming && x.even_alerting) {
    c.wanted = x; // a mute transfer: as soon as the other end rings
    return;
  }
  if (!p) {
    deny(ending ? fault::unknown_call : fault::party_not_on_call);
    return;
  }
  auto& far = other_side(c, *p);
  auto allowed = x.even_alerting || c.waits_on_queue
                 || ctx.config.flag(option::blind_transfer_enabled,
                                    ctx.config.find(far.dn));
  auto talks = c.phase == call_phase::connected
               && (far.state == party_state::connected
                   || far.state == party_state::held);
  if (!talks && !allowed) {
    deny(fault::invalid_call_state);
    return;
  }
  c.wanted = x;
}

namespace {

/// Who transfers leaves the call on the routing point to its first call.
void give_queue(call& c, const far_side_wanted& x, party& p, const context& ctx,
                effects& fx) {
  fx.tells.push_back(
    {x.by, queue_moved{c.id, c.queue, p.dn, x.as, c.route_until}});
  c.waits_on_queue = false; // its events go on in the other call
  c.other_place.reset();
  report_released(c, p, call_state::transferred, ctx, fx);
  end_call(c, releaser::caller, call_state::transferred, ctx, fx);
}

} // namespace

void give_far_side(call& c, const context& ctx, effects& fx) {
  if (!c.wanted)
    return;
  auto x = *c.wanted;
  auto* p = find_party(c, x.dn);
  if (c.phase == call_phase::summoning || c.phase == call_phase::fresh)
    return;
  if (!p || c.phase == call_phase::ending) {
    c.wanted.reset();
    fx.tells.push_back({x.by, far_side_denied{fault::cancelled, x.dn, x.as}});
    return;
  }
  if (c.phase == call_phase::queued) {
    c.wanted.reset();
    give_queue(c, x, *p, ctx, fx);
    return;
  }
  auto& far = other_side(c, *p);
  if (!x.stays.empty() && number_inside(far) == x.stays) {
    c.wanted.reset();
    fx.tells.push_back(
      {x.by, far_side_denied{fault::invalid_called_dn, x.dn, x.as}});
    return;
  }
  if (c.phase == call_phase::hunting && far.state == party_state::alerting) {
    auto* only = only_attempt(c);
    if (!only)
      return; // the fork has to be decided first
    far.leg = only->number;
    c.ring_until = never;
    c.hops.clear();
    c.targets.clear();
  } else if (c.phase != call_phase::connected || far.leg == nobody
             || !is_quiet(c, leg_at(c, far.leg))) {
    return;
  }
  c.wanted.reset();
  far.parked = false;
  auto state = far.state;
  take_leg_away(c, far, {x.by, x.as}, p->dn, fx);
  far.state = party_state::null; // its events go on in the other call
  c.other_place.reset();         // whoever transfers is not needed there
  report_released(c, *p, call_state::transferred, ctx, fx);
  if (state == party_state::connected)
    c.record.result = call_result::answered;
  auto by = p == &c.caller ? releaser::caller : releaser::called;
  end_call(c, by, call_state::transferred, ctx, fx);
}

void take(call& c, const far_side_denied& x, const context& ctx, effects& fx) {
  tell_progress(c, 603, fx);
  c.spare_leg = x.as;
  if (c.phase == call_phase::ending || c.phase == call_phase::finished)
    return;
  report_error(c, x.dn, x.why, ctx, fx);
  if (std::exchange(c.transferrer_gone, false))
    end_call(c, releaser::called, call_state::ok, ctx, fx);
}

bool goes_on_without(call& c, const leg& l) {
  auto& p = party_of(c, l);
  if (c.phase != call_phase::connected || p.leg != l.number
      || other_side(c, p).leg == nobody)
    return false;
  return c.referring == l.number
         || (c.wanted && find_party(c, c.wanted->dn) == &p);
}

void let_transferrer_go(call& c, leg& l, effects& fx) {
  seat_as_caller(c, other_side(c, party_of(c, l)));
  c.transferrer_gone = c.referring == l.number;
  c.called.leg = nobody;
  drop_leg(c, l, fx);
}

// -- back to the first call ---------------------------------------------------

verdict reconnect(call& c, const demand& x, const context& ctx, effects& fx) {
  auto* p = find_party(c, x.this_dn);
  if (!p)
    return not_on_call();
  give_phone_back(c, fx);
  auto y = follow_up(x, verb::retrieve_call);
  auto held = x.call == c.id ? x.second_call : x.call;
  if (p->state == party_state::dialing)
    abandon(c, ctx, fx);
  else
    end_call(c, p == &c.caller ? releaser::caller : releaser::called,
             call_state::ok, ctx, fx);
  fx.tells.push_back({held, demanded{std::move(y)}});
  return {};
}

// -- single-step transfer -----------------------------------------------------

verdict single_step_transfer(call& c, const demand& x, const context& ctx,
                             effects& fx) {
  auto* p = find_party(c, x.this_dn);
  if (!p)
    return not_on_call();
  if (c.phase != call_phase::connected || p->state != party_state::connected
      || p->leg == nobody)
    return not_now("the DN is not connected");
  if (other_side(c, *p).leg == nobody || !can_grow(c))
    return not_now("the other side is not there");
  if (!is_reachable(ctx.config, x.destination))
    return refuse(fault::invalid_called_dn, "no DN and no trunk prefix");
  move_other_party(c, *p, x, ctx, fx);
  return {};
}

void move_other_party(call& c, party& p, const demand& x, const context& ctx,
                      effects& fx) {
  seat_as_caller(c, other_side(c, p));
  c.leaving = std::exchange(c.called, {});
  c.failure = 0;
  if (moves_by_refer(c, x.destination, ctx))
    refer_caller(c, x.destination, ctx, fx);
  else
    route(c, x.destination, ctx, fx);
}

void keep_leaving(call& c, uint16_t status, const context& ctx, effects& fx) {
  tell_progress(c, status, fx);
  c.called = std::exchange(c.leaving, {});
  c.phase = call_phase::connected;
  c.ring_until = never;
  c.bound = false;
  report_error(c, c.called.dn, fault_of(status), ctx, fx);
  if (!keep_caller(c, fx))
    end_call(c, releaser::caller, call_state::ok, ctx, fx);
}

void release_leaving(call& c, call_state state, const context& ctx,
                     effects& fx) {
  tell_progress(c, 200, fx);
  if (c.leaving.internal && c.leaving.dn == c.sharer)
    give_phone_back(c, fx);
  auto leaver = std::exchange(c.leaving, {});
  if (leaver.leg != nobody)
    drop_leg(c, leg_at(c, leaver.leg), fx);
  if (state == call_state::transferred) {
    report_transferred(c, leaver, c.called, ctx, fx);
    report_party_changed(c, c.caller, leaver, {}, ctx, fx);
  } else {
    report_released(c, leaver, state, ctx, fx);
  }
}

} // namespace strowger::model
