#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <vector>

/// What tests of random laws need. The seeds are fixed, so a test passes always
/// or never; the tolerances say how rarely a right law would fail.
namespace strowger::traffic {

inline double mean_of(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0)
         / static_cast<double>(x.size());
}

inline double variance_of(const std::vector<double>& x) {
  auto mean = mean_of(x);
  double sum = 0;
  for (auto one : x)
    sum += (one - mean) * (one - mean);
  return sum / static_cast<double>(x.size() - 1);
}

/// How many standard errors the mean of x is away from what it should be.
inline double errors_off(const std::vector<double>& x, double mean) {
  return std::abs(mean_of(x) - mean)
         / std::sqrt(variance_of(x) / static_cast<double>(x.size()));
}

/// Kolmogorov and Smirnov: the largest distance between the distribution of x
/// and `cdf`, times √n. More than 1.95 by chance in one of 1000 cases.
inline double distance(std::vector<double> x,
                       const std::function<double(double)>& cdf) {
  std::ranges::sort(x);
  auto n = static_cast<double>(x.size());
  double result = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    auto p = cdf(x[i]);
    result = std::max({result, p - static_cast<double>(i) / n,
                       static_cast<double>(i + 1) / n - p});
  }
  return result * std::sqrt(n);
}

} // namespace strowger::traffic
