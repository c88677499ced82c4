#include "services/metrics/collector.hpp"
#include "services/metrics/endpoint.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <prometheus/text_serializer.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace strowger;
using namespace strowger::services;
using namespace std::chrono_literals;

namespace {

struct fixture {
  probe counters;
  trunk_registry trunks;
  size_t labels_limit = 200;

  std::vector<prometheus::MetricFamily> collect() const {
    return collector{{.counters = counters,
                      .trunks = trunks,
                      .labels_limit = labels_limit,
                      .version = "0.1.0 \"quoted\"",
                      .log_dropped = [] { return 3; },
                      .cdr_dropped = [] { return 4; },
                      .store_lost = [] { return 5; }}}
      .Collect();
  }
  std::string text() const {
    return prometheus::TextSerializer{}.Serialize(collect());
  }
  /// `name{labels}` -> value, as exposed.
  std::map<std::string, double> samples() const {
    std::map<std::string, double> result;
    std::istringstream lines{text()};
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with('#'))
        continue;
      auto space = line.rfind(' ');
      auto [_, fresh] = result.emplace(line.substr(0, space),
                                       std::stod(line.substr(space + 1)));
      INFO(line);
      CHECK(fresh); // no series twice
    }
    return result;
  }
  std::shared_ptr<trunk_counters> add_trunk(const std::string& number) {
    auto x = std::make_shared<trunk_counters>();
    trunks.add(number, x);
    return x;
  }
};

/// Output of a command that reads `text`, and its exit status.
std::pair<std::string, int> run(const std::string& command,
                                const std::string& text) {
  scratch_folder folder;
  std::ofstream{folder.file("in")} << text;
  auto* pipe = ::popen((command + " <" + folder.file("in") + " 2>&1").c_str(),
                       "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  for (int c; (c = std::fgetc(pipe)) != EOF;)
    output += static_cast<char>(c);
  return {output, ::pclose(pipe)};
}

} // namespace

TEST_CASE("promtool finds nothing wrong with the metrics") {
  fixture f;
  f.add_trunk("gateway");
  f.counters.lag.observe(3ms);
  auto [output, status] = run("promtool check metrics", f.text());
  CHECK(output == "");
  CHECK(status == 0);
}

TEST_CASE("every family has a help line and the type its name promises") {
  fixture f;
  f.add_trunk("gateway");
  std::set<std::string> names;
  for (auto& family : f.collect()) {
    INFO(family.name);
    CHECK(names.insert(family.name).second);
    CHECK(family.help.ends_with("."));
    CHECK_FALSE(family.metric.empty());
    CHECK((family.type == prometheus::MetricType::Counter)
          == family.name.ends_with("_total"));
    CHECK((family.type == prometheus::MetricType::Histogram)
          == (family.name.starts_with("strowger_")
              && family.name.ends_with("_seconds")));
  }
  for (auto* name : {"strowger_calls_total", "strowger_trunk_calls",
                     "strowger_reactor_lag_seconds", "strowger_build_info",
                     "process_resident_memory_bytes"})
    CHECK(names.count(name) == 1);
}

