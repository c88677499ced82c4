#pragma once

#include <bitset>
#include <cstdint>
#include <optional>

namespace strowger::traffic {

/// What a receiver needs of an RTP packet (RFC 3550 §5.1).
struct rtp_arrival {
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0; // of a clock of 8000 Hz
  std::int64_t at_us = 0;
  bool is_audio = true; // else a telephone-event, which repeats its timestamp
};

/// What one source (SSRC) sends, as it arrives: what came, what is missing, and
/// how evenly. A packet is lost if it has not come when 128 later ones have
/// been sent; if it comes after that, it is late and stays lost. So at any
/// time: expected = unique + lost + those still waited for.
class rtp_stream {
public:
  static constexpr std::uint32_t window = 128;

  void packet(const rtp_arrival& x);
  /// Nothing more comes: what is still waited for is lost.
  void finish();

  // -- asking -----------------------------------------------------------------

  /// Packets, by sequence numbers, from the first to the last one seen; over
  /// restarts of the numbering (RFC 3550 A.1) the sum.
  std::uint64_t expected() const {
    return started_ ? before_restart_ + (highest_ - base_ + 1) : 0;
  }
  /// Different packets of those expected.
  std::uint64_t unique() const {
    return unique_;
  }
  std::uint64_t lost() const {
    return lost_;
  }
  std::uint64_t duplicates() const {
    return duplicates_;
  }
  /// Came after a later one, yet in time.
  std::uint64_t reordered() const {
    return reordered_;
  }
  /// Came too late to count.
  std::uint64_t late() const {
    return late_;
  }
  /// Losses of packets in a row, and the longest of them in packets.
  std::uint64_t loss_runs() const {
    return loss_runs_;
  }
  std::uint64_t longest_loss() const {
    return longest_loss_;
  }
  /// The numbering began anew.
  std::uint64_t restarts() const {
    return restarts_;
  }
  /// Interarrival jitter (RFC 3550 §6.4.1): as it is now, and its mean over
  /// all audio packets.
  double jitter_us() const {
    return jitter_us_;
  }
  double mean_jitter_us() const;
  /// The longest time between two packets.
  std::int64_t longest_gap_us() const {
    return longest_gap_us_;
  }
  std::int64_t first_at_us() const {
    return first_at_us_;
  }
  std::int64_t last_at_us() const {
    return last_at_us_;
  }
  /// Share of the expected packets that were lost, 0 to 1.
  double loss_share() const;
  /// BurstR of ITU-T G.107: how much longer losses are than if each packet
  /// were lost by a chance of its own; at least 1.
  double burst_ratio() const;

private:
  void begin(std::uint16_t sequence);
  std::optional<std::uint64_t> extended(std::uint16_t sequence);
  void advance(std::uint64_t to);
  void leave(std::uint64_t number);
  void count_time(const rtp_arrival& x);

  bool started_ = false;
  std::uint64_t base_ = 0;               // number of the first packet, extended
  std::uint64_t highest_ = 0;            // of the last one
  std::bitset<window> seen_;             // of the last numbers up to highest_
  std::optional<std::uint16_t> restart_; // what would follow a wild jump
  std::uint64_t before_restart_ = 0;
  std::uint64_t unique_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t duplicates_ = 0;
  std::uint64_t reordered_ = 0;
  std::uint64_t late_ = 0;
  std::uint64_t loss_runs_ = 0;
  std::uint64_t run_ = 0; // the loss under way
  std::uint64_t longest_loss_ = 0;
  std::uint64_t restarts_ = 0;

  std::optional<rtp_arrival> before_; // the last audio packet
  double jitter_us_ = 0;
  double jitter_sum_us_ = 0;
  std::uint64_t jitter_count_ = 0;
  std::int64_t first_at_us_ = 0;
  std::int64_t last_at_us_ = 0;
  std::int64_t longest_gap_us_ = 0;
};

} // namespace strowger::traffic
