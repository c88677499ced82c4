#include "services/control/batch_timer.hpp"
#include "test/actors/turntable.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace strowger;
using namespace std::chrono_literals;
using services::control::batch_timer;
using test::turntable;

TEST_CASE("a batch leaves in its turn if none has left for a while, otherwise "
          "that long after the last one") {
  struct row {
    std::vector<int> comes_ms;  // when there is something
    std::vector<int> leaves_ms; // when the batch leaves
  };
  for (auto& x : std::vector<row>{
         {{0}, {0}},
         {{0, 0, 0}, {0}},
         {{0, 5, 11}, {0, 5, 11}},
         {{0, 1}, {0, 2}},
         {{0, 1, 1, 2, 3}, {0, 2, 4}},
         {{0, 1, 3, 5, 7, 10}, {0, 2, 4, 6, 8, 10}},
       }) {
    turntable host;
    auto start = host.clock.now();
    auto waits = false;
    std::vector<int> left;
    batch_timer* timer = nullptr;
    batch_timer made{host.system, host.reactor, 2ms, [&] {
                       CHECK(waits);
                       waits = false;
                       auto after = host.reactor.now() - start;
                       left.push_back(static_cast<int>(after / 1ms));
                       timer->left();
                     }};
    timer = &made;
    for (auto at : x.comes_ms) {
      if (auto due = start + at * 1ms; due > host.clock.now())
        host.pass(due - host.clock.now());
      waits = true;
      timer->start();
    }
    host.pass(1s);
    CHECK(left == x.leaves_ms);
    timer->close();
    host.settle();
  }
}

TEST_CASE("a batch that left before it was due is not due any more") {
  turntable host;
  auto left = 0;
  batch_timer timer{host.system, host.reactor, 2ms, [&] { ++left; }};
  timer.left();
  timer.start();
  host.pass(1ms);
  timer.left(); // because it was full
  host.pass(1s);
  CHECK(left == 0);
  CHECK(host.reactor.next_deadline() == model::never);
  timer.close();
  host.settle();
}

TEST_CASE("nothing leaves any more once the timer is closed, not even what was "
          "due in that turn") {
  turntable host;
  auto left = 0;
  {
    batch_timer timer{host.system, host.reactor, 2ms, [&] { ++left; }};
    timer.start();
    host.reactor.post([&] { timer.close(); }); // after the tick was sent
    host.settle();
    timer.start();
    host.pass(1s);
  }
  host.settle();
  CHECK(left == 0);
}
