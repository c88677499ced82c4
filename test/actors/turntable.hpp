#pragma once

#include "actors/reactor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>

/// A reactor with a virtual clock and an actor system on it, for tests of
/// shells. Actors that a test leaves behind must have been told to end.
namespace strowger::test {

struct turntable {
  virtual_clock clock;
  strowger::reactor reactor{clock};

  struct installed : caf::actor_system_config {
    explicit installed(strowger::reactor& host) {
      host.install(*this);
    }
  };
  installed config{reactor};
  caf::actor_system system{config};

  /// Runs everything that can happen now.
  void settle() {
    while (reactor.has_work())
      reactor.run();
  }

  /// Lets time pass from deadline to deadline, as real time would.
  void pass(model::duration d) {
    auto end = clock.now() + d;
    settle();
    while (reactor.next_deadline() <= end) {
      if (auto wait = reactor.next_deadline() - clock.now();
          wait > model::duration{0})
        clock.advance(wait);
      settle();
    }
    clock.advance(end - clock.now());
    settle();
  }
};

} // namespace strowger::test
