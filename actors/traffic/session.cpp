#include "actors/traffic/session_parts.hpp"

#include <algorithm>
#include <utility>

namespace strowger::traffic {

model::txn_number send(session& s, model::leg_number leg, model::method what,
                       commands& out, model::content body) {
  model::request x;
  x.leg = leg;
  x.txn = s.next_txn++;
  x.method = what;
  x.body = std::move(body);
  out.emplace_back(std::move(x));
  return s.next_txn - 1;
}

void reply(model::leg_number leg, model::txn_number txn, std::uint16_t status,
           commands& out, model::content body) {
  model::respond x;
  x.leg = leg;
  x.txn = txn;
  x.status = status;
  x.body = std::move(body);
  out.emplace_back(std::move(x));
}

void hang_up(session& s, model::time_point intended, const session_context& ctx,
             commands& out) {
  talk(ctx, false);
  s.phase = session_phase::releasing;
  s.dialling = false;
  s.bye_intended = intended;
  s.hang_up_at = s.step_at = model::never;
  s.open_txn = send(s, s.leg, model::method::bye, out);
}

namespace {

using model::method;
using enum session_phase;

// -- ways to end --------------------------------------------------------------

void finish(session& s, commands& out) {
  s.phase = over;
  s.hang_up_at = s.step_at = s.give_up_at = s.answer_at = s.ring_at
    = model::never;
  out.emplace_back(model::forget{s.leg});
  end_consultation(s, out);
  end_moves(s, out);
}

void end_cleanly(session& s, const session_context& ctx, commands& out) {
  ++ctx.counts.ended_cleanly;
  record(ctx, latency::session, s.answered_at);
  finish(s, out);
}

void cut_off(session& s, const session_context& ctx, commands& out) {
  ++ctx.counts.cut_off;
  finish(s, out);
}

// -- talking ------------------------------------------------------------------

void begin_talk(session& s, model::time_point answered) {
  s.phase = talking;
  s.hang_up_at = s.plan.hangs_up ? answered + s.plan.talk : model::never;
  plan_next_step(s, answered);
}

// -- the INVITE ---------------------------------------------------------------

void on_failure(session& s, const model::responded& x,
                const session_context& ctx, commands& out) {
  auto cancelled = s.phase == cancelling;
  auto what = !x.local          ? outcome_of(x.status, cancelled)
              : x.status == 408 ? outcome::timeout
                                : outcome::transport;
  if (!x.local && what != outcome::abandoned)
    record(ctx, latency::failed_request, s.intended);
  ctx.counts.came_out(what, x.local ? 0 : x.status);
  finish(s, out);
}

void on_answer(session& s, const model::responded& x,
               const session_context& ctx, commands& out) {
  record(ctx, latency::answer, s.intended);
  ctx.counts.came_out(outcome::answered, x.status);
  s.answered_at = ctx.now;
  s.give_up_at = model::never;
  out.emplace_back(model::acknowledge{0, 0, {}});
  if (s.phase == cancelling) { // the answer was faster
    hang_up(s, ctx.now, ctx, out);
    return;
  }
  hear(ctx, x.body);
  talk(ctx, true);
  begin_talk(s, ctx.now);
}

void on_invite_response(session& s, const model::responded& x,
                        const session_context& ctx, commands& out) {
  if (x.status == 100) {
    if (!s.tried)
      record(ctx, latency::trying, s.intended);
    s.tried = true;
    return;
  }
  if (!s.heard && x.status < 300 && !x.local)
    record(ctx, latency::request, s.intended);
  s.heard = s.heard || x.status < 300;
  if (x.status < 200) {
    if (!s.rang)
      record(ctx, latency::ringing, s.intended);
    s.rang = true;
    hear(ctx, x.body);
    if (s.phase == inviting && x.body.is_sdp())
      talk(ctx, true);
  } else if (x.status < 300) {
    on_answer(s, x, ctx, out);
  } else {
    on_failure(s, x, ctx, out);
  }
}

void on_bye_response(session& s, const model::responded& x,
                     const session_context& ctx, commands& out) {
  if (x.status < 200)
    return;
  if (x.status >= 300 || s.unacknowledged) { // 481: it was no call any more
    if (x.local)
      record(ctx, latency::failed_session, s.answered_at);
    cut_off(s, ctx, out);
    return;
  }
  record(ctx, latency::bye, s.bye_intended);
  end_cleanly(s, ctx, out);
}

void ring(session& s, const session_context& ctx, commands& out) {
  s.ring_at = model::never;
  s.rang = true;
  if (!s.plan.early_media) {
    reply(s.leg, 0, 180, out);
    return;
  }
  reply(s.leg, 0, 183, out, first_answer(s, ctx));
  talk(ctx, true);
}

void give_answer(session& s, const session_context& ctx, commands& out) {
  s.answer_at = s.ring_at = model::never;
  auto status = s.plan.status;
  model::content body;
  if (status < 300 && (body = first_answer(s, ctx)).empty())
    status = 488;
  ctx.counts.came_out(outcome_of(status, false), status);
  reply(s.leg, 0, status, out, std::move(body));
  if (status >= 300) {
    finish(s, out);
    return;
  }
  talk(ctx, true);
  s.phase = answered;
  s.answered_at = ctx.now;
}

} // namespace

// -- steps --------------------------------------------------------------------

void start(session& s, call_details&& who, model::time_point intended,
           const session_context& ctx, commands& out) {
  s.caller = true;
  s.phase = inviting;
  s.intended = intended;
  if (s.plan.patience > model::duration::zero())
    s.give_up_at = intended + s.plan.patience;
  ++ctx.counts.attempts;
  s.number = who.caller.user;
  model::invite x;
  x.target = std::move(who.target);
  x.to_user = std::move(who.to_user);
  x.caller = std::move(who.caller);
  x.body = current(s, ctx);
  out.emplace_back(std::move(x));
}

void step(session& s, model::offered&& x, const session_context& ctx,
          commands& out) {
  s.caller = false;
  s.phase = alerting;
  s.intended = x.received_at;
  ++ctx.counts.attempts;
  s.number = x.called;
  hear(ctx, x.body);
  if (x.replaces) { // of an early dialog only: RFC 3891 §3
    s.plan.status = x.replaces_early_only ? 486 : 200;
    s.plan.rings = false;
    s.plan.answer_after = model::duration{0};
  }
  if (s.plan.rings && s.plan.ring_after <= s.plan.answer_after)
    s.ring_at = ctx.now + s.plan.ring_after;
  s.answer_at = ctx.now + s.plan.answer_after;
  step_deadline(s, ctx, out);
}

void step(session& s, model::responded&& x, const session_context& ctx,
          commands& out) {
  if (x.leg == consult_leg)
    on_consult_response(s, x, ctx, out);
  else if (x.leg == s.following)
    on_follow_response(s, x, ctx, out);
  else if (x.leg != s.leg)
    return; // of a dialog that was left
  else if (x.txn == 0 && (s.phase == inviting || s.phase == cancelling))
    on_invite_response(s, x, ctx, out);
  else if (x.txn == s.open_txn && s.phase == releasing)
    on_bye_response(s, x, ctx, out);
  else if (x.txn == s.open_txn && s.phase == talking)
    on_step_response(s, x, ctx, out);
  else if (x.method == method::invite && x.status >= 200 && x.status < 300)
    out.emplace_back(model::acknowledge{x.leg, x.txn, {}}); // come what may
}

void step(session& s, model::requested&& x, const session_context& ctx,
          commands& out) {
  if (x.leg == consult_leg) {
    on_consult_request(s, x, ctx, out);
    return;
  }
  if (x.leg != s.leg) {
    on_old_request(s, x, out);
    return;
  }
  switch (x.method) {
    case method::bye:
      talk(ctx, false);
      reply(s.leg, x.txn, 200, out);
      if (s.phase == alerting) {
        ctx.counts.came_out(outcome::abandoned);
        reply(s.leg, 0, 487, out);
        finish(s, out);
      } else if (s.phase == talking || s.phase == answered) {
        end_cleanly(s, ctx, out);
      } // releasing: our own BYE will be answered
      return;
    case method::invite:
    case method::update:
      if (s.phase != talking || s.open_txn != 0)
        reply(s.leg, x.txn, 491, out);
      else
        reply_to_offer(s, x, ctx, out);
      return;
    case method::notify:
      on_notify(s, x, ctx, out);
      return;
    case method::refer:
      on_refer(s, x, ctx, out);
      return;
    default:
      reply(s.leg, x.txn, 200, out);
      return;
  }
}

void step(session& s, model::acked&& x, const session_context& ctx, commands&) {
  hear(ctx, x.body); // the answer to an offer of ours
  if (x.txn != 0 || s.phase != answered)
    return;
  record(ctx, latency::acknowledge, s.answered_at);
  begin_talk(s, s.answered_at);
}

void step(session& s, model::cancelled&&, const session_context& ctx,
          commands& out) {
  if (s.phase != alerting)
    return;
  reply(s.leg, 0, 487, out);
  ctx.counts.came_out(outcome::abandoned, 487);
  finish(s, out);
}

void step(session& s, model::unacknowledged&&, const session_context& ctx,
          commands& out) {
  if (s.phase != answered)
    return;
  s.unacknowledged = true;
  hang_up(s, ctx.now, ctx, out); // RFC 3261 §13.3.1.4
}

void step_deadline(session& s, const session_context& ctx, commands& out) {
  if (s.give_up_at <= ctx.now && s.phase == inviting) {
    s.give_up_at = model::never;
    s.phase = cancelling;
    out.emplace_back(model::cancel{0, {}});
  }
  if (s.ring_at <= ctx.now)
    ring(s, ctx, out);
  if (s.answer_at <= ctx.now)
    give_answer(s, ctx, out);
  if (s.phase != talking || s.open_txn != 0)
    return;
  if (s.dialling) {
    if (s.step_at <= ctx.now)
      end_step(s, true, ctx);
  } else if (s.hang_up_at <= ctx.now)
    hang_up(s, s.hang_up_at, ctx, out);
  else if (s.step_at <= ctx.now)
    do_step(s, ctx, out);
}

void step_clear(session& s, const session_context& ctx, commands& out) {
  if (s.phase == inviting) {
    s.give_up_at = model::never;
    s.phase = cancelling;
    out.emplace_back(model::cancel{0, {}});
  } else if (s.phase == alerting) {
    s.plan.status = 480;
    give_answer(s, ctx, out);
  } else if (s.phase == talking) {
    hang_up(s, ctx.now, ctx, out);
  }
}

model::time_point next_deadline(const session& s) {
  auto first = std::min({s.give_up_at, s.ring_at, s.answer_at});
  if (s.phase != talking || s.open_txn != 0)
    return first;
  if (s.dialling)
    return std::min(first, s.step_at);
  return std::min({first, s.hang_up_at, s.step_at});
}

} // namespace strowger::traffic
