#include "actors/traffic/session_parts.hpp"

#include <algorithm>
#include <utility>

/// What users do when they are asked by REFER to call somebody else.
namespace strowger::traffic {

namespace {

using model::method;

/// Tells the peer how its REFER fares (RFC 3515 §2.4.5).
void notify(session& s, unsigned status, commands& out) {
  model::request x;
  x.leg = s.leg;
  x.txn = s.next_txn++;
  x.method = method::notify;
  model::notification about;
  about.event = "refer";
  about.subscription_state = status < 200 ? "active;expires=60"
                                          : "terminated;reason=noresource";
  x.notify = std::move(about);
  x.body = {"message/sipfrag;version=2.0",
            "SIP/2.0 " + std::to_string(status)
              + (status < 200   ? " Trying\r\n"
                 : status < 300 ? " OK\r\n"
                                : " Failed\r\n")};
  out.emplace_back(std::move(x));
}

} // namespace

std::string session_context::outbound_proxy() const {
  constexpr std::string_view parameter = ";transport=";
  auto at = target.find(parameter);
  auto place = target.substr(1, at - 1); // without the @
  return at == std::string::npos
           ? "udp:" + target.substr(1)
           : target.substr(at + parameter.size()) + ":" + place;
}

model::credentials login_of(const population& who, const identity& user) {
  auto& password = user.password.empty() && who.registers
                     ? who.registers->password
                     : user.password;
  return password.empty() ? model::credentials{}
                          : model::credentials{user.number, password};
}

model::credentials login_of(const population& who, const std::string& number) {
  auto user = std::find_if(who.users.begin(), who.users.end(),
                           [&](auto& x) { return x.number == number; });
  return user == who.users.end() ? model::credentials{} : login_of(who, *user);
}

void on_refer(session& s, const model::requested& x, const session_context& ctx,
              commands& out) {
  auto busy = s.phase != session_phase::talking || s.open_txn != 0
              || s.following || s.left;
  if (busy || !x.refer) {
    reply(s.leg, x.txn, busy ? 491 : 400, out);
    return;
  }
  reply(s.leg, x.txn, 202, out);
  notify(s, 100, out);
  s.open_txn = no_txn;
  s.following = s.next_leg++;
  model::invite y;
  y.leg = *s.following;
  y.target.uri = x.refer->uri;
  y.target.received = ctx.outbound_proxy();
  y.target.login = login_of(ctx.who, s.number);
  y.to_user = x.refer->user;
  y.caller.user = s.number;
  y.body = current(s, ctx);
  if (!x.refer->dialog.empty())
    y.headers = "Replaces: " + x.refer->dialog + "\r\n";
  out.emplace_back(std::move(y));
}

void on_follow_response(session& s, const model::responded& x,
                        const session_context& ctx, commands& out) {
  if (x.status < 200)
    return;
  auto answered = x.status < 300;
  auto leg = *std::exchange(s.following, std::nullopt);
  if (answered)
    out.emplace_back(model::acknowledge{leg, x.txn, {}});
  else
    out.emplace_back(model::forget{leg});
  if (s.phase != session_phase::talking)
    return;
  notify(s, x.status, out);
  s.open_txn = 0;
  if (answered) {
    hear(ctx, x.body);
    s.left = std::exchange(s.leg, leg);
    s.holding = false;
  }
  plan_next_step(s, ctx.now);
}

void on_old_request(session& s, const model::requested& x, commands& out) {
  reply(x.leg, x.txn, 200, out);
  if (x.method != method::bye)
    return;
  out.emplace_back(model::forget{x.leg});
  if (s.left == x.leg)
    s.left.reset();
}

void end_moves(session& s, commands& out) {
  if (s.following)
    out.emplace_back(model::cancel{*s.following, {}});
  if (auto leg = std::exchange(s.left, std::nullopt))
    send(s, *leg, method::bye, out);
}

} // namespace strowger::traffic
