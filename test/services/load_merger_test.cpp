#include "services/load/load_words.hpp"
#include "services/load/merger.hpp"
#include "services/load/report_json.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

/// What generators count, merged.
using namespace strowger;
using namespace strowger::services;
using namespace strowger::services::load;

namespace {

constexpr double percentiles[] = {0,  1,  10,   25,    50,     75, 90,
                                  95, 99, 99.9, 99.99, 99.999, 100};

/// One thing that happens in a run, counted.
void count_something(std::mt19937_64& dice, traffic::tally& to) {
  auto time_us = static_cast<std::uint64_t>(
    std::exp(std::uniform_real_distribution<double>{0, 22}(dice)));
  to.record(static_cast<traffic::latency>(dice() % traffic::latency_count),
            time_us);
  switch (dice() % 8) {
    case 0:
      ++to.registrations.attempts;
      ++to.registrations.failed_by_status[dice() % 2 ? 403 : 0];
      return;
    case 1:
      ++to.registrations.attempts;
      ++to.registrations.succeeded;
      return;
    case 2:
      ++to.steps[dice() % to.steps.size()].done;
      ++to.steps[dice() % to.steps.size()].failed;
      return;
    case 3:
      ++to.retransmitted;
      to.peer_retransmitted += 2;
      return;
    case 4:
      ++to.attempts;
      to.came_out(traffic::outcome::answered, 200);
      ++(dice() % 3 == 0 ? to.cut_off : to.ended_cleanly);
      return;
    case 5:
      ++to.attempts;
      to.came_out(traffic::outcome::answered, 200);
      ++to.up;
      return;
    case 6:
      ++to.attempts;
      ++to.in_progress;
      return;
    default:
      ++to.attempts;
      to.came_out(static_cast<traffic::outcome>(
                    1 + dice() % (traffic::outcome_count - 1)),
                  static_cast<std::uint16_t>(300 + dice() % 400));
  }
}

/// To another process and back.
template <class Message, class... What>
auto sent(const What&... what) {
  Message out, in;
  to_api(what..., out);
  REQUIRE(in.ParseFromString(out.SerializeAsString()));
  auto read = from_api(in);
  REQUIRE(read);
  return *read;
}

result only(const traffic::tally& x) {
  result r;
  r.callers = x;
  return r;
}

counted_second second_at(double at_s, std::uint64_t attempts,
                         std::uint64_t in_flight) {
  counted_second x;
  x.sample.at_s = at_s;
  x.sample.attempts = attempts;
  x.sample.in_flight = in_flight;
  return x;
}

std::vector<generator_name> names(std::size_t count) {
  std::vector<generator_name> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back({"g:" + std::to_string(i + 1), role::both});
  return result;
}

} // namespace

TEST_CASE("merging what generators have counted apart is what one would have "
          "counted, to every number and percentile") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 dice{seed};
    traffic::tally whole;
    std::vector<traffic::tally> parts(1 + dice() % 6);
    for (auto left = dice() % 3000; left > 0; --left) {
      auto copy = dice;
      count_something(dice, whole);
      count_something(copy, parts[left % parts.size()]);
    }
    traffic::tally merged;
    for (auto& x : parts)
      merged.merge(sent<api::LoadTally>(x));
    // The report names every count and every bucket.
    CHECK(to_json(only(merged)) == to_json(only(whole)));
    for (std::size_t i = 0; i < traffic::latency_count; ++i)
      for (auto p : percentiles)
        CHECK(merged.latencies[i].percentile_us(p)
              == whole.latencies[i].percentile_us(p));
    CHECK(merged.unbalanced() == whole.unbalanced());
  }
}

