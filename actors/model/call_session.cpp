#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"

#include <algorithm>
#include <utility>

namespace strowger::model {

namespace {

// A refresh that met another exchange on the leg, or was refused for a while,
// is tried again after this time; RFC 3261 14.1 gives 2.1 to 4 s to the side
// that owns the Call-ID.
constexpr auto retry_refresh_after = std::chrono::seconds{3};

void refresh(call& c, leg& l, const context& ctx, effects& fx) {
  if (!is_quiet(c, l)) {
    l.session.refresh_at = ctx.now + retry_refresh_after;
    return;
  }
  l.session.refresh_at = never;
  l.session.refresh_txn = l.next_txn++;
  request x;
  x.leg = l.number;
  x.txn = l.session.refresh_txn;
  x.method = l.update_allowed ? method::update : method::invite;
  if (x.method == method::invite) {
    x.body = copy(l.sent); // unchanged, so its version stays too
    l.media = negotiation::offer_sent;
  }
  x.session = refresh_session(l.session.terms, true, policy_of(ctx));
  fx.wire.emplace_back(std::move(x));
}

bool is_seeking(const call& c) {
  return c.phase == call_phase::hunting || c.phase == call_phase::summoning;
}

void ring_timeout(call& c, const context& ctx, effects& fx) {
  c.ring_until = never;
  // A router is told, and decides itself where the call goes then.
  auto routed = c.waits_on_queue && c.instructed;
  if (routed && c.agent_called)
    fx.unanswered.push_back({c.called.dn, true});
  if (routed || !divert_failed(c, 480, ctx, fx))
    give_up(c, 480, ctx, fx);
}

/// Gives up one attempt whose peer keeps silent; the next one, if there is
/// another, comes with the next deadline.
void give_up_silent(call& c, const context& ctx, effects& fx) {
  for (auto& l : c.legs) {
    if (l.state != leg_state::inviting || ctx.now < l.answer_by)
      continue;
    on_silence(c, l, ctx, fx); // may open a leg: `l` is not to be used again
    return;
  }
}

/// Nobody routed the call in time (`router-timeout`): default routing.
void route_timeout(call& c, const context& ctx, effects& fx) {
  c.route_until = never;
  if (!route_by_default(c, ctx, fx))
    give_up(c, 480, ctx, fx);
}

} // namespace

void start_session(leg& l, const session_terms& settled, session_role role,
                   time_point now) {
  l.session = {};
  l.session.terms = settled;
  auto clock = clock_of(settled, role);
  if (!clock)
    return;
  if (clock->ours)
    l.session.refresh_at = now + clock->refresh_after;
  l.session.give_up_at = now + clock->give_up_after;
}

void open_session(leg& l, const responded& x, const context& ctx) {
  start_session(l, settle_session(l.session.terms, x.session, policy_of(ctx)),
                session_role::uac, ctx.now);
}

void renew_session(leg& l, const responded& x, bool ours, const context& ctx) {
  l.session.terms = refresh_session(l.session.terms, ours, policy_of(ctx));
  open_session(l, x, ctx);
}

void on_refresh_response(call& c, leg& l, responded&& x, const context& ctx,
                         effects& fx) {
  l.session.refresh_txn = 0;
  if (x.method == method::invite)
    l.media = negotiation::idle;
  if (x.status < 300) {
    if (x.method == method::invite)
      acknowledge_invite(l, x.txn, {}, fx);
    renew_session(l, x, true, ctx);
    return;
  }
  // The peer no longer knows the dialog, or nobody is there (RFC 4028 §10).
  if (x.status == 481 || x.status == 408) {
    dialog_lost(c, l, ctx, fx);
    return;
  }
  if (auto terms = retry_session(l.session.terms, x.session.min_se_s);
      x.status == 422 && terms)
    l.session.terms = *terms;
  if (x.status == 405 || x.status == 501)
    l.update_allowed = false;
  l.session.refresh_at = ctx.now + retry_refresh_after;
}

void take_deadline(call& c, const context& ctx, effects& fx) {
  if (ctx.now >= c.ring_until) {
    ring_timeout(c, ctx, fx);
    return;
  }
  if (ctx.now >= c.no_answer_until) {
    no_answer_timeout(c, ctx, fx);
    return;
  }
  if (ctx.now >= c.route_until) {
    route_timeout(c, ctx, fx);
    return;
  }
  if (is_seeking(c))
    give_up_silent(c, ctx, fx);
  if (c.phase == call_phase::ending || c.phase == call_phase::finished)
    return;
  for (auto& l : c.legs) {
    if (l.state != leg_state::confirmed)
      continue;
    if (ctx.now >= l.session.give_up_at) {
      end_call(c, releaser::switch_itself, call_state::remote_release, ctx, fx);
      return;
    }
    if (ctx.now >= l.session.refresh_at)
      refresh(c, l, ctx, fx);
    if (ctx.now >= l.done_by)
      on_undone(c, l, ctx, fx);
  }
}

time_point next_deadline(const call& c) {
  if (c.phase == call_phase::ending || c.phase == call_phase::finished)
    return never;
  auto next = std::min(
    {c.ring_until, c.no_answer_until, c.route_until, c.rejoin_at});
  if (is_seeking(c))
    for (auto& l : c.legs)
      if (l.state == leg_state::inviting)
        next = std::min(next, l.answer_by);
  for (auto& l : c.legs)
    if (l.state == leg_state::confirmed)
      next = std::min(
        {next, l.session.refresh_at, l.session.give_up_at, l.done_by});
  return next;
}

} // namespace strowger::model
