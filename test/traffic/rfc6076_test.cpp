#include "actors/traffic/rfc6076.hpp"

#include <doctest/doctest.h>

using namespace strowger::traffic;

namespace {

/// So many attempts with each status; 0: without a response.
tally with(std::initializer_list<std::pair<std::uint16_t, int>> responses) {
  tally result;
  for (auto [status, count] : responses)
    for (int i = 0; i < count; ++i) {
      ++result.attempts;
      if (status == 0)
        result.came_out(outcome::timeout);
      else
        result.came_out(outcome_of(status, false), status);
    }
  return result;
}

} // namespace

TEST_CASE("the ratios have the numerators and denominators of RFC 6076") {
  auto calls = with({{200, 50},
                     {302, 20},
                     {404, 3},
                     {408, 1},
                     {480, 4},
                     {486, 5},
                     {500, 2},
                     {503, 3},
                     {504, 1},
                     {501, 1},
                     {600, 1},
                     {603, 2},
                     {604, 1},
                     {0, 4}});
  calls.came_out(outcome::transport);
  ++calls.attempts;
  ++calls.attempts; // in progress
  calls.ended_cleanly = 40;
  CHECK(calls.attempts == 100);
  rfc6076 metrics{calls};
  CHECK(metrics.ser == 50.0 / 80);
  CHECK(metrics.seer == (50.0 + 4 + 5 + 1 + 2) / 80);
  CHECK(metrics.isa == (1 + 2 + 3 + 1 + 4 + 1.0) / 100);
  CHECK(metrics.scr == 40.0 / 100);
  CHECK_FALSE(metrics.ira);
}

TEST_CASE("ineffective registrations are those the RFC lists") {
  tally calls;
  calls.registrations.attempts = 100;
  calls.registrations.succeeded = 89;
  calls.registrations.failed_by_status = {
    {0, 3}, {302, 4}, {403, 1}, {503, 2}, {606, 1}};
  CHECK(rfc6076{calls}.ira == 7.0 / 100);
  CHECK_FALSE(rfc6076{calls}.ser);
}

TEST_CASE("nothing is divided by nothing") {
  tally none;
  rfc6076 metrics{none};
  CHECK_FALSE(metrics.ser);
  CHECK_FALSE(metrics.seer);
  CHECK_FALSE(metrics.isa);
  CHECK_FALSE(metrics.scr);
  CHECK_FALSE(metrics.ira);
  CHECK_FALSE(rfc6076{with({{302, 5}})}.ser);
  CHECK(rfc6076{with({{302, 5}})}.isa == 0);
}

TEST_CASE("the delays are those measured") {
  tally calls;
  calls.record(latency::registration, 1);
  calls.record(latency::request, 2);
  calls.record(latency::failed_request, 3);
  calls.record(latency::bye, 4);
  calls.record(latency::session, 5);
  calls.record(latency::failed_session, 6);
  rfc6076 metrics{calls};
  CHECK(metrics.rrd.max_us() == 1);
  CHECK(metrics.srd.max_us() == 2);
  CHECK(metrics.failed_srd.max_us() == 3);
  CHECK(metrics.sdd.max_us() == 4);
  CHECK(metrics.sdt.max_us() == 5);
  CHECK(metrics.failed_sdt.max_us() == 6);
}
