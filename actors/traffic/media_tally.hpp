#pragma once

#include "actors/traffic/histogram.hpp"
#include "actors/traffic/rtp_stream.hpp"

#include <cstdint>
#include <map>
#include <string_view>

namespace strowger::traffic {

/// What the users of one side have heard: counted when a call ends.
struct media_tally {
  /// Calls in which this side was to hear somebody for half a second or more;
  /// shorter ones say nothing about who hears whom.
  std::uint64_t calls = 0;
  std::uint64_t one_way_calls = 0; // of those: we sent, and nothing came
  std::uint64_t silent_calls = 0;  // packets came, with nothing in them
  std::uint64_t streams = 0;       // heard, by SSRC
  std::uint64_t packets_sent = 0;
  std::uint64_t packets_sent_late = 0; // after the next one was due
  std::uint64_t packets_received = 0;  // duplicates included
  std::uint64_t packets_expected = 0;  // by sequence numbers
  std::uint64_t packets_lost = 0;
  std::uint64_t packets_reordered = 0;
  std::uint64_t packets_duplicated = 0;
  std::uint64_t packets_late = 0;    // came too late to count
  std::uint64_t packets_refused = 0; // no RTP, or SRTP that proves nothing
  std::uint64_t loss_runs = 0;       // losses of packets in a row
  std::uint64_t longest_loss_packets = 0;
  std::uint64_t tones_expected = 0; // one of each of `calls`
  std::uint64_t tones_detected = 0;
  std::uint64_t digits_sent = 0;
  /// Digits that the source of a stream has sent, if it is a user of this
  /// process too (told by the SSRC); a device that makes streams of its own
  /// leaves nothing to be expected, only to be compared with digits_sent.
  std::uint64_t digits_expected = 0;
  std::uint64_t digits_detected = 0;
  std::uint64_t digits_wrong = 0; // heard, yet not sent; in order
  /// Descriptions with which we have nothing in common: codec, key, address.
  std::uint64_t mismatches = 0;
  std::uint64_t without_port = 0; // calls for which no local port was left
  histogram jitter;               // RFC 3550 §6.4.1, the mean of each stream
  /// Streams by their mean opinion score (ITU-T G.107) in hundredths.
  std::map<std::uint16_t, std::uint64_t> streams_by_mos_hundredths;

  /// A stream that has ended. Its score is taken if it had half a second;
  /// `delay_ms`: of the network, if known.
  void heard(const rtp_stream& x, double delay_ms);
  void merge(const media_tally& other);

  /// Was there any call with media?
  bool any() const {
    return calls + packets_sent + packets_received + mismatches + without_port
             + streams
           > 0;
  }
  /// The score that `p` percent of the streams do not exceed; 0 if there were
  /// none.
  double mos_percentile(double p) const;
  double mean_mos() const;
};

/// What `heard` says of `sent`, digit by digit in their order.
struct digit_check {
  std::uint64_t right = 0;
  std::uint64_t wrong = 0;  // heard, not sent
  std::uint64_t missed = 0; // sent, not heard
};
digit_check compare_digits(std::string_view sent, std::string_view heard);

} // namespace strowger::traffic