TEST_CASE("counters of the probe come out under their names and labels") {
  fixture f;
  auto& x = f.counters;
  x.calls_opened.add(9);
  x.calls_joined.add(1);
  x.calls[static_cast<size_t>(model::call_type::outbound)]
         [static_cast<size_t>(model::call_result::no_trunk)]
           .add(7);
  x.calls_in_progress.set(2);
  x.requests[static_cast<size_t>(heading::out)][1].add(11);
  x.requests[static_cast<size_t>(heading::in)][0].add(12);
  x.responses[static_cast<size_t>(heading::in)][4].add(13);
  x.retransmissions[static_cast<size_t>(heading::out)].add(14);
  x.rejections[static_cast<size_t>(rejection::source_rate)].add(15);
  x.rejections[static_cast<size_t>(rejection::unsupported)].add(16);
  x.tls_sessions.set(19);
  x.registrations.set(17);
  x.presence_subscriptions[static_cast<size_t>(
                             model::subscription_phase::waiting)]
    .set(18);
  x.routing_clients.set(21);
  x.routing_open.set(22);
  x.routing_unclaimed.set(23);
  x.instructions[static_cast<size_t>(model::fault::none)].add(24);
  x.instructions[static_cast<size_t>(model::fault::timeout)].add(25);
  std::map<std::string, double> expected = {
    {"strowger_calls_opened_total", 9},
    {"strowger_calls_joined_total", 1},
    {"strowger_routing_clients", 21},
    {R"(strowger_routing_requests{state="open"})", 22},
    {R"(strowger_routing_requests{state="unclaimed"})", 23},
    {R"(strowger_routing_instructions_total{outcome="used"})", 24},
    {R"(strowger_routing_instructions_total{outcome="TIMEOUT"})", 25},
    {R"(strowger_routing_instructions_total{outcome="BUSY"})", 0},
    {R"(strowger_calls_total{direction="outbound",result="no_trunk"})", 7},
    {R"(strowger_calls_total{direction="internal",result="answered"})", 0},
    {"strowger_calls_in_progress", 2},
    {R"(strowger_sip_requests_total{method="INVITE",direction="out"})", 11},
    {R"(strowger_sip_requests_total{method="OTHER",direction="in"})", 12},
    {R"(strowger_sip_responses_total{class="5xx",direction="in"})", 13},
    {R"(strowger_sip_retransmissions_total{direction="out"})", 14},
    {R"(strowger_sip_rejected_total{reason="source_rate"})", 15},
    {R"(strowger_sip_rejected_total{reason="unsupported"})", 16},
    {"strowger_sip_tls_sessions", 19},
    {"strowger_registrations", 17},
    {R"(strowger_presence_subscriptions{state="waiting"})", 18},
    {R"(strowger_presence_subscriptions{state="active"})", 0},
    {"strowger_log_dropped_total", 3},
    {"strowger_cdr_dropped_total", 4},
    {"strowger_store_lost_total", 5},
    {R"(strowger_build_info{version="0.1.0 \"quoted\""})", 1},
  };
  auto samples = f.samples();
  for (auto& [name, value] : expected) {
    INFO(name);
    REQUIRE(samples.count(name) == 1);
    CHECK(samples[name] == value);
  }
}

TEST_CASE("histograms are cumulative, in seconds, and end at +Inf") {
  fixture f;
  for (auto t : {model::duration{40us}, model::duration{50us},
                 model::duration{3ms}, model::duration{300s}})
    f.counters.added_delay.observe(t);
  auto samples = f.samples();
  auto bucket = [&](const std::string& bound) {
    return samples["strowger_added_delay_seconds_bucket{le=\"" + bound + "\"}"];
  };
  CHECK(bucket("5e-05") == 2);
  CHECK(bucket("0.002") == 2);
  CHECK(bucket("0.005") == 3);
  CHECK(bucket("200") == 3);
  CHECK(bucket("+Inf") == 4);
  CHECK(samples["strowger_added_delay_seconds_count"] == 4);
  CHECK(samples["strowger_added_delay_seconds_sum"]
        == doctest::Approx(300.00309));
}

TEST_CASE("a trunk shows its calls, peak, attempts, rejections and service") {
  fixture f;
  auto x = f.add_trunk("gateway");
  x->current.set(5);
  x->current.set(2);
  x->in_service.set(1);
  x->attempts.add(30);
  x->rejections[2].add(4);
  x->unreachable.add(6);
  x->refused.add(8);
  auto samples = f.samples();
  CHECK(samples[R"(strowger_trunk_calls{trunk="gateway"})"] == 2);
  CHECK(samples[R"(strowger_trunk_calls_peak{trunk="gateway"})"] == 5);
  CHECK(samples[R"(strowger_trunk_attempts_total{trunk="gateway"})"] == 30);
  CHECK(samples[R"(strowger_trunk_in_service{trunk="gateway"})"] == 1);
  auto rejected = [&](const std::string& name) {
    return samples[R"(strowger_trunk_rejected_total{trunk="gateway",class=")"
                   + name + "\"}"];
  };
  CHECK(rejected("4xx") == 0);
  CHECK(rejected("5xx") == 4);
  CHECK(rejected("unreachable") == 6);
  CHECK(rejected("refused") == 8);
}

