#pragma once

#include "test/sip/edge_fixture.hpp"

#include <openssl/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace strowger::test {

/// A key and a self-signed certificate, in a directory of their own.
struct self_signed {
  self_signed();
  ~self_signed();
  self_signed(const self_signed&) = delete;
  self_signed& operator=(const self_signed&) = delete;

  /// A listener on TLS that shows them.
  model::option_values options() const;

  static constexpr uint16_t tls_port = 26005;
  std::filesystem::path folder;
};

/// A stack that listens on TLS too.
struct tls_fixture : self_signed, edge_fixture {
  tls_fixture() : edge_fixture(500, self_signed::options()) {}
};

/// A client on a TCP connection to 127.0.0.1 that speaks TLS, or does not.
/// Nothing here waits; turn the stack in between.
class tls_client {
public:
  explicit tls_client(uint16_t port);
  ~tls_client();
  tls_client(const tls_client&) = delete;
  tls_client& operator=(const tls_client&) = delete;

  /// As the bytes are.
  void send_raw(std::string_view bytes);

  /// What a client says first in TLS.
  std::string hello();

  /// Goes on with the handshake; says whether it is done.
  bool shake_hands();

  void send(std::string_view text);

  /// All text that has come.
  const std::string& text();

  /// Announces the end (close_notify), and leaves the connection open.
  void say_goodbye();

  /// Is the connection closed by the other side?
  bool is_closed();

  void close();

  /// Closes with RST instead of FIN.
  void reset();

private:
  void read();
  void write();

  int socket_;
  bool closed_ = false;
  SSL_CTX* context_;
  SSL* session_;
  BIO* in_; // both belong to the session
  BIO* out_;
  std::string text_;
};

} // namespace strowger::test
