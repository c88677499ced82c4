#pragma once

#include <array>
#include <cstdint>

namespace strowger::traffic {

/// The two laws of ITU-T G.711, by their RTP names (RFC 3551).
enum class audio_codec : std::uint8_t { pcma, pcmu };

/// What 16-bit samples become, one byte each.
std::uint8_t encode(audio_codec law, std::int16_t sample);

/// The sample of each byte.
const std::array<std::int16_t, 256>& decoding(audio_codec law);

/// Payload type in RTP/AVP (RFC 3551 §6).
constexpr std::uint8_t payload_type_of(audio_codec x) {
  return x == audio_codec::pcma ? 8 : 0;
}

constexpr const char* to_string(audio_codec x) {
  return x == audio_codec::pcma ? "PCMA" : "PCMU";
}

} // namespace strowger::traffic
