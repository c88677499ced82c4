#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"

#include <algorithm>
#include <utility>

/// What clients ask of a call: the preconditions of each request (semantics 3)
/// and who carries it out. Every demand gets its verdict at once; what comes of
/// it later comes as events.
namespace strowger::model {

namespace {

constexpr int dtmf_duration_ms = 160;

bool is_connected(const party& p) {
  return p.state == party_state::connected;
}

// -- ending -------------------------------------------------------------------

verdict release_party(call& c, const demand& x, const context& ctx,
                      effects& fx) {
  if (c.phase == call_phase::summoning) {
    fail_making(c, fault::cancelled, ctx, fx);
    return {};
  }
  auto* p = find_party(c, x.this_dn);
  if (!p)
    return not_on_call();
  if (p == &c.leaving) {
    release_leaving(c, call_state::ok, ctx, fx);
    return {};
  }
  if (p == &c.called && p->state == party_state::alerting) {
    give_up(c, 603, ctx, fx);
    return {};
  }
  if (p == &c.caller && p->state == party_state::dialing) {
    abandon(c, ctx, fx);
    return {};
  }
  auto by = p == &c.caller ? releaser::caller : releaser::called;
  end_call(c, by, call_state::ok, ctx, fx);
  return {};
}

// -- the phone of a party -----------------------------------------------------

/// What the phone takes orders for (`sip-cti-control`).
bool takes_order(const party& p, std::string_view word, const context& ctx) {
  auto& words = ctx.config.list(option::sip_cti_control, ctx.config.find(p.dn));
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// BroadSoft's remote control: NOTIFY with the order as its event.
void order_phone(leg& l, std::string_view word, std::string body, effects& fx) {
  request y;
  y.leg = l.number;
  y.txn = l.order_txn = l.next_txn++;
  y.method = method::notify;
  y.notify = notification{std::string{word}, {}};
  if (!body.empty())
    y.body = {"application/dtmf-relay", std::move(body)};
  fx.wire.emplace_back(std::move(y));
}

/// The phone is to hold or retrieve, by a re-INVITE of its own.
void order_media(leg& l, std::string_view word, const context& ctx,
                 effects& fx) {
  order_phone(l, word, {}, fx);
  l.done_by = ctx.now + patience;
}

verdict answer(call& c, const demand& x, const context& ctx, effects& fx) {
  auto* p = find_party(c, x.this_dn);
  if (!p || p != &c.called || p->state != party_state::alerting)
    return not_now("the DN is not ringing");
  if (!takes_order(*p, "talk", ctx))
    return refuse(fault::unsupported,
                  "sip-cti-control of the DN does not have talk");
  for (auto& l : c.legs)
    if (is_attempt(c, l) && l.early)
      order_phone(l, "talk", {}, fx);
  return {};
}

verdict hold(call& c, const demand& x, const context& ctx, effects& fx) {
  auto* p = find_party(c, x.this_dn);
  if (!p)
    return not_on_call();
  if (!is_connected(*p) || p->leg == nobody
      || c.leaving.state != party_state::null)
    return not_now("the DN is not connected");
  if (takes_order(*p, "hold", ctx))
    order_media(leg_at(c, p->leg), "hold", ctx, fx);
  else
    park(c, *p);
  return {};
}

verdict retrieve(call& c, const demand& x, const context& ctx, effects& fx) {
  auto* p = find_party(c, x.this_dn);
  if (!p)
    return not_on_call();
  if (p->state != party_state::held || p->leg == nobody)
    return not_now("the DN does not hold the call");
  if (p->parked) {
    unpark(c, *p);
    if (leg_at(c, p->leg).partner == nobody) // the other party holds as well
      report_held(c, *p, false, ctx, fx);
  } else if (takes_order(*p, "talk", ctx)) {
    order_media(leg_at(c, p->leg), "talk", ctx, fx);
  } else {
    return refuse(fault::unsupported,
                  "the phone holds by itself, and sip-cti-control of the DN "
                  "does not have talk");
  }
  return {};
}

// -- digits -------------------------------------------------------------------

void send_next_digit(call& c, digits_to_send& d, effects& fx) {
  auto& l = leg_at(c, d.leg);
  request y;
  y.leg = l.number;
  y.txn = d.txn = l.next_txn++;
  y.method = method::info;
  y.body.type = "application/dtmf-relay";
  y.body.data = "Signal=" + d.left.substr(0, 1)
                + "\r\nDuration=" + std::to_string(dtmf_duration_ms) + "\r\n";
  d.left.erase(0, 1);
  fx.wire.emplace_back(std::move(y));
}

verdict send_dtmf(call& c, const demand& x, const context& ctx, effects& fx) {
  auto* p = find_party(c, x.this_dn);
  if (!p || !is_connected(*p) || p->leg == nobody)
    return not_now("the DN is not connected");
  if (x.text.empty()
      || x.text.find_first_not_of("0123456789ABCD*#") != std::string::npos)
    return refuse(fault::invalid_argument,
                  "digits are 0 to 9, A to D, * and #");
  if (takes_order(*p, "dtmf", ctx)) {
    order_phone(leg_at(c, p->leg), "dtmf", "Signal=" + x.text + "\r\n", fx);
  } else {
    auto* other = partner_of(c, leg_at(c, p->leg));
    if (!other || other->state != leg_state::confirmed)
      return not_now("nobody hears the DN");
    digits_to_send d;
    d.leg = other->number;
    d.left = x.text;
    d.dn = p->dn;
    send_next_digit(c, d, fx);
    c.digits.push_back(std::move(d));
  }
  report_dtmf_sent(c, *p, x.text, ctx, fx);
  return {};
}

// -- user data ----------------------------------------------------------------

verdict change_data(call& c, demand&& x, const context& ctx, effects& fx) {
  auto* p = find_party(c, x.this_dn);
  if (!p && c.queue != x.this_dn && !x.this_dn.empty())
    return not_on_call();
  user_data now;
  if (c.user_data && x.verb != verb::update_user_data
      && x.verb != verb::delete_all_user_data)
    now = *c.user_data;
  if (x.verb == verb::delete_user_data) {
    if (!remove(now, x.text))
      return refuse(fault::invalid_argument, "there is no such key");
  } else if (x.verb != verb::delete_all_user_data) {
    if (auto error = attach(now, x.pairs))
      return refuse(fault::too_large, *error);
  }
  set_user_data(c, std::move(now), x.this_dn, ctx, fx);
  if (c.data_with.value != 0)
    fx.tells.push_back({c.data_with, data_shared{c.user_data, x.this_dn}});
  return {};
}

// -- other destinations -------------------------------------------------------

verdict redirect(call& c, demand&& x, const context& ctx, effects& fx) {
  if (c.called.dn != x.this_dn || c.called.state != party_state::alerting)
    return not_now("the DN is not ringing");
  if (c.bound)
    return not_now("its early media are the call's already");
  if (!is_reachable(ctx.config, x.destination))
    return refuse(fault::invalid_called_dn, "no DN and no trunk prefix");
  redirect_call(c, x.destination, call_state::redirected, ctx, fx);
  return {};
}

verdict route_call(call& c, demand&& x, const context& ctx, effects& fx) {
  if (!c.waits_on_queue || c.queue != x.this_dn)
    return not_now("the call does not wait there");
  if (c.phase != call_phase::queued)
    return not_now("the call is being routed already");
  if (x.route == route_type::reject || x.route == route_type::call_disconnect) {
    give_up(c, x.route == route_type::reject ? 486 : 603, ctx, fx);
    return {};
  }
  if (!is_reachable(ctx.config, x.destination))
    return refuse(fault::invalid_called_dn, "no DN and no trunk prefix");
  if (x.route == route_type::overwrite_dnis && !x.text.empty())
    c.origin.called = x.text;
  route_from_queue(c, std::move(x), ctx, fx);
  return {};
}

verdict keep_waiting(call& c, const demand& x, const context& ctx) {
  if (!c.waits_on_queue || c.queue != x.this_dn)
    return not_now("the call does not wait there");
  if (c.phase != call_phase::queued)
    return not_now("the call is being routed already");
  c.route_until = route_deadline(c, ctx);
  return {};
}

verdict carry_out(call& c, demand&& x, const context& ctx, effects& fx) {
  switch (x.verb) {
    case verb::make_call:
      return make_call(c, std::move(x), ctx, fx);
    case verb::answer_call:
      return answer(c, x, ctx, fx);
    case verb::release_call:
      return release_party(c, x, ctx, fx);
    case verb::clear_call:
      take_clear(c, ctx, fx);
      return {};
    case verb::hold_call:
      return hold(c, x, ctx, fx);
    case verb::retrieve_call:
      return retrieve(c, x, ctx, fx);
    case verb::redirect_call:
      return redirect(c, std::move(x), ctx, fx);
    case verb::route_call:
      return route_call(c, std::move(x), ctx, fx);
    case verb::keep_waiting:
      return keep_waiting(c, x, ctx);
    case verb::initiate_transfer:
    case verb::mute_transfer:
    case verb::alternate_call:
      return after_hold(c, std::move(x), ctx, fx);
    case verb::complete_transfer:
    case verb::merge_calls:
      return complete_transfer(c, x, fx);
    case verb::single_step_transfer:
      return single_step_transfer(c, x, ctx, fx);
    case verb::reconnect_call:
      return reconnect(c, x, ctx, fx);
    case verb::send_dtmf:
      return send_dtmf(c, x, ctx, fx);
    case verb::attach_user_data:
    case verb::update_user_data:
    case verb::delete_user_data:
    case verb::delete_all_user_data:
      return change_data(c, std::move(x), ctx, fx);
    case verb::set_dnd:
    case verb::cancel_dnd:
    case verb::set_forward:
    case verb::cancel_forward:
      break; // a DN's affair
  }
  return refuse(fault::unsupported, "");
}

} // namespace

void take(call& c, demanded&& x, const context& ctx, effects& fx) {
  auto token = x.token;
  auto concerned = makes_consult_call(x.what.verb) ? x.what.second_call : c.id;
  verdict answer;
  if (c.phase == call_phase::ending || c.phase == call_phase::finished) {
    answer = refuse(fault::unknown_call, "the call is over");
  } else {
    auto before = std::exchange(c.request, x.what.request);
    answer = carry_out(c, std::move(x.what), ctx, fx);
    if (!answer.accepted())
      c.request = std::move(before);
  }
  answer.call = concerned; // the call that is made, if one is
  if (token != 0)
    fx.verdicts.push_back({token, std::move(answer)});
}

void set_user_data(call& c, user_data&& now, const std::string& by,
                   const context& ctx, effects& fx) {
  c.user_data = now.empty() ? nullptr
                            : std::make_shared<const user_data>(std::move(now));
  report_data_changed(c, by, ctx, fx);
}

void take(call& c, data_shared&& x, const context& ctx, effects& fx) {
  if (c.phase != call_phase::ending && c.phase != call_phase::finished)
    set_user_data(c, x.data ? user_data{*x.data} : user_data{}, x.by, ctx, fx);
}

verdict not_on_call() {
  return refuse(fault::party_not_on_call, "the DN has no part in the call");
}

verdict not_now(std::string_view text) {
  return refuse(fault::invalid_call_state, text);
}

party* find_party(call& c, std::string_view dn) {
  for (auto* p : {&c.called, &c.caller, &c.leaving})
    if (p->internal && p->dn == dn && p->state != party_state::null)
      return p;
  return nullptr;
}

void fail_order(call& c, leg& l, fault why, const context& ctx, effects& fx) {
  l.order_txn = 0; // whatever its answer is, the request has had its outcome
  l.done_by = never;
  auto& dn = party_of(c, l).dn;
  if (c.then && c.then->dn == dn)
    c.then.reset();
  report_error(c, dn, why, ctx, fx);
}

bool on_digit_response(call& c, const responded& x, const context& ctx,
                       effects& fx) {
  auto i = std::find_if(c.digits.begin(), c.digits.end(), [&](auto& d) {
    return d.leg == x.leg && d.txn == x.txn;
  });
  if (i == c.digits.end() || x.status < 200)
    return i != c.digits.end();
  auto goes_on = x.status < 300 && !i->left.empty()
                 && leg_at(c, i->leg).state == leg_state::confirmed;
  if (goes_on) {
    send_next_digit(c, *i, fx);
    return true;
  }
  auto dn = std::move(i->dn);
  c.digits.erase(i);
  if (x.status >= 300)
    report_error(c, dn, fault::unsupported, ctx, fx);
  return true;
}

} // namespace strowger::model
