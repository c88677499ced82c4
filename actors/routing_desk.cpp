#include "actors/routing_desk.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cassert>
#include <utility>

namespace strowger {

namespace {

using model::fault;
using model::route_type;

deadline_listener::behavior_type listener(deadline_listener::pointer,
                                          std::function<void()> f) {
  return {[f = std::move(f)](const tick&) { f(); }};
}

bool refuses_caller(route_type x) {
  return x == route_type::reject || x == route_type::call_disconnect;
}

} // namespace

routing_desk::routing_desk(caf::actor_system& system, environment& env,
                           submitter submit)
  : env_(env), submit_(std::move(submit)) {
  listener_ = system.spawn<caf::lazy_init>(listener, [this] { deliver(); });
}

routing_desk::~routing_desk() {
  shut_down();
}

void routing_desk::shut_down() {
  clients_.clear();
  notices_.clear();
  env_.reactor.cancel(std::exchange(alarm_, 0));
  if (listener_)
    caf::anon_send_exit(listener_, caf::exit_reason::user_shutdown);
  listener_ = nullptr;
}

model::route_context routing_desk::now() const {
  return {env_.reactor.now(), *env_.config};
}

// -- clients ------------------------------------------------------------------

model::route_client routing_desk::open(std::shared_ptr<routing_client> x,
                                       model::route_service how) {
  auto who = desk_.open(std::move(how), now(), said_);
  clients_.emplace(who, std::move(x));
  settle();
  return who;
}

void routing_desk::close(model::route_client who) {
  if (clients_.erase(who) == 0)
    return;
  desk_.close(who, now(), said_);
  settle();
}

void routing_desk::instruct(model::route_client who, routing_instruction x) {
  if (!clients_.count(who))
    return; // its last words
  auto waited = desk_.holder_of(x.call) == who
                  ? desk_.unanswered_for(x.call, env_.reactor.now())
                  : std::nullopt;
  auto verdict = desk_.instruct(
    who, {x.call, x.point, x.request, refuses_caller(x.route)});
  if (!verdict.accepted()) {
    env_.reactor.counters()
      .instructions[static_cast<size_t>(verdict.why)]
      .add();
    fail(who, x, verdict);
    return;
  }
  if (waited)
    env_.reactor.counters().strategy_answer.observe(*waited);
  begin(who, x);
}

/// The desk has taken the instruction; its first step, or why there is none.
void routing_desk::begin(model::route_client who, routing_instruction& x) {
  if (x.route == route_type::announcement) {
    judge(who, x, {fault::unsupported, "there are no announcements", x.call});
    return;
  }
  if (x.pairs.empty()) {
    route(who, std::move(x));
    return;
  }
  model::demand y;
  y.verb = model::verb::attach_user_data;
  y.this_dn = x.point;
  y.call = x.call;
  y.request = x.request;
  y.pairs = std::move(x.pairs);
  submit_(std::move(y),
          [this, who, x = std::move(x)](model::verdict&& how) mutable {
            if (how.accepted())
              route(who, std::move(x));
            else
              judge(who, x, how);
          });
}

void routing_desk::route(model::route_client who, routing_instruction&& x) {
  model::demand y;
  y.verb = model::verb::route_call;
  y.this_dn = x.point;
  y.call = x.call;
  y.destination = x.destination;
  y.route = x.route;
  y.text = x.dnis;
  y.request = x.request;
  submit_(std::move(y), [this, who, x = std::move(x)](model::verdict&& how) {
    judge(who, x, how);
  });
}

void routing_desk::judge(model::route_client who, const routing_instruction& x,
                         const model::verdict& how) {
  desk_.judged(who, x.call, x.request, how, now(), said_);
  settle();
}

void routing_desk::attach(model::route_client who, model::call_id call,
                          std::string request, model::user_data pairs,
                          std::function<void()> done) {
  routing_instruction x;
  x.call = call;
  x.request = request;
  auto* point = desk_.point_of(call);
  if (!point) {
    fail(who, x, {fault::unknown_call, "the call does not wait", call});
    return;
  }
  x.point = *point;
  model::demand y;
  y.verb = model::verb::attach_user_data;
  y.this_dn = x.point;
  y.call = call;
  y.request = std::move(request);
  y.pairs = std::move(pairs);
  submit_(std::move(y),
          [this, who, x, done = std::move(done)](model::verdict&& how) {
            if (!how.accepted())
              fail(who, x, how);
            else if (done)
              done();
          });
}

void routing_desk::keep_waiting(model::route_client who, model::call_id call,
                                std::string point, std::string request,
                                std::function<void()> done) {
  if (!clients_.count(who))
    return; // its last words
  routing_instruction x;
  x.call = call;
  x.point = std::move(point);
  x.request = std::move(request);
  if (auto how = desk_.keep_waiting(who, call, x.point); !how.accepted()) {
    fail(who, x, how);
    return;
  }
  model::demand y;
  y.verb = model::verb::keep_waiting;
  y.this_dn = x.point;
  y.call = call;
  y.request = x.request;
  submit_(std::move(y), [this, who, x = std::move(x),
                         done = std::move(done)](model::verdict&& how) {
    if (!how.accepted()) {
      fail(who, x, how);
      return;
    }
    desk_.waits_anew(x.call, env_.reactor.now());
    if (done)
      done();
  });
}

void routing_desk::fail(model::route_client who, const routing_instruction& x,
                        const model::verdict& how) {
  notices_.push_back(
    {who, x.call, x.point, model::route_failed{x.request, how.why, how.text}});
  wake();
}

// -- the switch ---------------------------------------------------------------

void routing_desk::event(uint64_t, const model::journal_event& x) {
  if (!env_.config)
    return; // there are no calls yet
  desk_.take(x, now(), said_);
  settle();
}

/// After every step of the desk.
void routing_desk::settle() {
  auto& counters = env_.reactor.counters();
  counters.routing_clients.set(desk_.clients());
  counters.routing_open.set(desk_.open_requests());
  counters.routing_unclaimed.set(desk_.unclaimed_requests());
  for (auto& x : said_) {
    if (std::holds_alternative<model::route_used>(x.what))
      counters.instructions[static_cast<size_t>(fault::none)].add();
    else if (auto* y = std::get_if<model::route_failed>(&x.what))
      counters.instructions[static_cast<size_t>(y->why)].add();
    notices_.push_back(std::move(x));
  }
  said_.clear();
  if (!notices_.empty())
    wake();
  auto due = desk_.next_deadline();
  if (due >= alarm_at_ || !listener_)
    return;
  env_.reactor.cancel(alarm_);
  alarm_ = env_.reactor.arm(due, listener_);
  alarm_at_ = due;
}

void routing_desk::wake() {
  if (!woken_ && listener_)
    caf::anon_send(listener_, tick{});
  woken_ = true;
}

// Clients may use the desk from here: what that brings comes with the loop.
void routing_desk::deliver() {
  woken_ = true;
  if (env_.reactor.now() >= alarm_at_) {
    alarm_ = 0;
    alarm_at_ = model::never;
  }
  if (env_.config)
    desk_.tick(now(), said_);
  settle();
  while (!notices_.empty()) {
    auto x = std::move(notices_.front());
    notices_.pop_front();
    if (auto i = clients_.find(x.to); i != clients_.end()) {
      auto keep = i->second; // it may close itself
      keep->take(x);
    }
  }
  woken_ = false;
}

} // namespace strowger
