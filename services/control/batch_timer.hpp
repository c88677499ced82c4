#pragma once

#include "actors/reactor.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>

namespace strowger::services::control {

/// Says when a batch leaves: at the end of the turn if none has left for a
/// while, otherwise that long after the last one, so that what comes alone is
/// not held up and what comes often travels together. On the thread of the
/// switch.
class batch_timer {
public:
  /// `leave` sends the batch and calls left().
  batch_timer(caf::actor_system& system, strowger::reactor& host,
              model::duration apart, std::function<void()> leave);
  ~batch_timer();
  batch_timer(const batch_timer&) = delete;
  batch_timer& operator=(const batch_timer&) = delete;

  /// There is something in the batch.
  void start();

  /// It has left, when it was due or before.
  void left();

  /// The end: nothing is due any more.
  void close();

private:
  strowger::reactor& reactor_;
  const model::duration apart_;
  std::shared_ptr<const std::function<void()>> leave_; // null when closed
  deadline_listener listener_;
  deadline_id due_ = 0;
  model::time_point left_{};
};

} // namespace strowger::services::control
