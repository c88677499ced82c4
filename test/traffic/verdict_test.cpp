#include "actors/traffic/verdict.hpp"

#include <doctest/doctest.h>

using namespace strowger::traffic;
using namespace std::chrono_literals;

namespace {

/// 10,000 calls in 100 s: 9,900 answered after 100 µs, 200 µs … 990 ms, one
/// failed, 49 busy, 50 abandoned; one BYE was lost.
tally hundred_seconds() {
  tally result;
  result.attempts = 10'000;
  for (int i = 1; i <= 9900; ++i) {
    result.came_out(outcome::answered, 200);
    result.record(latency::answer, static_cast<std::uint64_t>(i) * 100);
  }
  result.came_out(outcome::server_error, 503);
  for (int i = 0; i < 49; ++i)
    result.came_out(outcome::busy, 486);
  for (int i = 0; i < 50; ++i)
    result.came_out(outcome::abandoned, 487);
  result.ended_cleanly = 9899;
  result.cut_off = 1;
  result.registrations.attempts = 4;
  result.registrations.succeeded = 3;
  result.registrations.failed_by_status[403] = 1;
  result.record(latency::registration, 77);
  return result;
}

verdict judged(std::string_view text, const tally& counted,
               strowger::model::duration elapsed = 100s) {
  return judge(std::get<criterion>(parse_criterion(text)), counted, elapsed);
}

} // namespace

TEST_CASE("each criterion is measured, judged and said in words") {
  auto counted = hundred_seconds();
  REQUIRE_FALSE(counted.unbalanced());
  struct row {
    std::string_view text;
    bool met;
    std::string_view words;
  };
  const row rows[] = {
    {"max answer <= 990 ms", true, "max answer: 990 ms, wanted <= 990 ms"},
    {"max answer < 990 ms", false, "max answer: 990 ms, wanted < 990 ms"},
    {"max answer > 2 s", false, "max answer: 990 ms, wanted > 2 s"},
    {"mean answer < 496 ms", true, "mean answer: 495.05 ms, wanted < 496 ms"},
    {"p50 register < 1ms", true, "p50 register: 77 us, wanted < 1 ms"},
    {"p99 bye < 1 s", false, "p99 bye: nothing to measure, wanted < 1 s"},
    {"failed <= 0.5 %", true, "failed: 0.5 %, wanted <= 0.5 %"},
    {"failed < 0.5 %", false, "failed: 0.5 %, wanted < 0.5 %"},
    {"busy < 0.5 %", true, "busy: 0.49 %, wanted < 0.5 %"},
    {"abandoned <= 0.4 %", false, "abandoned: 0.5 %, wanted <= 0.4 %"},
    {"answered >= 99 %", true, "answered: 99 %, wanted >= 99 %"},
    {"SER >= 99 %", true, "SER: 99 %, wanted >= 99 %"},
    {"SEER > 99.49 %", false, "SEER: 99.49 %, wanted > 99.49 %"},
    {"ISA < 0.02 %", true, "ISA: 0.01 %, wanted < 0.02 %"},
    {"SCR > 98.98 %", true, "SCR: 98.99 %, wanted > 98.98 %"},
    {"IRA < 1 %", false, "IRA: 25 %, wanted < 1 %"},
    {"rate >= 100/s", true, "rate: 100/s, wanted >= 100/s"},
    {"rate > 100/s", false, "rate: 100/s, wanted > 100/s"},
    {"calls >= 10000", true, "calls: 10000, wanted >= 10000"},
    {"calls > 1e7", false, "calls: 10000, wanted > 10000000"},
  };
  for (auto& [text, met, words] : rows) {
    auto found = judged(text, counted);
    CHECK(found.words == words);
    CHECK(found.met == met);
  }
}

TEST_CASE("percentiles are judged with the accuracy of the histogram") {
  auto counted = hundred_seconds();
  auto found = judged("p99.9 answer < 1 s", counted);
  CHECK(found.met);
  REQUIRE(found.measured);
  CHECK(*found.measured >= 0.9891);
  CHECK(*found.measured <= 0.9891 * 129 / 128);
  CHECK(found.words.substr(0, 13) == "p99.9 answer:");
}

