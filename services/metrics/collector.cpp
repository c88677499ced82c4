#include "services/metrics/collector.hpp"

#include "services/metrics/family.hpp"

#include <array>
#include <iterator>
#include <utility>

namespace strowger::services {

using prometheus::MetricFamily;

namespace {

using families = std::vector<MetricFamily>;

constexpr std::array<std::string_view, 2> headings = {"in", "out"};

constexpr std::array<std::string_view, rejection_count> rejection_names = {
  "calls",     "lag",       "drain",        "source_rate",
  "too_large", "malformed", "unauthorised", "unknown_user",
  "forbidden", "loop",      "unsupported"};

double read(const counter& x) {
  return static_cast<double>(x.read());
}

double read(const gauge& x) {
  return static_cast<double>(x.read());
}

double call(const std::function<uint64_t()>& f) {
  return f ? static_cast<double>(f()) : 0;
}

/// What instructions fail with every day; other outcomes show when they happen.
bool is_common(model::fault x) {
  using enum model::fault;
  return x == busy || x == no_answer || x == rejected || x == invalid_called_dn
         || x == no_trunk;
}

// -- groups of families -------------------------------------------------------

void collect_calls(families& out, const probe& x) {
  auto calls = counters("strowger_calls_total",
                        "Finished calls by direction and result.");
  for (size_t type = 0; type < model::call_type_count; ++type)
    for (size_t result = 0; result < model::call_result_count; ++result)
      add(calls,
          {{"direction", to_string(static_cast<model::call_type>(type))},
           {"result", to_string(static_cast<model::call_result>(result))}},
          read(x.calls[type][result]));
  out.push_back(std::move(calls));
  out.push_back(
    one_counter("strowger_calls_joined_total",
                "Calls opened that have no result of their own: they became a "
                "party of another one (Replaces), or took down what was late.",
                read(x.calls_joined)));
  out.push_back(
    one_counter("strowger_calls_opened_total",
                "Calls opened: finished ones and those in progress.",
                read(x.calls_opened)));
  out.push_back(one_gauge("strowger_calls_in_progress", "Calls right now.",
                          read(x.calls_in_progress)));
  out.push_back(one_gauge("strowger_legs_in_progress",
                          "Legs (SIP dialogs of calls) right now.",
                          read(x.legs_in_progress)));
  out.push_back(one_counter("strowger_events_total",
                            "Events (T-Library) written to the journal.",
                            read(x.events)));
  out.push_back(one_histogram(
    "strowger_added_delay_seconds",
    "The switch's own delay: INVITE in to INVITE out, unless the caller heard "
    "something before.",
    x.added_delay));
  out.push_back(one_histogram("strowger_post_dial_delay_seconds",
                              "INVITE in to the first 18x out.",
                              x.post_dial_delay));
  out.push_back(one_histogram("strowger_call_setup_seconds",
                              "INVITE in to 2xx out.", x.setup_time));
}

void collect_sip(families& out, const probe& x) {
  auto requests = counters("strowger_sip_requests_total",
                           "SIP requests by method and direction.");
  auto responses = counters("strowger_sip_responses_total",
                            "SIP responses by status class and direction.");
  auto repeated = counters(
    "strowger_sip_retransmissions_total",
    "SIP messages that were repeated, by us (out) or by peers (in).");
  constexpr std::array<std::string_view, 6> classes = {"1xx", "2xx", "3xx",
                                                       "4xx", "5xx", "6xx"};
  for (size_t way = 0; way < headings.size(); ++way) {
    for (size_t i = 0; i < sip_method_labels.size(); ++i)
      add(requests,
          {{"method", sip_method_labels[i]}, {"direction", headings[way]}},
          read(x.requests[way][i]));
    for (size_t i = 0; i < classes.size(); ++i)
      add(responses, {{"class", classes[i]}, {"direction", headings[way]}},
          read(x.responses[way][i]));
    add(repeated, {{"direction", headings[way]}}, read(x.retransmissions[way]));
  }
  auto rejected = counters(
    "strowger_sip_rejected_total",
    "Requests refused before a call saw them, by reason.");
  for (size_t i = 0; i < rejection_names.size(); ++i)
    add(rejected, {{"reason", rejection_names[i]}}, read(x.rejections[i]));
  for (auto* family : {&requests, &responses, &repeated, &rejected})
    out.push_back(std::move(*family));
  out.push_back(one_counter("strowger_sip_parse_errors_total",
                            "Messages that could not be parsed.",
                            read(x.parse_errors)));
  out.push_back(one_gauge("strowger_sip_transactions",
                          "SIP transactions right now.", read(x.transactions)));
  out.push_back(one_gauge("strowger_sip_tls_sessions",
                          "TLS sessions of open SIP connections right now.",
                          read(x.tls_sessions)));
  out.push_back(one_gauge("strowger_registrations",
                          "DNs with at least one registered contact.",
                          read(x.registrations)));
  auto subscriptions = gauges("strowger_presence_subscriptions",
                              "Subscriptions to the presence of phones "
                              "(subscribe-presence) by state.");
  for (size_t i = 0; i < model::subscription_phase_count; ++i)
    if (auto phase = static_cast<model::subscription_phase>(i);
        phase != model::subscription_phase::ended)
      add(subscriptions, {{"state", to_string(phase)}},
          read(x.presence_subscriptions[i]));
  out.push_back(std::move(subscriptions));
}

void collect_routing(families& out, const probe& x) {
  out.push_back(one_gauge("strowger_routing_clients",
                          "Strategies that serve routing points.",
                          read(x.routing_clients)));
  auto requests = gauges("strowger_routing_requests",
                         "Calls that wait for an instruction: with a client "
                         "(open), or for one (unclaimed).");
  add(requests, {{"state", "open"}}, read(x.routing_open));
  add(requests, {{"state", "unclaimed"}}, read(x.routing_unclaimed));
  out.push_back(std::move(requests));
  auto outcomes = counters("strowger_routing_instructions_total",
                           "Instructions of strategies by outcome: used, or "
                           "the reason of the failure.");
  for (size_t i = 0; i < model::fault_count; ++i)
    if (auto why = static_cast<model::fault>(i); why == model::fault::none)
      add(outcomes, {{"outcome", "used"}}, read(x.instructions[i]));
    else if (x.instructions[i].read() > 0 || is_common(why))
      add(outcomes, {{"outcome", to_string(why)}}, read(x.instructions[i]));
  out.push_back(std::move(outcomes));
  out.push_back(one_histogram("strowger_routing_answer_seconds",
                              "Route request to the strategy's instruction.",
                              x.strategy_answer));
}

void collect_reactor(families& out, const probe& x) {
  out.push_back(one_histogram("strowger_reactor_lag_seconds",
                              "How late due deadlines were served.", x.lag));
  out.push_back(one_gauge("strowger_reactor_queue_depth",
                          "Actors waiting to run at the start of a turn.",
                          read(x.queue_depth)));
  out.push_back(one_gauge("strowger_reactor_deadlines", "Deadlines armed.",
                          read(x.deadlines)));
}

// -- trunks -------------------------------------------------------------------

constexpr std::array<std::string_view, 6> trunk_classes = {
  "3xx", "4xx", "5xx", "6xx", "unreachable", "refused"};

/// The numbers of one series of every trunk family.
struct trunk_sample {
  double current = 0;
  double peak = 0;
  double in_service = 0;
  double attempts = 0;
  std::array<double, trunk_classes.size()> rejected = {};

