#pragma once

#include "actors/traffic/tally.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <cstdint>
#include <mutex>
#include <vector>

namespace strowger::services::load {

/// What a run has counted by now, from its very beginning.
struct live_counts {
  traffic::tally callers;
  traffic::tally callees;
  traffic::histogram lateness; // of our own starts
  std::uint64_t skipped_starts = 0;
  double cpu_share = 0; // of one core, in the last second
  bool has_media = false;
  // RTP of both sides, by the second; what is in the tallies is of calls that
  // have ended.
  std::uint64_t rtp_sent = 0;
  std::uint64_t rtp_received = 0;
  std::uint64_t rtp_lost = 0;
  double rtp_mos = 0; // mean of the streams heard in the last second
};

/// A run for Prometheus, once a second: the series of a switch have the names
/// that `strowger serve` gives them, with a label `side` (caller, callee), so
/// that both can stand on one dashboard and be compared.
class live_metrics final : public prometheus::Collectable {
public:
  /// On the thread of the run.
  void publish(live_counts x);

  /// From any thread.
  std::vector<prometheus::MetricFamily> Collect() const override;

private:
  mutable std::mutex mutex_;
  live_counts now_;
};

} // namespace strowger::services::load