TEST_CASE("where nothing was measured no criterion is met") {
  for (auto text : {"p99 answer < 1 s", "mean answer < 1 s", "failed < 1 %",
                    "answered >= 0 %", "SER > 0 %", "IRA < 1 %"}) {
    CAPTURE(text);
    auto found = judged(text, tally{});
    CHECK_FALSE(found.met);
    CHECK_FALSE(found.measured);
  }
  CHECK_FALSE(judged("rate >= 0/s", tally{}, 0s).met);
  CHECK_FALSE(judged("calls > 0", tally{}).met);
}

TEST_CASE("a share is compared as it is written, not as binary has it") {
  tally counted;
  for (std::uint64_t n : {3, 7, 1000, 9999, 30'000}) {
    counted.attempts = n * 100;
    counted.outcomes = {};
    for (std::uint64_t i = 0; i < n * 29; ++i)
      counted.came_out(outcome::refused);
    CAPTURE(n);
    CHECK(judged("failed <= 29 %", counted).met);
    CHECK_FALSE(judged("failed < 29 %", counted).met);
    CHECK(judged("failed >= 29 %", counted).met);
    CHECK_FALSE(judged("failed > 29 %", counted).met);
    counted.came_out(outcome::refused);
    CHECK_FALSE(judged("failed <= 29 %", counted).met);
  }
}

TEST_CASE("all criteria are judged, in their order") {
  std::vector<criterion> all;
  for (auto text : {"calls > 0", "busy > 50 %"})
    all.push_back(std::get<criterion>(parse_criterion(text)));
  auto found = judge(all, hundred_seconds(), 100s);
  REQUIRE(found.size() == 2);
  CHECK(found[0].met);
  CHECK_FALSE(found[1].met);
  CHECK(found[1].what.text == "busy > 50 %");
}

TEST_CASE("what was heard is judged; where nothing was to be heard there is "
          "nothing to measure") {
  tally x;
  for (auto text : {"p5 MOS > 4", "p99 jitter < 1 s", "one-way < 1",
                    "lost packets < 1 %", "tones > 1 %", "digits > 1 %"}) {
    CAPTURE(text);
    CHECK(!judged(text, x).met);
    CHECK(judged(text, x).words.find("nothing to measure")
          != std::string::npos);
  }
  auto& heard = x.media;
  heard.calls = heard.tones_expected = 20;
  heard.tones_detected = 19;
  heard.one_way_calls = 1;
  heard.packets_expected = 10'000;
  heard.packets_lost = 5;
  heard.digits_sent = heard.digits_expected = 200;
  heard.digits_detected = 200;
  heard.digits_wrong = 1;
  for (int i = 0; i < 19; ++i)
    ++heard.streams_by_mos_hundredths[i == 0 ? 380 : 440];
  heard.jitter.record(250, 19);
  struct row {
    std::string_view text;
    bool met;
    std::string_view words;
  };
  for (auto& row : {
         row{"p5 MOS > 4", false, "p5 MOS: 3.8, wanted > 4"},
         row{"p50 mos > 4", true, "p50 MOS: 4.4, wanted > 4"},
         row{"p99 jitter < 1 ms", true, "p99 jitter: 250 us, wanted < 1 ms"},
         row{"one-way < 1", false, "one-way: 1, wanted < 1"},
         row{"silent < 1", true, "silent: 0, wanted < 1"},
         row{"lost packets < 0.1 %", true,
             "lost packets: 0.05 %, wanted < 0.1 %"},
         row{"tones > 99 %", false, "tones: 95 %, wanted > 99 %"},
         row{"digits > 99 %", true, "digits: 99.5 %, wanted > 99 %"},
       }) {
    auto found = judged(row.text, x);
    CHECK(found.met == row.met);
    CHECK(found.words == row.words);
  }
}
