#pragma once

#include "actors/exchange.hpp"
#include "services/config/config.hpp"
#include "services/config/keeper.hpp"
#include "services/control/feed.hpp"
#include "services/log/line_format.hpp"

#include <prometheus/collectable.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace strowger::services::control {

struct plane;

/// The switch, as its control plane needs it.
struct server_sources {
  caf::actor_system& system;
  strowger::reactor& reactor;
  strowger::exchange& exchange;
  wall_clock clock;
  feed_limits limits = {};
  /// Null: there is no ConfigurationService.
  std::shared_ptr<config::keeper> configuration = {};
};

/// The gRPC control plane. Made, drained and destroyed on the thread of the
/// switch, before the exchange has its first event.
class server {
public:
  struct opened;

  /// Opens it. On failure there is no server, and the error says why.
  static opened open(const config::control_settings& settings,
                     server_sources sources);

  /// Ends all streams with UNAVAILABLE, waits for requests under way, and
  /// leaves the exchange alone from then on.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Begins to listen; returns what keeps it from that, or nothing.
  std::optional<std::string> listen();

  /// Health says NOT_SERVING from now on; requests are still answered.
  void drain();

  /// Reads the tokens and reopens the audit log. Returns what is wrong.
  std::optional<std::string> reload();

  /// What services work with.
  const std::shared_ptr<plane>& host() const;

  /// Where it listens; 0 before that.
  int port() const;

  /// Subscribers, queues, requests; to be read from any thread, also when the
  /// server is gone.
  std::shared_ptr<prometheus::Collectable> metrics() const;

private:
  struct state;
  explicit server(std::unique_ptr<state> state);

  template <class Service, class... Args>
  static void add(state& to, Args&&... args);

  std::unique_ptr<state> state_;
};

struct server::opened {
  std::unique_ptr<control::server> server; ///< null on failure
  std::string error;                       ///< empty on success
};

} // namespace strowger::services::control
