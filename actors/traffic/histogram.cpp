#include "actors/traffic/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace strowger::traffic {

namespace {

// Between two powers of two there are 2^7 buckets, so the width of one is at
// most 1/128 of what it holds. Below 2^8 there is a bucket for each value.
constexpr unsigned steps_bits = 7;
constexpr std::size_t steps = std::size_t{1} << steps_bits;

constexpr std::size_t index_of(std::uint64_t value_us) {
  auto bits = static_cast<unsigned>(std::bit_width(value_us));
  if (bits <= steps_bits + 1)
    return value_us;
  auto shift = bits - steps_bits - 1;
  return (shift << steps_bits) + (value_us >> shift);
}

constexpr std::uint64_t lower_us_of(std::size_t index) {
  if (index < 2 * steps)
    return index;
  auto shift = (index >> steps_bits) - 1;
  return (steps + index % steps) << shift;
}

constexpr std::uint64_t upper_us_of(std::size_t index) {
  return lower_us_of(index + 1) - 1;
}

constexpr auto index_limit = index_of(histogram::longest_us) + 1;
static_assert(index_limit * sizeof(std::uint64_t) <= std::size_t{27} * 1024);

} // namespace

void histogram::record(std::uint64_t value_us, std::uint64_t count) {
  if (count == 0)
    return;
  value_us = std::min(value_us, longest_us);
  auto index = index_of(value_us);
  if (index >= counts_.size())
    counts_.resize(index + 1);
  counts_[index] += count;
  count_ += count;
  min_us_ = std::min(min_us_, value_us);
  max_us_ = std::max(max_us_, value_us);
  sum_us_ += value_us * count;
}

void histogram::merge(const histogram& other) {
  if (other.counts_.size() > counts_.size())
    counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i)
    counts_[i] += other.counts_[i];
  count_ += other.count_;
  min_us_ = std::min(min_us_, other.min_us_);
  max_us_ = std::max(max_us_, other.max_us_);
  sum_us_ += other.sum_us_;
}

double histogram::mean_us() const {
  if (count_ == 0)
    return 0;
  return static_cast<double>(sum_us_) / static_cast<double>(count_);
}

std::uint64_t histogram::percentile_us(double p) const {
  if (count_ == 0)
    return 0;
  // 99.9 % of 1000 is a little more than 999 in binary: that is rank 999.
  auto exact = std::clamp(p, 0.0, 100.0) / 100 * static_cast<double>(count_);
  auto rank = static_cast<std::uint64_t>(std::ceil(exact * (1 - 1e-12)));
  rank = std::clamp<std::uint64_t>(rank, 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank)
      return std::min(upper_us_of(i), max_us_);
  }
  return max_us_;
}

std::vector<histogram::bucket> histogram::buckets() const {
  std::vector<bucket> result;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i] > 0)
      result.push_back({lower_us_of(i), upper_us_of(i), counts_[i]});
  return result;
}

histogram::image histogram::to_image() const {
  image result{min_us(), max_us(), sum_us_, {}};
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i] > 0)
      result.counts.emplace_back(static_cast<std::uint32_t>(i), counts_[i]);
  return result;
}

std::optional<histogram> histogram::from_image(const image& x) {
  histogram result;
  if (x.counts.empty())
    return x == image{} ? std::optional{result} : std::nullopt;
  for (auto [index, count] : x.counts) {
    // In order, none empty, none beyond an hour: what to_image() gives.
    if (index < result.counts_.size() || index >= index_limit || count == 0)
      return std::nullopt;
    result.counts_.resize(index + std::size_t{1});
    result.counts_[index] = count;
    result.count_ += count;
  }
  if (index_of(x.min_us) != x.counts.front().first
      || index_of(x.max_us) != x.counts.back().first || x.min_us > x.max_us
      || x.max_us > longest_us)
    return std::nullopt;
  result.min_us_ = x.min_us;
  result.max_us_ = x.max_us;
  result.sum_us_ = x.sum_us;
  return result;
}

} // namespace strowger::traffic