  void add(const trunk_counters& x) {
    current += read(x.current);
    peak += static_cast<double>(x.current.peak());
    in_service += read(x.in_service);
    attempts += read(x.attempts);
    for (size_t i = 0; i < x.rejections.size(); ++i)
      rejected[i] += read(x.rejections[i]);
    rejected[4] += read(x.unreachable);
    rejected[5] += read(x.refused);
  }
};

/// Number and sample of every trunk, at most `limit`, and the rest as "other".
std::vector<std::pair<std::string, trunk_sample>>
sample_trunks(const trunk_registry& trunks, size_t limit) {
  std::vector<std::pair<std::string, trunk_sample>> result;
  trunk_sample other;
  auto all = trunks.list();
  for (size_t i = 0; i < all.size(); ++i) {
    if (i >= limit) {
      other.add(*all[i].second);
      continue;
    }
    result.emplace_back(all[i].first, trunk_sample{});
    result.back().second.add(*all[i].second);
  }
  if (all.size() > limit)
    result.emplace_back("other", other);
  return result;
}

void collect_trunks(families& out, const metric_sources& sources) {
  auto current = gauges("strowger_trunk_calls",
                        "Calls on the trunk right now.");
  auto peak = gauges("strowger_trunk_calls_peak",
                     "Most calls on the trunk since the start.");
  auto attempts = counters("strowger_trunk_attempts_total",
                           "Calls sent to the trunk.");
  auto rejected = counters("strowger_trunk_rejected_total",
                           "Attempts that failed, by class of final response; "
                           "refused: not even sent.");
  auto in_service = gauges("strowger_trunk_in_service",
                           "1 if the trunk is in service, otherwise 0.");
  for (auto& [number, x] :
       sample_trunks(sources.trunks, sources.labels_limit)) {
    add(current, {{"trunk", number}}, x.current);
    add(peak, {{"trunk", number}}, x.peak);
    add(attempts, {{"trunk", number}}, x.attempts);
    add(in_service, {{"trunk", number}}, x.in_service);
    for (size_t i = 0; i < trunk_classes.size(); ++i)
      add(rejected, {{"trunk", number}, {"class", trunk_classes[i]}},
          x.rejected[i]);
  }
  if (current.metric.empty())
    return; // a family without series is not worth its HELP line
  for (auto* family : {&current, &peak, &attempts, &rejected, &in_service})
    out.push_back(std::move(*family));
}

} // namespace

// -- all ----------------------------------------------------------------------

std::vector<MetricFamily> collector::Collect() const {
  families out;
  collect_calls(out, sources_.counters);
  collect_sip(out, sources_.counters);
  collect_trunks(out, sources_);
  collect_routing(out, sources_.counters);
  collect_reactor(out, sources_.counters);
  out.push_back(one_counter("strowger_log_dropped_total",
                            "Log lines that were not written.",
                            call(sources_.log_dropped)));
  out.push_back(one_counter("strowger_cdr_dropped_total",
                            "Call records that were not written.",
                            call(sources_.cdr_dropped)));
  out.push_back(one_counter("strowger_store_lost_total",
                            "Changes of registrations that were not stored.",
                            call(sources_.store_lost)));
  auto build = gauges("strowger_build_info", "1; the labels say what runs.");
  add(build, {{"version", sources_.version}}, 1);
  out.push_back(std::move(build));
  if (sources_.more)
    for (auto& family : sources_.more->Collect())
      out.push_back(std::move(family));
  auto process = collect_process();
  std::move(process.begin(), process.end(), std::back_inserter(out));
  return out;
}

} // namespace strowger::services
