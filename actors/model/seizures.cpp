#include "actors/model/seizures.hpp"

#include <cassert>
#include <utility>

namespace strowger::model {

bool seizures::hold(call_id call, seizure_number number) {
  if (2 * (size_ + 1) > table_.size())
    grow();
  auto at = find(call, number);
  if (table_[at].used)
    return false;
  table_[at] = {call, number, true};
  ++size_;
  return true;
}

bool seizures::give_back(call_id call, seizure_number number) {
  if (size_ == 0)
    return false;
  auto hole = find(call, number);
  if (!table_[hole].used)
    return false;
  // Entries behind the hole move up unless that would put them before their
  // home, so no entry is ever cut off from it.
  auto mask = table_.size() - 1;
  for (auto at = (hole + 1) & mask; table_[at].used; at = (at + 1) & mask) {
    auto from_home = (at - home(table_[at].call, table_[at].number)) & mask;
    if (from_home >= ((at - hole) & mask)) {
      table_[hole] = table_[at];
      hole = at;
    }
  }
  table_[hole] = {};
  --size_;
  return true;
}

size_t seizures::home(call_id call, seizure_number number) const {
  // Fibonacci hashing: the high bits of the product are the mixed ones.
  auto mixed = (call.value * 16 + number) * 0x9E3779B97F4A7C15u;
  return static_cast<size_t>(mixed >> 32) & (table_.size() - 1);
}

// Where the entry is, or the free place where it would be.
size_t seizures::find(call_id call, seizure_number number) const {
  auto mask = table_.size() - 1;
  auto at = home(call, number);
  while (table_[at].used
         && (table_[at].call != call || table_[at].number != number))
    at = (at + 1) & mask;
  return at;
}

void seizures::grow() {
  auto old = std::exchange(table_, {});
  table_.resize(old.empty() ? 4 : 2 * old.size());
  for (auto& x : old)
    if (x.used)
      table_[find(x.call, x.number)] = x;
}

} // namespace strowger::model
