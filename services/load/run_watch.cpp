#include "services/load/run_watch.hpp"

#include <utility>

namespace strowger::services::load {

run_watch::run_watch(std::shared_ptr<run_record> of, bool ends_run)
  : of_(std::move(of)), ends_run_(ends_run) {
  // nop
}

void run_watch::start() {
  self_ = shared_from_this();
  of_->follow(self_);
  look();
}

run_watch* run_watch::refused(const grpc::Status& why) {
  auto made = std::make_shared<run_watch>(nullptr, false);
  made->self_ = made;
  made->is_finished_ = true;
  made->Finish(why);
  return made.get();
}

void run_watch::look() {
  std::unique_lock guard{mutex_};
  pump(guard);
}

// Does the one thing to be done now. gRPC is called without the lock, as it may
// come back here at once.
void run_watch::pump(std::unique_lock<std::mutex>& guard) {
  if (is_writing_ || is_finished_)
    return;
  writing_.Clear();
  if (!is_cancelled_ && of_->news(seconds_, phase_, writing_)) {
    is_writing_ = true;
    guard.unlock();
    StartWrite(&writing_);
  } else if (is_cancelled_ || phase_ == api::LOAD_PHASE_OVER) {
    is_finished_ = true;
    auto status = is_cancelled_ ? grpc::Status::CANCELLED : grpc::Status::OK;
    guard.unlock();
    Finish(status);
  }
}

void run_watch::OnWriteDone(bool ok) {
  std::unique_lock guard{mutex_};
  is_writing_ = false;
  is_cancelled_ = is_cancelled_ || !ok;
  pump(guard);
}

void run_watch::OnCancel() {
  std::unique_lock guard{mutex_};
  is_cancelled_ = true;
  pump(guard);
}

void run_watch::OnDone() {
  auto self = std::move(self_);
  if (!of_)
    return;
  of_->unfollow(self);
  if (ends_run_ && !of_->is_over())
    of_->stop(api::LOAD_STOP_UNSPECIFIED);
}

} // namespace strowger::services::load
