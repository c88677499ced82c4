#include "actors/reactor.hpp"

#include "actors/alarm.hpp"
#include "actors/watcher.hpp"
#include "test/actors/turntable.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

using namespace strowger;
using namespace std::chrono_literals;
using test::turntable;

#ifdef __SANITIZE_THREAD__
// Debian's CAF is not instrumented, so the sanitizer does not see its mailboxes
// hand a message from one thread to the other. Everything of our own is seen.
// It recognises such a message by the stack that made it, so it must remember
// that long enough.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:caf::make_mailbox_element\n";
}
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() {
  return "history_size=7";
}
#endif

namespace {

using seen = std::vector<model::time_point>;

// Writes down the ticks it gets.
deadline_listener::behavior_type
writer(deadline_listener::pointer, std::shared_ptr<seen> to) {
  return {[to](const tick& x) { to->push_back(x.now); }};
}

// Passes a tick on to itself until its `now` has come down to zero.
deadline_listener::behavior_type
countdown(deadline_listener::pointer self, std::shared_ptr<seen> to) {
  return {[self, to](const tick& x) {
    to->push_back(x.now);
    if (x.now > model::time_point{})
      self->send(self, tick{x.now - 1ns});
  }};
}

struct sleeper_state {
  strowger::alarm wake;
  std::shared_ptr<int> alive;
};

// Has its alarm set and does nothing else.
deadline_listener::behavior_type
sleeper(deadline_listener::stateful_pointer<sleeper_state> self, reactor* host,
        std::shared_ptr<int> alive) {
  self->state.alive = std::move(alive);
  self->state.wake.set(*host, host->now() + 1h, &*self);
  return {[](const tick&) {}};
}

// The thread that owns a reactor sleeps like this one: until somebody wakes it.
class doorbell {
public:
  void ring() {
    std::lock_guard guard{mutex_};
    rung_ = true;
    bell_.notify_one();
  }
  // False if nobody rang for a minute: a wake-up was lost.
  bool wait() {
    std::unique_lock guard{mutex_};
    auto result = bell_.wait_for(guard, 60s, [&] { return rung_; });
    rung_ = false;
    return result;
  }

private:
  std::mutex mutex_;
  std::condition_variable bell_;
  bool rung_ = false;
};

} // namespace

TEST_CASE_FIXTURE(turntable, "deadlines fire in order, at their time") {
  auto ticks = std::make_shared<seen>();
  auto listener = system.spawn(writer, ticks);
  auto start = clock.now();
  reactor.arm(start + 30ms, listener);
  reactor.arm(start + 10ms, listener);
  auto dropped = reactor.arm(start + 15ms, listener);
  reactor.arm(start + 20ms, listener);
  reactor.cancel(dropped);
  pass(10ms - 1ns);
  CHECK(ticks->empty());
  pass(1ns);
  CHECK(*ticks == seen{start + 10ms});
  pass(1h);
  CHECK(*ticks == seen{start + 10ms, start + 20ms, start + 30ms});
  CHECK(reactor.next_deadline() == model::never);
}

TEST_CASE_FIXTURE(turntable,
                  "a late turn fires all that is due, with its time") {
  auto ticks = std::make_shared<seen>();
  auto listener = system.spawn(writer, ticks);
  auto start = clock.now();
  reactor.arm(start + 1s, listener);
  reactor.arm(start + 2s, listener);
  clock.advance(5s);
  CHECK(reactor.now() == start);
  reactor.run();
  CHECK(*ticks == seen{start + 5s, start + 5s});
  CHECK(reactor.last_turn() == start + 5s);
}

TEST_CASE_FIXTURE(turntable, "the pulse shows how late the thread comes") {
  reactor.watch_lag(1s);
  CHECK(reactor.next_deadline() == clock.now() + 1s);
  pass(10s);
  CHECK(reactor.lag() == 0s);
  clock.advance(5s); // somebody held the thread
  reactor.run();
  CHECK(reactor.lag() == 4s);
  CHECK(reactor.counters().lag.sum_s() == doctest::Approx(4));
  pass(1s);
  CHECK(reactor.lag() == 0s);
}

TEST_CASE_FIXTURE(turntable, "one turn runs until no actor has work left") {
  auto ticks = std::make_shared<seen>();
  auto listener = system.spawn(countdown, ticks);
  // More messages than an actor may take in one go.
  caf::anon_send(listener, tick{model::time_point{1000ns}});
  CHECK(reactor.has_work());
  reactor.run();
  CHECK(ticks->size() == 1001);
  CHECK(!reactor.has_work());
}

