#include "actors/exchange.hpp"

#include "actors/call.hpp"
#include "actors/device.hpp"
#include "actors/line.hpp"
#include "actors/trunk.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace strowger {

namespace {

// Call ids never repeat, also over restarts: they start at the second the
// switch started, with room for 2^28 calls (a day at 3000 calls/s) before the
// next one.
constexpr int calls_per_start_bits = 28;

bool is_trunk(const model::dn& x) {
  return x.type == model::dn_type::trunk;
}

/// Devices with work of their own need their actor before any call does.
bool has_duties(const model::directory& config, const model::dn& x) {
  return is_trunk(x) || config.integer(model::option::oos_check, &x) > 0;
}

} // namespace

exchange::exchange(caf::actor_system& system, reactor& host, outlets& out)
  : system_(system), journal_(out, host.counters()), env_(host, journal_, out),
    desk_(system, env_),
    routing_(system, env_,
             [this](model::demand&& x, model::verdict_taker taker) {
               submit(std::move(x), std::move(taker));
             }),
    next_call_(host.unix_seconds() << calls_per_start_bits) {
  journal_.watch(routing_);
  env_.device = [this](std::string_view number) { return find_device(number); };
  env_.call = [this](model::call_id id) { return call(id); };
  env_.open_call = [this](model::call_id id) { return open_call(id); };
  env_.answer = [this](uint64_t token, model::verdict&& x) {
    if (auto taker = waiting_.extract(token))
      taker.mapped()(std::move(x));
  };
  env_.await = [this](model::effects::awaiting&& x) {
    if (x.source.empty())
      std::erase_if(awaited_, [&](auto& y) { return y.call == x.call; });
    else
      awaited_.push_back(std::move(x));
  };
  env_.call_finished = [this](model::call_id id) {
    calls_.erase(id);
    std::erase_if(awaited_, [=](auto& x) { return x.call == id; });
  };
  env_.agent_at = [this](std::string_view dn) { return desk_.agent_at(dn); };
  env_.no_answer_action = [this](std::string_view dn) {
    return desk_.no_answer_action(dn);
  };
  env_.penalise = [this](std::string_view dn, model::agent_penalty action) {
    desk_.penalise(dn, action);
  };
}

exchange::~exchange() = default;

// -- configuration ------------------------------------------------------------

void exchange::restore(std::string_view dn,
                       std::vector<model::binding> bindings) {
  restored_.insert_or_assign(std::string{dn}, std::move(bindings));
}

void exchange::configure(std::shared_ptr<const model::directory> config) {
  auto before = std::exchange(env_.config, std::move(config));
  auto& now = *env_.config;
  journal_.limit(static_cast<size_t>(now.integer(model::option::journal_size)));
  if (before)
    remove_devices_not_in(now);
  for (auto& [number, device] : devices_)
    caf::anon_send(device, reconfigured{true});
  for (auto& x : now.dns())
    if (has_duties(now, x) || restored_.count(x.number))
      find_device(x.number);
  restored_.clear();
  desk_.reconfigured();
}

void exchange::remove_devices_not_in(const model::directory& config) {
  std::erase_if(devices_, [&](auto& entry) {
    auto& [number, device] = entry;
    auto* x = config.find(number);
    // A number that changed between trunk and line is another device.
    if (x && is_trunk(*x) == trunks_.has(number))
      return false;
    caf::anon_send(device, reconfigured{false});
    trunks_.remove(number);
    return true;
  });
}

// -- devices ------------------------------------------------------------------

device_actor exchange::find_device(std::string_view number) {
  if (auto i = devices_.find(number); i != devices_.end())
    return i->second;
  auto* x = env_.config->find(number);
  return x ? spawn_device(*x) : device_actor{};
}

device_actor exchange::spawn_device(const model::dn& x) {
  device_actor device;
  if (is_trunk(x)) {
    auto counters = std::make_shared<trunk_counters>();
    trunks_.add(x.number, counters);
    device = system_.spawn<caf::lazy_init>(trunk, &env_, x.number,
                                           std::move(counters));
  } else {
    auto stored = restored_.extract(x.number);
    device = system_.spawn<caf::lazy_init>(
      line, &env_, x.number,
      stored ? std::move(stored.mapped()) : std::vector<model::binding>{});
  }
  devices_.emplace(x.number, device);
  // A first message, so that a device with duties starts them.
  caf::anon_send(device, reconfigured{true});
  return device;
}

