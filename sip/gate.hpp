#pragma once

#include "actors/model/time.hpp"
#include "sip/network.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace strowger::sip {

/// What one source may send before the gate turns it away.
struct gate_limits {
  double rate_per_s = 0;            ///< requests per second; 0 = no limit
  double burst = 1;                 ///< requests at once after a pause
  std::size_t sources_max = 65'536; ///< sources remembered, rounded up to 8·2ⁿ
};

/// Limits the requests of each source address, so that one misbehaving phone
/// cannot slow the others. A token bucket per source, kept as the one instant
/// at which the bucket is full again; all of them in one flat table that is
/// allocated once. A source falls into a set of 8 slots by a seeded hash; a new
/// source takes the slot whose bucket is the fullest, so a flooding source is
/// the last to be forgotten. Every call is O(1) and allocates nothing.
class gate {
public:
  /// `seed` keeps outsiders from aiming at a set; random outside tests.
  explicit gate(gate_limits limits, network_list exempt = {},
                std::uint64_t seed = 0);

  /// Takes one request of `source` at `now`; false = turn it away. Exempt
  /// sources always pass and leave no trace in the table.
  bool admit(const ip_address& source, model::time_point now);

  /// Requests turned away since the start.
  std::uint64_t rejected() const {
    return rejected_;
  }

  /// Slots in use; never above the limit.
  std::size_t sources() const {
    return sources_;
  }

  /// Applies new limits (on reload); forgets what the sources have used.
  void configure(gate_limits limits, network_list exempt);

private:
  static constexpr std::size_t ways = 8;

  struct slot {
    ip_address source;
    model::time_point full_at = model::time_point::min(); // min = unused
  };

  slot& slot_of(const ip_address& source);

  std::vector<slot> slots_;
  network_list exempt_;
  model::duration interval_{0};  // time that earns one request
  model::duration tolerance_{0}; // how far full_at may lie ahead of now
  std::uint64_t seed_;
  std::uint64_t rejected_ = 0;
  std::size_t sources_ = 0;
};

} // namespace strowger::sip
