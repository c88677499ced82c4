#include "actors/traffic/arrivals.hpp"
#include "actors/traffic/capacity_search.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>

using namespace strowger::traffic;
using namespace std::chrono_literals;
using strowger::model::time_point;

namespace {

const capacity_search::findings&
run(capacity_search& search, const std::function<bool(double)>& passes) {
  while (auto rate = search.next_rate())
    search.finished(*rate, passes(*rate), "503 from the device");
  return search.result();
}

/// Calls in flight, sampled every second of a window, with random arrivals and
/// exponential talk times; `growth`: how many calls per second never end.
std::vector<double> in_flight(std::uint64_t seed, double rate_per_s,
                              double talk_s, int window_s,
                              double growth_per_s = 0) {
  auto from = fork(seed, "talk");
  arrivals law{
    {arrival_law::poisson{rate_per_s}}, fork(seed, "arrivals"), time_point{}};
  std::exponential_distribution<double> talk{1 / talk_s};
  std::priority_queue<double, std::vector<double>, std::greater<>> ends;
  std::vector<double> result;
  double warm_s = 8 * talk_s;
  auto next = law.next();
  for (int second = 0; second < window_s; ++second) {
    auto now_s = warm_s + second;
    for (; next && next->time_since_epoch() <= now_s * 1s; next = law.next())
      ends.push(std::chrono::duration<double>(next->time_since_epoch()).count()
                + talk(from));
    while (!ends.empty() && ends.top() <= now_s)
      ends.pop();
    result.push_back(static_cast<double>(ends.size()) + growth_per_s * second);
  }
  return result;
}

} // namespace

TEST_CASE("the search finds a known limit within 3 %") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    auto from = fork(seed, "limit");
    auto limit = std::exp(std::uniform_real_distribution<double>{3, 9}(from));
    CAPTURE(limit);
    // Within half a percent of its limit the device passes by chance.
    std::uniform_real_distribution<double> noise{0.995, 1.005};
    capacity_search search{{10, 10'000, 0.02}};
    auto& found = run(search,
                      [&](double rate) { return rate <= limit * noise(from); });
    REQUIRE(found.rate_per_s);
    CHECK(std::abs(*found.rate_per_s / limit - 1) < 0.03);
    CHECK(found.trials.size() <= 30);
    // What is reported has passed at least twice and was the last to be tried.
    CHECK(found.trials.back().passed);
    CHECK(found.trials.back().rate_per_s == *found.rate_per_s);
    CHECK(std::ranges::count_if(found.trials,
                                [&](auto& x) {
                                  return x.passed
                                         && x.rate_per_s == *found.rate_per_s;
                                })
          >= 2);
    CHECK(found.stopped_by.find("503 from the device") != std::string::npos);
  }
}

TEST_CASE("the rates double, then close in, then the one found is confirmed") {
  capacity_search search{{10, 1000, 0.1}};
  std::vector<double> rates;
  auto& found = run(search, [&](double rate) {
    rates.push_back(rate);
    return rate <= 60;
  });
  CHECK(rates == std::vector<double>{10, 20, 40, 80, 60, 70, 65, 60});
  CHECK(found.rate_per_s == 60);
  CHECK(found.stopped_by == "65 calls/s failed: 503 from the device");
  CHECK_FALSE(search.next_rate());
}

TEST_CASE("a device that is better than all that is wanted is said to be") {
  capacity_search search{{10, 100, 0.02}};
  auto& found = run(search, [](double) { return true; });
  CHECK(found.rate_per_s == 100);
  CHECK(found.trials.size() == 6); // 10, 20, 40, 80, 100 and 100 again
  CHECK(found.stopped_by == "the highest rate wanted, 100 calls/s, passed");
}

TEST_CASE("a device that fails at once has no rate") {
  capacity_search search{{10, 100, 0.02}};
  auto& found = run(search, [](double) { return false; });
  CHECK_FALSE(found.rate_per_s);
  CHECK(found.trials.size() == 1);
  CHECK(found.stopped_by
        == "even 10 calls/s, the lowest rate wanted, failed: 503 from the "
           "device");
}

TEST_CASE("a rate that passed by luck is not reported") {
  capacity_search search{{10, 1000, 0.05}};
  std::vector<double> tried;
  auto& found = run(search, [&](double rate) {
    auto before = std::ranges::count(tried, rate);
    tried.push_back(rate);
    return rate <= 40 || (rate <= 70 && before == 0);
  });
  CHECK(found.rate_per_s);
  CHECK(*found.rate_per_s == 40);
}

TEST_CASE("a search always ends") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    auto from = fork(seed, "whim");
    std::bernoulli_distribution whim{0.9};
    capacity_search search{{1, 1e6, 1e-6}};
    auto& found = run(search, [&](double) { return whim(from); });
    CHECK_FALSE(found.stopped_by.empty());
    CHECK(found.trials.size() <= capacity_search::trials_at_most + 1);
  }
  // One rate only, and a precision that no bracket needs.
  capacity_search single{{50, 50, 1}};
  CHECK(run(single, [](double) { return true; }).rate_per_s == 50);
}

TEST_CASE(
  "calls in flight that only vary do not drift, however long they are") {
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed)
    for (auto talk_s : {1.0, 10.0, 60.0})
      if (drifts(in_flight(seed, 20, talk_s, 60)))
        ++alarms;
  CHECK(alarms == 0);
}

TEST_CASE("calls that pile up are seen long before they have doubled") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    // 600 in flight; of 20 new ones a second 4 never end.
    CHECK(drifts(in_flight(seed, 20, 30, 120, 4)));
  }
  std::vector<double> falling;
  for (int i = 0; i < 60; ++i)
    falling.push_back(2000 - i * 10);
  CHECK(drifts(falling));
  CHECK_FALSE(drifts(std::vector<double>{1, 100, 10'000}));
  CHECK_FALSE(drifts(std::vector<double>(60, 0)));
  CHECK_FALSE(drifts({}));
}
