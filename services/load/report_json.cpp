#include "services/load/report_json.hpp"

#include "actors/traffic/rfc6076.hpp"
#include "services/load/report_words.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace strowger::services::load {

namespace {

using json = nlohmann::ordered_json;

/// JSON has no other numbers than finite ones.
double finite(double x) {
  return std::isfinite(x) ? x : 0;
}

json maybe(std::optional<double> x) {
  return x && std::isfinite(*x) ? json(*x) : json(nullptr);
}

json of(const traffic::histogram& x) {
  auto percentiles = json::object();
  for (auto& [name, p] : {std::pair{"p50", 50.0},
                          {"p90", 90.0},
                          {"p99", 99.0},
                          {"p99_9", 99.9},
                          {"p99_99", 99.99}})
    percentiles[name] = x.percentile_us(p);
  auto buckets = json::array();
  for (auto& bucket : x.buckets())
    buckets.push_back({bucket.lower_us, bucket.count});
  auto image = x.to_image();
  return {{"count", x.count()},
          {"min_us", image.min_us},
          {"max_us", image.max_us},
          {"sum_us", image.sum_us},
          {"percentiles_us", percentiles},
          {"buckets", buckets}};
}

template <class Counts>
json by_number(const Counts& counts) {
  auto result = json::object();
  for (auto [number, count] : counts)
    result[std::to_string(number)] = count;
  return result;
}

json standing_of(const traffic::tally::standing& x) {
  return {{"attempts", x.attempts},
          {"succeeded", x.succeeded},
          {"failed", x.failed()},
          {"in_progress", x.in_progress},
          {"failed_by_status", by_number(x.failed_by_status)}};
}

json causes_in(const traffic::tally& x) {
  auto result = json::object();
  for (auto& one : causes_of_failure(x))
    result[one.words] = one.count;
  return result;
}

json rfc6076_of(const traffic::tally& x) {
  traffic::rfc6076 metrics{x};
  return {{"SER", maybe(metrics.ser)},
          {"SEER", maybe(metrics.seer)},
          {"ISA", maybe(metrics.isa)},
          {"SCR", maybe(metrics.scr)},
          {"IRA", maybe(metrics.ira)}};
}

json of(const traffic::media_tally& x) {
  auto result = json::object();
  for (auto& field : media_counts)
    result[std::string(field.name)] = x.*field.member;
  result["jitter"] = of(x.jitter);
  result["streams_by_mos_hundredths"] = by_number(x.streams_by_mos_hundredths);
  return result;
}

json of(const traffic::tally& x) {
  auto outcomes = json::object();
  for (std::size_t i = 0; i < traffic::outcome_count; ++i)
    outcomes[field_name(to_string(static_cast<traffic::outcome>(i)))]
      = x.outcomes[i];
  auto steps = json::object();
  for (std::size_t i = 0; i < step_names.size(); ++i)
    steps[std::string(step_names[i])] = {{"done", x.steps[i].done},
                                         {"failed", x.steps[i].failed}};
  auto latencies = json::object();
  for (std::size_t i = 0; i < traffic::latency_count; ++i)
    latencies[field_name(to_string(static_cast<traffic::latency>(i)))] = of(
      x.latencies[i]);
  json result{{"attempts", x.attempts},
              {"failed", x.failed()},
              {"outcomes", outcomes},
              {"by_status", by_number(x.by_status)},
              {"causes", causes_in(x)},
              {"in_progress", x.in_progress},
              {"ended_cleanly", x.ended_cleanly},
              {"cut_off", x.cut_off},
              {"up", x.up},
              {"registrations", standing_of(x.registrations)},
              {"subscriptions", standing_of(x.subscriptions)},
              {"notifications", x.notifications},
              {"steps", steps},
              {"retransmitted", x.retransmitted},
              {"peer_retransmitted", x.peer_retransmitted},
              {"rfc6076", rfc6076_of(x)},
              {"latencies", latencies}};
  if (x.media.any())
    result["media"] = of(x.media);
  return result;
}

/// What the other side can have counted as well.
json counts_of(const traffic::tally& x) {
  auto result = of(x);
  for (auto key : {"causes", "retransmitted", "peer_retransmitted", "rfc6076",
                   "latencies", "media"})
    result.erase(key);
  return result;
}

json of(const std::vector<sample>& samples) {
  auto result = json::object();
  auto column = [&](auto& field, auto&& value) {
    auto& values = result[std::string(field.name)] = json::array();
    for (auto& x : samples)
      values.push_back(value(x.*field.member));
  };
  for (auto& field : sample_numbers)
    column(field, finite);
  for (auto& field : sample_counts)
    column(field, [](std::uint64_t x) { return x; });
  return result;
}

json of(const traffic::self_watch& watch) {
  auto x = watch.to_image();
  return {{"starts", watch.starts()},
          {"skipped_starts", x.skipped},
          {"socket_drops", x.dropped},
          {"seconds", x.seconds},
          {"busy_seconds", x.busy_seconds},
          {"cpu_share_sum", finite(x.cpu_share_sum)},
          {"cpu_share_max", finite(x.cpu_share_max)},
          {"lateness", of(watch.lateness())}};
}

json of(const std::vector<generator_part>& all) {
  auto result = json::array();
  for (auto& x : all)
    result.push_back({{"address", x.address},
                      {"role", x.role},
                      {"attempts", x.attempts},
                      {"answered", x.answered},
                      {"failed", x.failed},
                      {"came_in", x.came_in},
                      {"lateness_p99_us", x.lateness_p99_us},
                      {"cpu_share_mean", finite(x.cpu_share_mean)},
                      {"cpu_share_max", finite(x.cpu_share_max)},
                      {"invalid", x.invalid}});
  return result;
}

json of(const traffic::impairment_tally& x) {
  auto result = json::array();
  for (auto& [kind, counts] : x) {
    auto& one = result.emplace_back(json::object());
    one["direction"]
      = traffic::direction_names[static_cast<std::size_t>(kind.first)];
    one["message"] = to_string(kind.second);
    for (auto& field : impairment_fields)
      one[std::string(field.name)] = counts.*field.member;
  }
  return result;
}

json verdict_of(const result& x) {
  auto criteria = json::array();
  for (auto& one : x.verdicts)
    criteria.push_back({{"text", one.what.text},
                        {"measured", maybe(one.measured)},
                        {"met", one.met},
                        {"words", one.words}});
  return {{"valid", x.invalid.empty()},   {"passed", x.passed()},
          {"exit_code", x.exit_code()},   {"invalid", x.invalid},
          {"broken_laws", x.broken_laws}, {"criteria", criteria}};
}

/// Two levels get lines of their own, what is deeper stays on one: such a text
/// can be read and compared by line, and is not much longer than needed.
void write(const json& x, int level, std::string& out) {
  if (level == 2 || !x.is_object() || x.empty()) {
    out += x.dump(-1, ' ', false, json::error_handler_t::replace);
    return;
  }
  std::string indent(static_cast<std::size_t>(level) * 2 + 2, ' ');
  auto separator = "{\n";
  for (auto& [key, value] : x.items()) {
    out += separator + indent + json(key).dump() + ": ";
    write(value, level + 1, out);
    separator = ",\n";
  }
  out += "\n" + indent.substr(2) + "}";
}

} // namespace

std::string to_json(const result& x) {
  json all{{"format", report_format},
           {"scenario", x.scenario},
           {"file", x.file},
           {"target", x.target},
           // As text: many readers of JSON have no integers beyond 2^53.
           {"seed", std::to_string(x.seed)},
           {"started", x.started},
           {"version", x.version},
           {"times",
            {{"steady_from_s", finite(x.times.steady_from_s)},
             {"steady_to_s", finite(x.times.steady_to_s)},
             {"end_s", finite(x.times.end_s)}}},
           {"verdict", verdict_of(x)},
           {"left_over", x.left_over},
           {"cpu_per_call_us", finite(x.cpu_per_call_us)},
           {"callers", of(x.callers)},
           {"callees", of(x.callees)},
           {"whole_run",
            {{"callers", counts_of(x.all_callers)},
             {"callees", counts_of(x.all_callees)}}},
           {"generator", of(x.watch)}};
  if (!x.generators.empty())
    all["generators"] = of(x.generators);
  if (!x.impairments.empty())
    all["impairments"] = of(x.impairments);
  all["samples"] = of(x.samples);
  std::string text;
  write(all, 0, text);
  return text + "\n";
}

} // namespace strowger::services::load
