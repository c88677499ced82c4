#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strowger {

struct trunk_counters;

/// The trunks that have counters, for whoever exposes them. The exchange adds
/// and removes on the reactor's thread when it (re)configures; scrapes read
/// from another one, and what they hold outlives the trunk.
class trunk_registry {
public:
  using entry = std::pair<std::string, std::shared_ptr<const trunk_counters>>;

  /// Adds a trunk, or replaces the counters of one.
  void add(std::string number, std::shared_ptr<const trunk_counters> counters) {
    std::lock_guard guard{mutex_};
    auto i = find(number);
    if (i != entries_.end() && i->first == number)
      i->second = std::move(counters);
    else
      entries_.emplace(i, std::move(number), std::move(counters));
  }

  /// Forgets a trunk; an unknown one is ignored.
  void remove(std::string_view number) {
    std::lock_guard guard{mutex_};
    auto i = find(number);
    if (i != entries_.end() && i->first == number)
      entries_.erase(i);
  }

  /// Is there a trunk of this number?
  bool has(std::string_view number) const {
    std::lock_guard guard{mutex_};
    auto i = find(number);
    return i != entries_.end() && i->first == number;
  }

  /// All trunks, by number.
  std::vector<entry> list() const {
    std::lock_guard guard{mutex_};
    return entries_;
  }

private:
  static bool before(const entry& x, std::string_view y) {
    return x.first < y;
  }
  std::vector<entry>::iterator find(std::string_view number) {
    return std::lower_bound(entries_.begin(), entries_.end(), number, before);
  }
  std::vector<entry>::const_iterator find(std::string_view number) const {
    return std::lower_bound(entries_.begin(), entries_.end(), number, before);
  }

  mutable std::mutex mutex_;
  std::vector<entry> entries_; // sorted
};

} // namespace strowger
