#include "actors/traffic/duration_law.hpp"
#include "test/traffic/statistics.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace strowger::traffic;

namespace {

std::vector<double> draws(const duration_law& law, random_source from,
                          std::size_t n = 20'000) {
  std::vector<double> result;
  for (std::size_t i = 0; i < n; ++i)
    result.push_back(std::chrono::duration<double>(law.draw(from)).count());
  return result;
}

double normal_cdf(double x) {
  return std::erfc(-x / std::sqrt(2)) / 2;
}

} // namespace

TEST_CASE("durations have the mean and the shape of their law") {
  struct row {
    std::string_view name;
    duration_law law;
    double mean_s;
    std::function<double(double)> cdf;
  };
  const row rows[] = {
    {"uniform", duration_law{duration_law::uniform{2, 6}}, 4,
     [](double x) { return (x - 2) / 4; }},
    {"exponential", duration_law{duration_law::exponential{180}}, 180,
     [](double x) { return 1 - std::exp(-x / 180); }},
    {"lognormal", duration_law{duration_law::lognormal{120, 0.8}},
     120 * std::exp(0.32),
     [](double x) { return normal_cdf(std::log(x / 120) / 0.8); }},
    {"gamma", duration_law{duration_law::gamma{30, 2}}, 30,
     [](double x) { return 1 - std::exp(-x / 15) * (1 + x / 15); }},
  };
  for (auto& row : rows)
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      CAPTURE(row.name);
      auto& [name, law, mean_s, cdf] = row;
      CAPTURE(seed);
      auto x = draws(law, fork(seed, name));
      CHECK(law.mean_s() == doctest::Approx(mean_s));
      CHECK(errors_off(x, mean_s) < 5);
      CHECK(distance(x, cdf) < 2.5); // by chance once in 100,000
    }
}

TEST_CASE("empirical durations are drawn all alike") {
  duration_law law{duration_law::empirical{{1, 2, 2, 7}}};
  CHECK(law.mean_s() == 3);
  auto x = draws(law, fork(1, "empirical"), 40'000);
  CHECK(errors_off(x, 3) < 5);
  // Chi-square with 2 degrees of freedom: above 13.8 once in 1000.
  double chi = 0;
  for (auto [value, expected] : {std::pair{1., 1e4}, {2., 2e4}, {7., 1e4}}) {
    auto off = static_cast<double>(std::ranges::count(x, value)) - expected;
    chi += off * off / expected;
  }
  CHECK(chi < 13.8);
}

TEST_CASE("no duration is negative, and none overflows") {
  using namespace std::chrono_literals;
  auto from = fork(1, "edges");
  CHECK(duration_law{}.draw(from) == 0s);
  CHECK_FALSE(duration_law{}.is_set());
  CHECK(duration_law{duration_law::fixed{1.5}}.draw(from) == 1500ms);
  CHECK(duration_law{duration_law::fixed{-1}}.draw(from) == 0s);
  CHECK(duration_law{duration_law::fixed{-1}}.mean_s() == 0);
  CHECK(duration_law{duration_law::empirical{}}.draw(from) == 0s);
  CHECK(duration_law{duration_law::exponential{0}}.draw(from) == 0s);
  duration_law wild{duration_law::lognormal{1, 60}};
  for (int i = 0; i < 1000; ++i) {
    auto drawn = wild.draw(from);
    CHECK(drawn >= 0s);
    CHECK(drawn <= 1'000'000'000s);
  }
}
