#include "services/control/configuration_watch.hpp"

#include "services/control/configuration_words.hpp"
#include "services/control/rpc.hpp"
#include "services/control/status.hpp"

#include <utility>

namespace strowger::services::control {

configuration_watch::configuration_watch(
  std::shared_ptr<config::keeper> keeper,
  std::shared_ptr<configuration_watches> all,
  std::function<void(const grpc::Status&)> on_end, size_t queue_max)
  : keeper_(std::move(keeper)), all_(std::move(all)),
    on_end_(std::move(on_end)), queue_max_(queue_max) {
  // nop
}

void configuration_watch::start() {
  self_ = shared_from_this();
  all_->add(self_);
  if (!keeper_->follow(self_))
    end(make_status(model::fault::overloaded,
                    "the configuration has too much to do"));
}

void configuration_watch::refuse(const grpc::Status& why) {
  self_ = shared_from_this();
  end(why);
}

void configuration_watch::begin(uint64_t revision) {
  std::unique_lock guard{mutex_};
  first_ = revision;
  pump(guard);
}

void configuration_watch::news(
  const std::shared_ptr<const config::revision_news>& x) {
  std::unique_lock guard{mutex_};
  queue_.push_back(x);
  if (resync_ || queue_.size() > queue_max_) {
    resync_ = x->revision;
    queue_.clear();
  }
  pump(guard);
}

// Does the one thing to be done now. gRPC is called without the lock, as it may
// come back here at once.
void configuration_watch::pump(std::unique_lock<std::mutex>& guard) {
  if (is_writing_ || finished_)
    return;
  if (end_) {
    finished_ = true;
    auto status = *end_;
    guard.unlock();
    on_end_(status);
    Finish(status);
    return;
  }
  writing_.Clear();
  if (auto first = std::exchange(first_, std::nullopt)) {
    writing_.set_revision(*first);
  } else if (auto newest = std::exchange(resync_, std::nullopt)) {
    writing_.set_revision(*newest);
    writing_.set_resync(true);
  } else if (!queue_.empty()) {
    to_api(*queue_.front(), writing_);
    queue_.pop_front();
  } else {
    return;
  }
  is_writing_ = true;
  guard.unlock();
  StartWrite(&writing_);
}

void configuration_watch::OnWriteDone(bool ok) {
  std::unique_lock guard{mutex_};
  is_writing_ = false;
  if (!ok && !end_)
    end_ = grpc::Status::CANCELLED;
  pump(guard);
}

void configuration_watch::end(const grpc::Status& why) {
  std::unique_lock guard{mutex_};
  if (!end_)
    end_ = why;
  pump(guard);
}

void configuration_watch::OnCancel() {
  end(grpc::Status::CANCELLED);
}

void configuration_watch::OnDone() {
  all_->remove(self_);
  if (keeper_)
    keeper_->unfollow(self_);
  auto self = std::move(self_);
}

} // namespace strowger::services::control
