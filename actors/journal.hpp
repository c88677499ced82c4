#pragma once

#include "actors/outlets.hpp"
#include "actors/probe.hpp"

#include <deque>

namespace strowger {

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
  std::deque<model::journal_event> kept_;
  size_t limit_ = 65'536;
  uint64_t last_ = 0;
};

} // namespace strowger
