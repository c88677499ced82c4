#pragma once

#include "actors/reactor.hpp"

#include <caf/actor_cast.hpp>

namespace strowger {

/// The one deadline that an actor keeps armed at the reactor. It is re-armed
/// lazily: when the model's next deadline moves away, the tick merely comes too
/// early once. Ends with the actor's state, so the reactor does not keep what
/// is left of a dead actor.
class alarm {
public:
  alarm() = default;
  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;
  ~alarm() {
    cancel();
  }

  /// Makes a tick come at `due` or before; model::never: none is needed.
  template <class Self>
  void set(reactor& host, model::time_point due, Self* self) {
    move(host, due,
         [self] { return caf::actor_cast<deadline_listener>(self); });
  }

  /// Same for an owner that is no actor.
  void set(reactor& host, model::time_point due, const deadline_listener& x) {
    move(host, due, [&x] { return x; });
  }

  /// To be called when the tick has come.
  void rang() {
    id_ = 0;
    due_ = model::never;
  }

  /// No tick is needed any more.
  void cancel() {
    if (id_ != 0)
      host_->cancel(id_);
    rang();
  }

private:
  template <class Listener>
  void move(reactor& host, model::time_point due, Listener listener) {
    if (due == model::never) {
      cancel();
    } else if (due < due_) {
      cancel();
      host_ = &host;
      due_ = due;
      id_ = host.arm(due, listener());
    }
  }

  reactor* host_ = nullptr;
  deadline_id id_ = 0;
  model::time_point due_ = model::never;
};

} // namespace strowger
