#include "services/load/report_json.hpp"
#include "test/services/load_results.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <random>

using namespace strowger;
using namespace strowger::services;

namespace {

load::result read_back(const std::string& text) {
  auto found = load::read_json(text);
  if (auto error = std::get_if<std::string>(&found))
    FAIL(*error);
  return std::get<load::result>(std::move(found));
}

std::string error_of(const nlohmann::ordered_json& report) {
  auto found = load::read_json(report.dump());
  auto error = std::get_if<std::string>(&found);
  return error ? *error : "";
}

} // namespace

TEST_CASE("a report that is written, read and written is the same text") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 dice{seed};
    made_up what;
    what.rate_per_s = static_cast<double>(1 + dice() % 50);
    what.seconds = static_cast<double>(1 + dice() % 30);
    what.failing = static_cast<double>(dice() % 100) / 100;
    what.with_media = dice() % 2 == 0;
    what.with_registrations = dice() % 2 == 0;
    what.overloaded = dice() % 2 == 0;
    what.generators = static_cast<int>(dice() % 4);
    auto made = make_up(seed, what);
    made.left_over = dice();
    made.broken_laws.resize(dice() % 3, "10 attempts, but \"9\"\n");
    auto text = load::to_json(made);
    auto read = read_back(text);
    CHECK(load::to_json(read) == text);
    CHECK(read.exit_code() == made.exit_code());
    CHECK(read.watch.reasons_invalid() == made.watch.reasons_invalid());
  }
}

TEST_CASE("a run in which nothing happened has a report") {
  load::result nothing;
  auto text = load::to_json(nothing);
  CHECK(load::to_json(read_back(text)) == text);
}

TEST_CASE("merging what was read gives the percentiles of the whole") {
  auto a = make_up(1, {.rate_per_s = 50, .seconds = 20});
  auto b = make_up(2, {.rate_per_s = 50, .seconds = 20, .answer_s = 0.3});
  auto whole = a.callers;
  whole.merge(b.callers);
  auto merged = read_back(load::to_json(a)).callers;
  merged.merge(read_back(load::to_json(b)).callers);
  for (auto p : {50.0, 99.0, 99.9, 99.99})
    CHECK(merged[traffic::latency::answer].percentile_us(p)
          == whole[traffic::latency::answer].percentile_us(p));
  CHECK(merged.failed() == whole.failed());
}

TEST_CASE("bytes that are no UTF-8 and numbers that are none do not harm") {
  load::result odd;
  odd.target = "sip:\xff\xfe</script>";
  odd.cpu_per_call_us = std::numeric_limits<double>::quiet_NaN();
  odd.times.end_s = std::numeric_limits<double>::infinity();
  auto text = load::to_json(odd);
  CHECK(load::to_json(read_back(text)) == text);
}

TEST_CASE("what is wrong with a report is said with its field") {
  auto good = nlohmann::ordered_json::parse(
    load::to_json(make_up(3, {.rate_per_s = 20, .seconds = 5})));
  struct row {
    const char* pointer;
    nlohmann::ordered_json value;
    const char* error;
  };
  for (auto& [pointer, value, error] : std::initializer_list<row>{
         {"/format", "strowger-load-report/9",
          "format: expected \"strowger-load-report/1\""},
         {"/seed", 5, "seed: expected text"},
         {"/seed", "5x", "seed: expected a number in quotes"},
         {"/times", 5, "times: expected an object"},
         {"/callers/attempts", -1,
          "callers.attempts: expected a whole number, 0 or more"},
         {"/callers/by_status/2oo", 1,
          "callers.by_status.2oo: expected a number as its name"},
         {"/samples/at_s",
          {1.0},
          "samples.answer_p50_s: expected as many "
          "values as at_s has"},
         {"/samples/attempts/2", "x",
          "samples.attempts[2]: expected a whole number, 0 or more"},
         {"/callers/latencies/answer/buckets/0",
          {1, 2, 3},
          "callers.latencies.answer.buckets[0]: expected the lower end of a "
          "bucket and its count"},
         // 1001 is within a bucket, so it is not what a writer has written.
         {"/callers/latencies/answer/buckets/0",
          {1001, 2},
          "callers.latencies.answer: expected buckets in order, between min_us "
          "and max_us"},
         {"/generator/lateness/max_us", 1,
          "generator.lateness: expected buckets in order, between min_us and "
          "max_us"},
         {"/verdict/criteria/0/text", "p99 of something",
          "verdict.criteria[0].text: expected a criterion: "}}) {
    auto bad = good;
    bad[nlohmann::ordered_json::json_pointer(pointer)] = value;
    CAPTURE(pointer);
    CHECK(error_of(bad).substr(0, std::string_view(error).size()) == error);
  }
  auto bad = good;
  bad["callers"].erase("up");
  CHECK(error_of(bad) == "callers.up: expected to be there");
  CHECK(std::get<std::string>(load::read_json("{")) == "this is no JSON");
  CHECK(std::get<std::string>(load::read_json("[]"))
        == "the report: expected an object");
  CHECK(error_of(good) == "");
}

TEST_CASE("whatever is in a file, it is a report or has an error") {
  auto good = load::to_json(make_up(8, {.rate_per_s = 3, .seconds = 3}));
  std::mt19937_64 dice{20240506};
  int reports = 0, errors = 0;
  for (int i = 0; i < 3000; ++i) {
    auto text = good;
    for (auto changes = 1 + dice() % 3; changes > 0; --changes) {
      auto at = dice() % text.size();
      static constexpr std::string_view letters = "0123456789-.e\"{}[],: a\xff";
      if (dice() % 4 == 0)
        text.erase(at, dice() % 20);
      else
        text[at] = letters[dice() % letters.size()];
    }
    CAPTURE(i);
    auto found = load::read_json(text);
    if (auto error = std::get_if<std::string>(&found)) {
      CHECK(!error->empty());
      ++errors;
    } else {
      auto again = load::to_json(std::get<load::result>(found));
      CHECK(load::to_json(read_back(again)) == again);
      ++reports;
    }
  }
  CHECK(reports > 100);
  CHECK(errors > 100);
}
