#include "actors/model/call_events.hpp"
#include "actors/model/call_steps.hpp"
#include "actors/model/dn_features.hpp"
#include "actors/model/final_status.hpp"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <utility>

/// Calls that go elsewhere than they were meant to: by a 3xx of a device, by
/// call forwarding of a DN, and by the overflow of a DN that does not answer
/// (semantics M14, M32). However they do, `max-redirections` limits how often.
namespace strowger::model {

namespace {

/// May the call go on elsewhere once more? Counts it if so.
bool count_redirection(call& c, const context& ctx) {
  if (c.redirections >= ctx.config.integer(option::max_redirections))
    return false;
  ++c.redirections;
  c.record.redirections = c.redirections;
  return true;
}

/// The number is a copy: it comes from what the called party wanted.
void divert(call& c, std::string number, call_state how, const context& ctx,
            effects& fx) {
  if (count_redirection(c, ctx))
    redirect_call(c, number, how, ctx, fx);
  else
    give_up(c, 480, ctx, fx);
}

bool may_be_diverted(const call& c) {
  return c.phase == call_phase::hunting && !c.bound;
}

// -- 3xx ----------------------------------------------------------------------

/// The user part of a SIP URI, or nothing.
std::string_view user_of(std::string_view uri) {
  auto start = uri.find(':');
  auto end = uri.find('@');
  if (start == uri.npos || end == uri.npos || end <= start)
    return {};
  auto user = uri.substr(start + 1, end - start - 1);
  return user.substr(0, user.find_first_of(";:"));
}

bool is_sip(std::string_view uri) {
  return uri.starts_with("sip:") || uri.starts_with("sips:");
}

/// `straight-forward`: the contact is called as it stands, by the device that
/// named it. What we know of that device does not hold for the contact.
void call_contact(call& c, const leg& b, const std::string& uri,
                  const context& ctx, effects& fx) {
  auto use = b.seizure;
  auto next = std::make_shared<target>();
  next->uri = uri;
  next->alert_info = b.goal ? b.goal->alert_info : std::string{};
  c.targets.clear();
  c.hops.clear();
  invite_target(c, use, std::move(next), offer_session(policy_of(ctx)), ctx,
                fx);
}

// -- no answer ----------------------------------------------------------------

/// Does no-answer supervision apply to the call (`nas-private`)? A call is
/// business if a queue or routing point distributed it, or by its type.
bool is_business(const call& c, const directory& config) {
  if (!c.queue.empty())
    return config.text(option::bsns_call_type, config.find(c.queue))
           != "private";
  return is_business_type(c.type, config);
}

bool is_supervised(const call& c, const context& ctx) {
  return c.diversions
         && (!c.diversions->business_only || is_business(c, ctx.config));
}

/// Back to the queue or routing point that the call came from.
void recall(call& c, const context& ctx, effects& fx) {
  if (!count_redirection(c, ctx)) {
    give_up(c, 480, ctx, fx);
    return;
  }
  c.recalled = true;
  c.overflow.reset();
  if (c.waits_on_queue) { // it never left
    stay_on_queue(c, 480, ctx, fx);
    return;
  }
  redirect_call(c, std::string{c.queue}, call_state::redirected, ctx, fx);
  c.forwarded_by.clear(); // whoever comes next is not called in its stead
}

/// Goes on with the list of the DN that did not answer; false at its end.
bool overflow_on(call& c, const context& ctx, effects& fx) {
  while (c.overflow && c.overflow_next < c.overflow->overflow.size()) {
    auto& where = c.overflow->overflow[c.overflow_next++];
    if (where == "release") {
      c.overflow.reset();
      forget_routes(c);
      give_up(c, 480, ctx, fx);
      return true;
    }
    if (where == "recall") {
      if (c.queue.empty())
        continue; // nobody distributed it
      recall(c, ctx, fx);
      return true;
    }
    if (!is_reachable(ctx.config, where))
      continue;
    divert(c, where, call_state::redirected, ctx, fx);
    return true;
  }
  c.overflow.reset();
  return false;
}

} // namespace

time_point ring_deadline(const dn* device, const context& ctx) {
  auto limit = ctx.config.integer(option::ring_timeout, device);
  return limit > 0 ? ctx.now + std::chrono::seconds{limit} : never;
}

void forget_routes(call& c) {
  c.instructed = false;
  c.default_routes.emplace();
}

time_point route_deadline(const call& c, const context& ctx) {
  auto* point = ctx.config.find(c.queue);
  auto limit = ctx.config.integer(option::router_timeout, point);
  return ctx.now + std::chrono::seconds{limit};
}

bool route_by_default(call& c, const context& ctx, effects& fx) {
  auto& left = c.default_routes;
  if (!left) {
    left = ctx.config.list(option::default_dn, ctx.config.find(c.queue));
    auto& profile = ctx.config.text(option::alternate_route_profile);
    if (left->empty() && !profile.empty())
      left = ctx.config.list(option::default_dn, ctx.config.find(profile));
    if (!left->empty()) { // in turn: ids count the calls
      auto first = static_cast<std::ptrdiff_t>(c.id.value % left->size());
      std::rotate(left->begin(), left->begin() + first, left->end());
    }
  }
  if (left->empty())
    return false;
  auto next = std::move(left->front());
  left->erase(left->begin());
  route(c, next, ctx, fx);
  return true;
}

void forget_diversions(call& c) {
  c.diversions.reset();
  c.agent_called = false;
  c.no_answer_until = never;
}

bool follow_redirection(call& c, const leg& b, const responded& x,
                        const context& ctx, effects& fx) {
  if (!may_be_diverted(c) || x.contacts.empty())
    return false;
  auto& uri = x.contacts.front();
  auto number = std::string{user_of(uri)};
  auto* device = ctx.config.find(use_of(c, b).device);
  auto straight = ctx.config.flag(option::straight_forward, device);
  if (straight ? !is_sip(uri) : number.empty())
    return false;
  if (!count_redirection(c, ctx))
    return false;
  if (straight)
    call_contact(c, b, uri, ctx, fx);
  else // dialled like any other number
    redirect_call(c, number, call_state::forwarded, ctx, fx);
  return true;
}

bool divert_failed(call& c, uint16_t status, const context& ctx, effects& fx) {
  if (!may_be_diverted(c))
    return false;
  auto why = state_of(status);
  std::string to;
  auto how = call_state::forwarded;
  if (auto device = std::exchange(c.silent, {}); !device.empty())
    to = ctx.config.text(option::no_response_dn, ctx.config.find(device));
  if (to == c.called.dn)
    to.clear();
  if (!to.empty())
    how = call_state::redirected;
  else if (c.diversions && why == call_state::busy)
    to = c.diversions->on_busy;
  else if (c.diversions && why == call_state::no_answer)
    to = c.diversions->on_no_answer;
  if (to.empty())
    return overflow_on(c, ctx, fx);
  divert(c, std::move(to), how, ctx, fx);
  return true;
}

void watch_ringing(call& c, const context& ctx) {
  if (!c.diversions)
    return;
  auto& wanted = *c.diversions;
  auto supervised = is_supervised(c, ctx)
                    && (!wanted.overflow.empty() || c.agent_called);
  if (wanted.on_no_answer.empty() && !supervised)
    return;
  auto seconds = wanted.no_answer_timeout_s;
  if (std::exchange(c.recalled, false))
    seconds = ctx.config.integer(option::recall_no_answer_timeout);
  if (seconds > 0)
    c.no_answer_until = ctx.now + std::chrono::seconds{seconds};
}

void no_answer_timeout(call& c, const context& ctx, effects& fx) {
  c.no_answer_until = never;
  if (!may_be_diverted(c) || !c.diversions)
    return;
  if (c.agent_called && is_supervised(c, ctx))
    fx.unanswered.push_back({c.called.dn});
  if (auto& to = c.diversions->on_no_answer; !to.empty()) {
    divert(c, to, call_state::forwarded, ctx, fx);
    return;
  }
  if (!is_supervised(c, ctx))
    return;
  c.overflow = c.diversions;
  c.overflow_next = 0;
  overflow_on(c, ctx, fx); // with nothing in it, the phone goes on ringing
}

void stay_on_queue(call& c, uint16_t status, const context& ctx, effects& fx) {
  stop_seeking(c, fx);
  report_released(c, c.called, state_of(status), ctx, fx);
  if (c.instructed)
    report_error(c, c.queue, fault_of(status), ctx, fx);
  c.phase = call_phase::queued;
  c.instructed = false;
  c.default_routes.reset();
  c.overflow.reset();
  c.ring_until = never;
  c.route_until = route_deadline(c, ctx);
}

// -- call forwarding ----------------------------------------------------------

void take(call& c, forwarded&& x, const context& ctx, effects& fx) {
  assert(x.seizure < c.uses.size());
  auto& use = c.uses[x.seizure];
  assert(use.at == use_of_device::stage::asked && !use.origin);
  use.at = use_of_device::stage::returned;
  if (c.phase == call_phase::hunting)
    divert(c, std::move(x.destination), call_state::forwarded, ctx, fx);
}

} // namespace strowger::model
