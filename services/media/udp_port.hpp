#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

/// RTP of simulated users: sockets, streams, and the thread that serves them.
namespace strowger::services::media {

/// An IP address and port as the kernel takes it.
struct address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};
/// Nothing if `host` is no IP address.
std::optional<address> address_of(const std::string& host, std::uint16_t port);

/// A UDP socket that never blocks. The kernel notes when datagrams come, so it
/// does not matter when they are read.
class udp_port {
public:
  udp_port() = default;
  explicit udp_port(int descriptor) : fd_(descriptor) {
    // nop
  }
  udp_port(udp_port&& other) noexcept;
  udp_port& operator=(udp_port&& other) noexcept;
  ~udp_port();

  /// Nothing, with errno, if it cannot be had.
  static std::optional<udp_port> open(const address& at);

  /// What does not go out at once is lost, as on any network.
  bool send(std::span<const std::uint8_t> datagram, const address& to) const;

  using visitor
    = std::function<void(std::span<std::uint8_t> datagram, std::int64_t at_us)>;
  /// All that has come; `at_us` by the clock of the day. What visitors are
  /// given may be changed (SRTP is taken off in place).
  void receive(const visitor& visit) const;

private:
  int fd_ = -1;
};

} // namespace strowger::services::media
