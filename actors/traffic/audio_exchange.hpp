#pragma once

#include "actors/traffic/audio_description.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace strowger::traffic {

/// What flows between one user and its peer.
struct audio_flow {
  std::string host; // where to send; empty: nowhere
  std::uint16_t port = 0;
  std::uint8_t payload = 8;
  std::optional<std::uint8_t> event_payload;
  std::string key; // the peer's, for SRTP, in base64
  bool sends = false;
  bool hears = false;

  bool operator==(const audio_flow&) const = default;
};

/// Offer and answer of one user (RFC 3264), and what may flow after them.
class audio_exchange {
public:
  explicit audio_exchange(own_audio us) : us_(std::move(us)) {
    // nop
  }

  std::string offer(bool held);
  /// Empty if nothing in the last offer can be accepted.
  std::string answer(bool held);
  /// False if we have nothing in common with the peer.
  bool hear(std::string_view sdp);
  void talk(bool on) {
    talks_ = on;
  }

  audio_flow flow() const;

private:
  own_audio us_;
  std::optional<audio_description> peer_;
  bool heard_ = false; // any description at all
  bool held_ = false;
  bool talks_ = false;
  std::string last_; // what we have said
};

} // namespace strowger::traffic
