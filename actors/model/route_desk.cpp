#include "actors/model/route_desk.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace strowger::model {

namespace {

// A client that knows what to do after a failure says so at once. One that does
// not is asked again, but not as fast as it can be wrong.
constexpr auto offer_again_after = std::chrono::seconds{1};

bool is_shared(std::string_view point, const directory& config) {
  return config.text(option::route_request_policy, config.find(point))
         != "standby";
}

/// Does the call wait as before, so that it would help to ask again?
bool may_be_routed_again(fault why) {
  return why != fault::invalid_call_state && why != fault::unknown_call
         && why != fault::cancelled;
}

} // namespace

// -- events -------------------------------------------------------------------

void route_desk::take(const journal_event& x, const route_context& ctx,
                      notices& out) {
  switch (x.type) {
    case event_type::route_request:
      begin(x, ctx, out);
      break;
    case event_type::party_changed:
      if (x.previous_call != call_id{})
        move(x, ctx, out);
      break;
    case event_type::attached_data_changed:
      if (auto* wait = find(x.call, x.this_dn))
        wait->offer.user_data = x.user_data;
      break;
    case event_type::route_used:
    case event_type::diverted:
    case event_type::abandoned:
    case event_type::released:
    case event_type::error:
    case event_type::call_deleted:
      if (!waits_.empty())
        follow(x, ctx, out);
      break;
    default: // the many that concern no routing point
      break;
  }
}

/// What became of a call that waits, or waited.
void route_desk::follow(const journal_event& x, const route_context& ctx,
                        notices& out) {
  using enum route_withdrawn::reason;
  auto i = waits_.find(x.call);
  if (i == waits_.end())
    return;
  auto& wait = i->second;
  if (x.type == event_type::call_deleted) {
    finish(wait, nullptr, released, ctx, out);
    return;
  }
  if (wait.point != x.this_dn)
    return;
  if (x.type == event_type::error) {
    auto why = fault::cancelled;
    for (size_t n = 0; x.details && n < fault_count; ++n)
      if (to_string(static_cast<fault>(n)) == x.details->reason)
        why = static_cast<fault>(n);
    wait.offer.timed = x.at;
    if (wait.instruction)
      fail(wait, why, x.details ? x.details->text : std::string{}, ctx, out);
    return;
  }
  if (x.type == event_type::route_used || x.type == event_type::diverted) {
    finish(wait, &x.third_party_dn, default_routed, ctx, out);
    return;
  }
  const std::string nowhere;
  auto refused = x.type == event_type::released && wait.instruction
                 && wait.instruction->ends;
  finish(wait, refused ? &nowhere : nullptr,
         x.type == event_type::abandoned ? abandoned : released, ctx, out);
}

void route_desk::begin(const journal_event& x, const route_context& ctx,
                       notices& out) {
  if (auto i = waits_.find(x.call); i != waits_.end())
    finish(i->second, nullptr, route_withdrawn::reason::routed_elsewhere, ctx,
           out);
  auto& wait = waits_[x.call];
  wait.call = x.call;
  wait.arrival = ++arrivals_;
  wait.point = x.this_dn;
  wait.offer = {x.at, x.at, 0, x.ani, x.dnis, x.user_data};
  assign(wait, ctx, out);
}

/// A consult call was transferred while it waited: it goes on under the id of
/// the call it belonged to (semantics M22).
void route_desk::move(const journal_event& x, const route_context& ctx,
                      notices& out) {
  auto* before = find(x.previous_call, x.this_dn);
  if (!before)
    return;
  auto since = before->offer.since;
  finish(*before, nullptr, route_withdrawn::reason::routed_elsewhere, ctx, out);
  begin(x, ctx, out);
  waits_.at(x.call).offer.since = since;
}

// -- clients ------------------------------------------------------------------

route_client route_desk::open(route_service x, const route_context& ctx,
                              notices& out) {
  auto who = ++last_client_;
  for (auto& point : x.points) {
    auto& all = points_[point].clients;
    if (all.empty() || all.back() != who) // named twice
      all.push_back(who);
  }
  clients_.emplace(who, client{std::move(x), {}});
  fill(who, ctx, out);
  return who;
}

