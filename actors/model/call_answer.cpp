#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"
#include "actors/model/final_status.hpp"
#include "actors/model/hold.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

namespace strowger::model {

namespace {

// -- provisional --------------------------------------------------------------

/// Notes what the body of a reliable provisional response means for offer and
/// answer; an unreliable one settles nothing (RFC 6337 §2.2). True if it is the
/// second half of the caller's own exchange, or the first.
bool note_reliable_body(leg& b, const description& body) {
  if (!body)
    return false;
  auto answers = b.media == negotiation::offer_sent;
  if (!answers && (b.sent || b.received))
    return false; // neither an answer nor an offer: repeated
  b.received = body;
  b.media = answers ? negotiation::idle : negotiation::offer_received;
  return true;
}

/// Binds the caller to what `b` said reliably.
void bind_caller(call& c, const leg& b) {
  auto& a = c.caller_leg();
  c.bound = true;
  a.sent = b.received;
  a.media = b.media == negotiation::idle ? negotiation::idle
                                         : negotiation::offer_sent;
}

/// `event-ringing-on-100trying`: both levels have to say so.
bool rings_at_trying(const call& c, const context& ctx) {
  constexpr auto id = option::event_ringing_on_100trying;
  auto* device = ctx.config.find(c.called.dn);
  auto* own = device ? device->options->find(id) : nullptr;
  return own && std::get<bool>(*own) && ctx.config.flag(id);
}

/// The called party rings: the routing point may let go of the call.
void begin_to_ring(call& c, const context& ctx, effects& fx) {
  auto first = c.called.state == party_state::null;
  if (ctx.config.flag(option::divert_on_ringing, ctx.config.find(c.queue))) {
    if (c.waits_on_queue && c.instructed) // `after-routing-timeout` is met
      c.ring_until = ring_deadline(ctx.config.find(c.called.dn), ctx);
    report_diverted(c, ctx, fx);
  }
  report_ringing(c, ctx, fx);
  if (first)
    watch_ringing(c, ctx);
}

/// True if another address of the device has rung already.
bool has_rung(const call& c, const leg& b) {
  return std::any_of(c.legs.begin(), c.legs.end(), [&](const leg& x) {
    return !x.incoming && x.seizure == b.seizure && x.early;
  });
}

void on_provisional(call& c, leg& b, responded&& x, const context& ctx,
                    effects& fx) {
  if (x.status == 100) {
    if (!b.early)
      b.answer_by = answer_deadline(c, b, true, ctx);
    if (c.phase == call_phase::hunting && rings_at_trying(c, ctx))
      begin_to_ring(c, ctx, fx);
    return;
  }
  b.answer_by = never;
  if (c.phase == call_phase::summoning) {
    b.early = true;
    return;
  }
  auto forked = attempts_alive(c) > 1;
  auto first = !has_rung(c, b);
  b.early = true;
  b.update_allowed = b.update_allowed || x.update_allowed;
  begin_to_ring(c, ctx, fx);
  if (c.record.alerted == never)
    c.record.alerted = ctx.now;
  auto& a = c.caller_leg();
  if (!a.incoming || a.state != leg_state::inviting) {
    if (x.rseq != 0) // there is no INVITE that this could be passed on to
      acknowledge_provisional(b, x.rseq, fx);
    return;
  }
  // Of a fork the caller hears the first one ring; media of several early
  // dialogs cannot be told apart on one leg.
  if (forked && !first)
    return;
  a.early = true;
  join_attempts(c);
  respond y;
  y.leg = a.number;
  y.status = x.status;
  y.reason = std::move(x.reason);
  y.headers = std::move(x.headers);
  auto body = forked ? nullptr : share(std::move(x.body));
  auto settles = x.rseq != 0 && note_reliable_body(b, body);
  // One reliable response at a time (RFC 3262 §3): the caller may still owe the
  // PRACK for one of a leg that has failed since.
  if (x.rseq != 0 && a.reliable && c.reliable_rseq == 0) {
    if (settles)
      bind_caller(c, b);
    c.reliable_rseq = x.rseq;
    c.reliable_leg = b.number;
    y.reliable = true;
  } else if (x.rseq != 0) {
    acknowledge_provisional(b, x.rseq, fx);
  }
  y.body = copy(body);
  fx.wire.emplace_back(std::move(y));
}

// -- success ------------------------------------------------------------------

/// Passes the answer of `b` on to the caller: the second half of the offer and
/// answer that the caller's INVITE began, or, if it had no offer, the first; or
/// nothing of either if both went by in reliable provisional responses.
void answer_caller(call& c, leg& b, responded&& x, const context& ctx,
                   effects& fx) {
  auto& a = c.caller_leg();
  respond y;
  y.leg = a.number;
  y.status = 200;
  y.reason = std::move(x.reason);
  y.headers = std::move(x.headers);
  auto offers = !c.bound && b.media == negotiation::idle && !b.sent;
  if (!c.bound) {
    auto pending = offers || b.media == negotiation::offer_sent;
    if (auto body = share(std::move(x.body)); body && pending)
      b.received = body;
    a.sent = b.received;
    y.body = copy(a.sent);
    a.media = offers ? negotiation::offer_sent : negotiation::idle;
    b.media = offers ? negotiation::offer_received : negotiation::idle;
  }
  if (!offers) {
    acknowledge_invite(b, 0, {}, fx);
    b.state = leg_state::confirmed;
  }
  y.session = answer_session(a.session.terms, policy_of(ctx)).terms;
  a.state = leg_state::answered;
  a.linked = b.number;
  b.linked = a.number;
  start_session(a, y.session, session_role::uas, ctx.now);
  open_session(b, x, ctx);
  fx.wire.emplace_back(std::move(y));
}

/// The answer of `b`, when the caller has been answered long since, or is a
/// phone that we rang ourselves and that waits for the ACK with the answer.
void bridge_answer(call& c, leg& b, responded&& x, const context& ctx,
                   effects& fx) {
  auto& a = c.caller_leg();
  open_session(b, x, ctx);
  auto body = share(std::move(x.body));
  if (b.media == negotiation::idle && !b.sent && body) {
    b.received = body; // an offer, for the caller: see media_flow
    b.media = negotiation::offer_received;
    return;
  }
  if (body)
    b.received = body;
  b.media = negotiation::idle;
  b.state = leg_state::confirmed;
  acknowledge_invite(b, 0, {}, fx);
  if (a.state != leg_state::answered || a.incoming)
    return;
  a.sent = b.received;
  a.media = negotiation::idle;
  a.state = leg_state::confirmed;
  a.linked = b.number;
  b.linked = a.number;
  acknowledge_invite(a, 0, copy(a.sent), fx);
}

/// What only the way to an answer needed; a held call should be small.
void forget_setup(call& c) {
  c.bound = false;
  c.silent.clear();
  c.hops = {};
  c.targets = {};
  c.overflow.reset();
  forget_diversions(c);
  c.origin.headers = {};
  c.origin.caller.asserted = {};
  for (auto& l : c.legs)
    l.goal.reset();
}

void on_answer(call& c, leg& b, responded&& x, const context& ctx,
               effects& fx) {
  if (c.phase == call_phase::summoning) {
    on_summoned(c, b, std::move(x), ctx, fx);
    return;
  }
  assert(c.phase == call_phase::hunting);
  c.called.leg = b.number;
  b.state = leg_state::answered;
  b.early = true;
  b.update_allowed = b.update_allowed || x.update_allowed;
  use_of(c, b).status = x.status;
  for (auto& other : c.legs)
    if (is_attempt(c, other))
      hang_up(c, other, fx);
  auto& a = c.caller_leg();
  if (a.incoming && a.state == leg_state::inviting)
    answer_caller(c, b, std::move(x), ctx, fx);
  else
    bridge_answer(c, b, std::move(x), ctx, fx);
  join(c, a, b);
  c.caller.parked = false; // it hears somebody again
  begin_talk(c, ctx, fx);
}

// -- failure ------------------------------------------------------------------

/// The INVITE of `b` has failed with `x`, and nothing is to be expected of `b`
/// any more: tries what is left, or gives up.
void after_failure(call& c, const leg& b, const responded& x,
                   const context& ctx, effects& fx) {
  auto& use = use_of(c, b);
  auto trunk = use.trunk;
  use.status = x.status;
  use.unreachable = x.local || x.status == 503;
  c.silent = x.local && !b.early ? use.device : std::string{};
  auto redirects = x.status >= 300 && x.status < 400;
  if (redirects && attempts_alive(c) == 0
      && follow_redirection(c, b, x, ctx, fx))
    return;
  note_failure(c, redirects ? 480 : status_to_caller(x.status, x.local, trunk));
  if (x.status >= 600) // a 6xx speaks for all forks (RFC 3261 21.6)
    for (auto& other : c.legs)
      if (is_attempt(c, other))
        hang_up(c, other, fx);
  if (attempts_alive(c) > 0)
    return;
  auto elsewhere = !c.bound && try_elsewhere(x.status, x.local);
  if (!elsewhere)
    c.targets.clear();
  if (!trunk || !elsewhere)
    c.hops.clear();
  hunt_on(c, ctx, fx);
}

void on_failure(call& c, leg& b, responded&& x, const context& ctx,
                effects& fx) {
  auto terms = x.status == 422 && !c.bound
                 ? retry_session(b.session.terms, x.session.min_se_s)
                 : std::nullopt;
  if (terms) {
    auto goal = b.goal;
    auto use = b.seizure;
    leg_gone(c, b, fx);
    invite_target(c, use, std::move(goal), *terms, ctx, fx);
    return;
  }
  leg_gone(c, b, fx);
  after_failure(c, b, x, ctx, fx);
}

} // namespace

void begin_talk(call& c, const context& ctx, effects& fx) {
  c.phase = call_phase::connected;
  c.ring_until = never;
  if (c.record.answered == never)
    c.record.answered = ctx.now;
  c.record.status = 200;
  c.record.result = call_result::answered;
  report_diverted(c, ctx, fx);
  report_established(c, ctx, fx);
  if (c.moving) // and talks on a leg that nobody holds
    report_held(c, c.caller, false, ctx, fx);
  if (c.leaving.state != party_state::null)
    release_leaving(c, call_state::transferred, ctx, fx);
  leave_old_dialog(c, ctx, fx);
  forget_setup(c);
}

void answer_held(leg& l, txn_number txn, const session_terms& terms,
                 const context& ctx, effects& fx) {
  auto answers = l.media == negotiation::offer_received;
  auto& base = answers ? l.received : l.sent;
  l.sent = share(base ? content{base->type, as_held(base->data, true)}
                      : black_hole());
  l.media = answers ? negotiation::idle : negotiation::offer_sent;
  l.linked = nobody;
  if (l.state == leg_state::inviting)
    l.state = leg_state::answered;
  respond x;
  x.leg = l.number;
  x.txn = txn;
  x.status = 200;
  x.session = terms;
  x.body = copy(l.sent);
  start_session(l, terms, session_role::uas, ctx.now);
  fx.wire.emplace_back(std::move(x));
}

void answer_held(leg& l, const context& ctx, effects& fx) {
  auto terms = answer_session(l.session.terms, policy_of(ctx)).terms;
  answer_held(l, 0, terms, ctx, fx);
}

void acknowledge_provisional(leg& b, uint32_t rseq, effects& fx) {
  request x;
  x.leg = b.number;
  x.txn = b.next_txn++;
  x.method = method::prack;
  x.rseq = rseq;
  fx.wire.emplace_back(std::move(x));
}

void on_invite_response(call& c, leg& b, responded&& x, const context& ctx,
                        effects& fx) {
  auto final = x.status >= 200;
  if (b.state == leg_state::inviting) {
    if (!final)
      on_provisional(c, b, std::move(x), ctx, fx);
    else if (x.status < 300)
      on_answer(c, b, std::move(x), ctx, fx);
    else
      on_failure(c, b, std::move(x), ctx, fx);
    return;
  }
  if (b.state != leg_state::cancelled || !final)
    return;
  if (x.status < 300) { // the answer crossed our CANCEL
    b.state = leg_state::answered;
    hang_up(c, b, fx);
  } else {
    leg_gone(c, b, fx);
  }
}

time_point answer_deadline(const call& c, const leg& b, bool trying,
                           const context& ctx) {
  auto* device = ctx.config.find(c.uses[b.seizure].device);
  auto seconds = trying ? ctx.config.integer(option::sip_trying_timeout, device)
                        : 0;
  if (seconds == 0)
    seconds = ctx.config.integer(option::sip_invite_timeout);
  return seconds > 0 ? ctx.now + std::chrono::seconds{seconds} : never;
}

void on_silence(call& c, leg& b, const context& ctx, effects& fx) {
  hang_up(c, b, fx);
  responded verdict;
  verdict.leg = b.number;
  verdict.status = 408;
  verdict.local = true;
  after_failure(c, b, verdict, ctx, fx);
}

void refuse_caller(call& c, uint16_t status, effects& fx,
                   std::vector<std::string> contacts) {
  auto& a = c.caller_leg();
  if (a.state != leg_state::inviting)
    return;
  respond x;
  x.leg = a.number;
  x.status = status;
  x.contacts = std::move(contacts);
  if (status == 422)
    x.session = a.session.terms;
  fx.wire.emplace_back(std::move(x));
  leg_gone(c, a, fx);
}

void give_up(call& c, uint16_t status, const context& ctx, effects& fx) {
  auto state = state_of(status);
  if (c.phase == call_phase::summoning) {
    fail_making(c, fault_of(status), ctx, fx);
    return;
  }
  if (c.leaving.state != party_state::null) { // a transfer that failed
    stop_seeking(c, fx);
    refuse_caller(c, status, fx);
    report_released(c, c.called, state, ctx, fx);
    keep_leaving(c, status, ctx, fx);
    return;
  }
  if (c.waits_on_queue && c.phase == call_phase::hunting && c.instructed
      && !c.bound) {
    stay_on_queue(c, status, ctx, fx);
    return;
  }
  if (c.waits_on_queue && c.phase == call_phase::hunting && !c.bound
      && c.default_routes && !c.default_routes->empty()) {
    stop_seeking(c, fx);
    report_released(c, c.called, state, ctx, fx);
    route_by_default(c, ctx, fx);
    return;
  }
  c.record.status = status;
  c.record.result = result_of(status);
  refuse_caller(c, status, fx);
  report_released(c, c.called, state, ctx, fx);
  report_left_queue(c, event_type::released, state, ctx, fx);
  if (c.caller.state == party_state::dialing)
    report_destination_busy(c, state, ctx, fx);
  auto by = c.record.invited == never ? releaser::switch_itself
                                      : releaser::called;
  end_call(c, by, state, ctx, fx);
}

} // namespace strowger::model
