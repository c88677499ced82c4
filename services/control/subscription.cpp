#include "services/control/subscription.hpp"

#include <cassert>
#include <utility>

namespace strowger::services::control {

namespace {

// A filter may let nothing pass for hours. An empty message after so many
// events keeps the position of the client inside the journal.
constexpr uint64_t position_every = 8192;

} // namespace

subscription::subscription(event_filter filter, queue_limits limits,
                           std::shared_ptr<subscription_host> host,
                           std::function<void(const grpc::Status&)> on_end)
  : filter_(std::move(filter)), limits_(limits), host_(std::move(host)),
    on_end_(std::move(on_end)) {
  // nop
}

void subscription::start(join_request how) {
  self_ = shared_from_this();
  host_->join(self_, std::move(how));
}

void subscription::refuse(const grpc::Status& why) {
  self_ = shared_from_this();
  end(why);
}

// -- beginning ----------------------------------------------------------------

void subscription::begin(std::shared_ptr<state_image> image,
                         const join_request& how) {
  std::unique_lock guard{mutex_};
  if (phase_ == phase::over)
    return;
  if (how.resync != api::RESYNC_REASON_UNSPECIFIED)
    notice(how.resync);
  journal_id_ = image->journal_id;
  seen_ = promised_ = image->sequence;
  snapshot_.emplace(std::move(image), filter_);
  phase_ = phase::live;
  pump(guard);
}

void subscription::begin(const event_batch& past, bool last,
                         const join_request& how) {
  std::unique_lock guard{mutex_};
  if (phase_ == phase::over)
    return;
  journal_id_ = how.journal_id;
  seen_ = how.after;
  if (how.first)
    promised_ = sent_ = how.after;
  if (!past.empty()) {
    if (auto x = select(past))
      enqueue(std::move(*x));
    seen_ = past.last();
  }
  phase_ = last ? phase::live : phase::replaying;
  pump(guard);
}

void subscription::notice(api::ResyncReason why) {
  api::SubscribeResponse x;
  x.mutable_resync()->set_reason(why);
  x.mutable_resync()->set_sequence(sent_);
  notice_ = message{to_bytes(x), 0, sent_};
  host_->resynced(why);
}

// -- events -------------------------------------------------------------------

void subscription::offer(const event_batch& batch,
                         const grpc::ByteBuffer& whole) {
  std::unique_lock guard{mutex_};
  if (phase_ != phase::live)
    return;
  // What the snapshot has is not news; batches end where snapshots are taken.
  if (batch.last() <= seen_)
    return;
  assert(batch.first == seen_ + 1);
  if (filter_.empty()) {
    enqueue({whole, batch.marks.size(), batch.last()});
  } else if (auto x = select(batch)) {
    enqueue(std::move(*x));
  }
  seen_ = batch.last();
  if (queued_ > limits_.events || queued_bytes_ > limits_.bytes) {
    drop_queue();
    phase_ = phase::lost;
  }
  pump(guard);
}

std::optional<subscription::message>
subscription::select(const event_batch& x) const {
  if (filter_.empty())
    return message{events_message(x.bytes, x.last()), x.marks.size(), x.last()};
  std::string bytes;
  size_t events = 0;
  size_t begin = 0;
  for (auto& mark : x.marks) {
    if (filter_.passes(mark, *x.config)) {
      bytes.append(x.bytes, begin, mark.end - begin);
      ++events;
    }
    begin = mark.end;
  }
  if (events == 0 && x.last() - promised_ < position_every)
    return std::nullopt;
  return message{events_message(bytes, x.last()), events, x.last()};
}

void subscription::enqueue(message x) {
  promised_ = x.last;
  queued_ += x.events;
  queued_bytes_ += x.bytes.Length();
  queue_.push_back(std::move(x));
}

void subscription::drop_queue() {
  queue_.clear();
  queued_ = 0;
  queued_bytes_ = 0;
  snapshot_.reset();
  notice_.reset();
}

// -- writing ------------------------------------------------------------------

std::optional<subscription::message> subscription::take_next() {
  if (notice_)
    return std::exchange(notice_, std::nullopt);
  if (snapshot_) {
    message x{snapshot_->next(), 0, snapshot_->sequence()};
    if (snapshot_->done())
      snapshot_.reset();
    return x;
  }
  if (queue_.empty())
    return std::nullopt;
  auto x = std::move(queue_.front());
  queue_.pop_front();
  queued_ -= x.events;
  queued_bytes_ -= x.bytes.Length();
  return x;
}

std::optional<join_request> subscription::next_join() {
  join_request how;
  how.first = false;
  if (phase_ == phase::lost) {
    how.resync = api::RESYNC_REASON_SLOW_SUBSCRIBER;
  } else if (phase_ == phase::replaying) {
    how.snapshot = false;
    how.journal_id = journal_id_;
    how.after = seen_;
  } else {
    return std::nullopt;
  }
  phase_ = phase::joining;
  return how;
}

// Does the one thing to be done now. gRPC and the host are called without
// the lock, as they may come back here at once.
void subscription::pump(std::unique_lock<std::mutex>& guard) {
  if (writing_ || finished_)
    return;
  if (end_) {
    finished_ = true;
    auto status = *end_;
    guard.unlock();
    on_end_(status);
    Finish(status);
    return;
  }
  if (auto x = take_next()) {
    writing_ = true;
    sent_ = x->last;
    writing_bytes_ = std::move(x->bytes);
    guard.unlock();
    StartWrite(&writing_bytes_);
    return;
  }
  if (auto how = next_join()) {
    guard.unlock();
    host_->join(shared_from_this(), std::move(*how));
  }
}

void subscription::OnWriteDone(bool ok) {
  std::unique_lock guard{mutex_};
  writing_ = false;
  if (!ok && !end_) {
    phase_ = phase::over;
    end_ = grpc::Status::CANCELLED;
  }
  pump(guard);
}

// -- the end ------------------------------------------------------------------

void subscription::end(const grpc::Status& why) {
  std::unique_lock guard{mutex_};
  phase_ = phase::over;
  drop_queue();
  if (!end_)
    end_ = why;
  pump(guard);
}

void subscription::OnCancel() {
  end(grpc::Status::CANCELLED);
}

void subscription::OnDone() {
  done_ = true;
  host_->gone(std::move(self_));
}

subscription::load subscription::look() const {
  std::lock_guard guard{mutex_};
  auto idle = phase_ == phase::live && queue_.empty() && !snapshot_;
  return {queued_, idle ? seen_ : sent_, phase_ == phase::live};
}

} // namespace strowger::services::control
