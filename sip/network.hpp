#pragma once

#include "actors/model/ip_network.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace strowger::sip {

/// An IPv4 or IPv6 address in one shape: 16 bytes in network order, IPv4 in
/// the mapped form ::ffff:a.b.c.d, so that a dual-stack socket and an IPv4
/// socket name the same source alike.
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};

  static ip_address from_v4(std::span<const std::uint8_t, 4> octets);
  static ip_address from_v6(std::span<const std::uint8_t, 16> octets);
  bool is_v4() const;

  friend bool operator==(const ip_address&, const ip_address&) = default;
};

/// Reads "192.0.2.1", "2001:db8::1" or "[2001:db8::1]"; nothing for names,
/// zones and everything else.
std::optional<ip_address> parse_address(std::string_view text);

/// A set of networks, such as the sources exempt from the request limit.
class network_list {
public:
  /// Adds "10.0.0.0/8", "2001:db8::/32" or a single address. Returns false,
  /// and adds nothing, when the text is no network or has host bits set.
  bool add(std::string_view cidr);

  /// Whether any network of the list holds the address.
  bool contains(const ip_address& address) const;

  bool empty() const {
    return networks_.empty();
  }
  std::size_t size() const {
    return networks_.size();
  }

private:
  std::vector<model::ip_network> networks_;
};

} // namespace strowger::sip