void route_desk::close(route_client who, const route_context& ctx,
                       notices& out) {
  auto gone = clients_.extract(who);
  assert(gone);
  for (auto& point : gone.mapped().service.points)
    std::erase(points_.at(point).clients, who);
  for (auto& [arrival, call] : gone.mapped().open) {
    auto& wait = waits_.at(call);
    --held_;
    wait.holder = 0;
    wait.offered.reset();
    again_.erase({std::exchange(wait.again, never), wait.call});
    // What it instructed last may yet come true.
    if (!wait.instruction)
      assign(wait, ctx, out);
  }
}

route_client route_desk::choose(const served_point& at, bool spares,
                                bool shared) const {
  route_client best = 0;
  size_t least = 0;
  auto n = at.clients.size();
  auto last = std::find(at.clients.begin(), at.clients.end(), at.last);
  auto first = !shared || last == at.clients.end()
                 ? 0
                 : static_cast<size_t>(last - at.clients.begin()) + 1;
  for (size_t i = 0; i < n; ++i) {
    auto who = at.clients[(first + i) % n];
    auto& x = clients_.at(who);
    auto open = x.open.size();
    if (x.service.spare != spares || open >= x.service.requests_max)
      continue;
    if (!shared)
      return who;
    if (best == 0 || open < least) {
      best = who;
      least = open;
    }
  }
  return best;
}

// -- offers -------------------------------------------------------------------

route_desk::wait* route_desk::find(call_id call, std::string_view point) {
  auto i = waits_.find(call);
  return i != waits_.end() && i->second.point == point ? &i->second : nullptr;
}

/// Finds a client for a call that has none.
void route_desk::assign(wait& x, const route_context& ctx, notices& out) {
  assert(x.holder == 0);
  auto& at = points_[x.point];
  route_client who = 0;
  if (!at.clients.empty()) {
    auto shared = is_shared(x.point, ctx.config);
    who = choose(at, false, shared);
    if (who == 0)
      who = choose(at, true, shared);
  }
  if (who != 0)
    offer(x, who, ctx, out);
  else if (at.unclaimed.emplace(x.arrival, x.call).second)
    ++unclaimed_;
}

void route_desk::offer(wait& x, route_client to, const route_context& ctx,
                       notices& out) {
  if (x.holder == 0) {
    auto& at = points_.at(x.point);
    unclaimed_ -= at.unclaimed.erase(x.arrival);
    at.last = to;
    clients_.at(to).open.emplace(x.arrival, x.call);
    x.holder = to;
    ++held_;
  }
  x.offered = ctx.now;
  out.push_back({to, x.call, x.point, x.offer});
  ++x.offer.attempts;
}

/// The call is with nobody from now on.
void route_desk::let_go(wait& x) {
  again_.erase({std::exchange(x.again, never), x.call});
  if (x.holder != 0) {
    clients_.at(x.holder).open.erase({x.arrival, x.call});
    --held_;
  } else if (points_.at(x.point).unclaimed.erase(x.arrival) > 0) {
    --unclaimed_;
  }
  x.holder = 0;
}

/// A client has room: it gets what waits for one, the oldest first.
void route_desk::fill(route_client who, const route_context& ctx,
                      notices& out) {
  auto& x = clients_.at(who);
  while (unclaimed_ > 0 && x.open.size() < x.service.requests_max) {
    served_point* from = nullptr;
    for (auto& point : x.service.points) {
      auto& at = points_.at(point);
      if (!at.unclaimed.empty()
          && (!from
              || at.unclaimed.begin()->first < from->unclaimed.begin()->first))
        from = &at;
    }
    if (!from)
      return;
    offer(waits_.at(from->unclaimed.begin()->second), who, ctx, out);
  }
}

// -- instructions -------------------------------------------------------------

/// Why a client may not instruct what becomes of a call.
verdict route_desk::objection(route_client who, call_id call,
                              std::string_view point) const {
  auto i = waits_.find(call);
  if (i == waits_.end())
    return {fault::unknown_call, "the call does not wait for a route", call};
  auto& wait = i->second;
  if (wait.point != point)
    return {fault::invalid_call_state, "the call does not wait there", call};
  auto& points = clients_.at(who).service.points;
  if (std::find(points.begin(), points.end(), point) == points.end())
    return {fault::invalid_argument, "the client does not serve there", call};
  if (wait.instruction)
    return {fault::invalid_call_state, "the call is being routed already",
            call};
  return {fault::none, {}, call};
}

