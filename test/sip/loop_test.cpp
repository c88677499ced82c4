#include "actors/handles.hpp"
#include "sip/loop.hpp"
#include "sip/sofia.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <thread>
#include <vector>

using namespace strowger;
using namespace std::chrono_literals;

namespace {

/// The machine's clock, which knows how often it was asked.
class counting_clock final : public time_source {
public:
  model::time_point now() override {
    ++reads;
    return clock_.now();
  }
  uint64_t unix_seconds() override {
    return clock_.unix_seconds();
  }
  int reads = 0;

private:
  real_clock clock_;
};

struct looping {
  struct installed : caf::actor_system_config {
    explicit installed(reactor& host) {
      host.install(*this);
    }
  };
  counting_clock clock;
  reactor turns{clock};
  installed config{turns};
  caf::actor_system system{config};
  sip::loop loop{turns};
  std::vector<model::time_point> ticks;

  static deadline_listener::behavior_type listen(deadline_listener::pointer,
                                                 looping* host) {
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

namespace {

void nothing(void*, su_timer_t*, void*) {
  // nop
}

} // namespace

// Sofia rounds the time to its next timer down to milliseconds; the loop must
// not poll for the rest of it.
TEST_CASE_FIXTURE(looping, "waiting for a timer takes a few turns, not many") {
  auto* timer = su_timer_create(su_root_task(loop.root()), 7);
  su_timer_set_for_ever(timer, nothing, nullptr);
  turns.arm(clock.now() + 210ms, spawn_listener());
  clock.reads = 0;
  loop.run();
  su_timer_destroy(timer);
  REQUIRE(ticks.size() == 1);
  // 30 expirations; each turn reads the clock once or twice.
  CHECK(clock.reads < 200);
}
