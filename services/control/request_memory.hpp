#pragma once

#include "actors/model/demand.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace strowger::services::control {

/// A request that is under way or was accepted, and who waits for its verdict.
/// From any thread.
class noted_request {
public:
  using taker = std::function<void(const model::verdict&)>;

  explicit noted_request(uint64_t content) : content(content) {
    // nop
  }

  /// Which request it is, whatever its id.
  const uint64_t content;

  /// Hands the verdict to `f`, at once if it is there.
  void wait(taker f);

  /// The verdict is there: hands it to everybody who waits.
  void settle(model::verdict x);

private:
  std::mutex mutex_; // guards the others
  std::vector<taker> waiting_;
  std::unique_ptr<model::verdict> verdict_;
};

/// Makes retries safe: what the requests of each client were, by their ids. A
/// request that is refused is forgotten, as nothing has come of it.
class request_memory {
public:
  /// Bounds: requests remembered of a client, and clients.
  explicit request_memory(size_t requests_max = 1000, size_t clients_max = 1000)
    : requests_max_(requests_max), clients_max_(clients_max) {
    // nop
  }

  struct found {
    std::shared_ptr<noted_request> request; // null: the id has other content
    bool is_new = false;                    // to be carried out
  };

  /// Looks a request up, and notes it if it is new.
  found note(std::string_view client, const std::string& id, uint64_t content);

  /// It was refused.
  void forget(std::string_view client, const std::string& id,
              const std::shared_ptr<noted_request>& request);

private:
  struct history {
    std::unordered_map<std::string, std::shared_ptr<noted_request>> by_id;
    std::deque<std::string> order; // oldest first
  };

  const size_t requests_max_;
  const size_t clients_max_;
  std::mutex mutex_; // guards the others
  std::unordered_map<std::string, history> clients_;
  std::deque<std::string> client_order_; // oldest first
};

} // namespace strowger::services::control
