#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"
#include "actors/model/final_status.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace strowger::model {

namespace {

// Far more than any hunt or fork needs; keeps the small numbers of legs and
// seizures from wrapping when a configuration sends a call in circles.
constexpr size_t max_attempts = 200;

bool can_ring(dn_type x) {
  return is_station(x) || x == dn_type::trunk_group;
}

bool makes_wait(dn_type x) {
  return x == dn_type::routing_point || x == dn_type::external_routing_point
         || x == dn_type::acd_queue;
}

call_type type_of(bool caller_internal, bool called_internal) {
  if (!caller_internal)
    return call_type::inbound;
  return called_internal ? call_type::internal : call_type::outbound;
}

void name_called(call& c, std::string number, bool internal) {
  c.called = {std::move(number), dn_role::destination, party_state::null,
              internal, nobody};
  if (c.caller.state == party_state::null && c.type != call_type::consult)
    c.type = type_of(c.caller.internal, internal);
}

void start_dialing(call& c, const context& ctx, effects& fx) {
  report_created(c, ctx, fx);
  if (c.caller.state == party_state::null)
    report_dialing(c, ctx, fx);
}

void hunt_trunks(call& c, const std::string& number, const context& ctx,
                 effects& fx) {
  name_called(c, number, false);
  start_dialing(c, ctx, fx);
  auto choices = ctx.config.plan().candidates(number, ctx.turns);
  if (choices.empty()) {
    give_up(c, 404, ctx, fx);
    return;
  }
  // Calls of strangers must not leave over our trunks (toll fraud).
  if (!c.origin.may_call_out) {
    give_up(c, 403, ctx, fx);
    return;
  }
  for (auto& x : choices)
    c.hops.push_back({x.trunk->number,
                      number_plan::replace(number, *x.trunk, x.prefix_length)});
  c.failure = 0;
  hunt_on(c, ctx, fx);
}

void wait_on_queue(call& c, const dn& point, const context& ctx, effects& fx) {
  c.phase = call_phase::queued;
  c.queue = point.number;
  name_called(c, point.number, true);
  start_dialing(c, ctx, fx);
  report_queued(c, ctx, fx);
  c.instructed = false;
  c.default_routes.reset();
  c.route_until = route_deadline(c, ctx);
  auto& a = c.caller_leg();
  auto rings = a.incoming && a.state == leg_state::inviting;
  if (rings && !a.early
      && ctx.config.flag(option::ringing_on_route_point, &point)) {
    c.record.alerted = ctx.now;
    respond ring;
    ring.leg = a.number;
    ring.status = 180;
    a.early = true;
    fx.wire.emplace_back(std::move(ring));
  }
}

/// The call goes to a routing point or queue, perhaps from another one. How
/// often that may happen without anybody's instruction is limited
/// (`default-redirection-limit`).
void move_to_queue(call& c, const dn& point, const context& ctx, effects& fx) {
  auto limit = ctx.config.integer(option::default_redirection_limit);
  if (c.waits_on_queue && !c.instructed && c.redirections >= limit) {
    give_up(c, 480, ctx, fx);
    return;
  }
  if (c.waits_on_queue) {
    if (!c.instructed)
      ++c.redirections;
    name_called(c, point.number, true);
    report_diverted(c, ctx, fx);
  }
  if (c.leaving.state != party_state::null)
    release_leaving(c, call_state::transferred, ctx, fx);
  wait_on_queue(c, point, ctx, fx);
}

bool takes_part(const call& c, const std::string& dn) {
  return number_inside(c.caller) == dn
         || (c.leaving.state != party_state::null
             && number_inside(c.leaving) == dn);
}

void on_origin_answer(call& c, const context& ctx, effects& fx) {
  c.phase = call_phase::hunting;
  // A copy: a forwarded call keeps the number that was dialled first.
  route(c, std::string{c.origin.called}, ctx, fx);
}

} // namespace

void ask_device(call& c, hop&& next, purpose why, const context& ctx,
                effects& fx) {
  auto* device = ctx.config.find(next.device);
  auto number = static_cast<seizure_number>(c.uses.size());
  fx.seizes.push_back({next.device, {c.id, number, why, next.number}});
  auto& use = c.uses.emplace_back();
  use.seized_by = c.id;
  use.seizure = number;
  use.device = std::move(next.device);
  use.number = std::move(next.number);
  use.origin = why == purpose::origin;
  use.trunk = device && device->type == dn_type::trunk;
}

bool can_make_calls(dn_type x) {
  return is_station(x);
}

bool is_reachable(const directory& config, const std::string& number) {
  auto* device = config.find(number);
  if (device && (can_ring(device->type) || makes_wait(device->type)))
    return true;
  turn_counters nobodys_turn;
  return !config.plan().candidates(number, nobodys_turn).empty();
}

session_policy policy_of(const context& ctx) {
  session_policy x;
  x.interval_s = static_cast<uint32_t>(
    ctx.config.integer(option::session_refresh_interval));
  x.min_se_s = static_cast<uint32_t>(
    ctx.config.integer(option::min_session_interval));
  return x;
}

