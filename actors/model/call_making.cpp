#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"
#include "actors/model/final_status.hpp"
#include "actors/model/hold.hpp"

#include <cassert>
#include <utility>

/// Calls that a client makes (semantics 6.2): first the phone of the caller is
/// rung, then, when it has answered, the destination is called. RFC 3725 flow I
/// (option value 1) asks the phone for an offer and passes that on; flow II
/// (value 2) answers the phone at once with nothing to hear.
namespace strowger::model {

namespace {

bool asks_for_offer(const call& c, const context& ctx) {
  auto* device = ctx.config.find(c.caller.dn);
  return ctx.config.integer(option::make_call_rfc3725_flow, device) == 1;
}

bool goes_to_softswitch(const context& ctx) {
  auto* home = ctx.config.softswitch();
  return home && ctx.config.flag(option::makecall_subst_uname, home);
}

} // namespace

bool asks_by_refer(const call& c, const context& ctx) {
  return ctx.config.flag(option::refer_enabled, ctx.config.find(c.caller.dn));
}

verdict make_call(call& c, demand&& x, const context& ctx, effects& fx) {
  assert(c.phase == call_phase::fresh);
  c.phase = call_phase::summoning;
  auto& o = c.origin;
  o.source = x.this_dn;
  o.source_address = "control";
  o.may_call_out = true; // the control plane has judged who asks
  o.called = std::move(x.destination);
  o.caller.user = x.this_dn;
  o.received_at = ctx.now;
  c.previous = x.second_call;
  if (x.consult == consult_data::joint)
    c.data_with = c.previous;
  if (!x.pairs.empty())
    c.user_data = std::make_shared<const user_data>(std::move(x.pairs));
  c.caller = {x.this_dn, dn_role::origination, party_state::null, true, nobody,
              false};
  auto* goal = ctx.config.find(o.called);
  c.type = c.previous.value                       ? call_type::consult
           : goal && goal->type != dn_type::trunk ? call_type::internal
                                                  : call_type::outbound;
  begin_record(c);
  report_created(c, ctx, fx);
  if (!x.phone_lent)
    ask_device(c, {x.this_dn, x.this_dn}, purpose::summon, ctx, fx);
  return {};
}

void summon(call& c, seizure_number use, std::shared_ptr<const target> goal,
            const session_terms& terms, const context& ctx, effects& fx) {
  if (asks_by_refer(c, ctx)) {
    c.targets.clear();
    refer_originator(c, use, *goal, fx);
    return;
  }
  leg a;
  a.number = static_cast<leg_number>(c.legs.size());
  a.seizure = use;
  a.session.terms = terms;
  if (!asks_for_offer(c, ctx)) {
    a.sent = share(black_hole());
    a.media = negotiation::offer_sent;
  }
  invite x;
  x.leg = a.number;
  x.target = *goal;
  x.to_user = c.caller.dn;
  x.caller.user = goes_to_softswitch(ctx) ? c.caller.dn : c.origin.called;
  x.body = copy(a.sent);
  x.session = terms;
  a.goal = std::move(goal);
  a.answer_by = answer_deadline(c, a, false, ctx);
  c.legs.push_back(std::move(a));
  fx.wire.emplace_back(std::move(x));
}

void on_summoned(call& c, leg& a, responded&& x, const context& ctx,
                 effects& fx) {
  for (auto& other : c.legs)
    if (other.number != a.number && is_attempt(c, other))
      hang_up(c, other, fx);
  c.caller.leg = a.number;
  use_of(c, a).status = x.status;
  use_of(c, a).origin = true;
  a.state = leg_state::answered;
  a.early = true;
  a.update_allowed = x.update_allowed;
  a.goal.reset();
  open_session(a, x, ctx);
  a.received = share(std::move(x.body));
  auto offers = a.media == negotiation::idle && a.received;
  a.media = offers ? negotiation::offer_received : negotiation::idle;
  if (!offers) {
    acknowledge_invite(a, 0, {}, fx);
    a.state = leg_state::confirmed;
  }
  c.targets.clear();
  c.hops.clear();
  c.ring_until = never;
  c.failure = 0;
  route(c, std::string{c.origin.called}, ctx, fx);
}

void fail_making(call& c, fault why, const context& ctx, effects& fx) {
  report_error(c, c.caller.dn, why, ctx, fx);
  c.record.result = call_result::failed;
  end_call(c, releaser::switch_itself, call_state::general_error, ctx, fx);
}

} // namespace strowger::model
