#pragma once

#include <cstddef>

namespace strowger::sip {

/// Frees the TLS sessions (OpenSSL's SSL objects) of connections that are
/// closed: the sofia-sip of Debian 12 shuts them down and never frees them.
/// Watches the sessions over sockets that are made on its thread while it is
/// there; several on one thread watch the same ones. Whoever else makes such a
/// session on this thread frees it before its socket is closed.
class tls_sessions {
public:
  tls_sessions();
  ~tls_sessions(); // sweeps all of them
  tls_sessions(const tls_sessions&) = delete;
  tls_sessions& operator=(const tls_sessions&) = delete;

  /// Frees the sessions whose connection is closed and returns how many are
  /// left; looks at 1000 of them, in turn. To be called once a second, and not
  /// from within what sofia or OpenSSL calls for a connection.
  std::size_t sweep();
};

} // namespace strowger::sip
