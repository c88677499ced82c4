#include "actors/model/service_watch.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <random>

using namespace strowger::model;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};
constexpr service_terms ten_and_five{10s, 5s, 0s};

// A watch and its clock.
struct watched {
  service_watch watch;
  service_terms terms = ten_and_five;
  time_point now = start;

  // Lets time pass; how many probes went out?
  int pass(duration d) {
    auto end = now + d;
    int probes = watch.advance(terms, 0s, now) ? 1 : 0;
    while (watch.next_deadline() <= end) {
      REQUIRE(watch.next_deadline() > now);
      now = watch.next_deadline();
      probes += watch.advance(terms, 0s, now) ? 1 : 0;
    }
    now = end;
    return probes;
  }
  void verdict(bool answered) {
    watch.probed(answered, terms, now);
    watch.advance(terms, 0s, now);
  }
};

} // namespace

TEST_CASE_FIXTURE(watched, "without oos-check nothing is probed or due") {
  terms = {};
  CHECK(pass(1h) == 0);
  CHECK(watch.in_service());
  CHECK(watch.next_deadline() == never);
}

TEST_CASE_FIXTURE(watched,
                  "probes go out every period while they are answered") {
  CHECK(pass(0s) == 1);
  for (int i = 0; i < 100; ++i) {
    verdict(true);
    CHECK(pass(10s - 1ns) == 0);
    CHECK(pass(1ns) == 1);
  }
  CHECK(watch.in_service());
}

TEST_CASE_FIXTURE(watched,
                  "the first probe may be put off, but only that one") {
  CHECK(!watch.advance(terms, 4s, now));
  CHECK(watch.next_deadline() == start + 4s);
  CHECK(pass(4s) == 1);
  verdict(true);
  CHECK(watch.next_deadline() == start + 14s);
}

TEST_CASE_FIXTURE(watched,
                  "one probe at a time, and a late answer moves the next") {
  CHECK(pass(25s) == 1);
  verdict(true);
  CHECK(watch.in_service());
  CHECK(watch.next_deadline() == now + 40s); // the next went out at once
}

TEST_CASE_FIXTURE(watched, "silence takes it out of service after the grace") {
  CHECK(pass(1s) == 1);
  verdict(false);
  CHECK(pass(5s - 1ns) == 0);
  CHECK(watch.in_service());
  pass(1ns);
  CHECK(!watch.in_service());
  SUBCASE("and any answer brings it back at once") {
    CHECK(pass(4s) == 1); // the probes go on
    verdict(true);
    CHECK(watch.in_service());
  }
  SUBCASE("and more silence changes nothing") {
    for (int i = 0; i < 10; ++i) {
      CHECK(pass(10s) == 1);
      verdict(false);
      CHECK(!watch.in_service());
    }
  }
  SUBCASE("and switching the check off brings it back") {
    terms = {};
    CHECK(pass(0s) == 0);
    CHECK(watch.in_service());
    CHECK(watch.next_deadline() == never);
  }
}

TEST_CASE_FIXTURE(watched, "an answer within the grace keeps it in service") {
  terms.check_period = 2s;
  CHECK(pass(0s) == 1);
  verdict(false);
  CHECK(pass(2s) == 1);
  verdict(true);
  pass(1s);
  verdict(false); // nobody is waiting for this one
  CHECK(watch.in_service());
  CHECK(pass(1s) == 1);
  pass(30s); // whatever the first silence had set in motion is over
  CHECK(watch.in_service());
}

TEST_CASE_FIXTURE(watched, "without grace the first silence counts") {
  terms.force_grace = 0s;
  pass(0s);
  verdict(false);
  CHECK(!watch.in_service());
}

TEST_CASE_FIXTURE(watched, "a probe that the wire forgets counts as silence") {
  CHECK(pass(service_watch::verdict_limit - 1ns) == 1);
  CHECK(watch.in_service());
  pass(1ns + 5s);
  CHECK(!watch.in_service());
}

TEST_CASE_FIXTURE(watched, "an answer that comes too late is good news yet") {
  terms.check_period = 60s;
  CHECK(pass(service_watch::verdict_limit + 5s) == 1);
  CHECK(!watch.in_service());
  verdict(true);
  CHECK(watch.in_service());
  verdict(false); // nor bad news
  pass(10s);
  CHECK(watch.in_service());
}

TEST_CASE_FIXTURE(watched, "a shorter period holds from now on") {
  pass(0s);
  verdict(true);
  terms.check_period = 1s;
  watch.advance(terms, 0s, now);
  CHECK(watch.next_deadline() == now + 1s);
}

TEST_CASE_FIXTURE(watched, "an error leaves it alone for recovery-timeout") {
  terms = {0s, 0s, 30s};
  pass(0s);
  watch.failed(terms, now);
  CHECK(!watch.in_service());
  CHECK(watch.next_deadline() == now + 30s);
  pass(20s);
  watch.failed(terms, now); // a call from before; it does not prolong
  pass(10s - 1ns);
  CHECK(!watch.in_service());
  pass(1ns);
  CHECK(watch.in_service());
  CHECK(watch.next_deadline() == never);
}

TEST_CASE_FIXTURE(watched, "answered probes do not shorten recovery-timeout") {
  terms.recovery = 30s;
  pass(0s);
  watch.failed(terms, now);
  verdict(true);
  CHECK(!watch.in_service());
  CHECK(pass(10s) == 1);
}

TEST_CASE_FIXTURE(watched, "without recovery-timeout errors do not count") {
  pass(0s);
  watch.failed(terms, now);
  CHECK(watch.in_service());
}
