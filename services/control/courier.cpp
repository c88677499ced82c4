#include "services/control/courier.hpp"

#include <utility>

namespace strowger::services::control {

courier::courier() : thread_([this] { run(); }) {
  // nop
}

courier::~courier() {
  stop();
}

void courier::stop() {
  {
    std::lock_guard guard{mutex_};
    stop_ = true;
  }
  work_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void courier::post(std::function<void()> f) {
  auto first = false;
  {
    std::lock_guard guard{mutex_};
    if (stop_)
      return;
    first = waiting_.empty();
    waiting_.push_back(std::move(f));
  }
  // Whoever finds work is on the way already.
  if (first)
    work_.notify_one();
}

void courier::run() {
  std::vector<std::function<void()>> taken;
  std::unique_lock guard{mutex_};
  while (true) {
    work_.wait(guard, [this] { return stop_ || !waiting_.empty(); });
    if (waiting_.empty())
      return;
    taken.swap(waiting_);
    guard.unlock();
    for (auto& f : taken)
      f();
    taken.clear();
    guard.lock();
  }
}

} // namespace strowger::services::control
