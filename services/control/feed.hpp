#pragma once

#include "actors/exchange.hpp"
#include "services/control/batch_timer.hpp"
#include "services/control/courier.hpp"
#include "services/control/state_image.hpp"
#include "services/control/subscription.hpp"
#include "services/control/switch_link.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace strowger::services::control {

/// Limits of what clients are told.
struct feed_limits {
  /// Events wait so long for others to travel with. When nothing came for that
  /// long, an event leaves at the end of the turn. One message for the events
  /// of 20 ms costs 1000 calls/s a tenth of what one message a turn costs.
  model::duration batch_for = std::chrono::milliseconds{20};
  size_t batch_bytes = 256 * 1024;
  /// What a strategy is told waits likewise, but callers wait with it. At 800
  /// calls/s that is 200 messages to it each second instead of 1600.
  model::duration news_batch_for = std::chrono::milliseconds{5};
  /// Events of the past that one turn of the switch copies for a subscriber.
  size_t replay_events = 1024;
  queue_limits queue;
};

/// What the metrics show of all subscribers.
struct feed_load {
  size_t subscribers = 0;
  size_t queued = 0;     // events, of all
  size_t queued_max = 0; // ... of the one that has most
  uint64_t lag_max = 0;  // events that the last one is behind
  std::array<uint64_t, api::ResyncReason_ARRAYSIZE> resyncs = {};
};

/// Brings events to subscribers. On the thread of the switch an event is
/// serialised, once, into the batch under way; what subscribers do with batches
/// happens on the courier's thread. While nobody listens it costs nothing.
class feed final : public event_follower,
                   public subscription_host,
                   public std::enable_shared_from_this<feed> {
public:
  feed(caf::actor_system& system, strowger::reactor& host,
       strowger::exchange& owner, std::shared_ptr<switch_link> link,
       std::shared_ptr<courier> carrier, wall_clock clock,
       feed_limits limits = {});
  ~feed() override;

  // -- on the thread of the switch --------------------------------------------

  void event(uint64_t sequence, const model::journal_event& x) override;

  /// The state now. The same one until something happens.
  std::shared_ptr<state_image> image();

  /// The end.
  void close();

  // -- from any thread --------------------------------------------------------

  void join(std::shared_ptr<subscription> who, join_request how) override;
  void gone(std::shared_ptr<subscription> who) override;
  void resynced(api::ResyncReason why) override;

  /// Ends every subscription.
  void end_all(const grpc::Status& why);

  feed_load look() const;
  const std::string& journal_id() const {
    return journal_id_;
  }
  const feed_limits& limits() const {
    return limits_;
  }

private:
  // On the thread of the switch.
  void admit(std::shared_ptr<subscription> who, join_request how);
  std::optional<grpc::Status> objection(const event_filter& filter) const;
  api::ResyncReason why_no_replay(const join_request& how) const;
  void replay(std::shared_ptr<subscription> who, join_request how);
  void flush();
  void rest(uint64_t generation);

  // On the courier's.
  void deliver(const event_batch& batch, uint64_t generation);
  void welcome(const std::shared_ptr<subscription>& who,
               const join_request& how);

  strowger::exchange& exchange_;
  const std::shared_ptr<switch_link> link_;
  const std::shared_ptr<courier> courier_;
  const wall_clock clock_;
  const feed_limits limits_;
  const std::string journal_id_;

  // Only the thread of the switch touches these.
  event_writer writer_;
  event_batch batch_;
  std::shared_ptr<state_image> image_;
  batch_timer timer_;
  uint64_t generation_ = 0; // joins so far
  bool wanted_ = false;     // somebody listens
  bool closed_ = false;

  mutable std::mutex mutex_; // guards the list; the courier writes it
  std::vector<std::shared_ptr<subscription>> subscribers_;
  std::atomic<uint64_t> last_ = 0;
  std::array<std::atomic<uint64_t>, api::ResyncReason_ARRAYSIZE> resyncs_ = {};
};

} // namespace strowger::services::control
