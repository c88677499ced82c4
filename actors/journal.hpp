#pragma once

#include "actors/model/ledger.hpp"
#include "actors/outlets.hpp"
#include "actors/probe.hpp"

#include <deque>
#include <vector>

namespace strowger::model {
struct observation;
}

namespace strowger {

/// Looks at every event before it is numbered: the agent desk.
class event_observer {
public:
  virtual ~event_observer() = default;

  /// May complete the event. What it returns says what is to be published
  /// before and after it, and is valid until the next call.
  virtual model::observation& observe(model::journal_event& x) = 0;
};

/// Follows the events of the switch as they are numbered.
/// Called on the reactor's thread for every event.
class event_follower {
public:
  virtual ~event_follower() = default;
  virtual void event(uint64_t sequence, const model::journal_event& x) = 0;
};

/// The one place where T-Library events get their sequence number. Keeps the
/// last `journal-size` of them, for clients that ask what they missed.
class journal {
public:
  journal(outlets& out, probe& counters) : out_(out), probe_(counters) {
    // nop
  }

  /// Numbers the event, and what an observer puts around it, and tells the
  /// outlets.
  void append(model::journal_event&& x);

  /// Keeps at most `n` events from now on.
  void limit(size_t n);

  /// Keeps a ledger and tells the follower from now on, which is to be before
  /// the first event. It costs something, so it is not done without need.
  void follow(event_follower& x) {
    follower_ = &x;
  }
  void unfollow() {
    follower_ = nullptr;
  }

  /// Shows every event to `x` from now on; null: to nobody.
  void show_to(event_observer* x) {
    observer_ = x;
  }

  /// Tells it from now on, without the ledger. Not to be used from inside an
  /// event.
  void watch(event_follower& x) {
    watchers_.push_back(&x);
  }
  void unwatch(event_follower& x) {
    std::erase(watchers_, &x);
  }

  /// The state after the newest event; empty where nobody follows.
  model::ledger& ledger() {
    return ledger_;
  }

  /// Sequence number of the newest event; 0 before the first.
  uint64_t last() const {
    return last_;
  }

  /// The events kept, oldest first; the oldest has number last() - size() + 1.
  const std::deque<model::journal_event>& kept() const {
    return kept_;
  }

private:
  void number(model::journal_event&& x);

  outlets& out_;
  probe& probe_;
  event_follower* follower_ = nullptr;
  event_observer* observer_ = nullptr;
  std::vector<event_follower*> watchers_;
  model::ledger ledger_;
  std::deque<model::journal_event> kept_;
  size_t limit_ = 65'536;
  uint64_t last_ = 0;
};

} // namespace strowger
