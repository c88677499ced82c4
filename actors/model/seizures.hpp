#pragma once

#include "actors/model/seizure.hpp"

#include <cstddef>
#include <vector>

namespace strowger::model {

/// The uses that calls make of one device, each named by its call and seizure
/// number, so that a release that was never seized, or comes twice, takes
/// nothing from anybody else. A hash table with open addressing; it owns no
/// memory before its first use, since most DNs have no call.
class seizures {
public:
  /// Notes a use; false if it is there already.
  bool hold(call_id call, seizure_number number);

  /// Ends a use; false if there is none.
  bool give_back(call_id call, seizure_number number);

  size_t size() const {
    return size_;
  }

private:
  struct entry {
    call_id call;
    seizure_number number = 0;
    bool used = false;
  };

  size_t home(call_id call, seizure_number number) const;
  size_t find(call_id call, seizure_number number) const;
  void grow();

  std::vector<entry> table_; // a power of two, never more than half full
  size_t size_ = 0;
};

} // namespace strowger::model
