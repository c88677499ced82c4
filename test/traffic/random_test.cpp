#include "actors/traffic/random.hpp"
#include "test/traffic/statistics.hpp"

#include <doctest/doctest.h>

using namespace strowger::traffic;

TEST_CASE("the same seed and label give the same stream, others another one") {
  auto one = fork(1, "talk");
  CHECK((one == fork(1, "talk")));
  CHECK((one != fork(2, "talk")));
  CHECK((one != fork(1, "talc")));
  CHECK((one != fork(1, "")));
}

TEST_CASE("streams of neighbouring seeds and labels are not alike") {
  std::vector<double> first;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    for (auto label : {"a", "b", "aa", "ab", "users/1", "users/2"}) {
      auto stream = fork(seed, label);
      first.push_back(std::generate_canonical<double, 53>(stream));
    }
  CHECK(distance(first, [](double x) { return x; }) < 1.95);
}