TEST_CASE("what generators have seen of themselves adds up") {
  std::mt19937_64 dice{1};
  traffic::self_watch whole;
  std::vector<traffic::self_watch> parts(3);
  for (int i = 0; i < 1000; ++i) {
    auto& part = parts[dice() % parts.size()];
    auto late = std::chrono::microseconds{dice() % 20'000};
    for (auto* x : {&whole, &part}) {
      x->started({}, model::time_point{late});
      x->skipped(i % 7);
      x->dropped(i % 3);
      x->second((i % 100) / 100.0);
    }
  }
  traffic::self_watch merged;
  for (auto& x : parts)
    merged.merge(sent<api::LoadWatch>(x));
  CHECK(merged.reasons_invalid() == whole.reasons_invalid());
  CHECK(merged.mean_cpu_share() == doctest::Approx(whole.mean_cpu_share()));
  CHECK(merged.max_cpu_share() == whole.max_cpu_share());
  CHECK(merged.lateness().to_image() == whole.lateness().to_image());
  CHECK(merged.seconds() == 1000);
}

TEST_CASE("a run of several generators is their sum, with a line for each") {
  merger all{{{"a:1", role::caller}, {"b:2", role::callee}}};
  counted_part callers, callees;
  callers.times = {1, 5, 7.5};
  callees.times = {0.9, 9, 9.5};
  callers.steady.callers.attempts = 3;
  for (int i = 0; i < 3; ++i)
    callers.steady.callers.came_out(traffic::outcome::answered, 200);
  callers.steady.callers.ended_cleanly = 3;
  callers.all.callers.attempts = 4;
  callers.watch.second(0.5);
  callers.invalid = {"calls started late"};
  callees.steady.callees.attempts = 3;
  callees.watch.second(0.3);
  callees.steady.callees.media.longest_loss_packets = 4;
  callees.left_over = 2;
  all.take(0, sent<api::LoadResult>(
                [&] {
                  result r = only(callers.steady.callers);
                  r.times = callers.times;
                  r.watch = callers.watch;
                  r.invalid = callers.invalid;
                  return r;
                }(),
                callers.all));
  all.take(1, callees);
  all.ended(1, "was lost after 3 s (it says nothing)");
  auto x = all.so_far();
  CHECK(x.times.steady_from_s == 1); // who calls says when
  CHECK(x.times.steady_to_s == 5);
  CHECK(x.times.end_s == 9.5);
  CHECK(x.callers.attempts == 3);
  CHECK(x.left_over == 2);
  CHECK(x.cpu_per_call_us == doctest::Approx(0.8e6 / 4));
  CHECK(x.callees.media.longest_loss_packets == 4);
  CHECK(x.invalid
        == std::vector<std::string>{
          "generator a:1: calls started late",
          "generator b:2: was lost after 3 s (it says nothing)"});
  REQUIRE(x.generators.size() == 2);
  CHECK(x.generators[0].attempts == 3);
  CHECK(x.generators[0].role == "caller");
  CHECK(x.generators[1].came_in == 3);
  CHECK(x.exit_code() == 3);
  CHECK(x.broken_laws.size() == 1); // 3 came in, and nothing became of them
}

TEST_CASE("a second is merged when all have told of it, and none is lost") {
  merger all{names(2)};
  all.take(0, second_at(1.001, 10, 5));
  all.take(0, second_at(2.002, 11, 6));
  CHECK(all.merge_seconds() == 0);
  all.take(1, second_at(1.1, 20, 7));
  CHECK(all.merge_seconds() == 1);
  all.take(1, second_at(1.9, 3, 0)); // its last one
  all.ended(1, "");
  CHECK(all.merge_seconds() == 1);
  all.take(0, second_at(3.0, 1, 1));
  CHECK(all.merge_seconds() == 1);
  auto samples = all.so_far().samples;
  REQUIRE(samples.size() == 3);
  CHECK(samples[0].attempts == 30);
  CHECK(samples[0].in_flight == 12);
  CHECK(samples[0].at_s == 1.1);
  CHECK(samples[1].attempts == 14);
  CHECK(samples[1].in_flight == 6);
  CHECK(samples[2].attempts == 1);
}

TEST_CASE("percentiles of a merged second are those of all its answers") {
  merger all{names(2)};
  traffic::histogram whole;
  for (std::size_t i = 0; i < 2; ++i) {
    auto x = second_at(1, 100, 0);
    for (std::uint64_t j = 0; j < 100; ++j) {
      auto us = 1000 * (i + 1) + j * (i == 0 ? 1 : 1000);
      x.distributions.answers.record(us);
      whole.record(us);
    }
    all.take(i, sent<api::LoadSample>(x.sample, x.distributions, 7.0));
  }
  all.merge_seconds();
  auto found = all.so_far().samples.at(0);
  CHECK(found.answer_p50_s
        == doctest::Approx(static_cast<double>(whole.percentile_us(50)) / 1e6));
  CHECK(found.answer_p99_s
        == doctest::Approx(static_cast<double>(whole.percentile_us(99)) / 1e6));
  CHECK(found.answer_max_s == doctest::Approx(0.101));
}

TEST_CASE("what no generator sends is not read") {
  api::LoadHistogram odd;
  odd.add_buckets(7);
  CHECK_FALSE(from_api(odd));
  odd.add_counts(0);
  CHECK_FALSE(from_api(odd));
  api::LoadTally tally;
  (*tally.mutable_outcomes())["strange"] = 1;
  CHECK_FALSE(from_api(tally));
  tally.Clear();
  (*tally.mutable_by_status())[70'000] = 1;
  CHECK_FALSE(from_api(tally));
  api::LoadSample sample;
  sample.set_at_s(-1);
  CHECK_FALSE(from_api(sample));
  api::LoadResult result;
  *result.mutable_watch()->mutable_lateness() = odd;
  CHECK_FALSE(from_api(result));
}

TEST_CASE("what comes after its second was merged goes into the next one, and "
          "time does not go back") {
  merger all{names(2)};
  all.take(0, second_at(1.01, 10, 1));
  all.take(1, second_at(1.02, 10, 1));
  CHECK(all.merge_seconds() == 1);
  all.take(0, second_at(1.015, 7, 0));
  all.ended(0, "");
  all.ended(1, "");
  CHECK(all.merge_seconds() == 1);
  auto samples = all.so_far().samples;
  REQUIRE(samples.size() == 2);
  CHECK(samples[1].attempts == 7);
  CHECK(samples[1].at_s == 1.02);
}