// -- switchboard --------------------------------------------------------------

/// `shutdown-sip-reject-code`; a 3xx sends the caller to `dr-peer-trunk`.
admission exchange::turn_away_at_drain(uint32_t retry_after_s) const {
  using model::option;
  auto& all = config();
  auto x = admission::refused(rejection::drain, retry_after_s);
  auto status = all.integer(option::shutdown_sip_reject_code);
  if (status < 400) {
    if (auto* peer = all.find(all.text(option::dr_peer_trunk)))
      x.contact = all.text(option::contact, peer);
    if (x.contact.empty())
      return x;
  }
  x.status = static_cast<uint16_t>(status);
  return x;
}

admission exchange::admit() {
  auto retry = static_cast<uint32_t>(
    config().integer(model::option::overload_retry_after));
  if (draining_)
    return turn_away_at_drain(retry);
  auto most = config().integer(model::option::max_calls);
  if (most > 0 && calls_.size() >= static_cast<size_t>(most))
    return admission::refused(rejection::calls, retry);
  auto lag_limit = std::chrono::milliseconds{
    config().integer(model::option::max_reactor_lag)};
  if (lag_limit.count() > 0 && env_.reactor.lag() > lag_limit)
    return admission::refused(rejection::lag, retry);
  return {};
}

call_actor exchange::call(model::call_id id) const {
  auto i = calls_.find(id);
  return i == calls_.end() ? call_actor{} : i->second;
}

call_actor exchange::spawn_call(model::call_id id) {
  auto handle = system_.spawn<caf::lazy_init>(strowger::call, &env_, id);
  auto& counters = env_.reactor.counters();
  counters.calls_opened.add();
  counters.calls_in_progress.take();
  calls_.insert_or_assign(id, handle);
  return handle;
}

call_actor exchange::open_call(model::call_id id) {
  auto handle = spawn_call(id);
  env_.edge->adopt(id, handle);
  return handle;
}

/// The INVITE of a device that was asked to call belongs to the call that
/// asked. Of several to the same number the Request-URI says which, unless it
/// was changed on the way: then the first.
exchange::awaited_list::const_iterator
exchange::find_awaited(std::string_view source, std::string_view called,
                       std::optional<model::call_id> asked_by) const {
  return std::find_if(awaited_.begin(), awaited_.end(), [&](auto& x) {
    return x.source == source && x.called == called
           && (!asked_by || *asked_by == x.call);
  });
}

bool exchange::awaits(std::string_view source, std::string_view called,
                      std::optional<model::call_id> asked_by) const {
  return find_awaited(source, called, asked_by) != awaited_.end();
}

std::optional<opened> exchange::join_awaited(model::offered& x) {
  auto i = find_awaited(x.source, x.called, x.asked_by);
  if (i == awaited_.end())
    return std::nullopt;
  opened result{i->call, call(i->call), i->leg};
  x.leg = i->leg;
  awaited_.erase(i);
  if (!result.handle)
    return std::nullopt;
  caf::anon_send(result.handle, std::move(x));
  return result;
}

opened exchange::open(model::offered&& x) {
  if (auto joined = join_awaited(x))
    return *joined;
  opened result;
  result.id = model::call_id{++next_call_};
  result.handle = spawn_call(result.id);
  caf::anon_send(result.handle, std::move(x));
  return result;
}

bool exchange::enrol(enrolment&& x) {
  auto device = find_device(x.dn);
  if (!device)
    return false;
  caf::anon_send(device, std::move(x));
  return true;
}

// -- clients ------------------------------------------------------------------

