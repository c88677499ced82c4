#pragma once

#include "actors/exchange.hpp"
#include "actors/group_strategy.hpp"
#include "services/config/keeper.hpp"
#include "services/control/server.hpp"
#include "services/metrics/endpoint.hpp"
#include "services/serve/outlets_hub.hpp"
#include "sip/loop.hpp"
#include "sip/stack.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace strowger::services {

/// A switch with everything around it, from one configuration. What is
/// built first is torn down last: outputs, reactor, actors, SIP, HTTP.
class running_switch {
public:
  /// The settings are what the keeper has loaded.
  running_switch(std::shared_ptr<config::keeper> keeper,
                 config::settings settings, log_output log);
  ~running_switch();
  running_switch(const running_switch&) = delete;
  running_switch& operator=(const running_switch&) = delete;

  /// Opens records, store, SIP and HTTP. Returns what keeps it from starting,
  /// or nothing.
  std::optional<std::string> open();

  /// One line for people: what it listens at.
  std::string describe() const;

  /// Turns until it has been told to stop and has drained.
  void run();

  // -- from any thread --------------------------------------------------------

  /// SIGHUP: reads the file anew, wholly or not at all; reopens log and
  /// records.
  void reload();

  /// SIGTERM: the first time drains, the second time stops at once.
  void stop();

private:
  struct reactor_config : caf::actor_system_config {
    explicit reactor_config(reactor& host) {
      host.install(*this);
    }
  };

  std::optional<std::string> open_outputs();
  std::optional<std::string> open_control();
  std::optional<std::string> open_metrics();
  void restore_bindings();
  void start_strategies();
  void reopen_outputs();
  void start_keeper();
  /// Returns what was in force before.
  std::shared_ptr<const void> apply(const config::settings& x);
  void begin_drain();
  void watch_drain();
  void watch_outputs();
  void end(deadline_listener& watch, deadline_id look);
  std::vector<std::string> not_ready() const;

  std::shared_ptr<config::keeper> keeper_;
  config::settings settings_;
  log_output log_;
  std::shared_ptr<line_writer> records_;
  std::shared_ptr<store> database_;

  real_clock clock_;
  reactor reactor_;
  wall_clock wall_;
  reactor_config caf_config_;
  caf::actor_system system_;
  std::unique_ptr<outlets_hub> hub_;
  std::unique_ptr<exchange> exchange_;
  std::vector<std::unique_ptr<group_strategy>> strategies_;
  std::unique_ptr<sip::loop> loop_;
  std::unique_ptr<sip::stack> stack_;
  std::unique_ptr<control::server> control_;
  std::unique_ptr<endpoint> http_;

  deadline_listener drain_watch_;
  deadline_listener output_watch_;
  deadline_id drain_look_ = 0;
  deadline_id output_look_ = 0;
  std::string output_error_; // as it was logged last
  model::time_point drain_until_ = model::never;
  bool cleared_ = false;
  bool over_ = false; // only the destructor is at work
  std::atomic<bool> listening_ = false;
  std::atomic<bool> draining_ = false;
};

} // namespace strowger::services
