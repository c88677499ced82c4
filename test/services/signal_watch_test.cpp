#include "services/serve/signal_watch.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

using strowger::services::signal_watch;

TEST_CASE("signals become calls on another thread, one for each") {
  std::atomic<int> reloads = 0, stops = 0;
  std::atomic<bool> elsewhere = true;
  auto here = std::this_thread::get_id();
  signal_watch signals;
  // Blocked from the start: what comes too early waits.
  ::kill(::getpid(), SIGHUP);
  signals.start([&](int number) {
    elsewhere = elsewhere && std::this_thread::get_id() != here;
    ++(number == SIGHUP ? reloads : stops);
  });
  REQUIRE(eventually([&] { return reloads == 1; }));
  ::kill(::getpid(), SIGTERM);
  REQUIRE(eventually([&] { return stops == 1; }));
  ::kill(::getpid(), SIGINT);
  REQUIRE(eventually([&] { return stops == 2; }));
  signals.stop();
  ::kill(::getpid(), SIGHUP); // stays pending, for nobody
  CHECK(reloads == 1);
  CHECK(elsewhere);
  // Taken before the end, which would deliver it with its default action.
  sigset_t left;
  sigemptyset(&left);
  sigaddset(&left, SIGHUP);
  int number = 0;
  CHECK(::sigwait(&left, &number) == 0);
  CHECK(number == SIGHUP);
}
