#pragma once

#include "actors/traffic/g711.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace strowger::traffic {

inline constexpr unsigned samples_per_s = 8000;
/// Of a packet of 20 ms.
inline constexpr std::size_t frame_samples = 160;

/// A second of a tone at -10 dBm0, encoded; with a whole number of Hz it can
/// be repeated without a seam.
std::vector<std::uint8_t> make_tone(unsigned hz, audio_codec law);

/// Listens to one stream for one tone. What it is for is known after a second,
/// so it stops there: `wants_more` is false.
class tone_detector {
public:
  explicit tone_detector(unsigned hz);

  /// A packet of G.711.
  void listen(std::span<const std::uint8_t> payload, audio_codec law);

  bool wants_more() const {
    return !heard_ && frames_ < frames_max;
  }
  /// The tone was there for 100 ms, with hardly anything beside it.
  bool heard() const {
    return heard_;
  }
  /// Half a second of listening, and all of it below -60 dBm0.
  bool only_silence() const {
    return silent_frames_ == frames_ && frames_ >= frames_max / 2;
  }

private:
  static constexpr unsigned frames_max = 50;

  double factor_; // of the Goertzel filter
  unsigned frames_ = 0;
  unsigned silent_frames_ = 0;
  unsigned in_a_row_ = 0;
  bool heard_ = false;
};

} // namespace strowger::traffic
