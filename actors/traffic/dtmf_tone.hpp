#pragma once

#include "actors/traffic/g711.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace strowger::traffic {

/// The two tones of a digit (ITU-T Q.23), at -9 dBm0 together, encoded;
/// nothing if it is none.
std::vector<std::uint8_t> make_dtmf(char digit, audio_codec law,
                                    std::size_t samples);

/// Tells digits from the sound of one stream. A digit counts after 40 ms, and
/// once more only after something else, as Q.24 wants it.
class dtmf_detector {
public:
  /// A packet of 20 ms; the digit that begins with it.
  std::optional<char> listen(std::span<const std::uint8_t> payload,
                             audio_codec law);

private:
  char before_ = 0; // what the last packet sounded like
  unsigned in_a_row_ = 0;
};

} // namespace strowger::traffic
