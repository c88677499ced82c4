#include "services/load/live_metrics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace strowger;
using namespace strowger::services;

namespace {

/// The value of a series, its labels as one text; -1: there is none.
double value(const load::live_metrics& of, const std::string& name,
             const std::string& labels) {
  for (auto& family : of.Collect())
    for (auto& x : family.metric) {
      std::string seen;
      for (auto& label : x.label)
        seen += label.name + "=" + label.value + " ";
      if (family.name == name && seen == labels)
        return family.type == prometheus::MetricType::Gauge ? x.gauge.value
               : family.type == prometheus::MetricType::Histogram
                 ? static_cast<double>(x.histogram.sample_count)
                 : x.counter.value;
    }
  return -1;
}

} // namespace

TEST_CASE("Prometheus sees what is heard, and nothing where nothing is") {
  load::live_metrics metrics;
  CHECK(value(metrics, "strowger_rtp_mos", "") == -1);
  load::live_counts x;
  x.has_media = true;
  x.rtp_sent = 100;
  x.rtp_received = 98;
  x.rtp_lost = 2;
  x.rtp_mos = 4.25;
  x.callers.media.calls = 3;
  x.callees.media.one_way_calls = 1;
  x.callees.media.digits_detected = 4;
  x.callees.media.jitter.record(1500, 7);
  metrics.publish(x);
  CHECK(value(metrics, "strowger_rtp_packets_total", "direction=out ") == 100);
  CHECK(value(metrics, "strowger_rtp_packets_total", "direction=in ") == 98);
  CHECK(value(metrics, "strowger_rtp_packets_lost_total", "") == 2);
  CHECK(value(metrics, "strowger_rtp_mos", "") == 4.25);
  CHECK(value(metrics, "strowger_rtp_calls_total", "side=caller ") == 3);
  CHECK(value(metrics, "strowger_rtp_one_way_calls_total", "side=callee ")
        == 1);
  CHECK(value(metrics, "strowger_rtp_digits_detected_total", "side=callee ")
        == 4);
  CHECK(value(metrics, "strowger_rtp_jitter_seconds", "side=callee ") == 7);
}
