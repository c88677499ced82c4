#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"
#include "actors/model/hold.hpp"

#include <algorithm>
#include <utility>

/// Keeps the wire to the wanted topology (topology.hpp): an offer that comes in
/// on one leg goes out on its partner; the answer, or the refusal, goes back
/// the same way (RFC 3261 §14, RFC 3264, RFC 3311, RFC 6337).
namespace strowger::model {

namespace {

void refuse(const leg& l, const requested& x, uint16_t status, effects& fx,
            uint32_t retry_after_s = 0) {
  respond y;
  y.leg = l.number;
  y.txn = x.txn;
  y.status = status;
  y.retry_after_s = retry_after_s;
  fx.wire.emplace_back(std::move(y));
}

bool is_offer_method(method x) {
  return x == method::invite || x == method::update;
}

/// True if the request only keeps the session alive: UPDATE without a body, or
/// the description that we have already, with its version unchanged.
bool is_refresh(const leg& l, const requested& x) {
  if (x.body.empty())
    return x.method == method::update;
  return l.received && x.body.data == l.received->data;
}

/// Refreshes concern one leg only; the other has a session timer of its own.
void answer_refresh(call& c, leg& l, const requested& x, const context& ctx,
                    effects& fx) {
  auto answer = answer_session(x.session, policy_of(ctx));
  respond y;
  y.leg = l.number;
  y.txn = x.txn;
  y.status = answer.reject_min_se_s > 0 ? 422 : 200;
  if (y.status == 422) {
    y.session.min_se_s = answer.reject_min_se_s;
  } else {
    y.session = answer.terms;
    if (!x.body.empty())
      y.body = copy(l.sent);
    if (c.phase == call_phase::connected)
      start_session(l, answer.terms, session_role::uas, ctx.now);
  }
  fx.wire.emplace_back(std::move(y));
}

/// The status that glare asks for, or 0 if the offer may pass. The peer that
/// repeats itself is told to wait (500); the one that met our offer on the way
/// gets 491 (RFC 3261 14.2, RFC 3311 5.2).
uint16_t glare(const call& c, const leg& l, const leg& partner) {
  for (auto& r : c.relays) {
    if (!is_offer_method(r.method))
      continue;
    if (r.from == l.number)
      return 500;
    if (r.to == l.number || r.from == partner.number)
      return 491;
  }
  if (l.media == negotiation::offer_received)
    return 500;
  if (l.media != negotiation::idle || partner.media != negotiation::idle)
    return 491;
  return l.session.refresh_txn || partner.session.refresh_txn ? 491 : 0;
}

/// The method that carries an offer to the partner, or nullopt if none can.
std::optional<method> carrier(const leg& partner, method as) {
  if (as == method::update && partner.update_allowed)
    return method::update;
  if (partner.state == leg_state::confirmed)
    return method::invite;
  return std::nullopt;
}

void pass_on(call& c, leg& from, leg& to, relay&& r, content&& body,
             requested&& x, const context& ctx, effects& fx) {
  request y;
  y.leg = to.number;
  y.txn = to.next_txn++;
  y.method = r.to_method;
  y.body = std::move(body);
  y.headers = std::move(x.headers);
  if (is_offer_method(r.to_method))
    y.session = refresh_session(to.session.terms, false, policy_of(ctx));
  if (r.to_method == method::prack)
    y.rseq = std::exchange(c.reliable_rseq, 0);
  r.from = from.number;
  r.from_txn = x.txn;
  r.to = to.number;
  r.to_txn = y.txn;
  c.relays.push_back(std::move(r));
  fx.wire.emplace_back(std::move(y));
}

// -- requests with an offer ---------------------------------------------------

void on_offer(call& c, leg& l, leg& partner, requested&& x, const context& ctx,
              effects& fx) {
  if (auto status = glare(c, l, partner)) {
    refuse(l, x, status, fx, status == 500 ? 2 : 0);
    return;
  }
  auto policy = policy_of(ctx);
  if (auto answer = answer_session(x.session, policy);
      answer.reject_min_se_s > 0) {
    answer_refresh(c, l, x, ctx, fx);
    return;
  }
  auto as = carrier(partner, x.method);
  if (!as) {
    refuse(l, x, 491, fx);
    return;
  }
  relay r;
  r.method = x.method;
  r.to_method = *as;
  r.session = x.session;
  r.offer = !x.body.empty();
  r.asks_offer = x.body.empty();
  r.body = share(std::move(x.body));
  if (r.offer) {
    l.media = negotiation::offer_received;
    partner.media = negotiation::offer_sent;
  }
  auto body = copy(r.body);
  pass_on(c, l, partner, std::move(r), std::move(body), std::move(x), ctx, fx);
}

/// Nobody is to hear the peer now: its offer is answered with a hold, whatever
/// it wants; it is joined again when somebody is there.
void answer_alone(call& c, leg& l, const requested& x, const context& ctx,
                  effects& fx) {
  if (l.media != negotiation::idle || l.state != leg_state::confirmed
      || (x.body.empty() && !l.sent)) {
    refuse(l, x, 491, fx);
    return;
  }
  auto session = answer_session(x.session, policy_of(ctx));
  if (session.reject_min_se_s > 0) {
    answer_refresh(c, l, x, ctx, fx);
    return;
  }
  auto offer = share(content{x.body});
  if (offer) { // else it asks for one, and answers in its ACK
    l.received = offer;
    l.media = negotiation::offer_received;
  }
  answer_held(l, x.txn, session.terms, ctx, fx);
  if (!offer)
    return;
  auto& p = party_of(c, l);
  l.held = x.body.is_sdp() && is_held(direction_of(x.body.data));
  if (p.leg == l.number && !p.parked && c.phase == call_phase::connected)
    report_held(c, p, l.held, ctx, fx);
}

// -- PRACK --------------------------------------------------------------------

void on_prack(call& c, leg& l, requested&& x, const context& ctx, effects& fx) {
  if (!l.incoming || c.reliable_rseq == 0) {
    refuse(l, x, 481, fx);
    return;
  }
  auto& b = leg_at(c, c.reliable_leg);
  if (!live(b) || b.state == leg_state::cancelled
      || b.state == leg_state::releasing) {
    // That leg has failed since; what it said is acknowledged all the same.
    c.reliable_rseq = 0;
    refuse(l, x, x.body.empty() ? 200 : 488, fx);
    return;
  }
  auto under_way = std::any_of(c.relays.begin(), c.relays.end(),
                               [](const relay& y) { return y.offer; });
  auto answers = l.media == negotiation::offer_sent && !under_way;
  if (!x.body.empty() && !answers && glare(c, l, b)) {
    // Its offer met another one (RFC 6337 §4.2); b gets its PRACK.
    refuse(l, x, 491, fx);
    acknowledge_provisional(b, std::exchange(c.reliable_rseq, 0), fx);
    return;
  }
  relay r;
  r.method = r.to_method = method::prack;
  if (!x.body.empty() && answers) {
    // The answer to the offer of the reliable provisional.
    l.received = b.sent = share(content{x.body});
    l.media = b.media = negotiation::idle;
  } else if (!x.body.empty()) {
    r.offer = true;
    r.body = share(content{x.body});
    l.media = negotiation::offer_received;
    b.media = negotiation::offer_sent;
  }
  auto body = std::move(x.body);
  pass_on(c, l, b, std::move(r), std::move(body), std::move(x), ctx, fx);
}

// -- responses ----------------------------------------------------------------

/// An offer and its answer have passed: remember them, and tell who is held.
void settle(call& c, leg& offerer, leg& answerer, const description& offer,
            const description& answer, const context& ctx, effects& fx) {
  offerer.media = answerer.media = negotiation::idle;
  if (offer)
    offerer.received = answerer.sent = offer;
  if (answer)
    answerer.received = offerer.sent = answer;
  if (!offer || !offer->is_sdp() || c.phase != call_phase::connected)
    return;
  offerer.held = is_held(direction_of(offer->data));
  report_held(c, party_of(c, offerer), offerer.held, ctx, fx);
}

/// Is it the INVITE of a leg that took somebody's place?
bool opens_leg(const relay& r, const leg& from) {
  return r.from_txn == 0 && from.incoming && from.state == leg_state::inviting;
}

void on_success(call& c, relay&& r, responded&& x, const context& ctx,
                effects& fx) {
  auto& from = leg_at(c, r.from);
  auto& to = leg_at(c, r.to);
  respond y;
  y.leg = r.from;
  y.txn = r.from_txn;
  y.status = x.status;
  y.reason = std::move(x.reason);
  y.headers = std::move(x.headers);
  auto body = share(std::move(x.body));
  y.body = copy(body);
  if (is_offer_method(r.method)) {
    y.session = answer_session(r.session, policy_of(ctx)).terms;
    if (c.phase == call_phase::connected) {
      start_session(from, y.session, session_role::uas, ctx.now);
      renew_session(to, x, false, ctx);
    }
  }
  if (opens_leg(r, from)) {
    from.state = leg_state::answered;
    from.linked = to.number;
    to.linked = from.number;
  }
  if (r.offer) {
    settle(c, from, to, r.body, body, ctx, fx);
  } else if (r.asks_offer) {
    to.media = negotiation::offer_received;
    from.media = negotiation::offer_sent;
    r.body = body;
    r.awaits_ack = true;
  }
  if (r.to_method == method::invite && !r.awaits_ack)
    acknowledge_invite(to, r.to_txn, {}, fx);
  if (r.awaits_ack)
    c.relays.push_back(std::move(r));
  fx.wire.emplace_back(std::move(y));
}

void on_refusal(call& c, relay&& r, responded&& x, const context& ctx,
                effects& fx) {
  auto& from = leg_at(c, r.from);
  auto& to = leg_at(c, r.to);
  if (r.offer)
    from.media = to.media = negotiation::idle;
  respond y;
  y.leg = r.from;
  y.txn = r.from_txn;
  y.status = x.status == 401 || x.status == 407 ? 403 : x.status;
  y.reason = std::move(x.reason);
  y.headers = std::move(x.headers);
  y.body = std::move(x.body);
  y.retry_after_s = x.retry_after_s;
  fx.wire.emplace_back(std::move(y));
  if (opens_leg(r, from)) {
    auto by = releaser_of(c, from);
    leg_gone(c, from, fx);
    end_call(c, by, call_state::remote_release, ctx, fx);
    return;
  }
  // 481, or nobody there: the dialog is over (RFC 3261 12.2.1.2).
  if (x.status != 481 && !(x.status == 408 && x.local))
    return;
  // The dialog of a fork that lost is none of the call's.
  auto given_up = to.state == leg_state::cancelled
                  || to.state == leg_state::releasing;
  if (c.phase != call_phase::connected || given_up)
    return;
  auto by = releaser_of(c, to);
  leg_gone(c, to, fx);
  end_call(c, by, call_state::remote_release, ctx, fx);
}

} // namespace

// -- what the other files of the call use -------------------------------------

void on_dialog_request(call& c, leg& l, requested&& x, const context& ctx,
                       effects& fx) {
  auto* partner = partner_of(c, l);
  switch (x.method) {
    case method::invite:
    case method::update:
      if (l.state == leg_state::inviting && x.method == method::invite)
        refuse(l, x, l.incoming ? 500 : 491, fx, l.incoming ? 2 : 0);
      else if (l.media == negotiation::idle && is_refresh(l, x))
        answer_refresh(c, l, x, ctx, fx);
      else if (!partner)
        answer_alone(c, l, x, ctx, fx);
      else
        on_offer(c, l, *partner, std::move(x), ctx, fx);
      return;
    case method::prack:
      on_prack(c, l, std::move(x), ctx, fx);
      return;
    case method::info:
    case method::message: {
      if (!partner) {
        refuse(l, x, 480, fx);
        return;
      }
      relay r;
      r.method = r.to_method = x.method;
      auto body = std::move(x.body);
      pass_on(c, l, *partner, std::move(r), std::move(body), std::move(x), ctx,
              fx);
      return;
    }
    case method::options:
      refuse(l, x, 200, fx);
      return;
    case method::notify:
      on_progress(c, l, std::move(x), ctx, fx);
      return;
    case method::refer:
      on_refer(c, l, std::move(x), ctx, fx);
      return;
    case method::ack:
    case method::bye:
    case method::cancel:
      refuse(l, x, 405, fx);
      return;
  }
}

void answer_for_partner(call& c, leg& l, const context& ctx, effects& fx) {
  auto& partner = leg_at(c, l.partner);
  relay r;
  r.method = r.to_method = method::invite;
  r.session = l.session.terms;
  r.offer = l.received != nullptr;
  r.asks_offer = !r.offer;
  r.body = l.received;
  if (r.offer) {
    l.media = negotiation::offer_received;
    partner.media = negotiation::offer_sent;
  }
  requested x; // the INVITE itself, transaction 0 of its leg
  x.leg = l.number;
  x.method = method::invite;
  pass_on(c, l, partner, std::move(r), copy(l.received), std::move(x), ctx, fx);
}

void on_relayed_response(call& c, relay& found, responded&& x,
                         const context& ctx, effects& fx) {
  if (x.status < 200)
    return;
  auto r = std::move(found);
  c.relays.erase(c.relays.begin() + (&found - c.relays.data()));
  if (x.status < 300)
    on_success(c, std::move(r), std::move(x), ctx, fx);
  else
    on_refusal(c, std::move(r), std::move(x), ctx, fx);
}

void on_relayed_ack(call& c, leg& l, acked&& x, const context& ctx,
                    effects& fx) {
  auto r = std::find_if(c.relays.begin(), c.relays.end(), [&](const relay& y) {
    return y.from == l.number && y.from_txn == x.txn && y.awaits_ack;
  });
  if (r == c.relays.end()) {
    // The answer to an offer that we made to a peer that is alone; but offers
    // of our own requests are not answered by ACKs.
    auto ours = l.session.refresh_txn != 0
                || std::any_of(c.flows.begin(), c.flows.end(), [&](auto& f) {
                     return f.first == l.number || f.second == l.number;
                   });
    if (l.media == negotiation::offer_sent && !ours && !x.body.empty()) {
      l.received = share(std::move(x.body));
      l.media = negotiation::idle;
    }
    return;
  }
  auto done = std::move(*r);
  c.relays.erase(r);
  auto answer = share(std::move(x.body));
  auto& to = leg_at(c, done.to);
  acknowledge_invite(to, done.to_txn, copy(answer), fx);
  settle(c, to, l, done.body, answer, ctx, fx);
}

} // namespace strowger::model
