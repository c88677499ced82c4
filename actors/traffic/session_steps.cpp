#include "actors/traffic/session_parts.hpp"

#include <utility>

/// What users do in the middle of calls.
namespace strowger::traffic {

namespace {

using model::method;

// RFC 3261 §14.1: whoever made the Call-ID waits longer after a 491.
constexpr auto glare_of_caller = std::chrono::milliseconds{2500};
constexpr auto glare_of_callee = std::chrono::milliseconds{1000};

const planned_step& step_of(const session& s) {
  return s.plan.steps[s.steps_done];
}

void send_digit(session& s, const std::string& digits, commands& out) {
  auto digit = digits[s.digits_done++];
  s.open_txn = send(s, s.leg, method::info, out,
                    {"application/dtmf-relay",
                     std::string{"Signal="} + digit + "\r\nDuration=160\r\n"});
}

void refer(session& s, const session_context& ctx, bool replaces,
           commands& out) {
  model::request x;
  x.txn = s.next_txn++;
  x.method = method::refer;
  x.refer_to = "sip:" + *step_of(s).argument + "@" + ctx.domain;
  if (replaces)
    x.refer_replaces = model::leg_name{ctx.call, consult_leg};
  s.open_txn = s.refer_txn = x.txn;
  out.emplace_back(std::move(x));
}

void consult(session& s, const session_context& ctx, commands& out) {
  model::invite x;
  x.leg = consult_leg;
  x.target.uri = ctx.uri_of(*step_of(s).argument);
  x.target.login = login_of(ctx.who, s.number);
  x.to_user = *step_of(s).argument;
  x.caller.user = s.number;
  x.body = current(s, ctx);
  s.consulting = consultation::calling;
  s.open_txn = no_txn;
  out.emplace_back(std::move(x));
}

} // namespace

void end_step(session& s, bool done, const session_context& ctx) {
  auto kind = static_cast<std::size_t>(step_of(s).what);
  auto& count = ctx.counts.steps[kind];
  ++(done ? count.done : count.failed);
  ++s.steps_done;
  s.open_txn = 0;
  s.dialling = false;
  plan_next_step(s, ctx.now);
}

namespace {

/// The status that a NOTIFY of our REFER reports; 0: none.
unsigned reported_status(const model::content& fragment) {
  constexpr std::string_view start = "SIP/2.0 ";
  auto text = std::string_view{fragment.data};
  if (!text.starts_with(start) || text.size() < start.size() + 3)
    return 0;
  unsigned result = 0;
  for (auto c : text.substr(start.size(), 3)) {
    if (c < '0' || c > '9')
      return 0;
    result = result * 10 + static_cast<unsigned>(c - '0');
  }
  return result;
}

} // namespace

void plan_next_step(session& s, model::time_point from) {
  s.step_at = s.steps_done < s.plan.steps.size() ? from + step_of(s).after
                                                 : model::never;
}

void do_step(session& s, const session_context& ctx, commands& out) {
  auto& what = step_of(s);
  s.step_at = model::never;
  switch (what.what) {
    case step_kind::hold:
    case step_kind::retrieve:
      s.holding = what.what == step_kind::hold;
      [[fallthrough]];
    case step_kind::reinvite:
      s.open_txn = send(s, s.leg, method::invite, out, current(s, ctx));
      return;
    case step_kind::update:
      s.open_txn = send(s, s.leg, method::update, out, current(s, ctx));
      return;
    case step_kind::info:
      s.open_txn = send(s, s.leg, method::info, out,
                        {"text/plain", *what.argument});
      return;
    case step_kind::dtmf:
      s.digits_done = 0;
      if (dial(s, *what.argument, ctx))
        return;
      send_digit(s, *what.argument, out);
      return;
    case step_kind::blind_transfer:
      refer(s, ctx, false, out);
      return;
    case step_kind::attended_transfer:
      consult(s, ctx, out);
      return;
  }
}

void on_step_response(session& s, const model::responded& x,
                      const session_context& ctx, commands& out) {
  if (x.status < 200)
    return;
  s.open_txn = 0;
  auto ok = x.status < 300;
  if (x.method == method::invite && ok)
    out.emplace_back(model::acknowledge{s.leg, x.txn, {}});
  if (ok)
    hear(ctx, x.body);
  auto& what = step_of(s);
  if (x.status == 491) { // glare: once more
    s.step_at = ctx.now + (s.caller ? glare_of_caller : glare_of_callee);
    return;
  }
  if (what.what == step_kind::dtmf && ok
      && s.digits_done < what.argument->size()) {
    send_digit(s, *what.argument, out);
    return;
  }
  if (s.refer_txn == x.txn && ok) {
    s.open_txn = no_txn; // NOTIFY says what has come of it
    return;
  }
  s.refer_txn = 0;
  end_step(s, ok, ctx);
  end_consultation(s, out);
}

void on_notify(session& s, const model::requested& x,
               const session_context& ctx, commands& out) {
  reply(s.leg, x.txn, 200, out);
  auto status = reported_status(x.body);
  if (s.refer_txn == 0 || s.phase != session_phase::talking || status < 200)
    return;
  s.refer_txn = 0;
  auto moved = status < 300;
  end_step(s, moved, ctx);
  end_consultation(s, out);
  if (moved)
    hang_up(s, ctx.now, ctx, out);
}

// -- the second call of an attended transfer ----------------------------------

void on_consult_response(session& s, const model::responded& x,
                         const session_context& ctx, commands& out) {
  if (x.status < 200)
    return;
  if (x.method != method::invite) { // BYE
    out.emplace_back(model::forget{consult_leg});
    s.consulting = consultation::none;
    return;
  }
  auto answered = x.status < 300;
  if (answered)
    out.emplace_back(model::acknowledge{consult_leg, x.txn, {}});
  if (s.consulting == consultation::given_up) { // the call ended meanwhile
    s.consulting = consultation::talking;
    if (answered)
      end_consultation(s, out);
    else
      out.emplace_back(model::forget{consult_leg});
  } else if (answered) {
    s.consulting = consultation::talking;
    if (s.phase == session_phase::talking)
      refer(s, ctx, true, out);
  } else {
    s.consulting = consultation::none;
    out.emplace_back(model::forget{consult_leg});
    end_step(s, false, ctx);
  }
}

void on_consult_request(session& s, const model::requested& x,
                        const session_context& ctx, commands& out) {
  if (x.method == method::invite || x.method == method::update) {
    reply(consult_leg, x.txn, 200, out,
          x.body.empty()
            ? x.method == method::invite ? current(s, ctx) : model::content{}
            : answer_to(s, x.body, ctx));
    return;
  }
  reply(consult_leg, x.txn, 200, out);
  if (x.method != method::bye)
    return;
  // The transfer has taken it, or the one who was asked has hung up; then the
  // REFER fails, and says so.
  s.consulting = consultation::none;
  out.emplace_back(model::forget{consult_leg});
}

void end_consultation(session& s, commands& out) {
  if (s.consulting == consultation::calling) {
    s.consulting = consultation::given_up;
    out.emplace_back(model::cancel{consult_leg, {}});
  } else if (s.consulting == consultation::talking) {
    s.consulting = consultation::ending;
    send(s, consult_leg, method::bye, out);
  }
}

} // namespace strowger::traffic
