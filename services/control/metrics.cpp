#include "services/control/metrics.hpp"

#include "services/metrics/family.hpp"

#include <google/protobuf/descriptor.h>
#include <strowger/v1/event_service.pb.h>

#include <algorithm>
#include <array>

namespace strowger::services::control {

namespace {

constexpr std::array<std::string_view, 7> served = {
  "EventService",    "QueryService",   "AgentService",        "CallService",
  "UserDataService", "RoutingService", "ConfigurationService"};

/// RESYNC_REASON_SLOW_SUBSCRIBER -> slow_subscriber
std::string label_of(api::ResyncReason x) {
  auto name = api::ResyncReason_Name(x).substr(sizeof("RESYNC_REASON"));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return name;
}

} // namespace

void expect_methods(tally& to) {
  auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (auto name : served)
    if (auto* service = pool->FindServiceByName("strowger.v1."
                                                + std::string{name}))
      for (int i = 0; i < service->method_count(); ++i)
        to.expect(service->name() + "/" + service->method(i)->name());
}

std::vector<prometheus::MetricFamily> control_collector::Collect() const {
  auto load = feed_->look();
  std::vector<prometheus::MetricFamily> out;
  auto as_double = [](auto x) { return static_cast<double>(x); };
  out.push_back(one_gauge("strowger_control_subscribers",
                          "Subscribers of the event stream right now.",
                          as_double(load.subscribers)));
  out.push_back(one_gauge("strowger_control_queued_events",
                          "Events that wait for subscribers, all together.",
                          as_double(load.queued)));
  out.push_back(one_gauge("strowger_control_queued_events_max",
                          "Events that wait for the slowest subscriber.",
                          as_double(load.queued_max)));
  out.push_back(one_gauge("strowger_control_lag_events_max",
                          "Events that the last subscriber is behind.",
                          as_double(load.lag_max)));
  auto resyncs = counters("strowger_control_resyncs_total",
                          "Snapshots that subscribers had to be given, by "
                          "reason.");
  for (size_t i = 1; i < load.resyncs.size(); ++i)
    add(resyncs, {{"reason", label_of(static_cast<api::ResyncReason>(i))}},
        as_double(load.resyncs[i]));
  out.push_back(std::move(resyncs));
  auto requests = counters("strowger_control_requests_total",
                           "Requests of clients that are over, by method and "
                           "gRPC code.");
  for (auto& [method, row] : tally_->look())
    for (size_t code = 0; code < row.size(); ++code)
      if (code == grpc::OK || row[code] > 0)
        add(requests,
            {{"method", method},
             {"code", to_string(static_cast<grpc::StatusCode>(code))}},
            as_double(row[code]));
  out.push_back(std::move(requests));
  return out;
}

} // namespace strowger::services::control
