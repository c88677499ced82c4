#include "services/load/compare.hpp"
#include "services/load/intervals.hpp"
#include "test/services/load_results.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <sstream>

using namespace strowger;
using namespace strowger::services;

namespace {

std::string compared(const load::result& a, const load::result& b) {
  std::ostringstream out;
  load::compare(a, b, out);
  return out.str();
}

std::string line_with(const std::string& text, const std::string& begin) {
  auto at = text.find("\n" + begin + " ");
  return at == text.npos ? ""
                         : text.substr(at + 1, text.find('\n', at + 1) - at);
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

bool holds(const load::estimate& x, double truth) {
  return x.low <= truth && truth <= x.high;
}

} // namespace

TEST_CASE("proportions have the intervals of Wilson and Newcombe") {
  // Newcombe, Statistics in Medicine 17 (1998), 873: 56/70 and 48/80.
  auto a = load::proportion(48, 80);
  auto b = load::proportion(56, 70);
  CHECK(a->low == doctest::Approx(0.4905).epsilon(0.001));
  CHECK(a->high == doctest::Approx(0.7004).epsilon(0.001));
  auto change = load::difference(*a, *b);
  CHECK(change.value == doctest::Approx(0.2));
  CHECK(change.low == doctest::Approx(0.0524).epsilon(0.002));
  CHECK(change.high == doctest::Approx(0.3339).epsilon(0.002));
  CHECK(load::shows_difference(change));
}

TEST_CASE("none and all of the calls have intervals, no calls have none") {
  CHECK(load::proportion(0, 100)->low == 0);
  CHECK(load::proportion(0, 100)->high == doctest::Approx(0.037).epsilon(0.01));
  CHECK(load::proportion(100, 100)->high == 1);
  CHECK(!load::proportion(0, 0));
}

TEST_CASE("an interval of a percentile is where the binomial law has it") {
  // Of 1 to 100 µs, one each, the median is between the 40th and the 61st.
  traffic::histogram seen;
  for (std::uint64_t us = 1; us <= 100; ++us)
    seen.record(us);
  auto median = load::percentile(seen, 50);
  REQUIRE(median);
  CHECK(median->value == 50e-6);
  CHECK(median->low == 40e-6);
  CHECK(median->high == 61e-6);
}

TEST_CASE("with too few calls a percentile has no interval") {
  traffic::histogram seen;
  CHECK(!load::percentile(seen, 50));
  seen.record(1000, 300);
  CHECK(!load::percentile(seen, 99)); // 0.99^300 is 4.9 %, and 2.5 % is wanted
  CHECK(load::percentile(seen, 98));
  seen.record(1000, 100);
  CHECK(load::percentile(seen, 99));
}

TEST_CASE("of 100 intervals at most seven or so miss the truth") {
  std::mt19937_64 dice{4711};
  for (auto [calls, p] : {std::pair{60, 50.0},
                          {500, 90.0},
                          {2000, 99.0},
                          {6000, 99.9},
                          {9000, 50.0}}) {
    CAPTURE(calls);
    CAPTURE(p);
    int held = 0, wilson_held = 0;
    constexpr int runs = 400;
    std::exponential_distribution<double> law{1 / 0.2};
    auto truth = -0.2 * std::log1p(-p / 100);
    for (int run = 0; run < runs; ++run) {
      traffic::histogram seen;
      std::uint64_t below = 0;
      for (int i = 0; i < calls; ++i) {
        auto seconds = law(dice);
        seen.record(static_cast<std::uint64_t>(seconds * 1e6));
        below += seconds <= truth;
      }
      auto interval = load::percentile(seen, p);
      REQUIRE(interval);
      held += holds(*interval, truth);
      wilson_held += holds(
        *load::proportion(below, static_cast<std::uint64_t>(calls)), p / 100);
    }
    CHECK(held >= runs * 0.93);
    CHECK(wilson_held >= runs * 0.925);
  }
}

TEST_CASE("a run does not differ from itself") {
  auto a = make_up(1, {.rate_per_s = 50, .seconds = 30, .failing = 0.05});
  auto text = compared(a, a);
  CHECK(has(text, "no difference shown"));
  CHECK(!has(text, "differs\n"));
  CHECK(has(text, "0 of "));
}

TEST_CASE("a device that has become slower and fails more often is seen to") {
  auto a = make_up(1, {.rate_per_s = 100, .seconds = 60, .failing = 0.005});
  auto b = make_up(
    2, {.rate_per_s = 100, .seconds = 60, .failing = 0.03, .answer_s = 0.15});
  auto text = compared(a, b);
  CHECK(has(line_with(text, "failed"), "differs"));
  CHECK(has(line_with(text, "answer p50"), "differs"));
  CHECK(has(line_with(text, "answer p90"), "differs"));
  CHECK(has(line_with(text, "bye p50"), "no difference shown"));
  CHECK(has(line_with(text, "abandoned"), "no difference shown"));
  CHECK(has(line_with(text, "register p99.9"), "too few calls"));
}

TEST_CASE("what makes a comparison doubtful is said first") {
  auto a = make_up(1, {.rate_per_s = 50, .seconds = 10});
  auto b = make_up(2, {.rate_per_s = 80, .seconds = 10, .overloaded = true});
  b.scenario = "another";
  auto text = compared(a, b);
  CHECK(has(text, "note: B is invalid: calls started late"));
  CHECK(has(text, "note: these are different scenarios"));
  CHECK(has(text, "note: the rates differ by more than 5 %"));
  CHECK(!has(compared(a, a), "note:"));
}
