#include "services/load/live_metrics.hpp"

#include "actors/probe.hpp"
#include "services/metrics/family.hpp"

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace strowger::services::load {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using traffic::histogram;
using traffic::latency;
using traffic::outcome;
using traffic::tally;

struct side {
  std::string_view name;
  std::string_view direction; // as the switch under test would see it
  const tally& counts;
};

double number(std::uint64_t x) {
  return static_cast<double>(x);
}

/// The results that a switch knows, of the outcomes that a caller knows.
std::uint64_t with_result(const tally& x, std::string_view result) {
  if (result == "answered")
    return x[outcome::answered];
  if (result == "abandoned")
    return x[outcome::abandoned];
  if (result == "busy")
    return x[outcome::busy];
  if (result == "no_answer")
    return x[outcome::no_answer];
  if (result == "rejected")
    return x[outcome::redirected] + x[outcome::refused] + x[outcome::declined];
  return x[outcome::server_error] + x[outcome::timeout] + x[outcome::transport]
         + x[outcome::protocol_violation];
}

MetricFamily calls(const std::array<side, 2>& sides) {
  auto result = counters("strowger_calls_total",
                         "Calls that had an outcome, by direction and result.");
  for (auto& x : sides)
    for (std::string_view word :
         {"answered", "abandoned", "busy", "no_answer", "rejected", "failed"})
      add(result,
          {{"direction", x.direction}, {"result", word}, {"side", x.name}},
          number(with_result(x.counts, word)));
  return result;
}

ClientMetric metric_of(const histogram& x, std::string_view side_name) {
  ClientMetric result;
  result.label.push_back({"side", std::string{side_name}});
  auto& out = result.histogram;
  auto buckets = x.buckets();
  auto next = buckets.begin();
  for (auto bound_s : time_histogram::bounds_s) {
    while (next != buckets.end() && number(next->upper_us) <= bound_s * 1e6)
      out.sample_count += next++->count;
    out.bucket.push_back({out.sample_count, bound_s});
  }
  out.sample_count = x.count();
  out.bucket.push_back(
    {out.sample_count, std::numeric_limits<double>::infinity()});
  out.sample_sum = x.mean_us() * number(x.count()) * 1e-6;
  return result;
}

MetricFamily times(
  std::string name, std::string help,
  std::initializer_list<std::pair<std::string_view, const histogram*>> all) {
  MetricFamily result;
  result.name = std::move(name);
  result.help = std::move(help);
  result.type = prometheus::MetricType::Histogram;
  for (auto& [side_name, x] : all)
    result.metric.push_back(metric_of(*x, side_name));
  return result;
}

MetricFamily standing(const char* name, const char* help,
                      const tally::standing& x) {
  auto result = counters(name, help);
  add(result, {{"result", "succeeded"}, {"side", "caller"}},
      number(x.succeeded));
  add(result, {{"result", "failed"}, {"side", "caller"}}, number(x.failed()));
  return result;
}

/// strowger_rtp_*: what users said and heard.
void collect_media(const live_counts& x, const std::array<side, 2>& sides,
                   std::vector<MetricFamily>& out) {
  auto packets = counters("strowger_rtp_packets_total", "RTP packets.");
  add(packets, {{"direction", "out"}}, number(x.rtp_sent));
  add(packets, {{"direction", "in"}}, number(x.rtp_received));
  out.push_back(std::move(packets));
  out.push_back(one_counter("strowger_rtp_packets_lost_total",
                            "RTP packets missing, by sequence numbers.",
                            number(x.rtp_lost)));
  out.push_back(one_gauge("strowger_rtp_mos",
                          "Mean opinion score of the streams heard in the last "
                          "second; 0: none.",
                          x.rtp_mos));
  out.push_back(times("strowger_rtp_jitter_seconds",
                      "Mean interarrival jitter of each stream that has ended.",
                      {{"caller", &x.callers.media.jitter},
                       {"callee", &x.callees.media.jitter}}));
  struct counted {
    const char* name;
    const char* help;
    std::uint64_t traffic::media_tally::*field;
  };
  for (auto& one :
       {counted{"strowger_rtp_calls_total", "Ended calls that were to hear.",
                &traffic::media_tally::calls},
        {"strowger_rtp_one_way_calls_total", "Of them: nothing came.",
         &traffic::media_tally::one_way_calls},
        {"strowger_rtp_silent_calls_total", "Of them: only silence came.",
         &traffic::media_tally::silent_calls},
        {"strowger_rtp_tones_detected_total", "Of them: the tone came.",
         &traffic::media_tally::tones_detected},
        {"strowger_rtp_digits_sent_total", "Telephone-events sent.",
         &traffic::media_tally::digits_sent},
        {"strowger_rtp_digits_detected_total", "Telephone-events heard.",
         &traffic::media_tally::digits_detected}}) {
    auto family = counters(one.name, one.help);
    for (auto& y : sides)
      add(family, {{"side", y.name}}, number(y.counts.media.*one.field));
    out.push_back(std::move(family));
  }
}

} // namespace

void live_metrics::publish(live_counts x) {
  std::lock_guard guard{mutex_};
  now_ = std::move(x);
}

std::vector<MetricFamily> live_metrics::Collect() const {
  std::lock_guard guard{mutex_};
  std::array<side, 2> sides{side{"caller", "outbound", now_.callers},
                            side{"callee", "inbound", now_.callees}};
  std::vector<MetricFamily> out;
  out.push_back(calls(sides));
  auto current = gauges("strowger_calls_in_progress", "Calls right now.");
  for (auto& x : sides)
    add(current, {{"side", x.name}},
        number(x.counts.in_progress + x.counts.up));
  out.push_back(std::move(current));
  auto& c = now_.callers;
  out.push_back(times("strowger_post_dial_delay_seconds",
                      "Intended INVITE to the first 18x.",
                      {{"caller", &c[latency::ringing]}}));
  out.push_back(times("strowger_call_setup_seconds", "Intended INVITE to 2xx.",
                      {{"caller", &c[latency::answer]}}));
  out.push_back(times(
    "strowger_load_bye_seconds", "Intended BYE to its 2xx.",
    {{"caller", &c[latency::bye]}, {"callee", &now_.callees[latency::bye]}}));
  out.push_back(standing("strowger_load_registrations_total",
                         "REGISTERs that had an outcome.", c.registrations));
  out.push_back(standing("strowger_load_subscriptions_total",
                         "SUBSCRIBEs that had an outcome.", c.subscriptions));
  auto repeated = counters("strowger_sip_retransmissions_total",
                           "Repeated messages: out by us, in by the peer.");
  add(repeated, {{"direction", "out"}, {"side", "load"}},
      number(c.retransmitted));
  add(repeated, {{"direction", "in"}, {"side", "load"}},
      number(c.peer_retransmitted));
  out.push_back(std::move(repeated));
  out.push_back(times("strowger_load_lateness_seconds",
                      "How late the generator started calls.",
                      {{"load", &now_.lateness}}));
  out.push_back(one_counter("strowger_load_skipped_starts_total",
                            "Calls that were too late to be started.",
                            number(now_.skipped_starts)));
  out.push_back(one_gauge("strowger_load_cpu_share",
                          "Share of one core that the generator took in the "
                          "last second.",
                          now_.cpu_share));
  if (now_.has_media)
    collect_media(now_, sides, out);
  return out;
}

} // namespace strowger::services::load
