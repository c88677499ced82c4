#include "actors/model/agents.hpp"

#include <algorithm>

namespace strowger::model {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What is wrong with the fields that every request has.
std::string_view fault_of(const agent_demand& x) {
  for (auto text : {&x.dn, &x.agent, &x.password, &x.queue, &x.reason,
                    &x.client, &x.request})
    if (text->size() > max_agent_text)
      return "a text has more than 255 bytes";
  if (x.wrap_up_s && (*x.wrap_up_s < untimed_s || *x.wrap_up_s > max_wrap_up_s))
    return "wrap_up_s is not between 0 and 86400, or -1";
  return {};
}

bool means_ready(work_mode mode) {
  return mode == work_mode::manual_in || mode == work_mode::auto_in;
}

bool takes_agents(dn_type type) {
  return type == dn_type::extension || type == dn_type::acd_position;
}

bool takes_logins(dn_type type) {
  return type == dn_type::acd_queue || type == dn_type::routing_point
         || type == dn_type::virtual_routing_point;
}

/// Whole seconds that are left, begun ones included.
int64_t seconds_of(duration x) {
  return std::chrono::ceil<seconds>(x).count();
}

} // namespace

verdict agents::perform(const agent_demand& x, const desk_context& ctx,
                        events& out) {
  if (auto wrong = fault_of(x); !wrong.empty())
    return refuse(fault::invalid_argument, std::string(wrong));
  if (x.dn.empty() && x.agent.empty())
    return refuse(fault::invalid_argument, "neither DN nor agent is given");
  if (!x.dn.empty() && !ctx.config.find(x.dn))
    return refuse(fault::unknown_dn, "no DN " + x.dn);
  if (x.verb == agent_verb::login)
    return log_in(x, ctx, out);
  auto s = x.dn.empty() ? session_of_agent(x.agent) : session_of(x.dn);
  if (!s)
    return refuse(fault::not_logged_in,
                  x.dn.empty() ? "agent " + x.agent + " is not logged in"
                               : "no agent is logged in at " + x.dn);
  if (!x.agent.empty() && s->agent != x.agent)
    return refuse(fault::not_logged_in,
                  "agent " + x.agent + " is not logged in at " + x.dn);
  verdict result;
  switch (x.verb) {
    case agent_verb::login:
      break; // done above
    case agent_verb::logout:
      return log_out(*s, x, ctx, out); // the session is gone afterwards
    case agent_verb::ready:
      result = make_ready(*s, x, ctx, out);
      break;
    case agent_verb::not_ready:
      result = make_not_ready(*s, x, ctx, out);
      break;
    case agent_verb::reserve:
      result = reserve(*s, x, ctx, out);
      break;
    case agent_verb::cancel_reserve:
      if (s->reserved_until == never)
        result = refuse(fault::invalid_call_state,
                        "agent " + s->agent + " is not reserved");
      else
        end_reservation(*s, ctx, out);
      break;
  }
  rearm(*s, ctx.config);
  return result;
}

// -- login and logout ---------------------------------------------------------

namespace {

/// Whether this agent may log in at all (`agent-strict-id`).
verdict admit(const agent_demand& x, const directory& config) {
  auto& strict = config.text(option::agent_strict_id);
  auto known = config.staff().agents().find(x.agent);
  if (strict == "false")
    return {};
  if (!known)
    return refuse(fault::unknown_agent, "no agent " + x.agent);
  if (strict == "passwd"
      && config.text(option::password, {known, nullptr}) != x.password)
    return refuse(fault::wrong_password, "wrong password");
  return {};
}

/// What is wrong with the DN and the queue of a login.
verdict check_devices(const agent_demand& x, const directory& config) {
  auto dn = config.find(x.dn);
  if (!dn || !takes_agents(dn->type))
    return refuse(fault::invalid_argument,
                  x.dn.empty() ? "the DN is missing"
                               : x.dn + " is no phone of an agent");
  if (x.queue.empty())
    return {};
  auto queue = config.find(x.queue);
  if (!queue)
    return refuse(fault::unknown_dn, "no queue " + x.queue);
  if (!takes_logins(queue->type))
    return refuse(fault::invalid_argument, x.queue + " is no queue");
  return {};
}

} // namespace

verdict agents::log_in(const agent_demand& x, const desk_context& ctx,
                       events& out) {
  auto& config = ctx.config;
  if (x.agent.empty())
    return refuse(fault::invalid_argument, "the agent is missing");
  if (x.mode == work_mode::legal_guard)
    return refuse(fault::invalid_argument, "legal guard cannot be asked for");
  for (auto wrong : {check_devices(x, config), admit(x, config)})
    if (!wrong.accepted())
      return wrong;
  if (auto there = session_of(x.dn))
    return refuse(fault::already_logged_in,
                  "agent " + there->agent + " is logged in at " + x.dn);
  if (auto elsewhere = session_of_agent(x.agent))
    return refuse(fault::agent_in_use,
                  "agent " + x.agent + " is logged in at " + elsewhere->dn);
  auto& place = position_of(std::string_view{x.dn});
  option_scope scope{config.staff().agents().find(x.agent), config.find(x.dn)};
  auto on_call = x.on_call.value_or(
    config.flag(option::agent_emu_login_on_call, scope));
  if (!place.parties.empty() && !on_call)
    return refuse(fault::invalid_call_state, x.dn + " has a call");
  place.session = std::make_unique<session>();
  auto& s = *place.session;
  s.login = ++logins_;
  s.agent = x.agent;
  s.dn = x.dn;
  s.at = &place;
  s.queue = x.queue;
  s.client = x.client;
  s.active_at = ctx.now;
  by_agent_.emplace(s.agent, &s);
  report(event_type::agent_login, s, ctx, x.request, out);
  auto wrap_up = x.mode == work_mode::after_call_work;
  auto is_ready = wrap_up || x.mode == work_mode::unknown
                    ? config.text(option::emulated_login_state) == "ready"
                    : means_ready(x.mode);
  agent_posture first{is_ready ? agent_state::ready : agent_state::not_ready,
                      wrap_up ? work_mode::unknown : x.mode,
                      is_ready ? std::string{} : x.reason};
  auto talks = std::ranges::any_of(place.parties, &party::established);
  if (wrap_up && !talks) {
    s.posture = std::move(first); // nobody hears of it before the rest is over
    ask_for_wrap_up(s, x, ctx, out);
  } else {
    enter(s, std::move(first), ctx, x.request, out);
    if (wrap_up)
      ask_for_wrap_up(s, x, ctx, out);
  }
  rearm(s, config);
  return {};
}