/// What has to hold before there is a call that could judge the request.
model::verdict exchange::submit_make_call(model::demand& x) {
  using model::fault;
  auto* device = config().find(x.this_dn);
  if (!device)
    return {fault::unknown_dn, "there is no such DN", {}};
  if (!model::can_make_calls(device->type))
    return {fault::invalid_calling_dn, "a DN of this type makes no calls", {}};
  if (!model::is_reachable(config(), x.destination))
    return {fault::invalid_called_dn, "no DN and no trunk prefix", {}};
  if (auto room = admit(); !room.granted)
    return {fault::overloaded, "the switch is full, or drains", {}};
  x.call = model::call_id{++next_call_};
  x.second_call = {};
  if (x.business != model::business_call::unknown)
    desk_.classify(x.call, x.business);
  return {};
}

/// RouteType AgentID: the destination is an agent, the call goes to the DN.
model::verdict exchange::find_agent(model::demand& x) const {
  using model::fault;
  auto dn = dn_of_agent(x.destination);
  if (!dn)
    return config().staff().agents().find(x.destination)
             ? model::verdict{fault::not_logged_in,
                              "the agent is not logged in", x.call}
             : model::verdict{fault::unknown_agent, "there is no such agent",
                              x.call};
  x.destination = std::move(*dn);
  return {};
}

template <class Handle>
void exchange::ask(const Handle& who, model::demand&& x,
                   model::verdict_taker&& taker) {
  waiting_.emplace(++next_token_, std::move(taker));
  caf::anon_send(who, model::demanded{std::move(x), next_token_});
}

void exchange::submit_to_dn(model::demand&& x, model::verdict_taker&& taker) {
  auto device = find_device(x.this_dn);
  if (!device) {
    taker({model::fault::unknown_dn, "there is no such DN", {}});
    return;
  }
  ask(device, std::move(x), std::move(taker));
}

void exchange::submit(model::demand&& x, model::verdict_taker taker) {
  if (model::concerns_dn(x.verb)) {
    submit_to_dn(std::move(x), std::move(taker));
    return;
  }
  call_actor goal;
  if (x.verb == model::verb::route_call
      && x.route == model::route_type::agent_id) {
    if (auto verdict = find_agent(x); !verdict.accepted()) {
      taker(std::move(verdict));
      return;
    }
  }
  if (x.verb == model::verb::make_call) {
    if (auto verdict = submit_make_call(x); !verdict.accepted()) {
      taker(std::move(verdict));
      return;
    }
    goal = open_call(x.call);
  } else {
    // The consult call that may come of the request has its id from the start.
    if (model::makes_consult_call(x.verb))
      x.second_call = model::call_id{++next_call_};
    // Of two calls the one that is spoken in has the phone.
    auto first = x.verb == model::verb::alternate_call
                     || x.verb == model::verb::reconnect_call
                   ? x.second_call
                   : x.call;
    goal = env_.call(first);
  }
  if (!goal) {
    taker({model::fault::unknown_call, "there is no such call", {}});
    return;
  }
  ask(goal, std::move(x), std::move(taker));
}

void exchange::submit_agent(model::agent_demand&& x,
                            model::verdict_taker taker) {
  desk_.submit(x, taker);
}

void exchange::client_gone(std::string_view client) {
  desk_.client_gone(client);
}

void exchange::phone_busy(std::string_view dn, bool busy) {
  desk_.phone_busy(dn, busy);
}

std::optional<std::string> exchange::longest_idle(
  std::string_view group, std::span<const std::string> exclude) const {
  return desk_.longest_idle(group, exclude);
}

std::optional<std::string> exchange::dn_of_agent(std::string_view agent) const {
  auto found = desk_.agents().find(agent);
  return found ? std::optional{std::move(found->dn)} : std::nullopt;
}

// -- the end ------------------------------------------------------------------

void exchange::clear_all(const std::string& reason) {
  for (auto& [id, handle] : calls_)
    caf::anon_send(handle, clear{reason});
}

void exchange::shut_down() {
  for (auto& [id, handle] : calls_)
    caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  for (auto& [number, handle] : devices_)
    caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  desk_.shut_down();
  journal_.unwatch(routing_);
  routing_.shut_down();
  calls_.clear();
  devices_.clear();
  env_.registered.clear();
  env_.reactor.run();
  for (auto& [token, taker] : std::exchange(waiting_, {}))
    taker({model::fault::cancelled, "the switch stops", {}});
}

} // namespace strowger
