#include "services/load/figures.hpp"
#include "services/load/report_text.hpp"
#include "test/services/load_results.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace strowger;
using namespace strowger::services;

namespace {

std::string report_of(const load::result& x, bool colour = false) {
  std::ostringstream out;
  load::print_report(x, out, colour);
  return out.str();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

/// The columns of the first line that begins so, one blank apart.
std::string line_of(const std::string& text, const std::string& begin) {
  auto at = text.find("\n  " + begin + " ");
  if (at == text.npos)
    return "";
  ++at;
  std::istringstream all(text.substr(at, text.find('\n', at) - at));
  std::string line, word;
  while (all >> word)
    line += (line.empty() ? "" : " ") + word;
  return line;
}

} // namespace

TEST_CASE("times have three digits and the unit that fits") {
  for (auto& [seconds, text] :
       std::initializer_list<std::pair<double, const char*>>{
         {0, "0 us"},
         {0.0000001, "0.100 us"},
         {0.000012, "12.0 us"},
         {0.000430, "430 us"},
         {0.0009996, "1.00 ms"},
         {0.0123456, "12.3 ms"},
         {0.5, "500 ms"},
         {0.99951, "1.00 s"},
         {9.9961, "10.0 s"},
         {599.4, "599 s"},
         {3600, "60 min"}})
    CHECK(load::in_time(seconds) == text);
}

TEST_CASE("a share that is not all is never written as all") {
  CHECK(load::in_percent(1) == "100 %");
  CHECK(load::in_percent(0) == "0 %");
  CHECK(load::in_percent(0.999987) == "99.9987 %");
  CHECK(load::in_percent(0.5) == "50.0 %");
  CHECK(load::in_percent(0.000123) == "0.0123 %");
  CHECK(load::in_percent(0, 0) == "-");
}

TEST_CASE("counts are grouped by three digits") {
  CHECK(load::in_groups(0) == "0");
  CHECK(load::in_groups(999) == "999");
  CHECK(load::in_groups(1000) == "1 000");
  CHECK(load::in_groups(1234567) == "1 234 567");
}

TEST_CASE("columns count what is seen, not bytes") {
  std::ostringstream out;
  load::print_columns({{"ä", "1"}, {"bb", "\033[1m22\033[0m"}}, out);
  CHECK(out.str() == "  ä    1\n  bb  \033[1m22\033[0m\n");
}

TEST_CASE("a report begins with the verdict and why") {
  auto good = make_up(1, {.rate_per_s = 50, .seconds = 20});
  good.verdicts.resize(1);
  good.verdicts[0].met = true;
  CHECK(report_of(good).starts_with("PASSED  gateway capacity"));
  CHECK(has(report_of(good), "\n  VALID"));
  CHECK(has(report_of(good), "\n  PASSED  p99 answer: "));

  auto missed = good;
  missed.verdicts[0].met = false;
  CHECK(report_of(missed).starts_with("FAILED"));
  CHECK(has(report_of(missed), "\n  FAILED  p99 answer: "));

  auto lost = good;
  lost.broken_laws = {"at 3 s: 10 attempts, but 9"};
  CHECK(report_of(lost).starts_with("FAILED"));
  CHECK(has(report_of(lost), "LOST CALLS: "));

  CHECK(has(report_of(lost), "\n    at 3 s: 10 attempts, but 9\n"));

  auto limited = good;
  limited.invalid = {"our own socket dropped 3 datagrams"};
  CHECK(report_of(limited).starts_with("INVALID"));
  CHECK(has(report_of(limited), "our own socket dropped 3 datagrams"));
}

TEST_CASE("a report has the numbers of the run") {
  load::result x;
  x.times = {5, 15, 20};
  auto& seen = x.callers;
  seen.attempts = 2000;
  for (int i = 0; i < 1990; ++i)
    seen.came_out(traffic::outcome::answered, 200);
  for (int i = 0; i < 6; ++i)
    seen.came_out(traffic::outcome::server_error, 503);
  for (int i = 0; i < 3; ++i)
    seen.came_out(traffic::outcome::timeout);
  seen.came_out(traffic::outcome::abandoned, 487);
  seen.ended_cleanly = 1990;
  seen.record(traffic::latency::answer, 12'000);
  seen.retransmitted = 7;
  seen.peer_retransmitted = 4;
  x.left_over = 1;
  auto text = report_of(x);
  CHECK(line_of(text, "attempts") == "attempts 2 000 200 /s");
  CHECK(line_of(text, "answered") == "answered 1 990 99.50 %");
  CHECK(line_of(text, "failed") == "failed 9 0.450 %");
  CHECK(line_of(text, "  server error") == "server error 6 0.300 %");
  CHECK(line_of(text, "abandoned") == "abandoned 1 0.0500 %");
  CHECK(line_of(text, "answer")
        == "answer 1 12.0 ms 12.0 ms 12.0 ms 12.0 ms 12.0 ms 12.0 ms");
  CHECK(line_of(text, "retransmitted by us") == "retransmitted by us 7");
  CHECK(line_of(text, "retransmitted to us") == "retransmitted to us 4");
  CHECK(has(text, "failed of: 503 x 6, no response x 3\n"));
  CHECK(has(text, "  1 session had not ended"));
  CHECK(has(text, "SER 99.50 %"));
  CHECK(!has(text, "Registrations"));
  CHECK(!has(text, "RTP"));
}

TEST_CASE("colour is there only if it was asked for") {
  auto x = make_up(1, {.rate_per_s = 20, .seconds = 5});
  CHECK(!has(report_of(x, false), "\033"));
  CHECK(has(report_of(x, true), "\033[1;"));
}

TEST_CASE(
  "a run of several generators has a line for each, any other has none") {
  auto text = report_of(make_up(1, {.rate_per_s = 9, .generators = 3}));
  CHECK(has(text, "\nGenerators\n"));
  CHECK(has(line_of(text, "192.0.2.1:50052"), "192.0.2.1:50052 callee 0 0 "));
  CHECK(has(line_of(text, "192.0.2.2:50052"), "192.0.2.2:50052 caller "));
  CHECK(line_of(text, "192.0.2.3:50052") != "");
  CHECK_FALSE(has(report_of(make_up(1)), "\nGenerators\n"));
}
