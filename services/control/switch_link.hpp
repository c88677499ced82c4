#pragma once

#include "actors/exchange.hpp"

#include <functional>
#include <memory>
#include <mutex>

namespace strowger::services::control {

/// The way from the threads of gRPC to the switch. It may outlive the switch:
/// what is posted then is dropped.
class switch_link : public std::enable_shared_from_this<switch_link> {
public:
  switch_link(strowger::reactor& host, strowger::exchange& owner)
    : reactor_(&host), exchange_(&owner) {
    // nop
  }

  /// Runs `f` on the thread of the switch, in its next turn. From any thread;
  /// false if the switch is gone.
  bool post(std::function<void(exchange&)> f) {
    std::lock_guard guard{mutex_};
    if (!reactor_)
      return false;
    reactor_->post([self = shared_from_this(), f = std::move(f)] {
      if (self->exchange_)
        f(*self->exchange_);
    });
    return true;
  }

  /// The end; on the thread of the switch.
  void close() {
    std::lock_guard guard{mutex_};
    reactor_ = nullptr;
    exchange_ = nullptr;
  }

private:
  std::mutex mutex_; // guards the pointer to the reactor
  strowger::reactor* reactor_;
  strowger::exchange* exchange_; // only the thread of the switch reads it
};

} // namespace strowger::services::control
