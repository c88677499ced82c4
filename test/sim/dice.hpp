#pragma once

#include "actors/model/time.hpp"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <random>

/// Chance for the simulated world. The distributions of the standard library
/// differ between its makers; these do not, so a seed means the same
/// everywhere.
namespace strowger::sim {

class dice {
public:
  explicit dice(uint64_t seed) : engine_{seed} {}

  /// 0 to n-1.
  uint64_t below(uint64_t n) {
    return engine_() % n;
  }

  bool chance(unsigned percent) {
    return below(100) < percent;
  }

  template <class T>
  T pick(std::initializer_list<T> from) {
    return *std::next(from.begin(), static_cast<long>(below(from.size())));
  }

  model::duration between(model::duration from, model::duration to) {
    auto span = static_cast<uint64_t>((to - from).count());
    return from + model::duration{static_cast<int64_t>(below(span + 1))};
  }

  /// How long a message is under way: mostly little, now and then a lot.
  model::duration transit() {
    using namespace std::chrono_literals;
    return chance(90) ? between(500us, 30ms) : between(0s, 2s);
  }

  /// How long somebody takes to act. Short times are frequent, so that the
  /// acts of two peers often cross.
  model::duration thinking() {
    using namespace std::chrono_literals;
    switch (below(4)) {
      case 0:
        return between(0ms, 5ms);
      case 1:
        return between(0ms, 60ms);
      case 2:
        return between(0s, 2s);
      default:
        return between(0s, 40s);
    }
  }

private:
  std::mt19937_64 engine_;
};

} // namespace strowger::sim
