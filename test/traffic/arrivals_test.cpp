#include "actors/traffic/arrivals.hpp"
#include "test/traffic/statistics.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace strowger::traffic;
using namespace std::chrono_literals;
using strowger::model::duration;
using strowger::model::time_point;

namespace {

constexpr time_point start{1'234'567'891ns};

time_point at(double since_start_s) {
  return start + duration{std::llround(since_start_s * 1e9)};
}

arrivals make(const arrival_law::kind& what, std::uint64_t seed = 1) {
  return {arrival_law{what}, fork(seed, "arrivals"), start};
}

/// The starts before a time, in seconds since the start.
std::vector<double> starts(arrivals& from, double before_s) {
  std::vector<double> result;
  for (auto next = from.next(); next && *next < at(before_s);
       next = from.next())
    result.push_back(std::chrono::duration<double>(*next - start).count());
  CHECK(std::ranges::is_sorted(result));
  return result;
}

std::vector<double> starts(const arrival_law::kind& what, double before_s,
                           std::uint64_t seed = 1) {
  auto from = make(what, seed);
  return starts(from, before_s);
}

std::vector<double> gaps(const std::vector<double>& x) {
  std::vector<double> result;
  for (std::size_t i = 1; i < x.size(); ++i)
    result.push_back(x[i] - x[i - 1]);
  return result;
}

double count_between(const std::vector<double>& x, double from, double to) {
  return static_cast<double>(
    std::ranges::count_if(x, [=](double t) { return from <= t && t < to; }));
}

/// A Poisson count within 4.5 standard deviations: fails once in 150,000.
bool fits(double count, double expected) {
  return std::abs(count - expected) <= 4.5 * std::sqrt(expected);
}

} // namespace

TEST_CASE("the n-th start of a constant law is exactly start + n/rate") {
  for (auto rate : {1.0, 3.0, 7.0, 333.0, 2000.0}) {
    CAPTURE(rate);
    auto from = make(arrival_law::constant{rate});
    int right = 0;
    for (int n = 0; n < 1'000'000; ++n) {
      auto next = from.next();
      if (next == start + duration{std::llround(n / rate * 1e9)})
        ++right;
    }
    CHECK(right == 1'000'000);
  }
}

TEST_CASE("no start comes where nobody wants one") {
  const arrival_law::kind rows[] = {
    std::monostate{},
    arrival_law::users{},
    arrival_law::constant{0},
    arrival_law::poisson{0},
    arrival_law::poisson{1e-30},
    arrival_law::ramp{0, 0, 10, true},
    arrival_law::steps{},
    arrival_law::steps{{{0, 10}, {0, 5}}, false},
    arrival_law::profile{},
    arrival_law::profile{{0, 0, 0}, 900},
    arrival_law::profile{{5, 5}, 0},
    arrival_law::bursts{},
    arrival_law::bursts{{{0, 5}, {10, 0}}},
  };
  for (auto& row : rows) {
    CAPTURE(row.index());
    auto from = make(row);
    CHECK_FALSE(from.next());
    CHECK_FALSE(from.next());
  }
}

TEST_CASE("Poisson gaps are exponential and do not depend on each other") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    auto x = gaps(starts(arrival_law::poisson{200}, 100, seed));
    CHECK(fits(static_cast<double>(x.size()), 20'000));
    CHECK(errors_off(x, 1.0 / 200) < 5);
    CHECK(distance(x, [](double g) { return 1 - std::exp(-200 * g); }) < 2.5);
    auto mean = mean_of(x);
    double together = 0;
    for (std::size_t i = 1; i < x.size(); ++i)
      together += (x[i] - mean) * (x[i - 1] - mean);
    auto n = static_cast<double>(x.size());
    CHECK(std::abs(together / n / variance_of(x)) < 5 / std::sqrt(n));
  }
}

TEST_CASE("a ramp has the integral of its rate, evenly spaced to the call") {
  arrival_law::ramp up{0, 100, 20};
  auto x = starts(up, 30); // 100·20/2, then 10 s of 100
  CHECK(x.size() == 2000);
  for (std::size_t n = 0; n < 1000; ++n)
    REQUIRE(x[n] == doctest::Approx(std::sqrt(static_cast<double>(n) / 2.5)));
  arrival_law::ramp down{100, 0, 20};
  CHECK(starts(down, 1000).size() == 1000);

  auto random = up;
  random.random = true;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    auto y = starts(random, 30, seed);
    CHECK(fits(count_between(y, 0, 10), 250));
    CHECK(fits(count_between(y, 10, 20), 750));
    CHECK(fits(count_between(y, 20, 30), 1000));
    std::erase_if(y, [](double t) { return t >= 20; });
    CHECK(distance(y, [](double t) { return t * t / 400; }) < 2.5);
  }
}