TEST_CASE_FIXTURE(turntable, "what is due at once comes at the end of the "
                             "turn, when all else is done, and only once") {
  auto ticks = std::make_shared<seen>();
  auto works = system.spawn(countdown, ticks);
  size_t done_before = 0;
  int again = 0;
  deadline_listener watch;
  watch = system.spawn(watcher, [&] {
    done_before = ticks->size();
    ++again;
    reactor.arm(reactor.now(), watch);
  });
  reactor.post([&] {
    reactor.arm(reactor.now(), watch);
    caf::anon_send(works, tick{model::time_point{10ns}});
  });
  reactor.run();
  CHECK(done_before == 11);
  CHECK(again == 1);
  reactor.run();
  CHECK(again == 3); // as it was due at the beginning, too
  caf::anon_send_exit(works, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(watch, caf::exit_reason::user_shutdown);
  watch = nullptr;
  reactor.run();
}

TEST_CASE_FIXTURE(turntable, "what a posted function posts runs a turn later") {
  std::vector<int> order;
  reactor.post([&] {
    order.push_back(1);
    reactor.post([&] { order.push_back(3); });
  });
  reactor.post([&] { order.push_back(2); });
  CHECK(order.empty());
  reactor.run();
  CHECK(order == std::vector{1, 2});
  CHECK(reactor.has_work());
  reactor.run();
  CHECK(order == std::vector{1, 2, 3});
  CHECK(!reactor.has_work());
}

TEST_CASE_FIXTURE(turntable,
                  "no call from another thread is lost or reordered") {
  constexpr int threads = 4;
  constexpr int each = 1000;
  doorbell bell;
  reactor.on_remote_work([&] { bell.ring(); });
  auto owner = std::this_thread::get_id();
  std::vector<std::vector<int>> got(threads);
  std::vector<std::shared_ptr<seen>> ticks;
  std::vector<deadline_listener> listeners;
  for (int i = 0; i < threads; ++i) {
    ticks.push_back(std::make_shared<seen>());
    listeners.push_back(system.spawn(writer, ticks.back()));
  }
  int done = 0;
  bool strayed = false;
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i)
    workers.emplace_back([&, i] {
      for (int n = 0; n < each; ++n) {
        reactor.post([&, i, n] {
          strayed |= std::this_thread::get_id() != owner;
          got[static_cast<size_t>(i)].push_back(n);
        });
        // To an actor that all threads use, and to one of its own.
        caf::anon_send(listeners[0], tick{});
        auto own = listeners[static_cast<size_t>(i)];
        caf::anon_send(own, tick{model::time_point{1ns * (n + 1)}});
      }
      reactor.post([&] { ++done; });
    });
  auto expected = static_cast<size_t>(threads) * each + each;
  auto awake = true;
  while (awake && (done < threads || ticks[0]->size() < expected)) {
    awake = bell.wait();
    reactor.run();
  }
  for (auto& worker : workers)
    worker.join();
  CHECK(awake);
  settle();
  CHECK(!strayed);
  CHECK(ticks[0]->size() == expected);
  for (auto& xs : got) {
    REQUIRE(xs.size() == each);
    CHECK(std::is_sorted(xs.begin(), xs.end()));
  }
  for (size_t i = 1; i < threads; ++i) {
    REQUIRE(ticks[i]->size() == each);
    CHECK(std::is_sorted(ticks[i]->begin(), ticks[i]->end()));
  }
  reactor.on_remote_work(nullptr);
}

TEST_CASE_FIXTURE(turntable, "another thread may let go of the last handle") {
  auto alive = std::make_shared<int>();
  std::weak_ptr<int> watch = alive;
  auto listener = system.spawn(
    [](deadline_listener::pointer, std::shared_ptr<int> kept)
      -> deadline_listener::behavior_type {
      return {[kept](const tick&) {}};
    },
    alive);
  alive.reset();
  settle();
  CHECK(!watch.expired());
  std::thread other{[handle = std::move(listener)]() mutable {
    caf::anon_send(handle, tick{});
    handle = nullptr;
  }};
  other.join();
  settle();
  CHECK(watch.expired());
}

TEST_CASE_FIXTURE(turntable, "an actor that ends takes its alarm along") {
  auto alive = std::make_shared<int>();
  auto listener = system.spawn(sleeper, &reactor, alive);
  settle();
  CHECK(reactor.next_deadline() == clock.now() + 1h);
  CHECK(alive.use_count() == 2);
  caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
  settle();
  CHECK(alive.use_count() == 1);
  CHECK(reactor.next_deadline() == model::never);
}

TEST_CASE_FIXTURE(turntable, "an alarm moves forward at once, back lazily") {
  auto ticks = std::make_shared<seen>();
  auto listener = system.spawn(writer, ticks);
  auto* self = caf::actor_cast<caf::abstract_actor*>(listener);
  auto start = clock.now();
  strowger::alarm wake;
  wake.set(reactor, start + 10s, self);
  wake.set(reactor, start + 20s, self);
  CHECK(reactor.next_deadline() == start + 10s);
  wake.set(reactor, start + 5s, self);
  CHECK(reactor.next_deadline() == start + 5s);
  wake.set(reactor, model::never, self);
  CHECK(reactor.next_deadline() == model::never);
  wake.set(reactor, start + 7s, self);
  pass(7s);
  CHECK(*ticks == seen{start + 7s});
  wake.rang();
  wake.set(reactor, start + 9s, self);
  CHECK(reactor.next_deadline() == start + 9s);
}

TEST_CASE("an actor system ends in good order with deadlines still armed") {
  auto alive = std::make_shared<int>();
  virtual_clock clock;
  strowger::reactor reactor{clock};
  {
    turntable::installed config{reactor};
    caf::actor_system system{config};
    system.await_actors_before_shutdown(false);
    for (int i = 0; i < 10; ++i)
      system.spawn(sleeper, &reactor, alive);
    reactor.run();
    CHECK(alive.use_count() == 11);
  }
  // Nothing of them is left, not even in the deadline queue.
  CHECK(alive.use_count() == 1);
  CHECK(reactor.next_deadline() == model::never);
  CHECK(!reactor.has_work());
}

TEST_CASE("messages on their way when the system ends are still taken") {
  auto ticks = std::make_shared<seen>();
  virtual_clock clock;
  strowger::reactor reactor{clock};
  {
    turntable::installed config{reactor};
    caf::actor_system system{config};
    auto listener = system.spawn(writer, ticks);
    reactor.run();
    system.await_actors_before_shutdown(false);
    std::thread{[&] { caf::anon_send(listener, tick{clock.now()}); }}.join();
    caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
  }
  CHECK(ticks->size() == 1);
  CHECK(!reactor.has_work());
}
