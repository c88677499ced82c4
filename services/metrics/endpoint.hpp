#pragma once

#include <prometheus/collectable.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace strowger::services {

/// What the endpoint asks at every request, on its own threads.
struct endpoint_sources {
  std::shared_ptr<prometheus::Collectable> metrics;
  /// Does the process still do its work? (/healthz)
  std::function<bool()> alive;
  /// Why no traffic should come here now; empty = it may. (/readyz)
  std::function<std::vector<std::string>()> not_ready;
};

/// The HTTP address that Prometheus and orchestrators read: /metrics in the
/// text format, /healthz and /readyz with 200 or 503 and a JSON body. Meant for
/// a trusted network: there is no authentication.
class endpoint {
public:
  struct opened;

  /// Listens at `host:port` (port 0 = any). On failure there is no endpoint and
  /// the error says what was wrong with the address.
  static opened open(const std::string& address, endpoint_sources sources);

  /// Stops listening and waits for requests in progress.
  ~endpoint();
  endpoint(const endpoint&) = delete;
  endpoint& operator=(const endpoint&) = delete;

  /// Where it listens.
  int port() const;

private:
  struct state;
  explicit endpoint(std::unique_ptr<state> state);
  std::unique_ptr<state> state_;
};

struct endpoint::opened {
  std::unique_ptr<endpoint> server; ///< null on failure
  std::string error;                ///< empty on success
};

} // namespace strowger::services
