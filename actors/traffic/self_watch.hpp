#pragma once

#include "actors/model/time.hpp"
#include "actors/traffic/histogram.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace strowger::traffic {

/// The generator watches itself. A run in which it could not do what it
/// intended says nothing about the device under test and is invalid, whatever
/// the device did; a device that fails makes no run invalid.
class self_watch {
public:
  // -- limits -----------------------------------------------------------------

  /// A start that is later than this must not be made: call skipped() instead.
  /// One second: by then the arrivals are no longer those of the law, and to
  /// make up for lost starts would be a burst that nobody asked for.
  static constexpr model::duration too_late = std::chrono::seconds{1};
  /// Of the lateness of starts, 99 % are to be below. Ten milliseconds are half
  /// a packet of speech; a generator that keeps up is late by microseconds.
  static constexpr std::uint64_t p99_lateness_us = 10'000;
  /// At most this share of the starts may be skipped.
  static constexpr double skipped_share = 0.001;
  /// In a busy second the process takes more than this share of its core. One
  /// thread then has no reserve, and its queues are part of every latency.
  static constexpr double busy_share = 0.95;
  /// At most this share of the seconds may be busy.
  static constexpr double busy_seconds_share = 0.1;
  // Of datagrams that our own socket dropped, none: each looks like a loss of
  // the device's.

  /// All that it has seen, as it travels to reports.
  struct image {
    histogram::image lateness;
    std::uint64_t skipped = 0;
    std::uint64_t dropped = 0;
    std::uint64_t seconds = 0;
    std::uint64_t busy_seconds = 0;
    double cpu_share_sum = 0; // over the seconds, each a share of one core
    double cpu_share_max = 0;
  };

  // -- watching ---------------------------------------------------------------

  /// A start was made; one that comes early counts as on time.
  void started(model::time_point intended, model::time_point actual);
  void skipped(std::uint64_t count = 1) {
    skipped_ += count;
  }
  /// Adds all that another generator has seen of itself. Its seconds are
  /// counted, too: shares of them are of the seconds of all generators.
  void merge(const self_watch& other);
  /// Adds the starts that another watch of this process has seen.
  void merge_starts(const self_watch& other) {
    lateness_.merge(other.lateness_);
    skipped_ += other.skipped_;
  }
  /// Datagrams that our socket has lost since the last call (SO_RXQ_OVFL, full
  /// send buffers).
  void dropped(std::uint64_t count) {
    dropped_ += count;
  }
  /// One second is over in which we took this share of one core's time.
  void second(double cpu_share);

  // -- asking -----------------------------------------------------------------

  /// Why the run is invalid, one sentence each; none: it is valid.
  std::vector<std::string> reasons_invalid() const;

  const histogram& lateness() const {
    return lateness_;
  }
  std::uint64_t starts() const {
    return lateness_.count();
  }
  std::uint64_t skipped_starts() const {
    return skipped_;
  }
  std::uint64_t socket_drops() const {
    return dropped_;
  }
  std::uint64_t seconds() const {
    return seconds_;
  }
  std::uint64_t busy_seconds() const {
    return busy_seconds_;
  }
  /// Shares of one core, over all seconds.
  double mean_cpu_share() const;
  double max_cpu_share() const {
    return max_cpu_share_;
  }

  image to_image() const;
  /// Nothing if the lateness in it is that of no histogram.
  static std::optional<self_watch> from_image(const image& x);

private:
  histogram lateness_;
  std::uint64_t skipped_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t seconds_ = 0;
  std::uint64_t busy_seconds_ = 0;
  double cpu_share_sum_ = 0;
  double max_cpu_share_ = 0;
};

} // namespace strowger::traffic
