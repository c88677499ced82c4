#include "actors/traffic/rtp_stream.hpp"

#include <algorithm>
#include <cmath>

namespace strowger::traffic {

namespace {

// RFC 3550 A.1: a jump of more than a minute ahead is no loss, but another
// numbering, if the packet after it agrees.
constexpr std::uint16_t dropout_max = 3000;

// Far enough from 0 for packets that come before the first one.
constexpr std::uint64_t origin = 1 << 16;

constexpr double us_per_tick = 125; // of 8000 Hz

} // namespace

// -- numbers ------------------------------------------------------------------

void rtp_stream::begin(std::uint16_t sequence) {
  base_ = highest_ = origin + sequence;
  seen_.reset();
  seen_.set(highest_ % window);
  restart_.reset();
  ++unique_;
}

/// The number without its wrapping; nothing if it is a wild one.
std::optional<std::uint64_t> rtp_stream::extended(std::uint16_t sequence) {
  auto ahead = static_cast<std::uint16_t>(sequence - highest_);
  if (ahead < dropout_max)
    return highest_ + ahead;
  auto behind = static_cast<std::uint16_t>(highest_ - sequence);
  if (behind < dropout_max)
    return highest_ - behind;
  return std::nullopt;
}

/// A number leaves the window: now it is known whether it was lost.
void rtp_stream::leave(std::uint64_t number) {
  if (number < base_)
    return;
  if (seen_.test(number % window)) {
    run_ = 0;
    return;
  }
  ++lost_;
  if (++run_ == 1)
    ++loss_runs_;
  longest_loss_ = std::max(longest_loss_, run_);
}

void rtp_stream::advance(std::uint64_t to) {
  while (highest_ < to) {
    ++highest_;
    leave(highest_ - window);
    seen_.reset(highest_ % window);
  }
  seen_.set(to % window);
}

void rtp_stream::packet(const rtp_arrival& x) {
  if (!started_) {
    started_ = true;
    first_at_us_ = last_at_us_ = x.at_us;
    begin(x.sequence);
    count_time(x);
    return;
  }
  auto number = extended(x.sequence);
  if (!number) {
    if (restart_ != x.sequence) {
      restart_ = static_cast<std::uint16_t>(x.sequence + 1);
      return;
    }
    // The wild one before it was the first of the new numbering.
    finish();
    before_restart_ = expected();
    ++restarts_;
    before_.reset();
    begin(static_cast<std::uint16_t>(x.sequence - 1));
    number = extended(x.sequence);
  }
  restart_.reset();
  count_time(x);
  if (*number > highest_) {
    advance(*number);
    ++unique_;
  } else if (highest_ - *number >= window) {
    ++late_;
  } else if (seen_.test(*number % window)) {
    ++duplicates_;
  } else {
    seen_.set(*number % window);
    base_ = std::min(base_, *number);
    ++reordered_;
    ++unique_;
  }
}

void rtp_stream::finish() {
  if (!started_)
    return;
  auto first = highest_ >= window - 1 ? highest_ - (window - 1) : 0;
  for (auto number = std::max(first, base_); number <= highest_; ++number) {
    leave(number);
    seen_.set(number % window); // not to be lost twice
  }
  run_ = 0;
}

// -- time ---------------------------------------------------------------------

void rtp_stream::count_time(const rtp_arrival& x) {
  longest_gap_us_ = std::max(longest_gap_us_, x.at_us - last_at_us_);
  last_at_us_ = std::max(last_at_us_, x.at_us);
  if (!x.is_audio)
    return;
  if (before_) {
    // RFC 3550 A.8: D is the change of the transit time.
    auto ticks = static_cast<std::int32_t>(x.timestamp - before_->timestamp);
    auto change_us = static_cast<double>(x.at_us - before_->at_us)
                     - ticks * us_per_tick;
    jitter_us_ += (std::abs(change_us) - jitter_us_) / 16;
    jitter_sum_us_ += jitter_us_;
    ++jitter_count_;
  }
  before_ = x;
}

double rtp_stream::mean_jitter_us() const {
  return jitter_count_ == 0
           ? 0
           : jitter_sum_us_ / static_cast<double>(jitter_count_);
}

double rtp_stream::loss_share() const {
  auto all = expected();
  return all == 0 ? 0 : static_cast<double>(lost_) / static_cast<double>(all);
}

double rtp_stream::burst_ratio() const {
  if (loss_runs_ == 0)
    return 1;
  auto mean = static_cast<double>(lost_) / static_cast<double>(loss_runs_);
  return std::max(1.0, mean * (1 - loss_share()));
}

} // namespace strowger::traffic
