#include "sip/loop.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/handles.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>
#include <vector>

using namespace strowger;
using namespace std::chrono_literals;

namespace {

struct looping {
  struct installed : caf::actor_system_config {
    explicit installed(reactor& host) {
      host.install(*this);
    }
  };
  real_clock clock;
  reactor turns{clock};
  installed config{turns};
  caf::actor_system system{config};
  sip::loop loop{turns};
  std::vector<model::time_point> ticks;

  static deadline_listener::behavior_type
  listen(deadline_listener::pointer, looping* host) {
    return {[=](tick x) {
      host->ticks.push_back(x.now);
      host->loop.stop();
    }};
  }
  deadline_listener spawn_listener() {
    return system.spawn(listen, this);
  }
};

} // namespace

TEST_CASE_FIXTURE(looping, "a deadline wakes the loop in time") {
  auto due = clock.now() + 30ms;
  turns.arm(due, spawn_listener());
  loop.run();
  REQUIRE(ticks.size() == 1);
  CHECK(ticks.front() >= due);
  CHECK(ticks.front() < due + 500ms);
}

TEST_CASE_FIXTURE(looping, "an earlier deadline moves the timer forward") {
  auto listener = spawn_listener();
  auto far = turns.arm(clock.now() + 1h, listener);
  loop.step(0);
  auto due = clock.now() + 20ms;
  turns.arm(due, listener);
  loop.run();
  CHECK(ticks.size() == 1);
  CHECK(ticks.front() < due + 500ms);
  turns.cancel(far);
}

TEST_CASE_FIXTURE(looping, "work of another thread wakes the loop") {
  auto listener = spawn_listener();
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i)
      turns.post([] {});
    caf::anon_send(listener, tick{});
  });
  loop.run();
  other.join();
  CHECK(ticks.size() == 1);
  loop.step(0);
}

TEST_CASE_FIXTURE(looping, "work left outside a turn is done after a nudge") {
  caf::anon_send(spawn_listener(), tick{});
  loop.nudge();
  loop.step(10'000);
  CHECK(ticks.size() == 1);
}

TEST_CASE_FIXTURE(looping, "a stop before the start is not lost") {
  loop.stop();
  loop.run();
  CHECK(ticks.empty());
}