void note_failure(call& c, uint16_t status) {
  if (better_failure(status, c.failure))
    c.failure = status;
}

void open_incoming(leg& a, offered& x) {
  a.incoming = true;
  a.reliable = x.reliable;
  a.update_allowed = x.update_allowed;
  a.session.terms = x.session;
  a.received = share(std::move(x.body));
  if (a.received)
    a.media = negotiation::offer_received;
}

bool refuse_session(call& c, leg& a, const context& ctx, effects& fx) {
  auto answer = answer_session(a.session.terms, policy_of(ctx));
  if (answer.reject_min_se_s == 0)
    return false;
  a.session.terms = {};
  a.session.terms.min_se_s = answer.reject_min_se_s;
  if (c.type == call_type::unknown)
    c.type = type_of(c.caller.internal, false);
  c.phase = call_phase::hunting; // no client is to be told that it failed
  give_up(c, 422, ctx, fx);
  return true;
}

void begin_record(call& c) {
  auto& from = c.origin;
  c.record.call = c.id;
  c.record.started = from.received_at;
  c.record.invited = c.record.alerted = c.record.answered = never;
  c.record.origin = {from.source, from.caller.user, from.source_address,
                     from.sip_call_id};
}

// -- the INVITE ---------------------------------------------------------------

void take(call& c, offered&& x, const context& ctx, effects& fx) {
  if (c.phase == call_phase::summoning) {
    on_summoned_call(c, std::move(x), ctx, fx);
    return;
  }
  if (c.moving && c.moving->awaited == x.leg) {
    on_moving_call(c, std::move(x), ctx, fx);
    return;
  }
  if (c.phase != call_phase::fresh) { // the call it was to join is over
    respond y;
    y.leg = x.leg;
    y.status = 487;
    fx.wire.emplace_back(std::move(y));
    forget z;
    z.leg = x.leg;
    fx.wire.emplace_back(std::move(z));
    return;
  }
  c.origin = std::move(x);
  auto& from = c.origin;
  begin_record(c);
  auto& a = c.legs.emplace_back();
  c.caller.leg = a.number;
  open_incoming(a, from);
  if (from.source.empty() || !ctx.config.find(from.source))
    a.seizure = no_seizure;
  auto* device = from.source.empty() ? nullptr : ctx.config.find(from.source);
  c.caller.internal = device && is_station(device->type);
  c.caller.dn = c.caller.internal ? device->number : from.caller.user;
  c.caller.role = dn_role::origination;
  if (from.replaces) {
    c.phase = call_phase::arriving;
    fx.tells.push_back(
      {from.replaces->call,
       place_wanted{c.id, from.replaces->leg, number_inside(c.caller),
                    from.replaces_early_only}});
    return;
  }
  if (refuse_session(c, a, ctx, fx))
    return;
  if (!device) {
    on_origin_answer(c, ctx, fx);
    return;
  }
  c.phase = call_phase::arriving;
  ask_device(c, {device->number, from.called}, purpose::origin, ctx, fx);
}

// -- the way to a destination -------------------------------------------------

void route(call& c, const std::string& number, const context& ctx,
           effects& fx) {
  c.phase = call_phase::hunting;
  c.route_until = never;
  auto* device = ctx.config.find(number);
  if (device && makes_wait(device->type)) {
    move_to_queue(c, *device, ctx, fx);
    return;
  }
  if (!device || !can_ring(device->type)) {
    hunt_trunks(c, number, ctx, fx);
    return;
  }
  name_called(c, number, is_station(device->type));
  start_dialing(c, ctx, fx);
  // A DN takes part in a call once; who calls itself finds itself busy.
  auto twice = is_station(device->type) && takes_part(c, number);
  c.failure = twice ? 486 : 0;
  if (!twice)
    c.hops.push_back({number, number});
  hunt_on(c, ctx, fx);
}

void hunt_on(call& c, const context& ctx, effects& fx) {
  if (!c.targets.empty() && c.legs.size() < max_attempts) {
    auto next = std::make_shared<const target>(std::move(c.targets.front()));
    c.targets.erase(c.targets.begin());
    invite_target(c, static_cast<seizure_number>(c.uses.size() - 1),
                  std::move(next), offer_session(policy_of(ctx)), ctx, fx);
    return;
  }
  return_idle_devices(c, fx);
  auto status = c.failure ? c.failure : uint16_t{480};
  if (c.uses.size() >= max_attempts) {
    give_up(c, status, ctx, fx);
    return;
  }
  if (c.hops.empty()) {
    if (!divert_failed(c, status, ctx, fx))
      give_up(c, status, ctx, fx);
    return;
  }
  auto next = std::move(c.hops.front());
  c.hops.erase(c.hops.begin());
  auto why = c.phase == call_phase::summoning ? purpose::summon
                                              : purpose::reach;
  ask_device(c, std::move(next), why, ctx, fx);
}

