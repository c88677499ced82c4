#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace strowger::model {

/// An IPv6 address, or an IPv4 address mapped into IPv6 (RFC 4291 §2.5.5.2).
using ip_address = std::array<uint8_t, 16>;

/// Reads `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`; nothing if it is none.
std::optional<ip_address> parse_ip_address(std::string_view text);

/// The addresses that share the first bits of one.
struct ip_network {
  ip_address address = {};
  int prefix_bits = 128; ///< counted in IPv6: 96 more than IPv4's

  bool contains(const ip_address& other) const;
};

/// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; nothing if it is
/// none or if the address has bits set beyond the prefix.
std::optional<ip_network> parse_ip_network(std::string_view text);

} // namespace strowger::model
