#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace strowger::traffic {

/// How often which latency was seen, in microseconds from 0 to one hour. The
/// buckets are log-linear: up to 256 µs exact, then 128 of the same width
/// between two powers of two. So a percentile is too high by at most 1/128 of
/// its value, and never too low. At most 27 KB, grown as values need it.
class histogram {
public:
  /// One hour. What is longer counts as that long.
  static constexpr std::uint64_t longest_us = 3'600'000'000;

  /// A bucket holds the values from lower_us to upper_us, both included.
  struct bucket {
    std::uint64_t lower_us = 0;
    std::uint64_t upper_us = 0;
    std::uint64_t count = 0;
  };
  /// All that a histogram knows, as it travels between generators: merging
  /// what is made of images is merging the histograms.
  struct image {
    std::uint64_t min_us = 0;
    std::uint64_t max_us = 0;
    std::uint64_t sum_us = 0;
    /// Number of the bucket and its count, for those that are not empty.
    std::vector<std::pair<std::uint32_t, std::uint64_t>> counts;

    bool operator==(const image&) const = default;
  };

  void record(std::uint64_t value_us, std::uint64_t count = 1);
  void merge(const histogram& other);

  std::uint64_t count() const {
    return count_;
  }
  bool empty() const {
    return count_ == 0;
  }
  /// Exact; 0 if nothing was recorded.
  std::uint64_t min_us() const {
    return count_ == 0 ? 0 : min_us_;
  }
  std::uint64_t max_us() const {
    return max_us_;
  }
  double mean_us() const;
  /// The value that p percent of the recorded ones do not exceed (nearest
  /// rank): the upper end of its bucket, but at most the maximum. 0 if nothing
  /// was recorded.
  std::uint64_t percentile_us(double p) const;

  /// Those that are not empty, from low to high.
  std::vector<bucket> buckets() const;

  image to_image() const;
  /// Nothing if no histogram has this image.
  static std::optional<histogram> from_image(const image& x);

private:
  std::vector<std::uint64_t> counts_; // as many as the largest value needs
  std::uint64_t count_ = 0;
  std::uint64_t min_us_ = UINT64_MAX;
  std::uint64_t max_us_ = 0;
  std::uint64_t sum_us_ = 0;
};

} // namespace strowger::traffic
