#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"
#include "actors/model/final_status.hpp"
#include "actors/model/hold.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace strowger::model {

namespace {

void answer_request(leg_number l, txn_number txn, uint16_t status,
                    effects& fx) {
  respond x;
  x.leg = l;
  x.txn = txn;
  x.status = status;
  fx.wire.emplace_back(std::move(x));
}

/// ACK for a 2xx of which nothing comes; an offer in it has to be answered all
/// the same (RFC 3261 13.2.2.4).
void refuse_offer(leg& l, effects& fx) {
  content answer;
  if (l.media == negotiation::offer_received && l.received)
    answer = {l.received->type, as_held(l.received->data, true)};
  acknowledge_invite(l, 0, std::move(answer), fx);
}

void say_bye(leg& l, effects& fx) {
  request x;
  x.leg = l.number;
  x.txn = l.next_txn++;
  x.method = method::bye;
  fx.wire.emplace_back(std::move(x));
  l.state = leg_state::releasing;
}

/// Requests that were passed on to, or came from, a leg that goes will never
/// get their answer: RFC 3261 15.1.2 wants 487 for them. The 2xx whose ACK will
/// not come is acknowledged all the same.
void drop_relays(call& c, leg_number gone, effects& fx) {
  auto dead = [&](const relay& r) {
    if (r.from != gone && r.to != gone)
      return false;
    if (r.awaits_ack)
      acknowledge_invite(leg_at(c, r.to), r.to_txn, {}, fx);
    else
      answer_request(r.from, r.from_txn, 487, fx);
    if (auto& from = leg_at(c, r.from);
        r.offer && from.media == negotiation::offer_received)
      from.media = negotiation::idle; // its offer has been refused with that
    return true;
  };
  std::erase_if(c.relays, dead);
}

void on_bye(call& c, leg& l, const requested& x, const context& ctx,
            effects& fx) {
  answer_request(l.number, x.txn, 200, fx);
  // A caller may end an early dialog with BYE instead of CANCEL.
  if (l.incoming && l.state == leg_state::inviting) {
    take(c, cancelled{l.number}, ctx, fx);
    return;
  }
  // The callee ends what its lost 2xx began: the attempt has failed.
  if (l.state == leg_state::inviting) {
    responded y;
    y.leg = l.number;
    y.status = 480;
    on_invite_response(c, l, std::move(y), ctx, fx);
    return;
  }
  // A fork that lost, say: the call goes on without it.
  auto given_up = l.state == leg_state::cancelled
                  || l.state == leg_state::releasing;
  auto number = l.number;
  auto transfers = !given_up && goes_on_without(c, l);
  leg_gone(c, l, fx);
  if (transfers) {
    let_transferrer_go(c, l, fx);
    return;
  }
  if (given_up || on_referral_bye(c, l, ctx, fx))
    return;
  if (c.leaving.state != party_state::null && c.leaving.leg == number) {
    // Phones that transferred by REFER hang up at once; others have given up.
    auto how = c.referring ? call_state::transferred : call_state::ok;
    release_leaving(c, how, ctx, fx);
    return;
  }
  auto by = releaser_of(c, l);
  end_call(c, by, call_state::ok, ctx, fx);
}

} // namespace

// -- pieces -------------------------------------------------------------------

void acknowledge_invite(leg& l, txn_number txn, content&& answer, effects& fx) {
  acknowledge x;
  x.leg = l.number;
  x.txn = txn;
  x.body = std::move(answer);
  fx.wire.emplace_back(std::move(x));
}

void hang_up(call& c, leg& l, effects& fx) {
  if (l.by_refer) { // there is no session to end
    leg_gone(c, l, fx);
    return;
  }
  switch (l.state) {
    case leg_state::inviting:
      if (l.incoming) {
        answer_request(l.number, 0, 487, fx);
        leg_gone(c, l, fx);
      } else {
        cancel x;
        x.leg = l.number;
        fx.wire.emplace_back(std::move(x));
        l.state = leg_state::cancelled;
        if (c.phase == call_phase::hunting)
          join_attempts(c);
      }
      break;
    case leg_state::answered:
      if (l.incoming) { // RFC 3261 15: the callee's BYE has to wait for the ACK
        l.release_when_acked = true;
      } else {
        refuse_offer(l, fx);
        say_bye(l, fx);
      }
      break;
    case leg_state::confirmed:
      drop_relays(c, l.number, fx);
      drop_flows(c, l.number, fx);
      say_bye(l, fx);
      break;
    case leg_state::cancelled:
    case leg_state::releasing:
    case leg_state::gone:
      break;
  }
}

void drop_leg(call& c, leg& l, effects& fx) {
  auto use = l.seizure;
  hang_up(c, l, fx);
  part(c, l);
  return_device(c, use, fx);
}

