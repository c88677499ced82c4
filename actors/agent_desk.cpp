#include "actors/agent_desk.hpp"

#include "actors/watcher.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <utility>

namespace strowger {

namespace {

using model::event_type;

/// Events of calls that tell what kind of work they are to an agent.
bool tells_business(event_type type) {
  return type == event_type::established || type == event_type::released
         || type == event_type::abandoned;
}

bool is_about_agent(event_type type) {
  return type == event_type::agent_login || type == event_type::agent_logout
         || type == event_type::agent_ready
         || type == event_type::agent_not_ready
         || type == event_type::agent_reserved;
}

/// The extensions BusinessCall and WrapUpTime.
void complete(model::journal_event& x, const model::observation& seen) {
  auto details = x.details ? *x.details : model::event_details{};
  details.business = seen.business;
  if (seen.wrap_up_s)
    details.wrap_up_s = *seen.wrap_up_s;
  x.details = std::make_shared<const model::event_details>(std::move(details));
}

/// The event that brought a party of the ledger about.
event_type origin_of(model::ledger_state x) {
  using enum model::ledger_state;
  switch (x) {
    case dialing:
    case busy:
      return event_type::dialing;
    case queued:
      return event_type::queued;
    case alerting:
      return event_type::ringing;
    case connected:
    case held:
      return event_type::established;
  }
  return event_type::queued;
}

} // namespace

model::desk_context agent_desk::context() const {
  return {env_.reactor.now(), *env_.config};
}

// -- opening hours ------------------------------------------------------------

/// The first agent is about to log in: what the desk has missed.
void agent_desk::open() {
  if (std::exchange(open_, true))
    return;
  auto ctx = context();
  auto& ledger = env_.journal.ledger();
  ledger.each_call([&](auto& x) { recall(x, ctx); });
  ledger.each_dn([&](auto& x) { recall(x, ctx); });
  env_.journal.show_to(this);
}

void agent_desk::recall(const model::ledger_call& x,
                        const model::desk_context& ctx) {
  model::journal_event e;
  e.call = x.id;
  e.call_type = x.type;
  e.previous_call = x.previous_call;
  for (auto& party : x.parties) {
    e.type = origin_of(party.state);
    e.at = party.since;
    e.this_dn = party.dn;
    e.this_queue = party.queue;
    agents_.observe(e, ctx, seen_);
  }
}

void agent_desk::recall(const model::ledger_dn& x,
                        const model::desk_context& ctx) {
  model::journal_event e;
  e.this_dn = x.number;
  if (x.in_service == false) {
    e.type = event_type::dn_out_of_service;
    agents_.observe(e, ctx, seen_);
  }
  if (x.dnd) {
    e.type = event_type::dnd_on;
    agents_.observe(e, ctx, seen_);
  }
}

void agent_desk::classify(model::call_id call, model::business_call kind) {
  // Otherwise there would be nobody to forget it with the call's last event.
  if (open_)
    agents_.classify(call, kind);
}

/// After every step: arms the deadline, or closes when the last agent has
/// left. What the desk knows of calls then is dropped.
void agent_desk::settle() {
  if (!open_)
    return;
  if (agents_.size() == 0) {
    open_ = false;
    agents_ = {};
    env_.journal.show_to(nullptr);
  } else if (!watcher_) {
    watcher_ = system_.spawn(watcher, [this] {
      wake_.rang();
      run([](auto&) {});
    });
  }
  wake_.set(env_.reactor, agents_.next_deadline(), watcher_);
}

void agent_desk::shut_down() {
  wake_.cancel();
  env_.journal.show_to(nullptr);
  if (watcher_)
    caf::anon_send_exit(watcher_, caf::exit_reason::user_shutdown);
  watcher_ = nullptr;
  agents_ = {};
  open_ = false;
}

// -- steps --------------------------------------------------------------------

/// Runs a step of the model after those that are due, publishes what comes of
/// it, and settles.
template <class Step>
void agent_desk::run(Step step) {
  if (!open_)
    return;
  catch_up();
  events out;
  step(out);
  for (auto& x : out)
    env_.journal.append(std::move(x));
  settle();
}

/// A deadline that has come goes before everything that happens now, in which
/// order ever the reactor's messages come.
void agent_desk::catch_up() {
  if (agents_.next_deadline() > env_.reactor.now())
    return;
  events out;
  agents_.step_deadline(context(), out);
  for (auto& x : out)
    env_.journal.append(std::move(x));
}

model::observation& agent_desk::observe(model::journal_event& x) {
  auto ctx = context();
  if (is_about_agent(x.type)) {
    seen_.clear();
    return seen_;
  }
  events due;
  if (agents_.next_deadline() <= ctx.now)
    agents_.step_deadline(ctx, due);
  agents_.observe(x, ctx, seen_);
  seen_.before.insert(seen_.before.begin(),
                      std::make_move_iterator(due.begin()),
                      std::make_move_iterator(due.end()));
  if (tells_business(x.type) && agents_.staffed(x.this_dn))
    complete(x, seen_);
  settle();
  return seen_;
}

void agent_desk::submit(const model::agent_demand& x,
                        const model::verdict_taker& taker) {
  if (x.verb == model::agent_verb::login)
    open();
  if (open_)
    catch_up();
  events out;
  taker(agents_.perform(x, context(), out));
  for (auto& e : out)
    env_.journal.append(std::move(e));
  settle();
}

void agent_desk::penalise(std::string_view dn, model::agent_penalty action) {
  run([&](events& out) { agents_.penalise(dn, action, context(), out); });
}

void agent_desk::phone_busy(std::string_view dn, bool busy) {
  run([&](events& out) { agents_.phone_busy(dn, busy, context(), out); });
}

void agent_desk::client_gone(std::string_view client) {
  run([&](events& out) { agents_.client_gone(client, context(), out); });
}

void agent_desk::reconfigured() {
  run([&](events& out) { agents_.reconfigured(context(), out); });
}

// -- queries ------------------------------------------------------------------

model::agent_presence agent_desk::agent_at(std::string_view dn) const {
  if (!open_)
    return {};
  auto& config = *env_.config;
  return {agents_.staffed(dn), agents_.refuses_call(dn, config),
          agents_.scope_of(dn, config).agent};
}

model::agent_penalty agent_desk::no_answer_action(std::string_view dn) const {
  return agents_.no_answer_action(dn, *env_.config);
}

std::optional<std::string> agent_desk::longest_idle(
  std::string_view group, std::span<const std::string> exclude) const {
  if (!open_)
    return std::nullopt;
  auto& staff = env_.config->staff();
  if (auto* agents = staff.groups().find(group))
    return agents_.longest_idle(*agents, exclude);
  if (auto* places = staff.place_groups().find(group))
    return agents_.longest_idle(*places, staff, exclude);
  return std::nullopt;
}

} // namespace strowger
