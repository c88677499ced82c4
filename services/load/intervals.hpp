#pragma once

#include "actors/traffic/histogram.hpp"

#include <cstdint>
#include <optional>

/// Confidence intervals, 95 % each. They take calls as independent of each
/// other; where one bad second hits many calls, the truth is wider.
namespace strowger::services::load {

/// A measured value and where the true one lies.
struct estimate {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// Of a proportion: the score interval of Wilson (1927). Nothing of no calls.
std::optional<estimate> proportion(std::uint64_t part, std::uint64_t whole);

/// Of a percentile, in seconds: between two order statistics, whose ranks come
/// from the binomial distribution; it assumes nothing about the latencies.
/// Nothing if there are too few calls to say where its upper end is.
std::optional<estimate> percentile(const traffic::histogram& seen, double p);

/// Of b - a, both independent: square-and-add, which for proportions is method
/// 10 of Newcombe (1998), and works for any two (Zou and Donner 2008).
estimate difference(const estimate& a, const estimate& b);

/// Whether a difference is there at all.
inline bool shows_difference(const estimate& of_two) {
  return of_two.low > 0 || of_two.high < 0;
}

} // namespace strowger::services::load
