#pragma once

#include "actors/probe.hpp"
#include "actors/trunk_registry.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace strowger::services {

/// What a collector reads at every scrape. All of it may be read from any
/// thread and outlives the collector.
struct metric_sources {
  const probe& counters;
  const trunk_registry& trunks;
  /// Trunks that get a label of their own (`metrics-labels-limit`); what goes
  /// over it is summed up in trunk="other".
  size_t labels_limit = 200;
  std::string version = "unknown";
  /// Lines and rows that were not written; empty = always 0.
  std::function<uint64_t()> log_dropped = {};
  std::function<uint64_t()> cdr_dropped = {};
  std::function<uint64_t()> store_lost = {};
  /// More families, of a service that has its own; may be null.
  std::shared_ptr<const prometheus::Collectable> more = {};
};

/// Turns the counters of the switch into Prometheus families: everything has a
/// HELP line, counters end in _total, times are in seconds. Series appear with
/// their value 0 from the start, so that rates over them never miss a first
/// event.
class collector final : public prometheus::Collectable {
public:
  explicit collector(metric_sources sources) : sources_(std::move(sources)) {
    // nop
  }

  std::vector<prometheus::MetricFamily> Collect() const override;

private:
  metric_sources sources_;
};

/// Memory, CPU time, open files and start time of this process, by the names
/// that Prometheus' own clients use.
std::vector<prometheus::MetricFamily> collect_process();

} // namespace strowger::services
