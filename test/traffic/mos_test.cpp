#include "actors/traffic/mos.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <utility>

using namespace strowger::traffic;

TEST_CASE("ratings mean the scores of G.107 Annex B") {
  for (auto [r, mos] : {std::pair{93.2, 4.41},
                        {90.0, 4.34},
                        {80.0, 4.03},
                        {70.0, 3.60},
                        {60.0, 3.10},
                        {50.0, 2.58},
                        {0.0, 1.0},
                        {-5.0, 1.0},
                        {120.0, 4.5}}) {
    CAPTURE(r);
    CHECK(mos_of(r) == doctest::Approx(mos).epsilon(0.002));
  }
}

TEST_CASE("delay and loss take from the rating what G.107 says") {
  CHECK(r_factor({}) == doctest::Approx(93.2));
  CHECK(r_factor({0, 1, 100}) == doctest::Approx(93.2 - 2.4));
  CHECK(r_factor({0, 1, 277.3}) == doctest::Approx(93.2 - 0.024 * 277.3 - 11));
  // 5 % by chance: 95 * 5 / (5 + 25.1).
  CHECK(r_factor({0.05, 1, 0}) == doctest::Approx(93.2 - 15.781));
  // The same in bursts twice as long: 95 * 5 / (2.5 + 25.1).
  CHECK(r_factor({0.05, 2, 0}) == doctest::Approx(93.2 - 17.210));
  CHECK(r_factor({1, 10, 400}) == 0);
}

TEST_CASE("no score is above that of fewer losses, or below that of more") {
  double before = 5;
  for (int percent = 0; percent <= 100; ++percent) {
    auto now = mos_of(r_factor({percent / 100.0, 1, 40}));
    CHECK(now <= before);
    CHECK(now >= 1);
    before = now;
  }
}

TEST_CASE("a stream without jitter or loss is heard better than 4.3") {
  CHECK(mos_of(r_factor({0, 1, ends_delay_ms(0)})) > 4.3);
  CHECK(ends_delay_ms(0) == 40);
  CHECK(ends_delay_ms(20'000) == 100);
}
