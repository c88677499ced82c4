#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"
#include "actors/model/final_status.hpp"

#include <utility>

/// REFER (RFC 3515), both ways: phones that transfer by it, and phones that we
/// ask to call somebody. A phone's REFER is executed as the transfer that a
/// client could have asked for (`sip-refer-to-sst-enabled`), so that the events
/// are the same.
namespace strowger::model {

namespace {

constexpr uint16_t accepted = 202;

void answer(const leg& l, const requested& x, uint16_t status, effects& fx) {
  respond y;
  y.leg = l.number;
  y.txn = x.txn;
  y.status = status;
  fx.wire.emplace_back(std::move(y));
}

/// May the phone transfer by REFER? Without conversion the REFER would have to
/// go to a device that takes it.
bool takes_refer(call& c, const leg& l, const context& ctx) {
  auto* device = ctx.config.find(party_of(c, l).dn);
  return ctx.config.flag(option::sip_refer_to_sst_enabled)
         || ctx.config.flag(option::refer_enabled, device);
}

/// The phone called a second party and wants the two to be joined.
void join_calls(call& c, const party& p, const leg_name& with, effects& fx) {
  far_side_wanted y;
  y.stays = number_inside(other_side(c, p));
  y.by = c.id;
  y.as = reserve_leg(c);
  y.dn = p.dn;
  y.even_alerting = true; // semi-attended
  fx.tells.push_back({with.call, std::move(y)});
}

bool is_talking(const party& p) {
  return p.state == party_state::connected || p.state == party_state::held;
}

} // namespace

// -- phones that transfer -----------------------------------------------------

void on_refer(call& c, leg& l, requested&& x, const context& ctx, effects& fx) {
  auto& p = party_of(c, l);
  auto free = c.phase == call_phase::connected && p.leg == l.number
              && is_talking(p) && !c.referring && can_grow(c)
              && other_side(c, p).leg != nobody
              && c.leaving.state == party_state::null;
  if (!x.refer || !takes_refer(c, l, ctx)) {
    answer(l, x, x.refer ? 603 : 400, fx);
  } else if (x.refer->replaces_stranger) {
    answer(l, x, 481, fx);
  } else if (!free || (x.refer->replaces && x.refer->replaces->call == c.id)) {
    answer(l, x, 491, fx);
  } else if (!x.refer->replaces && !is_reachable(ctx.config, x.refer->user)) {
    answer(l, x, 404, fx);
  } else {
    answer(l, x, accepted, fx);
    c.referring = l.number;
    tell_progress(c, 100, fx);
    if (x.refer->replaces) {
      join_calls(c, p, *x.refer->replaces, fx);
    } else {
      demand y;
      y.this_dn = p.dn;
      y.destination = x.refer->user;
      move_other_party(c, p, y, ctx, fx);
    }
  }
}

void tell_progress(call& c, uint16_t status, effects& fx) {
  if (!c.referring)
    return;
  auto& l = leg_at(c, *c.referring);
  auto final = status >= 200;
  if (final)
    c.referring.reset();
  if (l.state != leg_state::confirmed)
    return; // it has hung up, as phones do
  request x;
  x.leg = l.number;
  x.txn = l.next_txn++;
  x.method = method::notify;
  x.notify = notification{"refer", final ? "terminated;reason=noresource"
                                         : "active;expires=60"};
  x.body.type = "message/sipfrag";
  x.body.data = "SIP/2.0 " + std::to_string(status) + " "
                + (status == 100   ? "Trying"
                   : status == 200 ? "OK"
                                   : "Failed")
                + "\r\n";
  fx.wire.emplace_back(std::move(x));
}

// -- phones that we ask to call -----------------------------------------------

void refer_originator(call& c, seizure_number use, const target& goal,
                      effects& fx) {
  leg a;
  a.number = static_cast<leg_number>(c.legs.size());
  a.seizure = use;
  a.by_refer = true;
  refer x;
  x.leg = a.number;
  x.target = goal;
  x.caller.user = c.caller.dn;
  x.refer_to = "sip:" + c.origin.called + "@";
  c.legs.push_back(std::move(a));
  fx.wire.emplace_back(std::move(x));
  // The phone's INVITE comes to us like any other; it is this call's.
  fx.awaits.push_back({c.id, c.caller.dn, c.origin.called, reserve_leg(c)});
}

void on_refer_response(call& c, leg& a, const responded& x, const context& ctx,
                       effects& fx) {
  if (x.status < 200)
    return;
  if (x.status < 300) {
    if (a.state == leg_state::inviting)
      a.state = leg_state::confirmed;
    return;
  }
  leg_gone(c, a, fx);
  if (c.phase == call_phase::summoning)
    fail_making(
      c, cannot_refer(x.status) ? fault::unsupported : fault_of(x.status), ctx,
      fx);
}

bool cannot_refer(uint16_t status) {
  return status == 405 || status == 501;
}

refer_progress progress_in(const requested& x) {
  constexpr std::string_view version = "SIP/2.0 ";
  refer_progress result;
  result.over = x.notify->subscription_state.starts_with("terminated");
  auto& text = x.body.data;
  if (!text.starts_with(version) || text.size() < version.size() + 3)
    return result;
  auto status = 0;
  for (auto c : text.substr(version.size(), 3)) {
    if (c < '0' || c > '9')
      return result;
    status = status * 10 + (c - '0');
  }
  result.status = static_cast<uint16_t>(status);
  result.over = result.over || status >= 200;
  return result;
}

void on_progress(call& c, leg& l, requested&& x, const context& ctx,
                 effects& fx) {
  auto ours = l.by_refer || l.referred;
  if (!ours || !x.notify || x.notify->event != "refer") {
    answer(l, x, 481, fx); // of a subscription that we never made
    return;
  }
  answer(l, x, 200, fx);
  if (l.referred) {
    on_referral_progress(c, l, x, ctx, fx);
    return;
  }
  auto [status, over] = progress_in(x);
  if (!over)
    return;
  leg_gone(c, l, fx);
  if (c.phase == call_phase::summoning)
    fail_making(c, status >= 300 ? fault_of(status) : fault::no_answer, ctx,
                fx);
}

leg& open_awaited(call& c, offered&& x, seizure_number use) {
  auto& slot = leg_at(c, x.leg);
  slot = {};
  slot.number = x.leg;
  slot.seizure = use;
  open_incoming(slot, x);
  c.caller.leg = slot.number;
  c.origin.headers = std::move(x.headers);
  c.origin.max_forwards = x.max_forwards;
  return slot;
}

void on_summoned_call(call& c, offered&& x, const context& ctx, effects& fx) {
  seizure_number device = 0;
  for (auto& use : c.uses)
    if (use.at == use_of_device::stage::granted) {
      use.origin = true;
      device = static_cast<seizure_number>(&use - c.uses.data());
    }
  c.record.origin.address = x.source_address;
  c.record.origin.sip_call_id = x.sip_call_id;
  auto& a = open_awaited(c, std::move(x), device);
  if (refuse_session(c, a, ctx, fx))
    return;
  c.ring_until = never;
  c.failure = 0;
  route(c, std::string{c.origin.called}, ctx, fx);
}

} // namespace strowger::model