TEST_CASE("steps follow each other, and those of rate 0 are skipped") {
  arrival_law::steps law{{{0, 10}, {10, 3}, {0, 1e8}, {20, 1}}, false};
  auto x = starts(law, 1e8 + 15);
  REQUIRE(x.size() == 30 + 40);
  CHECK(x.front() == 10);
  CHECK(x[29] == doctest::Approx(12.9));
  CHECK(x[30] == doctest::Approx(1e8 + 13));
  law.random = true;
  auto y = starts(law, 1e8 + 113);
  CHECK(count_between(y, 0, 10) == 0);
  CHECK(fits(count_between(y, 10, 13), 30));
  CHECK(count_between(y, 13, 1e8 + 13) == 0);
  CHECK(fits(count_between(y, 1e8 + 13, 1e8 + 113), 2000));
}

TEST_CASE("a profile gives each interval its calls, every day anew") {
  arrival_law::profile law{{400, 0, 1600}, 900};
  std::vector<double> totals(3);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    auto x = starts(law, 4 * 2700, seed);
    for (int day = 0; day < 4; ++day)
      for (int i = 0; i < 3; ++i) {
        auto from = day * 2700.0 + i * 900.0;
        totals[static_cast<std::size_t>(i)] += count_between(x, from,
                                                             from + 900);
      }
  }
  CHECK(fits(totals[0], 20 * 400));
  CHECK(totals[1] == 0);
  CHECK(fits(totals[2], 20 * 1600));
}

TEST_CASE("bursts have their mean rate and are burstier than Poisson") {
  // 5/s for 60 s and 50/s for 20 s on the average: 16.25/s.
  arrival_law::bursts law{{{5, 60}, {50, 20}}};
  std::vector<double> in_a_circle;
  std::vector<double> in_a_second;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto x = starts(law, 8000, seed);
    for (int i = 0; i < 10; ++i)
      in_a_circle.push_back(count_between(x, i * 800, i * 800 + 800));
    for (int i = 0; i < 1000; ++i)
      in_a_second.push_back(count_between(x, i, i + 1));
  }
  // Every run begins in the first mood: its first 800 s have fewer calls.
  std::vector<double> settled;
  for (std::size_t i = 0; i < in_a_circle.size(); ++i)
    if (i % 10 != 0)
      settled.push_back(in_a_circle[i]);
  CHECK(errors_off(settled, 800 * 16.25) < 5);
  // Of a Poisson process it would be 1.
  CHECK(variance_of(in_a_second) / mean_of(in_a_second) > 10);
}

TEST_CASE("moods do not depend on the calls in them") {
  // Ten times the rate in the same moods, told from the rates of the starts.
  auto quiet = make(arrival_law::bursts{{{10, 10}, {20, 10}}});
  auto loud = make(arrival_law::bursts{{{100, 10}, {200, 10}}});
  auto louder = loud.next();
  for (int n = 0; n < 10'000; ++n) {
    auto when = quiet.next();
    auto rate = quiet.rate_at(*when);
    while (*louder < *when)
      louder = loud.next();
    // The next start of the loud one may be in the next mood already.
    if (*louder - *when < 1ms)
      CHECK(loud.rate_at(*when) == 10 * rate);
  }
}