void leg_gone(call& c, leg& l, effects& fx) {
  if (l.state == leg_state::gone)
    return;
  if (l.state == leg_state::answered && !l.incoming) // no answer came for it
    refuse_offer(l, fx);
  l.state = leg_state::gone;
  part(c, l);
  if (c.phase == call_phase::hunting)
    join_attempts(c);
  drop_relays(c, l.number, fx);
  drop_flows(c, l.number, fx);
  forget x;
  x.leg = l.number;
  fx.wire.emplace_back(std::move(x));
}

void dialog_lost(call& c, leg& l, const context& ctx, effects& fx) {
  auto spoken_in = !is_left_behind(c, l);
  auto by = releaser_of(c, l);
  leg_gone(c, l, fx);
  if (spoken_in)
    end_call(c, by, call_state::remote_release, ctx, fx);
}

void return_device(call& c, seizure_number number, effects& fx) {
  if (number == no_seizure)
    return;
  auto& use = c.uses[number];
  if (use.at != use_of_device::stage::granted)
    return;
  use.at = use_of_device::stage::returned;
  fx.releases.push_back(
    {use.device, {use.seized_by, use.seizure, use.status, use.unreachable}});
}

void return_idle_devices(call& c, effects& fx) {
  for (seizure_number i = 0; i < c.uses.size(); ++i) {
    auto needs = [&](const leg& l) {
      return l.seizure == i
             && (l.state == leg_state::inviting
                 || l.state == leg_state::answered
                 || l.state == leg_state::confirmed);
    };
    if (!c.uses[i].origin && std::none_of(c.legs.begin(), c.legs.end(), needs))
      return_device(c, i, fx);
  }
}

void stop_seeking(call& c, effects& fx) {
  for (auto& l : c.legs)
    if (is_attempt(c, l))
      hang_up(c, l, fx);
  c.hops.clear();
  c.targets.clear();
  c.ring_until = never;
  forget_diversions(c);
  return_idle_devices(c, fx);
}

void end_call(call& c, releaser by, call_state state, const context& ctx,
              effects& fx) {
  if (c.phase == call_phase::ending || c.phase == call_phase::finished)
    return;
  c.phase = call_phase::ending;
  c.ring_until = c.route_until = never;
  forget_diversions(c);
  c.hops.clear();
  c.targets.clear();
  c.record.released_by = by;
  c.record.ended = ctx.now;
  c.then.reset();
  c.moving.reset();
  give_phone_back(c, fx);
  for (auto& l : c.legs)
    hang_up(c, l, fx);
  for (seizure_number i = 0; i < c.uses.size(); ++i)
    return_device(c, i, fx);
  auto* first = by == releaser::called ? &c.called : &c.caller;
  auto* second = by == releaser::called ? &c.caller : &c.called;
  if (by == releaser::caller)
    report_abandoned(c, ctx, fx);
  for (auto* p : {first, second, &c.leaving})
    report_released(c, *p, state, ctx, fx);
  report_left_queue(c, event_type::abandoned, call_state::ok, ctx, fx);
}

void finish_if_done(call& c, const context& ctx, effects& fx) {
  if (c.phase != call_phase::ending)
    return;
  auto waits = [](const use_of_device& x) {
    return x.at == use_of_device::stage::asked;
  };
  if (std::any_of(c.legs.begin(), c.legs.end(), live)
      || std::any_of(c.uses.begin(), c.uses.end(), waits))
    return;
  assert(c.caller.state == party_state::null);
  assert(c.called.state == party_state::null);
  assert(!c.waits_on_queue);
  assert(c.relays.empty());
  assert(c.leaving.state == party_state::null);
  assert(c.flows.empty());
  c.phase = call_phase::finished;
  if (std::exchange(c.recorded, true))
    return; // a leg that moved in too late has been taken down
  c.record.call_type = c.type;
  if (c.legs.size() > 1) {
    auto last = static_cast<leg_number>(c.legs.size() - 1);
    c.record.invited_leg = c.called.leg != nobody ? c.called.leg : last;
    auto& id = c.record.destination.sip_call_id;
    id = sip_call_id_of(c.id, c.record.invited_leg);
    if (auto& host = ctx.config.text(option::sip_address); !host.empty())
      id.append("@").append(host);
  }
  if (c.record.ended == time_point{})
    c.record.ended = ctx.now;
  fx.finished = std::move(c.record);
}

// -- steps --------------------------------------------------------------------

void take(call& c, const cancelled& x, const context& ctx, effects& fx) {
  auto& a = leg_at(c, x.leg);
  if (a.state != leg_state::inviting || c.phase == call_phase::ending)
    return;
  if (c.leaving.state != party_state::null) // it was moving, by our REFER
    give_up(c, 487, ctx, fx);
  else
    abandon(c, ctx, fx);
}

