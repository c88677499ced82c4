#pragma once

#include "actors/model/hold.hpp"
#include "actors/traffic/g711.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Session descriptions of users who talk: one stream of G.711 with
/// telephone-events, in the clear or by SRTP with keys in the description
/// (RFC 4566, 3264, 4733, 4568).
namespace strowger::traffic {

/// The one suite that is spoken: a key and a salt of 30 bytes together.
inline constexpr std::string_view srtp_suite = "AES_CM_128_HMAC_SHA1_80";

/// What can be done with the description of a peer: its first stream of audio
/// that is not switched off.
struct audio_description {
  std::string host;
  std::uint16_t port = 0;
  bool secure = false; // RTP/SAVP
  /// Its payload type for our codec, if it has that.
  std::optional<std::uint8_t> payload;
  std::optional<std::uint8_t> event_payload; // telephone-event/8000
  std::string crypto_tag;
  std::string crypto_key; // of the suite that we know, in base64
  model::media_direction direction = model::media_direction::sendrecv;
  /// All m= lines without the "m=", and which of them this is.
  std::vector<std::string> streams;
  std::size_t index = 0;
};

/// Nothing if it describes no audio that is switched on.
std::optional<audio_description> read_audio(std::string_view sdp,
                                            audio_codec codec);

/// What we say of ourselves.
struct own_audio {
  std::string host;
  std::uint16_t port = 0;
  audio_codec codec = audio_codec::pcma;
  std::string key; // SRTP, in base64; empty: RTP
  std::uint64_t session = 1;
  std::uint64_t version = 1;
};

std::string offer_audio(const own_audio& x, bool held);

/// The answer to an offer that read_audio() has read and fits() x: its other
/// streams are refused.
std::string answer_audio(const own_audio& x, const audio_description& offer,
                         bool held);

/// Can the two talk: codec, and SRTP on both sides or on none?
bool fits(const own_audio& x, const audio_description& peer);

} // namespace strowger::traffic
