#include "actors/traffic/arrivals.hpp"
#include "actors/traffic/self_watch.hpp"
#include "actors/traffic/tally.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace strowger::traffic;
using namespace std::chrono_literals;
using strowger::model::duration;
using strowger::model::time_point;

namespace {

/// A generator that needs that long for each start and is given Poisson
/// arrivals for a minute; it makes them one after the other.
self_watch generate(double rate_per_s, duration per_start) {
  arrivals law{{arrival_law::poisson{rate_per_s}}, fork(1, "arrivals"), {}};
  self_watch result;
  time_point free{};
  duration worked{};
  auto second = time_point{1s};
  for (auto next = law.next(); next && *next < time_point{60s};
       next = law.next()) {
    for (; second <= *next; second += 1s) {
      result.second(std::min(1.0, std::chrono::duration<double>(worked) / 1s));
      worked = std::max(worked - 1s, duration::zero());
    }
    auto actual = std::max(*next, free);
    if (actual - *next > self_watch::too_late) {
      result.skipped();
      continue;
    }
    result.started(*next, actual);
    free = actual + per_start;
    worked += per_start;
  }
  return result;
}

self_watch valid() {
  self_watch result;
  for (int i = 0; i < 10'000; ++i)
    result.started(time_point{1s}, time_point{1s} + 50us);
  for (int i = 0; i < 100; ++i)
    result.second(0.5);
  return result;
}

} // namespace

TEST_CASE("an overloaded generator is stamped, and says by what") {
  auto watch = generate(1000, 1100us); // it would need 110 % of a core
  auto reasons = watch.reasons_invalid();
  REQUIRE(reasons.size() == 3);
  CHECK(reasons[0].starts_with("calls started late: p99 "));
  CHECK(reasons[1].find("starts were skipped") != std::string::npos);
  CHECK(reasons[2].find("% of its core") != std::string::npos);
}

TEST_CASE("a generator that keeps up is valid, whatever the device does") {
  auto watch = generate(1000, 100us);
  CHECK(watch.reasons_invalid().empty());
  // The device drops 1 %: that stands in the tally, where it belongs.
  tally counted;
  for (std::uint64_t i = 0; i < watch.starts(); ++i) {
    ++counted.attempts;
    if (i % 100 == 0)
      counted.came_out(outcome::timeout);
    else
      counted.came_out(outcome::answered, 200);
  }
  counted.ended_cleanly = counted[outcome::answered];
  CHECK(counted.failed() > 0);
  CHECK_FALSE(counted.unbalanced());
  CHECK(watch.reasons_invalid().empty());
}

TEST_CASE("each limit stands where it is documented") {
  SUBCASE("99 % of the starts may be 10 ms late") {
    auto watch = valid();
    for (int i = 0; i < 101; ++i)
      watch.started(time_point{1s}, time_point{1s} + 20ms);
    CHECK(watch.reasons_invalid().empty());
    watch.started(time_point{1s}, time_point{1s} + 20ms);
    REQUIRE(watch.reasons_invalid().size() == 1);
    CHECK(watch.reasons_invalid()[0]
          == "calls started late: p99 20.0 ms, at most 10 ms");
  }
  SUBCASE("0.1 % of the starts may be skipped") {
    auto watch = valid();
    watch.skipped(10);
    CHECK(watch.reasons_invalid().empty());
    watch.skipped();
    REQUIRE(watch.reasons_invalid().size() == 1);
    CHECK(watch.reasons_invalid()[0]
          == "11 of 10011 starts were skipped (0.11 %), at most 0.1 %");
  }
  SUBCASE("no datagram may be dropped by our own socket") {
    auto watch = valid();
    watch.dropped(0);
    CHECK(watch.reasons_invalid().empty());
    watch.dropped(1);
    CHECK(watch.reasons_invalid()
          == std::vector<std::string>{"our own socket dropped 1 datagrams"});
  }
  SUBCASE("10 % of the seconds may be busy") {
    auto watch = valid();
    for (int i = 0; i < 11; ++i)
      watch.second(0.99);
    CHECK(watch.reasons_invalid().empty());
    watch.second(0.99);
    REQUIRE(watch.reasons_invalid().size() == 1);
    CHECK(watch.reasons_invalid()[0]
          == "the generator took more than 95 % of its core in 12 of 112 "
             "seconds, at most 10 % of them");
    CHECK(watch.max_cpu_share() == 0.99);
    CHECK(watch.mean_cpu_share() == doctest::Approx((50 + 11.88) / 112));
  }
}

TEST_CASE("a generator that did nothing has no reason to be invalid") {
  self_watch idle;
  CHECK(idle.reasons_invalid().empty());
  CHECK(idle.mean_cpu_share() == 0);
}

TEST_CASE("what is early is on time, and what is late is never less late") {
  self_watch watch;
  watch.started(time_point{2s}, time_point{1s});
  CHECK(watch.lateness().max_us() == 0);
  watch.started(time_point{1s}, time_point{1s} + 1ns);
  CHECK(watch.lateness().max_us() == 1);
}
