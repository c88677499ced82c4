#include "actors/traffic/self_watch.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace strowger::traffic {

namespace {

template <class... Ts>
std::string sentence(const char* format, Ts... values) {
  char text[160];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

double share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0)
    return 0;
  return static_cast<double>(part) / static_cast<double>(whole);
}

} // namespace

void self_watch::started(model::time_point intended, model::time_point actual) {
  using std::chrono::microseconds;
  auto late = std::max(actual - intended, model::duration::zero());
  // Rounded up: no lateness is hidden.
  lateness_.record(
    static_cast<std::uint64_t>(std::chrono::ceil<microseconds>(late).count()));
}

void self_watch::second(double cpu_share) {
  ++seconds_;
  cpu_share_sum_ += cpu_share;
  max_cpu_share_ = std::max(max_cpu_share_, cpu_share);
  if (cpu_share > busy_share)
    ++busy_seconds_;
}

void self_watch::merge(const self_watch& other) {
  merge_starts(other);
  dropped_ += other.dropped_;
  seconds_ += other.seconds_;
  busy_seconds_ += other.busy_seconds_;
  cpu_share_sum_ += other.cpu_share_sum_;
  max_cpu_share_ = std::max(max_cpu_share_, other.max_cpu_share_);
}

double self_watch::mean_cpu_share() const {
  return seconds_ == 0 ? 0 : cpu_share_sum_ / static_cast<double>(seconds_);
}

self_watch::image self_watch::to_image() const {
  return {lateness_.to_image(), skipped_,       dropped_,      seconds_,
          busy_seconds_,        cpu_share_sum_, max_cpu_share_};
}

std::optional<self_watch> self_watch::from_image(const image& x) {
  auto lateness = histogram::from_image(x.lateness);
  if (!lateness)
    return std::nullopt;
  self_watch result;
  result.lateness_ = std::move(*lateness);
  result.skipped_ = x.skipped;
  result.dropped_ = x.dropped;
  result.seconds_ = x.seconds;
  result.busy_seconds_ = x.busy_seconds;
  result.cpu_share_sum_ = x.cpu_share_sum;
  result.max_cpu_share_ = x.cpu_share_max;
  return result;
}

std::vector<std::string> self_watch::reasons_invalid() const {
  std::vector<std::string> result;
  auto p99_us = lateness_.percentile_us(99);
  if (p99_us > p99_lateness_us)
    result.push_back(
      sentence("calls started late: p99 %.1f ms, at most %.0f ms",
               static_cast<double>(p99_us) / 1e3,
               static_cast<double>(p99_lateness_us) / 1e3));
  auto intended = starts() + skipped_;
  if (share(skipped_, intended) > skipped_share)
    result.push_back(
      sentence("%llu of %llu starts were skipped (%.2f %%), at most %.1f %%",
               static_cast<unsigned long long>(skipped_),
               static_cast<unsigned long long>(intended),
               share(skipped_, intended) * 100, skipped_share * 100));
  if (dropped_ > 0)
    result.push_back(sentence("our own socket dropped %llu datagrams",
                              static_cast<unsigned long long>(dropped_)));
  if (share(busy_seconds_, seconds_) > busy_seconds_share)
    result.push_back(sentence(
      "the generator took more than %.0f %% of its core in %llu of "
      "%llu seconds, at most %.0f %% of them",
      busy_share * 100, static_cast<unsigned long long>(busy_seconds_),
      static_cast<unsigned long long>(seconds_), busy_seconds_share * 100));
  return result;
}

} // namespace strowger::traffic
