#include "services/load/intervals.hpp"

#include <algorithm>
#include <cmath>

namespace strowger::services::load {

namespace {

constexpr double z = 1.959963984540054; // of 95 %, two-sided
constexpr double tail = 0.025;

/// Above this variance the normal distribution stands for the binomial one:
/// the ranks are then off by less than one.
constexpr double large_variance = 400;

/// The least k with P(X <= k) >= p, of X ~ Binomial(n, q).
double binomial_quantile(double n, double q, double p) {
  auto variance = n * q * (1 - q);
  if (variance >= large_variance)
    return std::floor(n * q + (p < 0.5 ? -z : z) * std::sqrt(variance) + 0.5);
  if (q > 0.5) {
    // Summed from the thin end, where terms do not vanish. P(X <= k) >= p
    // means P(n - X >= n - k) >= p, which is P(n - X <= n - k - 1) <= 1 - p.
    double sum = 0, term = std::exp(n * std::log(q)), odds = (1 - q) / q;
    double j = 0;
    for (; j <= n && sum + term <= 1 - p; ++j) {
      sum += term;
      term *= (n - j) / (j + 1) * odds;
    }
    return n - j;
  }
  double sum = 0, term = std::exp(n * std::log1p(-q)), odds = q / (1 - q);
  double k = 0;
  for (sum = term; k < n && sum < p; ++k) {
    term *= (n - k) / (k + 1) * odds;
    sum += term;
  }
  return k;
}

/// The bucket of the value with this rank, from 1.
traffic::histogram::bucket
bucket_at(const std::vector<traffic::histogram::bucket>& all, double rank) {
  double seen = 0;
  for (auto& one : all) {
    seen += static_cast<double>(one.count);
    if (seen >= rank)
      return one;
  }
  return all.back();
}

} // namespace

std::optional<estimate> proportion(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0)
    return std::nullopt;
  auto n = static_cast<double>(whole);
  auto share = static_cast<double>(part) / n;
  auto middle = (share + z * z / (2 * n)) / (1 + z * z / n);
  auto reach = z / (1 + z * z / n)
               * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  // None and all are ends of the interval, whatever rounding makes of them.
  return estimate{share, part == 0 ? 0 : std::max(middle - reach, 0.0),
                  part == whole ? 1 : std::min(middle + reach, 1.0)};
}

std::optional<estimate> percentile(const traffic::histogram& seen, double p) {
  auto n = static_cast<double>(seen.count());
  if (seen.empty())
    return std::nullopt;
  auto q = p / 100;
  // The percentile lies below the value of rank u if fewer than u values lie
  // below it, and not below the one of rank l if at least l do.
  auto lower_rank = binomial_quantile(n, q, tail);
  auto upper_rank = binomial_quantile(n, q, 1 - tail) + 1;
  if (lower_rank < 1 || upper_rank > n)
    return std::nullopt;
  auto buckets = seen.buckets();
  auto seconds = [](std::uint64_t us) { return static_cast<double>(us) / 1e6; };
  return estimate{
    seconds(seen.percentile_us(p)),
    seconds(std::max(bucket_at(buckets, lower_rank).lower_us, seen.min_us())),
    seconds(std::min(bucket_at(buckets, upper_rank).upper_us, seen.max_us()))};
}

estimate difference(const estimate& a, const estimate& b) {
  return {b.value - a.value,
          b.value - a.value - std::hypot(b.value - b.low, a.high - a.value),
          b.value - a.value + std::hypot(b.high - b.value, a.value - a.low)};
}

} // namespace strowger::services::load
