#pragma once

#include <grpcpp/support/status.h>

#include <memory>
#include <mutex>
#include <set>
#include <utility>

namespace strowger::services::control {

/// All streams of a kind, so that they can be ended. From any thread.
template <class Stream>
class open_streams {
public:
  void add(std::shared_ptr<Stream> x) {
    std::lock_guard guard{mutex_};
    all_.insert(std::move(x));
  }

  void remove(const std::shared_ptr<Stream>& x) {
    std::lock_guard guard{mutex_};
    all_.erase(x);
  }

  /// Ends every stream.
  void end_all(const grpc::Status& why) {
    std::set<std::shared_ptr<Stream>> all;
    {
      std::lock_guard guard{mutex_};
      all = all_;
    }
    for (auto& x : all)
      x->end(why);
  }

private:
  std::mutex mutex_; // guards the list
  std::set<std::shared_ptr<Stream>> all_;
};

} // namespace strowger::services::control
