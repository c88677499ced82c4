#include "services/control/batch_timer.hpp"

#include "actors/watcher.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace strowger::services::control {

batch_timer::batch_timer(caf::actor_system& system, strowger::reactor& host,
                         model::duration apart, std::function<void()> leave)
  : reactor_(host), apart_(apart),
    leave_(std::make_shared<const std::function<void()>>(std::move(leave))) {
  // A tick may be on its way when the timer goes.
  std::weak_ptr<const std::function<void()>> weak{leave_};
  listener_ = system.spawn(watcher, [this, weak] {
    if (auto f = weak.lock())
      (*f)();
  });
}

batch_timer::~batch_timer() {
  close();
}

void batch_timer::start() {
  if (due_ == 0 && leave_)
    due_ = reactor_.arm(std::max(reactor_.now(), left_ + apart_), listener_);
}

void batch_timer::left() {
  reactor_.cancel(std::exchange(due_, 0));
  left_ = reactor_.now();
}

void batch_timer::close() {
  reactor_.cancel(std::exchange(due_, 0));
  leave_.reset();
  if (listener_)
    caf::anon_send_exit(listener_, caf::exit_reason::user_shutdown);
  listener_ = nullptr;
}

} // namespace strowger::services::control
