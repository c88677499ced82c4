#include "services/metrics/family.hpp"

#include <limits>

namespace strowger::services {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

MetricFamily family(std::string name, std::string help, MetricType type) {
  MetricFamily x;
  x.name = std::move(name);
  x.help = std::move(help);
  x.type = type;
  return x;
}

} // namespace

MetricFamily counters(std::string name, std::string help) {
  return family(std::move(name), std::move(help), MetricType::Counter);
}

MetricFamily gauges(std::string name, std::string help) {
  return family(std::move(name), std::move(help), MetricType::Gauge);
}

void add(MetricFamily& family, labels names, double value) {
  ClientMetric x;
  for (auto& [name, text] : names)
    x.label.push_back({std::string{name}, std::string{text}});
  if (family.type == MetricType::Counter)
    x.counter.value = value;
  else
    x.gauge.value = value;
  family.metric.push_back(std::move(x));
}

MetricFamily one_counter(std::string name, std::string help, double value) {
  auto x = counters(std::move(name), std::move(help));
  add(x, {}, value);
  return x;
}

MetricFamily one_gauge(std::string name, std::string help, double value) {
  auto x = gauges(std::move(name), std::move(help));
  add(x, {}, value);
  return x;
}

MetricFamily one_histogram(std::string name, std::string help,
                           const time_histogram& x) {
  auto result = family(std::move(name), std::move(help), MetricType::Histogram);
  ClientMetric metric;
  auto& histogram = metric.histogram;
  for (size_t i = 0; i <= time_histogram::bounds_s.size(); ++i) {
    // The count is made of the buckets as read here, so that a scrape in the
    // middle of an observation is still consistent in itself.
    histogram.sample_count += x.bucket(i);
    auto bound = i < time_histogram::bounds_s.size()
                   ? time_histogram::bounds_s[i]
                   : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = x.sum_s();
  result.metric.push_back(std::move(metric));
  return result;
}

} // namespace strowger::services