TEST_CASE("a new rate neither drifts nor doubles nor leaves a hole") {
  auto from = make(arrival_law::constant{10});
  for (int n = 0; n < 5; ++n) // 0, 0.1 … 0.4
    CHECK(from.next() == at(n * 0.1));
  CHECK(from.next() == at(0.5));
  from.set_rate(20, at(0.45)); // half a gap is left: 25 ms at 20/s ...
  CHECK(from.next() == at(0.475));
  CHECK(from.next() == at(0.525));
  from.set_rate(0, at(0.53));
  CHECK_FALSE(from.next());
  from.set_rate(1, at(100.53)); // 90 % of a gap is left
  CHECK(from.next() == at(101.43));
  CHECK(from.next() == at(102.43));
}

TEST_CASE("starts that are overdue at a new rate keep their intended time") {
  auto from = make(arrival_law::constant{10});
  CHECK(from.next() == at(0));
  from.set_rate(100, at(0.35));
  CHECK(from.next() == at(0.1));
  CHECK(from.next() == at(0.2));
  CHECK(from.next() == at(0.3));
  CHECK(from.next() == at(0.355));
  CHECK(from.next() == at(0.365));
}

TEST_CASE("a start that is withdrawn comes back at the new rate") {
  auto from = make(arrival_law::constant{0.001});
  CHECK(from.next() == at(0));
  CHECK(from.next() == at(1000));
  from.set_rate(1000, at(10));
  CHECK(from.next() == at(10.00099));
  CHECK(from.next() == at(10.00199));
}

TEST_CASE("a new rate counts from now, though the next start was far ahead") {
  auto from = make(arrival_law::steps{{{1, 10}, {0, 100}, {1, 1}}});
  for (int n = 0; n < 10; ++n)
    CHECK(from.next() == at(n));
  CHECK(from.next() == at(110));
  from.set_rate(2, at(9.5)); // half a gap is left
  CHECK(from.next() == at(9.75));
  CHECK(from.next() == at(10.25));
}

TEST_CASE("who has users has no rate to set, who has nothing has") {
  auto users = make(arrival_law::users{});
  users.set_rate(10, at(1));
  CHECK_FALSE(users.next());
  auto nothing = make(std::monostate{});
  nothing.set_rate(10, at(1));
  CHECK(nothing.next() == at(1));
  CHECK(nothing.next() == at(1.1));
}

TEST_CASE("Poisson stays Poisson over changes of the rate") {
  std::vector<double> all;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    auto from = make(arrival_law::poisson{5}, seed);
    std::vector<double> x;
    double changed_s = 0;
    auto next = from.next();
    for (auto rate : {50.0, 2.0, 20.0}) {
      changed_s += 1;
      for (; next && *next < at(changed_s); next = from.next())
        x.push_back(std::chrono::duration<double>(*next - start).count());
      from.set_rate(rate, at(changed_s));
      next = from.next();
    }
    for (; next && *next < at(4); next = from.next())
      x.push_back(std::chrono::duration<double>(*next - start).count());
    all.insert(all.end(), x.begin(), x.end());
  }
  CHECK(fits(count_between(all, 0, 1), 400 * 5));
  CHECK(fits(count_between(all, 1, 2), 400 * 50));
  CHECK(fits(count_between(all, 2, 3), 400 * 2));
  CHECK(fits(count_between(all, 3, 4), 400 * 20));
  CHECK(distance(all,
                 [](double t) {
                   auto within = [t](double from) {
                     return std::clamp(t - from, 0., 1.);
                   };
                   return (5 * within(0) + 50 * within(1) + 2 * within(2)
                           + 20 * within(3))
                          / 77;
                 })
        < 2.5);
}

