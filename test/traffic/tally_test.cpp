#include "actors/traffic/random.hpp"
#include "actors/traffic/tally.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace strowger::traffic;

TEST_CASE("a final response means an outcome") {
  struct row {
    std::uint16_t status;
    outcome plain;
    outcome cancelled;
  };
  using enum outcome;
  const row rows[] = {
    {200, answered, answered},
    {202, answered, answered}, // it crossed our CANCEL: RFC 3261 §9.1
    {302, redirected, redirected},
    {404, refused, refused},
    {408, no_answer, no_answer},
    {480, no_answer, no_answer},
    {486, busy, busy},
    {487, refused, abandoned},
    {500, server_error, server_error},
    {503, server_error, server_error},
    {600, busy, busy},
    {603, declined, declined},
    {699, declined, declined},
    {180, protocol_violation, protocol_violation},
    {0, protocol_violation, protocol_violation},
    {700, protocol_violation, protocol_violation},
    {65535, protocol_violation, protocol_violation},
  };
  for (auto& row : rows) {
    CAPTURE(row.status);
    auto [status, plain, cancelled] = row;
    CHECK(outcome_of(status, false) == plain);
    CHECK(outcome_of(status, true) == cancelled);
  }
}

TEST_CASE("every outcome and every latency has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < outcome_count; ++i)
    names.insert(to_string(static_cast<outcome>(i)));
  for (std::size_t i = 0; i < latency_count; ++i)
    names.insert(to_string(static_cast<latency>(i)));
  CHECK(names.size() == outcome_count + latency_count);
}

TEST_CASE("each law of conservation that is broken is said with its numbers") {
  tally calls;
  CHECK_FALSE(calls.unbalanced());
  calls.attempts = 10;
  calls.in_progress = 3;
  calls.came_out(outcome::answered, 200);
  calls.came_out(outcome::answered, 200);
  calls.came_out(outcome::busy, 486);
  calls.came_out(outcome::timeout);
  calls.came_out(outcome::abandoned, 487);
  CHECK(calls.unbalanced()
        == "10 attempts, but 2 answered + 2 failed + 1 abandoned + 3 in "
           "progress = 8");
  calls.in_progress = 5;
  CHECK(calls.unbalanced()
        == "2 answered, but 0 ended cleanly + 0 cut off + 0 up = 0");
  calls.up = 1;
  calls.cut_off = 1;
  CHECK_FALSE(calls.unbalanced());
  calls.registrations.attempts = 2;
  calls.registrations.succeeded = 1;
  CHECK(calls.unbalanced()
        == "2 registrations, but 1 succeeded + 0 failed + 0 in progress = 1");
  calls.registrations.failed_by_status[403] = 1;
  CHECK_FALSE(calls.unbalanced());
}

TEST_CASE("the tallies of several generators make the one of all") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    auto from = fork(seed, "tally");
    std::uniform_int_distribution<unsigned> any{0, 9999};
    tally whole;
    std::vector<tally> parts(3);
    for (int i = 0; i < 1000; ++i) {
      auto& part = parts[any(from) % 3];
      auto status = static_cast<std::uint16_t>(200 + any(from) % 450);
      auto value_us = any(from);
      auto counted = any(from) % 5;
      for (auto* one : {&whole, &part}) {
        ++one->attempts;
        if (counted == 0) {
          ++one->in_progress;
          continue;
        }
        one->came_out(outcome_of(status, false), status);
        one->record(latency::answer, value_us);
        if (outcome_of(status, false) == outcome::answered)
          ++(counted == 1   ? one->up
             : counted == 2 ? one->cut_off
                            : one->ended_cleanly);
        ++one->registrations.attempts;
        if (counted == 1)
          ++one->registrations.failed_by_status[status];
        else
          ++one->registrations.succeeded;
        one->retransmitted += counted;
        one->peer_retransmitted += value_us;
      }
    }
    tally merged;
    for (auto& part : parts) {
      CHECK_FALSE(part.unbalanced());
      merged.merge(part);
    }
    CHECK_FALSE(merged.unbalanced());
    CHECK(merged.attempts == 1000);
    CHECK(merged.outcomes == whole.outcomes);
    CHECK(merged.by_status == whole.by_status);
    CHECK(merged.ended_cleanly == whole.ended_cleanly);
    CHECK(merged.retransmitted == whole.retransmitted);
    CHECK(merged.peer_retransmitted == whole.peer_retransmitted);
    CHECK(merged.registrations.failed() == whole.registrations.failed());
    CHECK(merged[latency::answer].to_image()
          == whole[latency::answer].to_image());
    CHECK(merged.with_status(200, 299) == merged[outcome::answered]);
  }
}
