#pragma once

#include "actors/probe.hpp"

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// Shorthands to build Prometheus families; private to this folder.
namespace strowger::services {

using labels
  = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// An empty family of counters (whose name ends in _total) or of gauges.
prometheus::MetricFamily counters(std::string name, std::string help);
prometheus::MetricFamily gauges(std::string name, std::string help);

/// Adds a series to a family of counters or gauges.
void add(prometheus::MetricFamily& family, labels names, double value);

/// A family of one series without labels.
prometheus::MetricFamily one_counter(std::string name, std::string help,
                                     double value);
prometheus::MetricFamily one_gauge(std::string name, std::string help,
                                   double value);
prometheus::MetricFamily one_histogram(std::string name, std::string help,
                                       const time_histogram& x);

} // namespace strowger::services
