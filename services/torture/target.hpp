#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace strowger::services::torture {

/// The device that the user has named. Nothing is sent anywhere else.
struct target {
  std::string user = "torture"; // whom mutations call
  std::string host;             // a name or an address, IPv6 without brackets
  unsigned port = 5060;
  bool stream = false; // TCP in place of UDP

  /// host:port, as in a URI.
  std::string at() const;
  std::string to_string() const;
  std::string_view transport() const {
    return stream ? "TCP" : "UDP";
  }
};

/// Reads [sip:][user@]host[:port][;transport=udp|tcp]; otherwise what is wrong.
std::variant<target, std::string> parse_target(std::string_view text);

/// host:port with brackets around an IPv6 address.
std::string host_and_port(std::string_view host, unsigned port);

} // namespace strowger::services::torture
