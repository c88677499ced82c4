#pragma once

#include "actors/model/signal.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace strowger::model {

/// What an SDP body lets flow, seen from the party that wrote it (RFC 3264 §5.1
/// words), taken over all of its streams together.
enum class media_direction : std::uint8_t {
  none, ///< no stream at all: no m= line, or every port is 0
  inactive,
  sendonly,
  recvonly,
  sendrecv,
};

/// Reads the direction of an SDP offer or answer. A stream with port 0 does
/// not count (unless bundle-only, RFC 8843); the connection address 0.0.0.0 or
/// :: takes "receive" away from a stream, as RFC 2543 phones hold that way.
media_direction direction_of(std::string_view sdp);

/// Whether the writer wants to hear nothing: this is what puts the other party
/// on hold. recvonly is a party that listens, and so is not hold.
constexpr bool is_held(media_direction direction) {
  return direction == media_direction::none
         || direction == media_direction::inactive
         || direction == media_direction::sendonly;
}

/// The body as a hold offer. With `rfc3264` every stream becomes a=inactive;
/// without, every connection address becomes the black hole 0.0.0.0 (::) of
/// RFC 2543 (option `sip-hold-rfc3264`). All else stays byte for byte.
std::string as_held(std::string_view sdp, bool rfc3264);

/// The body with every direction attribute turned into a=sendrecv. A black
/// hole address stays: nobody but its writer knows the real one.
std::string as_active(std::string_view sdp);

/// A description that offers audio and hears nobody (RFC 3725 flow II): for a
/// phone that is rung before there is anybody to talk to.
content black_hole();

} // namespace strowger::model
