#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace strowger::sip {

/// What the switch writes into the o= line of the SDP it sends on a leg: one
/// session id per leg for the leg's whole life, and a rising version
/// (RFC 3264 §8, RFC 8866 §5.2).
struct sdp_origin {
  std::uint64_t session_id = 0;
  std::uint64_t version = 0;
  std::string_view address = "0.0.0.0"; ///< of the interface the leg uses
  bool ipv6 = false;
};

/// The body with its o= line replaced by
/// `o=strowger <session id> <version> IN IP4|IP6 <address>`; every other byte
/// stays, the line's own ending included. A body without an o= line before its
/// first m= line comes back as it is. Allocates once.
std::string with_origin(std::string_view body, const sdp_origin& origin);

/// A stable 64-bit hash of everything but the o= line.
std::uint64_t hash_but_origin(std::string_view body);

/// Whether both bodies carry the same o= line: the second one then describes
/// the session unchanged, so the request is but a refresh (RFC 3264 §8).
/// False when either has none.
bool same_session(std::string_view a, std::string_view b);

/// Decides the version of each SDP sent on one leg: it rises by one if, and
/// only if, anything but the o= line differs from what was sent last. Keeps a
/// hash instead of the body.
class session_version {
public:
  explicit session_version(std::uint64_t first = 1) : version_(first) {}

  /// The version that `body` has to be sent with.
  std::uint64_t next(std::string_view body);

  /// The version sent last, or the first one when nothing was sent yet.
  std::uint64_t current() const {
    return version_;
  }

private:
  std::uint64_t version_;
  std::uint64_t hash_ = 0;
  bool sent_ = false;
};

} // namespace strowger::sip
