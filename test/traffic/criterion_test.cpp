#include "actors/traffic/criterion.hpp"

#include <doctest/doctest.h>

using namespace strowger::traffic;
using enum criterion::relation;

namespace {

std::string error_of(std::string_view text) {
  auto result = parse_criterion(text);
  auto* error = std::get_if<std::string>(&result);
  return error == nullptr ? "it was read" : *error;
}

} // namespace

TEST_CASE("criteria are read as they are written") {
  struct row {
    std::string_view text;
    std::string_view measure;
    double percentile;
    enum criterion::relation is;
    double bound;
  };
  const row rows[] = {
    {"p99 answer < 200 ms", "answer", 99, less, 0.2},
    {"p99.99 answer<=200ms", "answer", 99.99, at_most, 0.2},
    {"  p50\tRinging >= 1.5 s ", "ringing", 50, at_least, 1.5},
    {"P99.9 100 > 250us", "100", 99.9, greater, 0.00025},
    {"p90 ack < 250 µs", "ack", 90, less, 0.00025},
    {"max bye < 1s", "bye", 100, less, 1},
    {"mean register < 5 ms", "register", criterion::mean, less, 0.005},
    {"p95 18x < 1 s", "ringing", 95, less, 1},
    {"p90 2xx < 1 s", "answer", 90, less, 1},
    {"p90 rrd < 1 s", "register", 90, less, 1},
    {"p90 sdd < 1 s", "bye", 90, less, 1},
    {"p90 srd < 1 s", "SRD", 90, less, 1},
    {"mean sdt < 100 s", "SDT", criterion::mean, less, 100},
    {"failed < 0.01 %", "failed", -1, less, 0.0001},
    {"abandoned<=5%", "abandoned", -1, at_most, 0.05},
    {"busy < 10 %", "busy", -1, less, 0.1},
    {"answered > 99.5 %", "answered", -1, greater, 0.995},
    {"ser > 99 %", "SER", -1, greater, 0.99},
    {"SEER >= 100 %", "SEER", -1, at_least, 1},
    {"ISA <= 0 %", "ISA", -1, at_most, 0},
    {"SCR > 50 %", "SCR", -1, greater, 0.5},
    {"IRA < 1 %", "IRA", -1, less, 0.01},
    {"rate > 100/s", "rate", -1, greater, 100},
    {"rate > 100 /s", "rate", -1, greater, 100},
    {"calls >= 1000", "calls", -1, at_least, 1000},
    {"p5 mos > 4.0", "MOS", 5, greater, 4},
    {"mean MOS >= 4.2", "MOS", criterion::mean, at_least, 4.2},
    {"p99 jitter < 20 ms", "jitter", 99, less, 0.02},
    {"one-way < 1", "one-way", -1, less, 1},
    {"silent <= 0", "silent", -1, at_most, 0},
    {"lost packets < 0.1 %", "lost packets", -1, less, 0.001},
    {"tones >= 100 %", "tones", -1, at_least, 1},
    {"digits > 99 %", "digits", -1, greater, 0.99},
  };
  for (auto& row : rows) {
    CAPTURE(row.text);
    CAPTURE(error_of(row.text));
    auto& [text, measure, percentile, is, bound] = row;
    auto result = parse_criterion(text);
    auto* read = std::get_if<criterion>(&result);
    REQUIRE(read != nullptr);
    CHECK(read->text == text);
    CHECK(read->measure == measure);
    CHECK(read->percentile == percentile);
    CHECK(read->is == is);
    CHECK(read->bound == doctest::Approx(bound).epsilon(1e-15));
  }
}

TEST_CASE("what is wrong with a criterion is said with what was expected") {
  struct row {
    std::string_view text;
    std::string_view error; // how it begins
  };
  const row rows[] = {
    {"",
     R"(nothing is measured; expected something like "p99 answer < 200 ms",)"},
    {"faild < 1 %", R"("faild" is no measure; expected something like)"},
    {"p99", R"(no latency is named; expected 100, ringing, answer)"},
    {"answer < 1 s",
     R"("answer" is a latency: say which value of it, as in "p99 answer")"},
    {"p99 failed < 1 s", R"("failed" is no latency; expected 100, ringing)"},
    {"p99 < 1 s", R"("<" is no latency; expected 100)"},
    {"p100 answer < 1 s",
     R"("p100" is no percentile; expected p50 to p99.99, or max)"},
    {"p99.999 answer < 1 s", R"("p99.999" is no percentile)"},
    {"p9x answer < 1 s", R"("p9x" is no percentile)"},
    {"p0 answer < 1 s", R"("p0" is no percentile)"},
    {"p99 answer",
     R"(the bound is missing; expected <, <=, > or >= and a number)"},
    {"p99 answer 200 ms", R"("200" is no relation; expected <, <=, > or >=)"},
    {"p99 answer = 200 ms", R"("=" is no relation)"},
    {"p99 answer => 200 ms", R"("=>" is no relation)"},
    {"p99 answer <",
     R"(the number is missing; expected one of 0 or more, with us, ms or s)"},
    {"p99 answer < fast",
     R"("fast" is no number; expected one of 0 or more, with)"},
    {"p99 answer < -1 s", R"("-1" is no number)"},
    {"p99 answer < inf s", R"("inf" is no number)"},
    {"p99 answer < 200", R"(answer needs a unit; expected us, ms or s)"},
    {"p99 answer < 200 m", R"("m" is no unit of answer; expected us, ms or s)"},
    {"p99 answer < 5 %", R"("%" is no unit of answer; expected us, ms or s)"},
    {"failed < 5", R"(failed needs a unit; expected %)"},
    {"failed < 5 ms", R"("ms" is no unit of failed; expected %)"},
    {"failed < 101 %", R"(more than 100 % is no share)"},
    {"rate > 100", R"(rate needs a unit; expected /s)"},
    {"calls > 100/s", R"("/s" is no unit of calls; expected a bare number)"},
    {"p99 answer < 200 ms or so", R"("or" is too much at the end)"},
  };
  for (auto& row : rows) {
    CAPTURE(row.text);
    CHECK(error_of(row.text).substr(0, row.error.size()) == row.error);
  }
}

TEST_CASE("a misspelt word gets a suggestion, a strange one none") {
  struct row {
    std::string_view text;
    std::string_view suggestion;
  };
  const row rows[] = {
    {"faild < 1 %", R"("failed")"},
    {"SERR < 1 %", R"("SER")"},
    {"p99 anser < 1 s", R"("answer")"},
    {"p99 registr < 1 s", R"("register")"},
  };
  for (auto& row : rows) {
    CAPTURE(row.text);
    CHECK(error_of(row.text).ends_with("; did you mean "
                                       + std::string{row.suggestion} + "?"));
  }
  CHECK(error_of("happiness < 1 %").find("did you") == std::string::npos);
}