void take(call& c, seized&& x, const context& ctx, effects& fx) {
  assert(x.seizure < c.uses.size());
  auto& use = c.uses[x.seizure];
  assert(use.at == use_of_device::stage::asked);
  use.at = use_of_device::stage::granted;
  // Nobody looks for it any more.
  if (c.phase == call_phase::queued || c.phase == call_phase::ending) {
    return_device(c, x.seizure, fx);
    return;
  }
  if (use.origin) {
    on_origin_answer(c, ctx, fx);
    return;
  }
  if (c.ring_until == never)
    c.ring_until = ring_deadline(ctx.config.find(use.device), ctx);
  c.diversions = std::move(x.diversions);
  c.agent_called = x.agent_logged_in;
  c.targets = std::move(x.targets);
  if (!x.parallel) {
    hunt_on(c, ctx, fx);
    return;
  }
  auto all = std::exchange(c.targets, {});
  assert(!all.empty());
  // With a fork the caller cannot tell whose provisional a PRACK would name.
  if (all.size() > 1 && c.caller.leg != nobody)
    c.caller_leg().reliable = false;
  if (c.phase == call_phase::summoning && asks_by_refer(c, ctx))
    all.resize(1); // one phone is asked, not all of them
  for (auto& t : all)
    invite_target(c, x.seizure, std::make_shared<const target>(std::move(t)),
                  offer_session(policy_of(ctx)), ctx, fx);
}

void take(call& c, const refused& x, const context& ctx, effects& fx) {
  assert(x.seizure < c.uses.size());
  auto& use = c.uses[x.seizure];
  assert(use.at == use_of_device::stage::asked);
  use.at = use_of_device::stage::returned;
  if (c.phase == call_phase::queued || c.phase == call_phase::ending)
    return;
  if (c.phase == call_phase::summoning) { // the phone that was to call
    fail_making(c, fault_of(x.why), ctx, fx);
    return;
  }
  auto status = status_of(x.why, use.trunk);
  if (use.origin) {
    give_up(c, status, ctx, fx);
    return;
  }
  note_failure(c, status);
  hunt_on(c, ctx, fx);
}

void invite_target(call& c, seizure_number use,
                   std::shared_ptr<const target> goal,
                   const session_terms& terms, const context& ctx,
                   effects& fx) {
  if (c.phase == call_phase::summoning) {
    summon(c, use, std::move(goal), terms, ctx, fx);
    return;
  }
  if (send_past_us(c, use, *goal, ctx, fx))
    return;
  auto& from = c.origin;
  auto& a = c.caller_leg();
  auto waits = a.state == leg_state::inviting
               || a.media == negotiation::offer_received;
  leg b;
  b.number = static_cast<leg_number>(c.legs.size());
  b.seizure = use;
  b.reliable = a.reliable;
  if (waits) // else its side is asked for an offer, which goes to the caller
    b.sent = a.received;
  b.session.terms = terms;
  if (b.sent)
    b.media = negotiation::offer_sent;
  invite x;
  x.leg = b.number;
  x.target = *goal;
  x.to_user = !c.queue.empty()
                  && !ctx.config.flag(option::override_to_on_divert)
                ? c.queue
                : c.uses[use].number;
  x.caller = from.caller;
  auto secret = from.caller.privacy.find("id") != std::string::npos;
  if (secret && !goal->trusted)
    x.caller.asserted.clear();
  x.body = copy(b.sent);
  x.headers = from.headers;
  x.max_forwards = static_cast<uint16_t>(std::max<int>(from.max_forwards, 1)
                                         - 1);
  x.reliable = b.reliable;
  x.session = terms;
  if (c.record.invited == never)
    c.record.invited = ctx.now;
  c.record.destination = {
    c.uses[use].device, c.uses[use].number, goal->uri, {}};
  c.uses[use].status = 0;
  c.uses[use].unreachable = false;
  b.goal = std::move(goal);
  b.answer_by = answer_deadline(c, b, false, ctx);
  c.legs.push_back(std::move(b));
  join_attempts(c);
  fx.wire.emplace_back(std::move(x));
}

// -- by instruction -----------------------------------------------------------

void route_from_queue(call& c, demand&& x, const context& ctx, effects& fx) {
  c.instructed = true;
  c.redirections = 0;
  c.overflow.reset();
  auto& point = c.queue;
  auto limit = ctx.config.integer(option::after_routing_timeout,
                                  ctx.config.find(point));
  if (limit > 0)
    c.ring_until = ctx.now + std::chrono::seconds{limit};
  route(c, x.destination, ctx, fx);
}

void redirect_call(call& c, const std::string& number, call_state how,
                   const context& ctx, effects& fx) {
  c.forwarded_by = c.called.dn;
  c.diverted_as = how;
  // Whoever routed the call waits no longer for it than for the first one.
  auto until = c.waits_on_queue && c.instructed ? c.ring_until : never;
  stop_seeking(c, fx);
  c.ring_until = until;
  report_redirected(c, number, how, ctx, fx);
  route(c, number, ctx, fx);
}

} // namespace strowger::model
