#pragma once

#include <map>
#include <mutex>
#include <string>

namespace strowger::services::control {

/// Which clients have a stream of events, and how many: who has none any more
/// has gone (`agent-logout-on-unreg`). From any thread.
class attendance {
public:
  void enter(const std::string& client) {
    std::lock_guard guard{mutex_};
    ++streams_[client];
  }

  void leave(const std::string& client) {
    std::lock_guard guard{mutex_};
    if (auto i = streams_.find(client); i != streams_.end() && --i->second == 0)
      streams_.erase(i);
  }

  bool has(const std::string& client) const {
    std::lock_guard guard{mutex_};
    return streams_.contains(client);
  }

private:
  mutable std::mutex mutex_; // guards the map
  std::map<std::string, int> streams_;
};

} // namespace strowger::services::control
