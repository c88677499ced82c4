#include "actors/model/agents.hpp"

#include <algorithm>

namespace strowger::model {

void observation::clear() {
  before.clear();
  after.clear();
  business = business_call::unknown;
  wrap_up_s.reset();
}

agent_party* agent_position::find(call_id call) {
  auto position = std::ranges::find(parties, call, &agent_party::call);
  return position == parties.end() ? nullptr : &*position;
}

// -- who is where -------------------------------------------------------------

agents::position& agents::position_of(std::string_view dn) {
  auto found = positions_.find(dn);
  if (found == positions_.end())
    found = positions_.emplace(dn, position{}).first;
  return found->second;
}

agents::session* agents::session_of(std::string_view dn) const {
  auto found = positions_.find(dn);
  return found == positions_.end() ? nullptr : found->second.session.get();
}

agents::session* agents::session_of_agent(std::string_view agent) const {
  auto found = by_agent_.find(agent);
  return found == by_agent_.end() ? nullptr : found->second;
}

/// All sessions in the order of their logins, which is the same in every run.
std::vector<agents::session*> agents::sessions() const {
  std::vector<session*> result;
  for (auto& [agent, s] : by_agent_)
    result.push_back(s);
  std::ranges::sort(result, {}, &session::login);
  return result;
}

// -- queries ------------------------------------------------------------------

agent_status agents::status_of(const session& s) const {
  agent_status x;
  x.agent = s.agent;
  x.dn = s.dn;
  x.queue = s.queue;
  x.posture = s.posture;
  x.since = s.since;
  x.idle_since = s.idle_since;
  x.rest_ends = s.rest_ends;
  x.paused = s.paused;
  x.reserved_until = s.reserved_until;
  x.calls = s.at->parties.size();
  return x;
}

std::optional<agent_status> agents::at_dn(std::string_view dn) const {
  auto s = session_of(dn);
  return s ? std::optional{status_of(*s)} : std::nullopt;
}

std::optional<agent_status> agents::find(std::string_view agent) const {
  auto s = session_of_agent(agent);
  return s ? std::optional{status_of(*s)} : std::nullopt;
}

std::vector<agent_status> agents::all() const {
  std::vector<agent_status> result;
  for (auto s : sessions())
    result.push_back(status_of(*s));
  return result;
}

std::vector<agent_status> agents::members(const agent_group& group) const {
  std::vector<agent_status> result;
  for (auto& agent : group.agents) {
    auto& x = result.emplace_back();
    if (auto s = session_of_agent(agent))
      x = status_of(*s);
    else
      x.agent = agent;
  }
  return result;
}

bool agents::is_available(const session& s) const {
  return s.posture.state == agent_state::ready && s.reserved_until == never
         && s.at->parties.empty() && s.at->in_service && !s.at->dnd;
}

bool agents::available(std::string_view dn) const {
  auto s = session_of(dn);
  return s && is_available(*s);
}

/// The one of two who is available for longer; either may be null.
agents::session* agents::longest_idle_of(
  session* best, session* x, std::span<const std::string> exclude) const {
  if (!x || !is_available(*x)
      || std::ranges::find(exclude, x->dn) != exclude.end())
    return best;
  auto idle = [](const session& s) { return std::pair{s.idle_since, s.login}; };
  return !best || idle(*x) < idle(*best) ? x : best;
}

std::optional<std::string> agents::longest_idle(
  const agent_group& group, std::span<const std::string> exclude) const {
  session* best = nullptr;
  for (auto& agent : group.agents)
    best = longest_idle_of(best, session_of_agent(agent), exclude);
  return best ? std::optional{best->dn} : std::nullopt;
}

std::optional<std::string>
agents::longest_idle(const place_group& group, const staff& all,
                     std::span<const std::string> exclude) const {
  session* best = nullptr;
  for (auto& name : group.places)
    if (auto place = all.places().find(name))
      for (auto& dn : place->dns)
        best = longest_idle_of(best, session_of(dn), exclude);
  return best ? std::optional{best->dn} : std::nullopt;
}

option_scope agents::scope_of(std::string_view dn, const directory& config,
                              std::string_view this_queue) const {
  auto s = session_of(dn);
  return {s ? config.staff().agents().find(s->agent) : nullptr, config.find(dn),
          this_queue.empty() ? nullptr : config.find(this_queue)};
}

agent_penalty agents::no_answer_action(std::string_view dn,
                                       const directory& config) const {
  auto scope = scope_of(dn, config);
  auto own = config.is_set(option::no_answer_action, scope);
  return parse_agent_penalty(own ? config.text(option::no_answer_action, scope)
                                 : config.text(option::agent_no_answer_action));
}

bool agents::refuses_call(std::string_view dn, const directory& config) const {
  auto found = positions_.find(dn);
  auto entry = config.find(dn);
  if (found == positions_.end() || !entry)
    return false;
  auto& s = found->second.session;
  if (s && s->posture.state == agent_state::not_ready
      && config.flag(option::reject_call_notready, entry))
    return true;
  return !found->second.parties.empty()
         && config.flag(option::reject_call_incall, entry);
}

// -- deadlines ----------------------------------------------------------------

time_point agents::next_deadline() const {
  return due_.empty() ? never : std::get<time_point>(*due_.begin());
}

void agents::step_deadline(const desk_context& ctx, events& out) {
  while (next_deadline() <= ctx.now) {
    auto& s = *std::get<session*>(*due_.begin());
    if (auto_logout_at(s, ctx.config) <= ctx.now) {
      end_session(s, ctx, {}, out);
      continue;
    }
    if (s.reserved_until <= ctx.now)
      end_reservation(s, ctx, out);
    if (s.rest_ends <= ctx.now)
      end_rest(s, ctx, out);
    rearm(s, ctx.config);
  }
}

/// Keeps the list of deadlines up to date; to be called after every change.
void agents::rearm(session& s, const directory& config) {
  auto due = std::min(
    {s.rest_ends, s.reserved_until, auto_logout_at(s, config)});
  if (due == s.due)
    return;
  due_.erase({s.due, s.login, &s});
  s.due = due;
  if (due != never)
    due_.emplace(due, s.login, &s);
}

} // namespace strowger::model
