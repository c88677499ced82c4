#pragma once

#include "actors/traffic/g711.hpp"

#include <cstdint>

namespace strowger::traffic {

/// How digits are sent while there is RTP.
enum class digit_way : std::uint8_t {
  events,  // RFC 4733; SIP INFO to peers who do not know them
  in_band, // as tones
  info,    // SIP INFO
};

/// What a scenario says of RTP: what users send, and what they expect to hear.
struct media_plan {
  audio_codec codec = audio_codec::pcma;
  std::uint16_t port_from = 40'000; // RTP takes the even ones
  std::uint16_t port_to = 49'999;
  bool srtp = false;      // keys by SDES (RFC 4568)
  unsigned tone_hz = 440; // what both sides send, and listen for
  digit_way digits = digit_way::events;
};

} // namespace strowger::traffic
