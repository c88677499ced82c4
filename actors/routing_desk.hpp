#pragma once

#include "actors/environment.hpp"
#include "actors/model/route_desk.hpp"

#include <caf/actor_system.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace strowger {

/// A strategy, in the process or at the other end of a connection.
class routing_client {
public:
  virtual ~routing_client() = default;

  /// Called on the reactor's thread, never from inside a step of a call or from
  /// a function of the desk. Must not block; may use the desk.
  virtual void take(const model::route_notice& x) = 0;
};

/// Where a call goes, and what is attached to it before (TRouteCall).
struct routing_instruction {
  model::call_id call;
  std::string point;       // where it waits
  std::string request;     // the client's id; comes back in the outcome
  std::string destination; // a DN, a number, or an AgentID
  model::route_type route = model::route_type::standard;
  std::string dnis; // for overwrite_dnis
  model::user_data pairs;
};

/// The shell around model::route_desk: it follows the journal, brings notices
/// to clients in a turn of their own, and instructions to calls. Everything on
/// the reactor's thread.
class routing_desk final : public event_follower {
public:
  using submitter = std::function<void(model::demand&&, model::verdict_taker)>;

  /// `submit` takes requests to calls, as exchange::submit() does.
  routing_desk(caf::actor_system& system, environment& env, submitter submit);
  ~routing_desk() override;

  // -- for clients ------------------------------------------------------------

  /// Begins to serve; not before the switch is configured.
  model::route_client open(std::shared_ptr<routing_client> x,
                           model::route_service how);

  /// Ends to serve: it is told nothing any more, its requests go to others.
  void close(model::route_client who);

  /// What comes of it the client is told: used, or failed.
  void instruct(model::route_client who, routing_instruction x);

  /// Attaches pairs to a call that waits. Only a failure is told, as that of an
  /// instruction; success is EventAttachedDataChanged, and `done` is called.
  void attach(model::route_client who, model::call_id call, std::string request,
              model::user_data pairs, std::function<void()> done = nullptr);

  /// The call is to wait on: `router-timeout` begins anew. Only a failure is
  /// told, as that of an instruction; at success `done` is called.
  void keep_waiting(model::route_client who, model::call_id call,
                    std::string point, std::string request,
                    std::function<void()> done = nullptr);

  // -- for the switch ---------------------------------------------------------

  void event(uint64_t sequence, const model::journal_event& x) override;

  const model::route_desk& model() const {
    return desk_;
  }
  /// Of this turn of the reactor.
  model::time_point time() const {
    return env_.reactor.now();
  }

  /// The end; clients are told nothing.
  void shut_down();

private:
  model::route_context now() const;
  void begin(model::route_client who, routing_instruction& x);
  void route(model::route_client who, routing_instruction&& x);
  void judge(model::route_client who, const routing_instruction& x,
             const model::verdict& how);
  void fail(model::route_client who, const routing_instruction& x,
            const model::verdict& how);
  void settle();
  void wake();
  void deliver();

  environment& env_;
  submitter submit_;
  model::route_desk desk_;
  model::route_desk::notices said_;         // by the desk, in one step
  std::deque<model::route_notice> notices_; // to be delivered
  std::unordered_map<model::route_client, std::shared_ptr<routing_client>>
    clients_;
  deadline_listener listener_;
  deadline_id alarm_ = 0;
  model::time_point alarm_at_ = model::never;
  bool woken_ = false;
};

} // namespace strowger
