#pragma once

#include "actors/agent_desk.hpp"
#include "actors/environment.hpp"
#include "actors/model/demand.hpp"
#include "actors/routing_desk.hpp"
#include "actors/trunk_registry.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace strowger {

/// The switch itself: owns every device and every call, and lets a signalling
/// edge open calls. Everything happens on the reactor's thread.
///
/// Life: construct, restore() what a store kept, configure(), attach() a wire,
/// run the reactor; drain(), clear_all(), shut_down().
class exchange final : public switchboard {
public:
  exchange(caf::actor_system& system, reactor& host, outlets& out);
  ~exchange() override;

  // -- life -------------------------------------------------------------------

  /// Bindings of a DN from before a restart; before the DN is configured.
  void restore(std::string_view dn, std::vector<model::binding> bindings);

  /// Puts a configuration in force: the first one, or a reload. Calls in
  /// progress stay; devices that are gone take no new ones.
  void configure(std::shared_ptr<const model::directory> config);

  /// The wire that carries out the commands of calls.
  void attach(wire& edge) {
    env_.edge = &edge;
  }

  /// From now on new calls are refused.
  void drain() {
    draining_ = true;
  }

  /// True if there is no call.
  bool idle() const {
    return calls_.empty();
  }

  /// Ends every call.
  void clear_all(const std::string& reason);

  /// Ends all actors; nothing may be asked of the exchange afterwards.
  void shut_down();

  // -- switchboard ------------------------------------------------------------

  const model::directory& config() const override {
    return *env_.config;
  }
  admission admit() override;
  bool awaits(std::string_view source, std::string_view called,
              std::optional<model::call_id> asked_by) const override;
  opened open(model::offered&& x) override;
  bool enrol(enrolment&& x) override;
  /// The agent there is not ready, and ready again.
  void phone_busy(std::string_view dn, bool busy) override;

  // -- for clients ------------------------------------------------------------

  /// Takes a request of a client to the call or DN it is for; `taker` gets the
  /// verdict later, on the reactor's thread. What comes of an accepted request
  /// is told by events that bear its id.
  void submit(model::demand&& x, model::verdict_taker taker);

  /// Takes a request about an agent; its verdict comes at once, before the
  /// events that it causes.
  void submit_agent(model::agent_demand&& x, model::verdict_taker taker);

  /// A client has gone: `agent-logout-on-unreg` of the agents that logged in
  /// under this agent_demand::client.
  void client_gone(std::string_view client);

  /// The actor of a call; nullptr if there is none.
  call_actor call(model::call_id id) const;

  // -- for routing ------------------------------------------------------------

  /// The DN of the agent who is available for the longest time, of the agent
  /// group or place group of this name; DNs of `exclude` are left out. Nothing
  /// if nobody is available, or there is no such group.
  std::optional<std::string> longest_idle(
    std::string_view group, std::span<const std::string> exclude = {}) const;

  /// Where an agent is logged in, or nothing.
  std::optional<std::string> dn_of_agent(std::string_view agent) const;

  /// Where strategies get the calls that wait, and say where they go.
  routing_desk& routing() {
    return routing_;
  }

  // -- for whoever watches ----------------------------------------------------

  const journal& events() const {
    return journal_;
  }
  journal& events() {
    return journal_;
  }
  /// The configuration in force, for whoever keeps it; null before the first.
  const std::shared_ptr<const model::directory>& shared_config() const {
    return env_.config;
  }
  /// Bindings by DN; valid in this turn of the reactor.
  const auto& registrations() const {
    return env_.registered;
  }
  /// Who is logged in and what they do.
  const model::agents& agents() const {
    return desk_.agents();
  }
  bool draining() const {
    return draining_;
  }
  const trunk_registry& trunks() const {
    return trunks_;
  }

private:
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  template <class T>
  using by_number
    = std::unordered_map<std::string, T, text_hash, std::equal_to<>>;

  admission turn_away_at_drain(uint32_t retry_after_s) const;
  model::verdict submit_make_call(model::demand& x);
  model::verdict find_agent(model::demand& x) const;
  void submit_to_dn(model::demand&& x, model::verdict_taker&& taker);
  template <class Handle>
  void ask(const Handle& who, model::demand&& x, model::verdict_taker&& taker);
  call_actor spawn_call(model::call_id id);
  call_actor open_call(model::call_id id);
  using awaited_list = std::vector<model::effects::awaiting>;
  awaited_list::const_iterator
  find_awaited(std::string_view source, std::string_view called,
               std::optional<model::call_id> asked_by) const;
  std::optional<opened> join_awaited(model::offered& x);
  device_actor find_device(std::string_view number);
  device_actor spawn_device(const model::dn& x);
  void remove_devices_not_in(const model::directory& config);

  caf::actor_system& system_;
  journal journal_;
  trunk_registry trunks_;
  environment env_;
  agent_desk desk_;
  routing_desk routing_;
  by_number<device_actor> devices_; // those that were needed so far
  by_number<std::vector<model::binding>> restored_;
  std::unordered_map<model::call_id, call_actor> calls_;
  std::unordered_map<uint64_t, model::verdict_taker> waiting_; // by token
  awaited_list awaited_; // INVITEs of phones
  uint64_t next_token_ = 0;
  uint64_t next_call_;
  bool draining_ = false;
};

} // namespace strowger
