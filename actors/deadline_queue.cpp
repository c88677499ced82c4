#include "actors/deadline_queue.hpp"

#include <cassert>
#include <utility>

namespace strowger {

deadline_id deadline_queue::arm(model::time_point due,
                                deadline_listener listener) {
  uint32_t index;
  if (free_.empty()) {
    index = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  slots_[index].listener = std::move(listener);
  heap_.push_back({due, index});
  rise(heap_.size() - 1, {due, index});
  return uint64_t{slots_[index].generation} << 32 | index;
}

void deadline_queue::cancel(deadline_id id) {
  auto index = static_cast<uint32_t>(id);
  if (id == 0 || index >= slots_.size() || slots_[index].generation != id >> 32)
    return;
  remove(slots_[index].position);
}

model::time_point deadline_queue::next() const {
  return heap_.empty() ? model::never : heap_.front().due;
}

deadline_listener deadline_queue::pop() {
  assert(!heap_.empty());
  return remove(0);
}

void deadline_queue::clear() {
  while (!heap_.empty())
    remove(heap_.size() - 1);
}

void deadline_queue::place(size_t position, entry x) {
  heap_[position] = x;
  slots_[x.slot].position = static_cast<uint32_t>(position);
}

void deadline_queue::rise(size_t position, entry x) {
  while (position > 0) {
    auto parent = (position - 1) / 2;
    if (heap_[parent].due <= x.due)
      break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, x);
}

void deadline_queue::sink(size_t position, entry x) {
  for (;;) {
    auto child = 2 * position + 1;
    if (child >= heap_.size())
      break;
    if (child + 1 < heap_.size() && heap_[child + 1].due < heap_[child].due)
      ++child;
    if (x.due <= heap_[child].due)
      break;
    place(position, heap_[child]);
    position = child;
  }
  place(position, x);
}

deadline_listener deadline_queue::remove(size_t position) {
  auto& gone = slots_[heap_[position].slot];
  auto listener = std::move(gone.listener);
  // Generation 0 would make the id of slot 0 equal to "none".
  if (++gone.generation == 0)
    gone.generation = 1;
  free_.push_back(heap_[position].slot);
  auto last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size())
    return listener;
  if (position > 0 && last.due < heap_[(position - 1) / 2].due)
    rise(position, last);
  else
    sink(position, last);
  return listener;
}

} // namespace strowger
