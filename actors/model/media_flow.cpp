#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"
#include "actors/model/hold.hpp"

#include <algorithm>
#include <utility>

/// The offers that we begin ourselves to bring the wire to the wanted topology
/// (RFC 3725 flow IV: the offer of one leg goes to the other, the answer comes
/// back in the ACK).
namespace strowger::model {

namespace {

using stage = media_flow::stage;

// RFC 3261 14.1: the side that owns the Call-ID waits 2.1 to 4 s after a 491,
// the other one up to 2 s.
constexpr auto rejoin_after = std::chrono::milliseconds{2500};

txn_number reinvite(leg& l, content&& body, const context& ctx, effects& fx) {
  request x;
  x.leg = l.number;
  x.txn = l.next_txn++;
  x.method = method::invite;
  x.body = std::move(body);
  x.session = refresh_session(l.session.terms, false, policy_of(ctx));
  fx.wire.emplace_back(std::move(x));
  return l.next_txn - 1;
}

bool rfc3264_hold(call& c, const leg& l, const context& ctx) {
  auto* device = ctx.config.find(party_of(c, l).dn);
  return ctx.config.flag(option::sip_hold_rfc3264, device);
}

// -- beginning ----------------------------------------------------------------

void ask_for_offer(call& c, leg& x, leg& y, const context& ctx, effects& fx) {
  media_flow f;
  f.first = x.number;
  f.second = y.number;
  f.first_txn = reinvite(x, {}, ctx, fx);
  x.media = y.media = negotiation::offer_sent;
  c.flows.push_back(std::move(f));
}

/// The offer of `x` goes to `y`.
void pass_offer(leg& x, leg& y, media_flow& f, const context& ctx,
                effects& fx) {
  f.at = stage::passing;
  f.first = x.number;
  f.second = y.number;
  f.offer = x.received;
  f.second_txn = reinvite(y, copy(f.offer), ctx, fx);
  y.media = negotiation::offer_sent;
}

void hold_leg(call& c, leg& l, const context& ctx, effects& fx) {
  if (!l.sent) { // it never heard anybody
    l.linked = nobody;
    return;
  }
  media_flow f;
  f.at = stage::holding;
  f.second = l.number;
  auto held = as_held(l.sent->data, rfc3264_hold(c, l, ctx));
  f.offer = share({l.sent->type, std::move(held)});
  f.second_txn = reinvite(l, copy(f.offer), ctx, fx);
  l.media = negotiation::offer_sent;
  c.flows.push_back(std::move(f));
}

// -- ending -------------------------------------------------------------------

/// The leg that gave an offer nobody takes hears nobody from now on.
void answer_with_hold(call& c, leg& x, txn_number txn, const description& offer,
                      const context& ctx, effects& fx) {
  x.received = offer;
  x.sent = share({offer->type, as_held(offer->data, rfc3264_hold(c, x, ctx))});
  x.media = negotiation::idle;
  x.linked = nobody;
  acknowledge_invite(x, txn, copy(x.sent), fx);
  if (x.state == leg_state::answered)
    x.state = leg_state::confirmed;
}

/// What the answer or offer of a leg says about hold.
void note_direction(call& c, const leg& l, const description& said,
                    const context& ctx, effects& fx) {
  auto& p = party_of(c, l);
  if (p.leg != l.number || p.parked || !said || !said->is_sdp())
    return;
  report_held(c, p, is_held(direction_of(said->data)), ctx, fx);
}

/// The leg and its partner stay as they are, or we would ask for ever.
void let_be(call& c, leg& l) {
  l.linked = l.partner;
  if (auto* other = partner_of(c, l))
    other->linked = l.number;
}

/// The leg cannot be brought to the topology with this status.
void on_flow_refused(call& c, leg& l, const responded& x, const context& ctx,
                     effects& fx) {
  if (x.status == 481 || x.status == 408) {
    dialog_lost(c, l, ctx, fx);
    return;
  }
  if (x.status == 491 || x.status == 500) {
    c.rejoin_at = ctx.now + rejoin_after;
    return;
  }
  auto& p = party_of(c, l);
  auto asked = std::exchange(p.parked, false);
  if (asked) {
    c.then.reset();
    if (auto* other = partner_before_hold(c, p))
      join(c, l, *other);
    l.linked = l.partner; // the other side may be on hold and is taken back
  } else {
    let_be(c, l);
  }
  // The request, if there is one, is that of the party on hold.
  auto others = c.caller.parked || c.called.parked;
  if (p.internal && (asked || !others))
    report_error(c, p.dn, fault::unsupported, ctx, fx);
}

void on_asked(call& c, media_flow&& f, responded&& x, const context& ctx,
              effects& fx) {
  auto& l = leg_at(c, f.first);
  auto* y = f.second == nobody ? nullptr : &leg_at(c, f.second);
  auto release_second = [&] {
    if (y)
      y->media = negotiation::idle;
  };
  if (x.status >= 300) {
    l.media = negotiation::idle;
    release_second();
    on_flow_refused(c, l, x, ctx, fx);
    return;
  }
  renew_session(l, x, false, ctx);
  auto offer = share(std::move(x.body));
  if (!offer) { // no description, no media: nothing to bring about
    l.media = negotiation::idle;
    let_be(c, l);
    release_second();
    acknowledge_invite(l, f.first_txn, {}, fx);
    return;
  }
  if (!y || l.partner != y->number) { // the topology has changed meanwhile
    release_second();
    answer_with_hold(c, l, f.first_txn, offer, ctx, fx);
    return;
  }
  l.received = offer;
  l.media = negotiation::offer_received;
  pass_offer(l, *y, f, ctx, fx);
  c.flows.push_back(std::move(f));
}

void on_passed(call& c, media_flow&& f, responded&& x, const context& ctx,
               effects& fx) {
  auto& y = leg_at(c, f.second);
  auto* l = f.first == nobody ? nullptr : &leg_at(c, f.first);
  y.media = negotiation::idle;
  if (x.status >= 300) {
    if (l)
      answer_with_hold(c, *l, f.first_txn, f.offer, ctx, fx);
    on_flow_refused(c, y, x, ctx, fx);
    return;
  }
  renew_session(y, x, false, ctx);
  acknowledge_invite(y, f.second_txn, {}, fx);
  y.sent = f.offer;
  if (auto answer = share(std::move(x.body)))
    y.received = answer;
  if (!l) {
    y.linked = f.first;
    return;
  }
  l->sent = y.received;
  l->media = negotiation::idle;
  l->linked = y.number;
  y.linked = l->number;
  acknowledge_invite(*l, f.first_txn, copy(l->sent), fx);
  if (l->state == leg_state::answered)
    l->state = leg_state::confirmed;
  note_direction(c, *l, l->received, ctx, fx);
  note_direction(c, y, y.received, ctx, fx);
}

void on_held(call& c, media_flow&& f, responded&& x, const context& ctx,
             effects& fx) {
  auto& l = leg_at(c, f.second);
  l.media = negotiation::idle;
  if (x.status >= 300) {
    on_flow_refused(c, l, x, ctx, fx);
    return;
  }
  renew_session(l, x, false, ctx);
  acknowledge_invite(l, f.second_txn, {}, fx);
  l.sent = f.offer;
  if (auto answer = share(std::move(x.body)))
    l.received = answer;
  l.linked = nobody;
  auto& p = party_of(c, l);
  if (p.leg == l.number && p.parked)
    report_held(c, p, true, ctx, fx);
}

/// Begins what this leg needs.
void rejoin_leg(call& c, leg& l, const context& ctx, effects& fx) {
  auto* y = partner_of(c, l);
  auto waits = l.state == leg_state::answered && !l.incoming
               && l.media == negotiation::offer_received;
  if (waits && y && is_quiet(c, *y)) { // it answered a call with an offer
    media_flow f;
    pass_offer(l, *y, f, ctx, fx);
    c.flows.push_back(std::move(f));
    return;
  }
  if (!is_quiet(c, l))
    return;
  if (l.partner == l.linked) {
    // Its peer hears nobody already: the other party held first.
    if (auto& p = party_of(c, l); !y && p.leg == l.number && p.parked)
      report_held(c, p, true, ctx, fx);
    return;
  }
  if (!y)
    hold_leg(c, l, ctx, fx);
  else if (y->partner == l.number && is_quiet(c, *y))
    ask_for_offer(c, l, *y, ctx, fx);
}

} // namespace

// -- what the other files of the call use -------------------------------------

void rejoin(call& c, const context& ctx, effects& fx) {
  auto talks = c.phase == call_phase::connected
               || c.phase == call_phase::hunting
               || c.phase == call_phase::queued;
  if (!talks || (c.rejoin_at != never && ctx.now < c.rejoin_at))
    return;
  c.rejoin_at = never;
  for (auto& l : c.legs)
    rejoin_leg(c, l, ctx, fx);
}

bool on_flow_response(call& c, responded& x, const context& ctx, effects& fx) {
  auto mine = [&](const media_flow& f) {
    if (f.at == stage::asking)
      return f.first == x.leg && f.first_txn == x.txn;
    return f.second == x.leg && f.second_txn == x.txn;
  };
  auto i = std::find_if(c.flows.begin(), c.flows.end(), mine);
  if (i == c.flows.end())
    return false;
  if (x.status < 200)
    return true;
  auto f = std::move(*i);
  c.flows.erase(i);
  switch (f.at) {
    case stage::asking:
      on_asked(c, std::move(f), std::move(x), ctx, fx);
      break;
    case stage::passing:
      on_passed(c, std::move(f), std::move(x), ctx, fx);
      break;
    case stage::holding:
      on_held(c, std::move(f), std::move(x), ctx, fx);
      break;
  }
  return true;
}

void drop_flows(call& c, leg_number gone, effects& fx) {
  auto dead = [&](media_flow& f) {
    if (f.first != gone && f.second != gone)
      return false;
    if (f.second == gone) {
      f.second = nobody;
      if (f.at == stage::asking)
        return false; // the offer is still to come
      if (f.first != nobody) {
        auto& x = leg_at(c, f.first);
        x.media = negotiation::idle;
        x.linked = nobody;
        acknowledge_invite(x, f.first_txn,
                           {f.offer->type, as_held(f.offer->data, true)}, fx);
        if (x.state == leg_state::answered)
          x.state = leg_state::confirmed;
      }
      return true;
    }
    f.first = nobody;
    if (f.second == nobody)
      return true;
    if (f.at == stage::passing)
      return false; // the answer is still to come
    leg_at(c, f.second).media = negotiation::idle;
    return true;
  };
  std::erase_if(c.flows, dead);
}

bool is_quiet(const call& c, const leg& l) {
  auto touches = [&](const relay& r) {
    return r.from == l.number || r.to == l.number;
  };
  return l.state == leg_state::confirmed && l.media == negotiation::idle
         && l.session.refresh_txn == 0
         && std::none_of(c.relays.begin(), c.relays.end(), touches);
}

} // namespace strowger::model
