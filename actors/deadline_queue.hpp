#pragma once

#include "actors/handles.hpp"

#include <cstdint>
#include <vector>

namespace strowger {

/// Names an armed deadline; 0 names none.
using deadline_id = uint64_t;

/// Deadlines that can be cancelled: a binary heap that knows where each entry
/// stands, so arm and cancel are O(log n) and nothing stale is ever kept. It
/// holds its listeners alive only while their deadline is armed.
class deadline_queue {
public:
  /// Adds a deadline for `listener`.
  deadline_id arm(model::time_point due, deadline_listener listener);

  /// Removes a deadline; an id that has fired or was cancelled is ignored.
  void cancel(deadline_id id);

  /// The earliest deadline, or model::never.
  model::time_point next() const;

  /// Removes the earliest deadline and returns its listener.
  deadline_listener pop();

  /// Lets go of all deadlines and their listeners.
  void clear();

  size_t size() const {
    return heap_.size();
  }

private:
  struct entry {
    model::time_point due;
    uint32_t slot;
  };

  struct slot {
    deadline_listener listener;
    uint32_t generation = 1;
    uint32_t position = 0; // in heap_
  };

  void place(size_t position, entry x);
  void rise(size_t position, entry x);
  void sink(size_t position, entry x);
  // Returns the listener, so that it outlives the surgery: letting go of it may
  // end an actor, which cancels its other deadlines.
  deadline_listener remove(size_t position);

  std::vector<entry> heap_;
  std::vector<slot> slots_;
  std::vector<uint32_t> free_;
};

} // namespace strowger
