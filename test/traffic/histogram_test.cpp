#include "actors/traffic/histogram.hpp"
#include "actors/traffic/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace strowger::traffic;

namespace {

/// Latencies as they come: most are short, a few are very long.
std::vector<std::uint64_t> samples(std::uint64_t seed, std::size_t n) {
  auto from = fork(seed, "latencies");
  std::lognormal_distribution<double> law{8, 3};
  std::vector<std::uint64_t> result;
  while (result.size() < n)
    result.push_back(
      std::min(static_cast<std::uint64_t>(law(from)), histogram::longest_us));
  return result;
}

histogram of(const std::vector<std::uint64_t>& values) {
  histogram result;
  for (auto value : values)
    result.record(value);
  return result;
}

/// What no more than p percent of the sorted values exceed, by nearest rank.
std::uint64_t exactly(const std::vector<std::uint64_t>& sorted, double p) {
  auto rank = static_cast<std::size_t>(
    std::ceil(p * static_cast<double>(sorted.size()) / 100 - 1e-9));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

constexpr double percents[] = {0,  1,  10, 25,   50,    75,
                               90, 95, 99, 99.9, 99.99, 100};

} // namespace

TEST_CASE("a percentile is never too low and at most 1/128 too high") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    auto values = samples(seed, seed * seed * 10);
    auto seen = of(values);
    std::ranges::sort(values);
    for (auto p : percents) {
      CAPTURE(p);
      auto right = exactly(values, p);
      CHECK(seen.percentile_us(p) >= right);
      CHECK(seen.percentile_us(p) - right <= right / 128);
    }
    CHECK(seen.count() == values.size());
    CHECK(seen.min_us() == values.front());
    CHECK(seen.max_us() == values.back());
    CHECK(seen.percentile_us(100) == values.back());
    double sum = 0;
    for (auto value : values)
      sum += static_cast<double>(value);
    CHECK(seen.mean_us()
          == doctest::Approx(sum / static_cast<double>(values.size())));
  }
}

TEST_CASE("every value is in a bucket that is narrow enough") {
  std::vector<std::uint64_t> values{0, 1, histogram::longest_us};
  for (std::uint64_t power = 2; power < histogram::longest_us; power *= 2)
    values.insert(values.end(), {power - 1, power, power + 1});
  auto more = samples(1, 10'000);
  values.insert(values.end(), more.begin(), more.end());
  for (auto value : values) {
    auto buckets = of({value}).buckets();
    REQUIRE(buckets.size() == 1);
    auto [lower, upper, count] = buckets.front();
    REQUIRE(count == 1);
    REQUIRE(lower <= value);
    REQUIRE(value <= upper);
    REQUIRE((upper - lower) * 128 <= lower);
  }
}

TEST_CASE("buckets come from low to high, do not overlap and hold everything") {
  auto seen = of(samples(1, 10'000));
  std::uint64_t next_us = 0;
  std::uint64_t count = 0;
  for (auto& bucket : seen.buckets()) {
    CHECK(bucket.lower_us >= next_us);
    CHECK(bucket.count > 0);
    next_us = bucket.upper_us + 1;
    count += bucket.count;
  }
  CHECK(count == seen.count());
}

TEST_CASE("the parts of several generators make the whole, also as images") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    auto values = samples(seed, 5000);
    std::vector<histogram> parts(4);
    for (std::size_t i = 0; i < values.size(); ++i)
      parts[i * i % 4].record(values[i]); // two of them stay empty
    histogram merged;
    histogram from_images;
    for (auto& part : parts) {
      merged.merge(part);
      auto copy = histogram::from_image(part.to_image());
      REQUIRE(copy);
      CHECK(copy->to_image() == part.to_image());
      from_images.merge(*copy);
    }
    auto whole = of(values).to_image();
    CHECK(merged.to_image() == whole);
    CHECK(from_images.to_image() == whole);
  }
}

TEST_CASE("a histogram of nothing has only zeros") {
  histogram none;
  CHECK(none.empty());
  CHECK(none.min_us() == 0);
  CHECK(none.max_us() == 0);
  CHECK(none.mean_us() == 0);
  CHECK(none.percentile_us(99) == 0);
  CHECK(none.buckets().empty());
  none.record(5, 0);
  CHECK(none.empty());
  auto copy = histogram::from_image(none.to_image());
  REQUIRE(copy);
  CHECK(copy->empty());
}

TEST_CASE("what takes longer than an hour counts as an hour") {
  histogram seen;
  seen.record(UINT64_MAX, 3);
  CHECK(seen.max_us() == histogram::longest_us);
  CHECK(seen.percentile_us(50) == histogram::longest_us);
}

TEST_CASE("99.9 % of a thousand is nine hundred and ninety-nine") {
  histogram seen;
  seen.record(10, 999);
  seen.record(200);
  CHECK(seen.percentile_us(99.9) == 10);
  CHECK(seen.percentile_us(99.91) == 200);
}

TEST_CASE("an image that no histogram has is refused") {
  const histogram::image rows[] = {
    {1, 1, 1, {}},                          // no counts
    {5, 5, 5, {{5, 0}}},                    // an empty bucket
    {5, 6, 11, {{6, 1}, {5, 1}}},           // not in order
    {5, 5, 10, {{5, 1}, {5, 1}}},           // one twice
    {5, 9, 5, {{5, 1}}},                    // a maximum that is elsewhere
    {4, 5, 5, {{5, 1}}},                    // a minimum that is elsewhere
    {300, 299, 599, {{278, 2}}},            // upside down
    {5, 5, 5, {{4'000'000'000, 1}}},        // far beyond an hour
    {5, UINT64_MAX, 5, {{5, 1}, {8000, 1}}} // likewise
  };
  for (auto& row : rows) {
    CAPTURE(row.counts.size());
    CHECK_FALSE(histogram::from_image(row));
  }
}
