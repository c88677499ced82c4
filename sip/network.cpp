#include "sip/network.hpp"

#include <algorithm>

namespace strowger::sip {

// -- address -----------------------------------------------------------------

ip_address ip_address::from_v4(std::span<const std::uint8_t, 4> octets) {
  ip_address result;
  result.bytes[10] = result.bytes[11] = 0xff;
  std::copy(octets.begin(), octets.end(), result.bytes.begin() + 12);
  return result;
}

ip_address ip_address::from_v6(std::span<const std::uint8_t, 16> octets) {
  ip_address result;
  std::copy(octets.begin(), octets.end(), result.bytes.begin());
  return result;
}

bool ip_address::is_v4() const {
  constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0,    0,
                                                   0, 0, 0, 0, 0xff, 0xff};
  return std::equal(mapped.begin(), mapped.end(), bytes.begin());
}

std::optional<ip_address> parse_address(std::string_view text) {
  const auto bytes = model::parse_ip_address(text);
  if (!bytes)
    return std::nullopt;
  return ip_address{*bytes};
}

// -- networks ----------------------------------------------------------------

bool network_list::add(std::string_view cidr) {
  const auto network = model::parse_ip_network(cidr);
  if (network)
    networks_.push_back(*network);
  return network.has_value();
}

bool network_list::contains(const ip_address& address) const {
  return std::any_of(
    networks_.begin(), networks_.end(),
    [&](const auto& network) { return network.contains(address.bytes); });
}

} // namespace strowger::sip
