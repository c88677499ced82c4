#include "actors/traffic/registrations.hpp"

#include <doctest/doctest.h>

using namespace strowger;
using namespace std::chrono_literals;

namespace {

const model::time_point start{1h};

traffic::registration spread_over(std::chrono::milliseconds time) {
  traffic::registration x;
  x.spread = time;
  return x;
}

} // namespace

TEST_CASE("users register one after the other, evenly over the spread") {
  traffic::tally counts;
  traffic::registrations all{spread_over(1s), 4, start};
  for (std::uint32_t i = 0; i < 4; ++i) {
    auto due = start + i * 250ms;
    CHECK(all.next() == due);
    CHECK_FALSE(all.take_due(due - 1ms, counts));
    CHECK(all.take_due(due, counts) == i);
  }
  CHECK(all.in_flight() == 4);
  CHECK(counts.registrations.attempts == 4);
  CHECK_FALSE(all.all_answered());
}

TEST_CASE("a registration is refreshed before it expires, a refused one tried "
          "again") {
  struct row {
    std::uint16_t status;
    std::uint32_t granted_s;
    model::duration after;
  };
  for (auto& r : std::initializer_list<row>{
         {200, 3600, 3570s},
         {200, 60, 54s},
         {200, 2, 1800ms},
         {403, 0, traffic::registrations::retry_after},
         {0, 0, traffic::registrations::retry_after},
       }) {
    CAPTURE(r.status);
    CAPTURE(r.granted_s);
    traffic::tally counts;
    traffic::registrations all{spread_over(1s), 1, start};
    REQUIRE(all.take_due(start, counts));
    all.answered(0, r.status, r.granted_s, start + 5ms, counts);
    CHECK(all.next() == start + 5ms + r.after);
    CHECK(all.all_answered());
    CHECK(counts.registrations.succeeded == (r.status == 200));
    CHECK(counts.registrations.failed() == (r.status != 200));
    CHECK(counts.unbalanced().value_or("") == "");
  }
}

TEST_CASE("a REGISTER is measured from when it was to be sent") {
  traffic::tally counts;
  traffic::registrations all{spread_over(0ms), 1, start};
  REQUIRE(all.take_due(start + 40ms, counts));
  all.answered(0, 200, 60, start + 45ms, counts);
  CHECK(counts[traffic::latency::registration].max_us() == 45'000);
}

TEST_CASE("after the end nobody registers, though an answer still counts") {
  traffic::tally counts;
  traffic::registrations all{spread_over(1s), 2, start};
  REQUIRE(all.take_due(start, counts));
  all.stop();
  CHECK_FALSE(all.take_due(start + 1s, counts));
  all.answered(0, 200, 60, start + 1s, counts);
  CHECK(counts.registrations.succeeded == 1);
  CHECK(all.next() == model::never);
}
