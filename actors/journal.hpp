#pragma once

#include "actors/model/ledger.hpp"
#include "actors/outlets.hpp"
#include "actors/probe.hpp"

#include <deque>

namespace strowger {

/// Follows the events of the switch as they are numbered: the control plane.
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

  /// Numbers the event and tells the outlets.
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
  outlets& out_;
  probe& probe_;
  event_follower* follower_ = nullptr;
  model::ledger ledger_;
  std::deque<model::journal_event> kept_;
  size_t limit_ = 65'536;
  uint64_t last_ = 0;
};

} // namespace strowger
