#include "actors/model/seizures.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <utility>

using namespace strowger::model;

TEST_CASE("a use is noted once and given back once") {
  seizures held;
  CHECK(!held.give_back({1}, 0));
  CHECK(held.hold({1}, 0));
  CHECK(!held.hold({1}, 0));
  CHECK(held.hold({1}, 1));
  CHECK(held.size() == 2);
  CHECK(!held.give_back({2}, 0));
  CHECK(held.give_back({1}, 0));
  CHECK(!held.give_back({1}, 0));
  CHECK(held.give_back({1}, 1));
  CHECK(held.size() == 0);
}

TEST_CASE("the uses of a device agree with a set, however calls are numbered") {
  // Numbers in a row, numbers that differ only in their high bits, any.
  using numbering = uint64_t (*)(std::mt19937_64&);
  const numbering laws[] = {
    [](std::mt19937_64& r) { return r() % 64; },
    [](std::mt19937_64& r) { return (r() % 64) << 56 | 7; },
    [](std::mt19937_64& r) { return (r() % 8) * 0x0123456789abcdefu; },
  };
  for (auto law : laws)
    for (unsigned seed = 1; seed <= 20; ++seed) {
      CAPTURE(seed);
      std::mt19937_64 random{seed};
      seizures held;
      std::set<std::pair<uint64_t, seizure_number>> expected;
      for (int i = 0; i < 2000; ++i) {
        auto call = law(random);
        auto number = static_cast<seizure_number>(random() % 3);
        if (random() % 2 == 0)
          REQUIRE(held.hold({call}, number)
                  == expected.emplace(call, number).second);
        else
          REQUIRE(held.give_back({call}, number)
                  == (expected.erase({call, number}) == 1));
        REQUIRE(held.size() == expected.size());
      }
    }
}
