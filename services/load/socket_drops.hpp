#pragma once

#include <cstdint>
#include <istream>
#include <span>

namespace strowger::services::load {

/// How many datagrams the sockets bound to these ports have dropped for want of
/// room, as the kernel tells in /proc/net/udp and udp6.
std::uint64_t socket_drops(std::span<const unsigned> ports);

/// The same from one table of that form.
std::uint64_t socket_drops(std::istream& table,
                           std::span<const unsigned> ports);

} // namespace strowger::services::load