TEST_CASE("trunks over the limit of labels are summed up as other") {
  fixture f;
  f.labels_limit = 3;
  for (int i = 10; i < 20; ++i)
    f.add_trunk("t" + std::to_string(i))->attempts.add(1u << (i - 10));
  f.trunks.remove("t19");
  f.trunks.remove("nobody");
  auto samples = f.samples();
  auto attempts = [&](const std::string& trunk) {
    auto i = samples.find("strowger_trunk_attempts_total{trunk=\"" + trunk
                          + "\"}");
    return i == samples.end() ? -1 : i->second;
  };
  CHECK(attempts("t10") == 1);
  CHECK(attempts("t12") == 4);
  CHECK(attempts("t13") == -1);
  CHECK(attempts("other") == 8 + 16 + 32 + 64 + 128 + 256);
  f.labels_limit = 9;
  CHECK(f.samples().count(R"(strowger_trunk_calls{trunk="other"})") == 0);
}

TEST_CASE("the process tells its memory, CPU time, files and start") {
  fixture f;
  auto samples = f.samples();
  auto now = static_cast<double>(
    std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch())
      .count());
  CHECK(samples["process_resident_memory_bytes"] > 1e6);
  CHECK(samples["process_cpu_seconds_total"] >= 0);
  CHECK(samples["process_open_fds"] >= 3);
  CHECK(samples["process_start_time_seconds"] <= now + 2);
  CHECK(samples["process_start_time_seconds"] > now - 3600);
}

// -- the endpoint -------------------------------------------------------------

namespace {

struct served {
  fixture switch_;
  bool alive = true;
  std::vector<std::string> reasons;
  endpoint::opened opened = endpoint::open(
    "127.0.0.1:0", {.metrics = std::make_shared<collector>(metric_sources{
                      .counters = switch_.counters, .trunks = switch_.trunks}),
                    .alive = [this] { return alive; },
                    .not_ready = [this] { return reasons; }});

  httplib::Result get(const std::string& path) {
    REQUIRE_MESSAGE(opened.server, opened.error);
    return httplib::Client{"127.0.0.1", opened.server->port()}.Get(path);
  }
};

} // namespace

TEST_CASE_FIXTURE(served,
                  "the endpoint serves the metrics as Prometheus text") {
  switch_.counters.calls_opened.add(42);
  auto answer = get("/metrics");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->get_header_value("Content-Type")
        == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(answer->body.find("\nstrowger_calls_opened_total 42\n")
        != std::string::npos);
  CHECK(get("/other")->status == 404);
}

TEST_CASE_FIXTURE(served, "healthz and readyz answer 503 when they should") {
  CHECK(get("/healthz")->status == 200);
  alive = false;
  CHECK(get("/healthz")->status == 503);
  auto ready = get("/readyz");
  CHECK(ready->status == 200);
  CHECK(
    nlohmann::json::parse(ready->body)
    == nlohmann::json{{"ready", true}, {"reasons", nlohmann::json::array()}});
  reasons = {"draining", "no listener"};
  ready = get("/readyz");
  CHECK(ready->status == 503);
  CHECK(nlohmann::json::parse(ready->body)
        == nlohmann::json{{"ready", false},
                          {"reasons", {"draining", "no listener"}}});
}

TEST_CASE_FIXTURE(served,
                  "an address in use, or no address, is a clear error") {
  REQUIRE(opened.server);
  auto used = "127.0.0.1:" + std::to_string(opened.server->port());
  auto error = [](const std::string& address) {
    auto other = endpoint::open(address, {});
    CHECK_FALSE(other.server);
    return other.error;
  };
  CHECK(error(used) == "cannot listen at " + used + ": Address already in use");
  CHECK(error("192.0.2.77:28000")
        == "cannot listen at 192.0.2.77:28000: Cannot assign requested "
           "address");
  CHECK(error("nonsense") == "cannot listen at 'nonsense': not host:port");
  CHECK(error("no-such-host.invalid:28000")
        == "cannot listen at no-such-host.invalid:28000: no such host");
}