verdict route_desk::keep_waiting(route_client who, call_id call,
                                 std::string_view point) {
  auto result = objection(who, call, point);
  if (result.accepted())
    again_.erase({std::exchange(waits_.at(call).again, never), call});
  return result;
}

void route_desk::waits_anew(call_id call, time_point now) {
  if (auto i = waits_.find(call); i != waits_.end())
    i->second.offer.timed = now;
}

verdict route_desk::instruct(route_client who, route_instruction x) {
  auto result = objection(who, x.call, x.point);
  if (!result.accepted())
    return result;
  auto& wait = waits_.at(x.call);
  wait.instruction = under_way{who, std::move(x.request), x.ends};
  wait.offered.reset();
  again_.erase({std::exchange(wait.again, never), wait.call});
  return result;
}

void route_desk::judged(route_client who, call_id call,
                        std::string_view request, const verdict& x,
                        const route_context& ctx, notices& out) {
  auto i = waits_.find(call);
  if (x.accepted() || i == waits_.end() || !i->second.instruction
      || i->second.instruction->by != who
      || i->second.instruction->request != request)
    return; // what comes of it is told by events, or is past
  fail(i->second, x.why, x.text, ctx, out);
}

/// The instruction under way has led nowhere.
void route_desk::fail(wait& x, fault why, std::string text,
                      const route_context& ctx, notices& out) {
  auto was = std::move(*x.instruction);
  x.instruction.reset();
  if (clients_.count(was.by))
    out.push_back({was.by, x.call, x.point,
                   route_failed{std::move(was.request), why, std::move(text)}});
  if (x.holder == 0) {
    assign(x, ctx, out);
    return;
  }
  if (!may_be_routed_again(why))
    return; // an event says soon what happened
  x.again = ctx.now + offer_again_after;
  again_.emplace(x.again, x.call);
}

void route_desk::tick(const route_context& ctx, notices& out) {
  while (!again_.empty() && again_.begin()->first <= ctx.now) {
    auto& x = waits_.at(again_.begin()->second);
    again_.erase(again_.begin());
    x.again = never;
    offer(x, x.holder, ctx, out);
  }
}

time_point route_desk::next_deadline() const {
  return again_.empty() ? never : again_.begin()->first;
}

// -- the end of a wait --------------------------------------------------------

/// With a destination the call went there; if that was nobody's instruction, or
/// there is none, `why` says what happened.
void route_desk::tell_end(const wait& x, const std::string* destination,
                          route_withdrawn::reason why, notices& out) const {
  auto used = destination != nullptr && x.instruction.has_value();
  auto by = used ? x.instruction->by : 0;
  if (clients_.count(by))
    out.push_back(
      {by, x.call, x.point, route_used{x.instruction->request, *destination}});
  if (x.holder != 0 && x.holder != by)
    out.push_back({x.holder, x.call, x.point,
                   route_withdrawn{
                     used ? route_withdrawn::reason::routed_elsewhere : why}});
}

void route_desk::finish(wait& x, const std::string* destination,
                        route_withdrawn::reason why, const route_context& ctx,
                        notices& out) {
  tell_end(x, destination, why, out);
  auto holder = x.holder;
  let_go(x);
  waits_.erase(x.call);
  if (holder != 0)
    fill(holder, ctx, out);
}

// -- for whoever watches ------------------------------------------------------

const std::string* route_desk::point_of(call_id call) const {
  auto i = waits_.find(call);
  return i == waits_.end() ? nullptr : &i->second.point;
}

route_client route_desk::holder_of(call_id call) const {
  auto i = waits_.find(call);
  return i == waits_.end() ? 0 : i->second.holder;
}

std::optional<duration> route_desk::unanswered_for(call_id call,
                                                   time_point now) const {
  auto i = waits_.find(call);
  if (i == waits_.end() || !i->second.offered)
    return std::nullopt;
  return now - *i->second.offered;
}

} // namespace strowger::model
