#pragma once

#include "services/control/event_filter.hpp"
#include "services/control/snapshot_writer.hpp"

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace strowger::services::control {

/// Where a subscriber wants to go on, and why it has to be told.
struct join_request {
  bool first = true;      // what the filter names is still to be checked
  bool snapshot = true;   // otherwise the events after `after`
  std::string journal_id; // of `after`
  uint64_t after = 0;
  api::ResyncReason resync = api::RESYNC_REASON_UNSPECIFIED;
};

class subscription;

/// Whom a subscriber turns to. Called from any thread.
class subscription_host {
public:
  virtual ~subscription_host() = default;

  /// Answered by a begin() or end() of the subscriber.
  virtual void join(std::shared_ptr<subscription> who, join_request how) = 0;

  /// gRPC has done with it.
  virtual void gone(std::shared_ptr<subscription> who) = 0;

  /// To be counted.
  virtual void resynced(api::ResyncReason why) = 0;
};

/// What may wait for one subscriber.
struct queue_limits {
  size_t events = 32'768; // 4 s at 1000 calls/s
  size_t bytes = 64u << 20;
};

/// One Subscribe. Its queue is bounded: who reads too slowly loses the queue
/// and gets a fresh snapshot as soon as the write under way is done. Until then
/// it is given nothing, so it costs nothing.
class subscription final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                           public std::enable_shared_from_this<subscription> {
public:
  /// `on_end` is told the outcome, before gRPC is.
  subscription(event_filter filter, queue_limits limits,
               std::shared_ptr<subscription_host> host,
               std::function<void(const grpc::Status&)> on_end);

  /// Either of them makes it belong to itself, until gRPC has done with it.
  void start(join_request how);
  void refuse(const grpc::Status& why);

  // -- from the courier -------------------------------------------------------

  /// A snapshot, then what offer() brings. Before it a notice, if `how` says.
  void begin(std::shared_ptr<state_image> image, const join_request& how);

  /// A piece of the past. If it is not the `last` one, the next is asked for
  /// when the subscriber has read this one.
  void begin(const event_batch& past, bool last, const join_request& how);

  /// Events that just happened; `whole` is the message with all of them.
  void offer(const event_batch& batch, const grpc::ByteBuffer& whole);

  /// The stream ends with this status. From any thread.
  void end(const grpc::Status& why);

  // -- for whoever watches; from any thread -----------------------------------

  struct load {
    size_t queued = 0;    // events
    uint64_t sent_to = 0; // nothing up to here waits
    bool live = false;
  };
  load look() const;

  /// gRPC has done with it, and gone() was or is being called.
  bool done() const {
    return done_;
  }

  const event_filter& filter() const {
    return filter_;
  }

private:
  enum class phase { joining, live, replaying, lost, over };
  struct message {
    grpc::ByteBuffer bytes;
    size_t events = 0;
    uint64_t last = 0;
  };

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void enqueue(message x);
  void drop_queue();
  void notice(api::ResyncReason why);
  std::optional<message> select(const event_batch& x) const;
  std::optional<message> take_next();
  std::optional<join_request> next_join();
  void pump(std::unique_lock<std::mutex>& guard);

  const event_filter filter_;
  const queue_limits limits_;
  const std::shared_ptr<subscription_host> host_;
  const std::function<void(const grpc::Status&)> on_end_;
  std::shared_ptr<subscription> self_;
  grpc::ByteBuffer writing_bytes_; // must last until OnWriteDone

  std::atomic<bool> done_ = false;

  mutable std::mutex mutex_; // guards all below
  phase phase_ = phase::joining;
  std::optional<message> notice_;           // goes first,
  std::optional<snapshot_writer> snapshot_; // then this,
  std::deque<message> queue_;               // then these
  size_t queued_ = 0;                       // events in the queue
  size_t queued_bytes_ = 0;
  uint64_t seen_ = 0;     // last event considered, whether it passed or not
  uint64_t promised_ = 0; // last_sequence of the last message queued
  uint64_t sent_ = 0;     // ... given to gRPC
  std::string journal_id_;
  bool writing_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> end_;
};

} // namespace strowger::services::control
