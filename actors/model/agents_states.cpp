#include "actors/model/agents.hpp"

#include <algorithm>
#include <cassert>

namespace strowger::model {

namespace {

using std::chrono::seconds;

/// States from which `auto-logout-timeout` takes nobody without
/// `auto-logout-ready`: the agent works, or rests with permission.
bool is_spared(const agent_posture& x) {
  return x.state == agent_state::ready || x.mode == work_mode::after_call_work
         || x.mode == work_mode::legal_guard || x.mode == work_mode::aux_work;
}

} // namespace

/// Tells the world about the posture as it is now.
void agents::report(event_type type, const session& s, const desk_context& ctx,
                    std::string_view request, events& out) const {
  auto details = std::make_shared<event_details>();
  details->agent = s.agent;
  if (type == event_type::agent_ready || type == event_type::agent_not_ready) {
    details->work_mode = s.posture.mode;
    details->reason = s.posture.reason;
    if (s.posture.mode == work_mode::after_call_work)
      details->wrap_up_s = s.wrap_up_s;
  }
  if (type == event_type::agent_reserved && s.reserved_until != never)
    details->reserved_ms
      = std::chrono::duration_cast<std::chrono::milliseconds>(s.reserved_until
                                                              - ctx.now)
          .count();
  auto& x = out.emplace_back();
  x.type = type;
  x.at = ctx.now;
  x.this_dn = s.dn;
  x.this_queue = s.queue;
  x.details = std::move(details);
  x.request = request;
}

void agents::enter(session& s, agent_posture next, const desk_context& ctx,
                   std::string_view request, events& out) {
  assert(next.state != agent_state::logged_out);
  auto is_ready = next.state == agent_state::ready;
  if (is_ready && s.posture.state != agent_state::ready)
    s.idle_since = ctx.now;
  if (next != s.posture)
    s.since = ctx.now;
  s.posture = std::move(next);
  s.afterwards = {};
  s.rest_ends = never;
  s.rest_left.reset();
  s.paused = false;
  s.not_ready_by_phone = false;
  s.active_at = ctx.now;
  report(is_ready ? event_type::agent_ready : event_type::agent_not_ready, s,
         ctx, request, out);
}

// -- after-call work and legal guard ------------------------------------------

void agents::start_wrap_up(session& s, int64_t wrap_up_s,
                           agent_posture afterwards, const desk_context& ctx,
                           std::string_view request, events& out) {
  s.wrap_up_s = wrap_up_s;
  enter(s, {agent_state::not_ready, work_mode::after_call_work, {}}, ctx,
        request, out);
  s.afterwards = std::move(afterwards);
  if (wrap_up_s != untimed_s)
    s.rest_ends = ctx.now + seconds{wrap_up_s};
  // A work-related call may have outlived the rest it was made in.
  pause_rest(s, ctx);
}

void agents::start_guard(session& s, int64_t guard_s, agent_posture afterwards,
                         const desk_context& ctx, events& out) {
  enter(s, {agent_state::not_ready, work_mode::legal_guard, {}}, ctx, {}, out);
  s.afterwards = std::move(afterwards);
  s.rest_ends = ctx.now + seconds{guard_s};
  pause_rest(s, ctx);
}

/// The time of a rest is up.
void agents::end_rest(session& s, const desk_context& ctx, events& out) {
  assert(s.resting());
  auto next = std::move(s.afterwards);
  auto guard_s = ctx.config.integer(option::legal_guard_time);
  if (s.posture.mode == work_mode::after_call_work && guard_s > 0
      && next.state == agent_state::ready)
    start_guard(s, guard_s, std::move(next), ctx, out);
  else
    enter(s, std::move(next), ctx, {}, out);
}

/// Stops the clock of a rest while there is a work-related call.
void agents::pause_rest(session& s, const desk_context& ctx) {
  auto is_work = [this](auto& p) { return kind_of(p) == business_call::work; };
  if (!s.resting() || s.paused || std::ranges::none_of(s.at->parties, is_work))
    return;
  s.paused = true;
  if (s.rest_ends != never)
    s.rest_left = std::max(s.rest_ends - ctx.now, duration::zero());
  s.rest_ends = never;
}

/// Starts it again when there is none any more. A legal guard begins anew: it
/// is to be a rest in one piece.
void agents::resume_rest(session& s, const desk_context& ctx) {
  auto is_work = [this](auto& p) { return kind_of(p) == business_call::work; };
  if (!s.paused || std::ranges::any_of(s.at->parties, is_work))
    return;
  s.paused = false;
  if (s.posture.mode == work_mode::legal_guard)
    s.rest_ends = ctx.now
                  + seconds{ctx.config.integer(option::legal_guard_time)};
  else if (s.rest_left)
    s.rest_ends = ctx.now + *s.rest_left;
  s.rest_left.reset();
}

// -- reservation, logout ------------------------------------------------------

void agents::end_reservation(session& s, const desk_context& ctx, events& out) {
  if (s.reserved_until == never)
    return;
  s.reserved_until = never;
  s.reserve_priority = 0;
  s.reserved_by.clear();
  report(event_type::agent_reserved, s, ctx, {}, out);
}

void agents::end_session(session& s, const desk_context& ctx,
                         std::string_view request, events& out) {
  report(event_type::agent_logout, s, ctx, request, out);
  due_.erase({s.due, s.login, &s});
  by_agent_.erase(s.agent);
  s.at->session.reset();
}

/// When the agent has been idle for too long, or never.
time_point agents::auto_logout_at(const session& s,
                                  const directory& config) const {
  auto limit_min = config.integer(option::auto_logout_timeout);
  if (limit_min == 0 || !s.at->parties.empty()
      || (is_spared(s.posture) && !config.flag(option::auto_logout_ready)))
    return never;
  return s.active_at + std::chrono::minutes{limit_min};
}

// -- not by request -----------------------------------------------------------

void agents::penalise(std::string_view dn, agent_penalty action,
                      const desk_context& ctx, events& out) {
  auto s = session_of(dn);
  if (!s || action == agent_penalty::none)
    return;
  if (action == agent_penalty::logout) {
    end_session(*s, ctx, {}, out);
    return;
  }
  agent_posture not_ready{agent_state::not_ready, work_mode::unknown, {}};
  // Who rests has the right to; but there will be no next call.
  if (s->resting()) {
    if (s->afterwards.state == agent_state::ready)
      s->afterwards = std::move(not_ready);
  } else if (s->posture.state == agent_state::ready) {
    enter(*s, std::move(not_ready), ctx, {}, out);
    rearm(*s, ctx.config);
  } else {
    s->not_ready_by_phone = false; // the end of the ringing does not end it
  }
}

void agents::phone_busy(std::string_view dn, bool busy, const desk_context& ctx,
                        events& out) {
  auto s = session_of(dn);
  if (!s)
    return;
  if (busy && s->posture.state == agent_state::ready) {
    enter(*s, {agent_state::not_ready, work_mode::unknown, {}}, ctx, {}, out);
    s->not_ready_by_phone = true;
  } else if (!busy && s->not_ready_by_phone) {
    enter(*s, {agent_state::ready, work_mode::unknown, {}}, ctx, {}, out);
  }
  rearm(*s, ctx.config);
}

void agents::client_gone(std::string_view client, const desk_context& ctx,
                         events& out) {
  if (client.empty())
    return;
  for (auto s : sessions())
    if (s->client == client
        && ctx.config.text(option::agent_logout_on_unreg,
                           scope_of(s->dn, ctx.config, s->queue))
             != "false") // every agent here is emulated: "emu-only" is "true"
      end_session(*s, ctx, {}, out);
}

void agents::reconfigured(const desk_context& ctx, events& out) {
  for (auto s : sessions())
    if (ctx.config.find(s->dn))
      rearm(*s, ctx.config);
    else
      end_session(*s, ctx, {}, out);
  std::erase_if(positions_, [&](auto& x) {
    return x.second.parties.empty() && !x.second.session
           && !ctx.config.find(x.first);
  });
}

} // namespace strowger::model