TEST_CASE("every law says its rate at a time") {
  struct row {
    std::string_view name;
    arrival_law::kind law;
    double when_s;
    double rate;
  };
  const row rows[] = {
    {"before the start", arrival_law::constant{10}, -1, 0},
    {"constant", arrival_law::constant{10}, 1e6, 10},
    {"poisson", arrival_law::poisson{10}, 0, 10},
    {"half-way up", arrival_law::ramp{10, 30, 4}, 2, 20},
    {"after the ramp", arrival_law::ramp{10, 30, 4}, 5, 30},
    {"a ramp in no time", arrival_law::ramp{10, 30, 0}, 0, 30},
    {"first step", arrival_law::steps{{{1, 10}, {2, 10}}}, 9.9, 1},
    {"last step stays", arrival_law::steps{{{1, 10}, {2, 10}}}, 99, 2},
    {"the second day", arrival_law::profile{{900, 1800}, 900}, 2700.5, 2},
    {"bursts far ahead", arrival_law::bursts{{{5, 60}, {50, 20}}}, 1e8, 16.25},
    {"users", arrival_law::users{}, 5, 0},
  };
  for (auto& row : rows) {
    CAPTURE(row.name);
    CHECK(make(row.law).rate_at(at(row.when_s)) == doctest::Approx(row.rate));
  }
  auto changed = make(arrival_law::ramp{10, 30, 4});
  changed.set_rate(7, at(2));
  CHECK(changed.rate_at(at(1)) == doctest::Approx(15));
  CHECK(changed.rate_at(at(2)) == 7);
}

TEST_CASE("the same seed gives the same starts, another one others") {
  arrival_law::bursts law{{{5, 6}, {50, 2}}};
  CHECK(starts(law, 100, 7) == starts(law, 100, 7));
  CHECK(starts(law, 100, 7) != starts(law, 100, 8));
}

TEST_CASE("another seed has other moods") {
  // With 100 calls/s a gap of 200 ms is a pause; the first comes after 10 s on
  // the average, or later by the pauses that are too short to be seen (2 %).
  arrival_law::bursts law{{{100, 10}, {0, 10}}};
  std::vector<double> first_pause;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    auto x = starts(law, 300, seed);
    auto wide = std::ranges::adjacent_find(
      x, [](double a, double b) { return b - a > 0.2; });
    auto last_s = wide == x.end() ? 300 : *wide;
    first_pause.push_back(last_s);
  }
  CHECK(errors_off(first_pause, 10.2) < 5);
}

// -- parts of a law -----------------------------------------------------------

namespace {

std::vector<double> part(const arrival_law::kind& what, unsigned number,
                         double lead, double before_s) {
  arrivals from{arrival_law{what, number, lead}, fork(1, "arrivals"), start};
  return starts(from, before_s);
}

} // namespace

TEST_CASE("evenly spaced parts of a law lie between each other as its starts "
          "do") {
  std::vector<double> all;
  for (unsigned i = 0; i < 4; ++i) {
    auto own = part(arrival_law::constant{2.5}, i, i / 4.0, 20);
    all.insert(all.end(), own.begin(), own.end());
  }
  std::ranges::sort(all);
  auto whole = starts(arrival_law::constant{10}, 20);
  REQUIRE(all.size() == whole.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    CHECK(all[i] == doctest::Approx(whole[i]).epsilon(1e-6));
}

TEST_CASE("parts of a Poisson process have nothing in common") {
  auto one = part(arrival_law::poisson{50}, 0, 0, 200);
  auto other = part(arrival_law::poisson{50}, 1, 0.5, 200);
  CHECK(one == starts(arrival_law::poisson{50}, 200));
  CHECK(fits(static_cast<double>(one.size()), 10'000));
  CHECK(fits(static_cast<double>(other.size()), 10'000));
  std::vector<double> same;
  std::ranges::set_intersection(one, other, std::back_inserter(same));
  CHECK(same.empty());
}

TEST_CASE("parts of bursts have their moods in common") {
  arrival_law::bursts moods{{{0, 10}, {200, 10}}};
  auto one = part(moods, 0, 0, 400);
  auto other = part(moods, 1, 0, 400);
  CHECK(one != other);
  auto silences = 0;
  for (std::size_t i = 1; i < one.size(); ++i)
    if (one[i] - one[i - 1] > 1) {
      ++silences;
      // A gap of a busy mood may stand at either end.
      CHECK(count_between(other, one[i - 1] + 0.2, one[i] - 0.2) == 0);
    }
  CHECK(silences > 3);
}