void abandon(call& c, const context& ctx, effects& fx) {
  c.record.status = 487;
  c.record.result = call_result::abandoned;
  // Order of semantics M10: the caller is released, then the called party
  // hears that it was abandoned.
  report_released(c, c.caller, call_state::ok, ctx, fx);
  report_abandoned(c, ctx, fx);
  report_left_queue(c, event_type::abandoned, call_state::ok, ctx, fx);
  end_call(c, releaser::caller, call_state::ok, ctx, fx);
}

void take(call& c, responded&& x, const context& ctx, effects& fx) {
  auto& l = leg_at(c, x.leg);
  if (x.method == method::refer) {
    if (l.by_refer)
      on_refer_response(c, l, x, ctx, fx);
    else
      on_referral_response(c, x, ctx, fx);
    return;
  }
  if (x.txn == 0) {
    on_invite_response(c, l, std::move(x), ctx, fx);
    return;
  }
  if (on_flow_response(c, x, ctx, fx) || on_digit_response(c, x, ctx, fx))
    return;
  auto r = std::find_if(c.relays.begin(), c.relays.end(), [&](const relay& y) {
    return y.to == x.leg && y.to_txn == x.txn && !y.awaits_ack;
  });
  if (r != c.relays.end()) {
    on_relayed_response(c, *r, std::move(x), ctx, fx);
    return;
  }
  if (x.status < 200)
    return;
  if (x.txn == l.order_txn && x.status >= 300 && live(l)) {
    auto silent = x.status == 408;
    fail_order(c, l, silent ? fault::timeout : fault::rejected, ctx, fx);
    return;
  }
  if (x.txn == l.session.refresh_txn) {
    on_refresh_response(c, l, std::move(x), ctx, fx);
    return;
  }
  // The answer to a re-INVITE that was given up has to be acknowledged still.
  if (x.method == method::invite && x.status < 300)
    acknowledge_invite(l, x.txn, {}, fx);
  if (x.method == method::bye && l.state == leg_state::releasing)
    leg_gone(c, l, fx);
}

void take(call& c, requested&& x, const context& ctx, effects& fx) {
  auto& l = leg_at(c, x.leg);
  if (x.method == method::bye && live(l)) {
    on_bye(c, l, x, ctx, fx);
    return;
  }
  // A leg on its way out is none of the call's any more, though the call may go
  // on: a fork that lost, say.
  auto leaving = l.state == leg_state::cancelled
                 || l.state == leg_state::releasing || !live(l);
  if (leaving || c.phase == call_phase::ending) {
    // What our REFER began outlives the session (RFC 6665 §4.4.1).
    auto welcome = x.method == method::bye
                   || (l.referred && x.method == method::notify && x.notify
                       && x.notify->event == "refer");
    answer_request(x.leg, x.txn, welcome ? 200 : 481, fx);
    return;
  }
  on_dialog_request(c, l, std::move(x), ctx, fx);
}

void take(call& c, acked&& x, const context& ctx, effects& fx) {
  auto& l = leg_at(c, x.leg);
  if (x.txn != 0 || l.state != leg_state::answered) {
    on_relayed_ack(c, l, std::move(x), ctx, fx);
    return;
  }
  l.state = leg_state::confirmed;
  if (l.release_when_acked) {
    hang_up(c, l, fx);
    return;
  }
  if (l.media != negotiation::offer_sent)
    return;
  // The caller's INVITE had no offer: its ACK answers the one of the 2xx.
  l.received = share(std::move(x.body));
  l.media = negotiation::idle;
  auto* b = partner_of(c, l);
  if (!b || b->incoming || b->state != leg_state::answered)
    return; // that offer was ours
  b->sent = l.received;
  b->media = negotiation::idle;
  b->state = leg_state::confirmed;
  acknowledge_invite(*b, 0, copy(b->sent), fx);
}

void take(call& c, const unacknowledged& x, const context& ctx, effects& fx) {
  auto& l = leg_at(c, x.leg);
  if (!live(l) || l.state == leg_state::releasing)
    return;
  if (l.state == leg_state::inviting) { // no PRACK came (RFC 3262 §3)
    forget_routes(c);
    give_up(c, 500, ctx, fx);
    return;
  }
  if (l.state == leg_state::answered)
    l.state = leg_state::confirmed; // BYE is allowed now (RFC 3261 13.3.1.4)
  if (l.release_when_acked)
    hang_up(c, l, fx);
  end_call(c, releaser::switch_itself, call_state::general_error, ctx, fx);
}

void take_clear(call& c, const context& ctx, effects& fx) {
  if (c.phase == call_phase::ending || c.phase == call_phase::finished)
    return;
  if (c.record.answered != never || c.phase == call_phase::connected) {
    end_call(c, releaser::switch_itself, call_state::cleared, ctx, fx);
    return;
  }
  forget_routes(c);
  give_up(c, 503, ctx, fx);
}

} // namespace strowger::model