verdict agents::log_out(session& s, const agent_demand& x,
                        const desk_context& ctx, events& out) {
  auto on_call = x.on_call.value_or(ctx.config.flag(
    option::agent_emu_login_on_call, scope_of(s.dn, ctx.config, s.queue)));
  if (!s.at->parties.empty() && !on_call)
    return refuse(fault::invalid_call_state, s.dn + " has a call");
  end_session(s, ctx, x.request, out);
  return {};
}

// -- ready and not ready ------------------------------------------------------

verdict agents::make_ready(session& s, const agent_demand& x,
                           const desk_context& ctx, events& out) {
  if (x.mode != work_mode::unknown && !means_ready(x.mode))
    return refuse(fault::invalid_argument,
                  std::string(to_string(x.mode)) + " is not ready");
  if (s.posture.mode == work_mode::legal_guard)
    return refuse(fault::invalid_call_state,
                  "legal guard: the agent becomes ready when it is over");
  s.asked.reset();
  enter(s, {agent_state::ready, x.mode, {}}, ctx, x.request, out);
  return {};
}

verdict agents::make_not_ready(session& s, const agent_demand& x,
                               const desk_context& ctx, events& out) {
  if (means_ready(x.mode) || x.mode == work_mode::legal_guard)
    return refuse(fault::invalid_argument,
                  std::string(to_string(x.mode)) + " cannot be asked for");
  if (x.mode == work_mode::after_call_work)
    return ask_for_wrap_up(s, x, ctx, out);
  s.asked.reset();
  enter(s, {agent_state::not_ready, x.mode, x.reason}, ctx, x.request, out);
  return {};
}

/// After-call work by request: while there is some it is made longer, during a
/// call it is noted for the end of the call, otherwise it begins.
verdict agents::ask_for_wrap_up(session& s, const agent_demand& x,
                                const desk_context& ctx, events& out) {
  auto& config = ctx.config;
  s.active_at = ctx.now;
  if (s.posture.mode == work_mode::after_call_work) {
    auto timed = s.rest_ends != never || s.rest_left;
    auto left = !timed     ? duration::zero()
                : s.paused ? *s.rest_left
                           : s.rest_ends - ctx.now;
    if (x.wrap_up_s == untimed_s) {
      timed = false;
      s.rest_ends = never;
      s.rest_left.reset();
    } else if (timed && x.wrap_up_s) {
      left = std::min<duration>(left + seconds{*x.wrap_up_s},
                                seconds{max_wrap_up_s});
      if (s.paused)
        s.rest_left = left;
      else
        s.rest_ends = ctx.now + left;
    }
    s.wrap_up_s = timed ? seconds_of(left) : untimed_s;
    report(event_type::agent_not_ready, s, ctx, x.request, out);
    return {};
  }
  if (std::ranges::any_of(s.at->parties, &party::established)) {
    s.asked = wrap_up_request{x.wrap_up_s, x.request};
    return {};
  }
  auto wrap_up_s = x.wrap_up_s.value_or(untimed_s);
  if (!x.wrap_up_s && config.flag(option::timed_acw_in_idle))
    wrap_up_s = usual_wrap_up(s, {}, config);
  auto afterwards = s.resting() ? s.afterwards : s.posture;
  if (config.flag(option::acw_in_idle_force_ready))
    afterwards = {agent_state::ready, work_mode::unknown, {}};
  // Nobody said how long, and no option does: until the agent is done.
  start_wrap_up(s, wrap_up_s == 0 ? untimed_s : wrap_up_s,
                std::move(afterwards), ctx, x.request, out);
  return {};
}

// -- reservation --------------------------------------------------------------

verdict agents::reserve(session& s, const agent_demand& x,
                        const desk_context& ctx, events& out) {
  if (x.reserve_ms <= 0 || x.reserve_ms > max_reserve_ms)
    return refuse(fault::invalid_argument, "reserve_ms is not between 1 and "
                                             + std::to_string(max_reserve_ms));
  auto by_same = !x.client.empty() && x.client == s.reserved_by;
  if (s.reserved_until != never && !by_same
      && x.reserve_priority <= s.reserve_priority)
    return refuse(fault::busy, "agent " + s.agent
                                 + " is reserved with the same priority or a "
                                   "higher one");
  s.reserved_until = ctx.now + milliseconds{x.reserve_ms};
  s.reserve_priority = x.reserve_priority;
  s.reserved_by = x.client;
  report(event_type::agent_reserved, s, ctx, x.request, out);
  return {};
}

} // namespace strowger::model
