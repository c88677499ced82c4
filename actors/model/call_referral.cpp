#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"
#include "actors/model/final_status.hpp"

#include <utility>

/// Callers that are moved by telling their device to call somebody else
/// (semantics 6.5, 6.6). By REFER in the dialog of the caller: its INVITE comes
/// back to us, as the caller's new leg of this call, and the old one stays to
/// fall back on until the destination has answered. With
/// `oosp-transfer-enabled` a destination outside the switch is called past us:
/// we leave the signalling path, by REFER, or by 302 if nobody has answered.
namespace strowger::model {

namespace {

/// The device over which this leg runs; null for a stranger's.
const dn* device_of(const call& c, const leg& l, const context& ctx) {
  if (l.seizure >= c.uses.size())
    return nullptr;
  auto& use = c.uses[l.seizure];
  if (l.incoming && !use.origin)
    return nullptr;
  return ctx.config.find(use.device);
}

bool leaves_path(const call& c, const context& ctx) {
  auto* device = device_of(c, c.legs[c.caller.leg], ctx);
  return device && device->type == dn_type::trunk
         && ctx.config.flag(option::oosp_transfer_enabled, device);
}

bool is_moving_past_us(const call& c) {
  return c.moving && c.moving->awaited == nobody;
}

/// The caller has gone, to where it was sent.
void finish_past_us(call& c, const context& ctx, effects& fx) {
  c.moving.reset();
  if (c.leaving.state != party_state::null)
    release_leaving(c, call_state::transferred, ctx, fx);
  end_call(c, releaser::switch_itself, call_state::transferred, ctx, fx);
}

void send_refer(call& c, std::string refer_to, leg_number awaited,
                const std::string& destination, const context& ctx,
                effects& fx) {
  auto& l = c.caller_leg();
  l.referred = true;
  request x;
  x.leg = l.number;
  x.txn = l.next_txn++;
  x.method = method::refer;
  x.refer_to = std::move(refer_to);
  c.moving = referral{l.number, x.txn, awaited, destination};
  c.phase = call_phase::hunting;
  c.ring_until = ring_deadline(ctx.config.find(destination), ctx);
  fx.wire.emplace_back(std::move(x));
}

/// The INVITE that was asked for is not to come any more.
void expect_no_call(call& c, effects& fx) {
  if (c.moving && c.moving->awaited != nobody)
    fx.awaits.push_back({c.id, {}, {}, nobody});
}

} // namespace

// -- asking -------------------------------------------------------------------

bool moves_by_refer(const call& c, const std::string& destination,
                    const context& ctx) {
  auto& l = c.legs[c.caller.leg];
  auto* device = device_of(c, l, ctx);
  if (!device || l.state != leg_state::confirmed)
    return false;
  auto outside = !ctx.config.find(destination);
  return ctx.config.flag(option::refer_enabled, device)
         && !(outside && leaves_path(c, ctx));
}

void refer_caller(call& c, const std::string& destination, const context& ctx,
                  effects& fx) {
  for (auto& l : c.legs)
    if (is_left_behind(c, l)) // by the last REFER
      hang_up(c, l, fx);
  c.called.dn = destination; // who is reported if somebody leaves meanwhile
  c.called.role = dn_role::destination;
  auto source = use_of(c, c.caller_leg()).device;
  auto awaited = reserve_leg(c);
  send_refer(c, "sip:" + destination + "@", awaited, destination, ctx, fx);
  fx.awaits.push_back({c.id, std::move(source), destination, awaited});
}

bool send_past_us(call& c, seizure_number use, const target& goal,
                  const context& ctx, effects& fx) {
  if (!c.uses[use].trunk || c.caller.leg == nobody || !leaves_path(c, ctx))
    return false;
  auto& a = c.caller_leg();
  auto moves = c.leaving.state != party_state::null
               && a.state == leg_state::confirmed;
  auto routed = c.waits_on_queue && c.instructed && a.incoming
                && a.state == leg_state::inviting && !c.bound;
  if (!moves && !routed)
    return false;
  c.targets.clear();
  c.hops.clear();
  return_device(c, use, fx);
  if (moves) {
    send_refer(c, goal.uri, nobody, c.called.dn, ctx, fx);
    return true;
  }
  c.record.status = 302;
  c.record.result = call_result::redirected;
  refuse_caller(c, 302, fx, {goal.uri});
  report_diverted(c, ctx, fx); // M35
  end_call(c, releaser::switch_itself, call_state::redirected, ctx, fx);
  return true;
}

// -- what comes of it ---------------------------------------------------------

void on_referral_response(call& c, const responded& x, const context& ctx,
                          effects& fx) {
  auto current = c.moving && c.moving->leg == x.leg && c.moving->txn == x.txn
                 && c.caller.leg == x.leg;
  if (!current || x.status < 300)
    return;
  if (x.status == 481 || x.status == 408) { // nobody is there
    leg_gone(c, leg_at(c, x.leg), fx);
    end_call(c, releaser::caller, call_state::remote_release, ctx, fx);
    return;
  }
  if (cannot_refer(x.status) && !is_moving_past_us(c)) {
    auto destination = std::move(c.moving->destination);
    expect_no_call(c, fx);
    c.moving.reset();
    c.ring_until = never;
    route(c, destination, ctx, fx); // by re-INVITE, then
    return;
  }
  give_up(c, x.status, ctx, fx);
}

void on_referral_progress(call& c, leg& l, const requested& x,
                          const context& ctx, effects& fx) {
  auto [status, over] = progress_in(x);
  if (!over || x.notify->outdated)
    return;
  if (!c.moving || c.moving->leg != l.number) {
    if (is_left_behind(c, l))
      hang_up(c, l, fx);
    return;
  }
  if (is_moving_past_us(c) && status >= 200 && status < 300)
    finish_past_us(c, ctx, fx);
  else if (c.caller.leg == l.number) // it has not called
    give_up(c, status >= 300 ? status : uint16_t{480}, ctx, fx);
  else
    c.moving->txn = 0; // no more NOTIFY will come
}

void on_moving_call(call& c, offered&& x, const context& ctx, effects& fx) {
  auto use = leg_at(c, c.moving->leg).seizure;
  auto destination = c.moving->destination;
  c.reliable_rseq = 0;
  c.bound = false;
  auto& a = open_awaited(c, std::move(x), use);
  if (refuse_session(c, a, ctx, fx))
    return;
  c.ring_until = never;
  route(c, destination, ctx, fx);
}

bool on_referral_bye(call& c, leg& l, const context& ctx, effects& fx) {
  if (is_moving_past_us(c) && c.moving->leg == l.number) {
    finish_past_us(c, ctx, fx); // it does not wait for our BYE
    return true;
  }
  return is_left_behind(c, l);
}

void leave_old_dialog(call& c, const context& ctx, effects& fx) {
  auto old = std::exchange(c.moving, std::nullopt);
  if (!old)
    return;
  auto& l = leg_at(c, old->leg);
  l.linked = nobody;
  l.session = {}; // it ends soon, with no word about the call
  l.done_by = ctx.now + patience;
  if (old->txn == 0)
    hang_up(c, l, fx);
}

void on_undone(call& c, leg& l, const context& ctx, effects& fx) {
  l.done_by = never;
  if (is_left_behind(c, l) && !c.moving)
    hang_up(c, l, fx);
  else
    fail_order(c, l, fault::timeout, ctx, fx);
}

bool keep_caller(call& c, effects& fx) {
  if (!c.moving)
    return true;
  expect_no_call(c, fx);
  c.caller.leg = c.moving->leg;
  c.moving.reset();
  return live(c.caller_leg());
}

} // namespace strowger::model
