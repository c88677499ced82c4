#include "services/torture/socket.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

namespace strowger::services::torture {

// -- addresses ----------------------------------------------------------------

unsigned socket_address::port() const {
  if (family() == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
}

void socket_address::set_port(unsigned port) {
  auto number = htons(static_cast<std::uint16_t>(port));
  if (family() == AF_INET6)
    reinterpret_cast<sockaddr_in6&>(storage).sin6_port = number;
  else
    reinterpret_cast<sockaddr_in&>(storage).sin_port = number;
}

std::string socket_address::host() const {
  char text[NI_MAXHOST];
  if (getnameinfo(get(), size, text, sizeof text, nullptr, 0, NI_NUMERICHOST))
    return {};
  return text;
}

bool socket_address::is_loopback() const {
  if (family() == AF_INET6)
    return IN6_IS_ADDR_LOOPBACK(
      &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr);
  auto number = reinterpret_cast<const sockaddr_in&>(storage).sin_addr.s_addr;
  return ntohl(number) >> 24 == 127;
}

std::optional<socket_address> resolve(const std::string& host, unsigned port,
                                      int family) {
  addrinfo wanted{};
  wanted.ai_family = family;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0)
    return std::nullopt;
  socket_address result;
  std::memcpy(&result.storage, found->ai_addr, found->ai_addrlen);
  result.size = found->ai_addrlen;
  freeaddrinfo(found);
  result.set_port(port);
  return result;
}

std::optional<socket_address> address_towards(const socket_address& other) {
  // Connecting a datagram socket sends nothing, but it asks the routes.
  socket_handle probe{socket(other.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!probe || connect(probe.get(), other.get(), other.size) != 0)
    return std::nullopt;
  socket_address result;
  result.size = sizeof result.storage;
  if (getsockname(probe.get(), result.get(), &result.size) != 0)
    return std::nullopt;
  result.set_port(0);
  return result;
}

// -- sockets ------------------------------------------------------------------

socket_handle::socket_handle(socket_handle&& other) noexcept
  : fd_(std::exchange(other.fd_, -1)) {}

socket_handle& socket_handle::operator=(socket_handle&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

socket_handle::~socket_handle() {
  if (fd_ >= 0)
    close(fd_);
}

socket_handle bound_socket(int type, const socket_address& at) {
  socket_handle result{
    socket(at.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!result || bind(result.get(), at.get(), at.size) != 0)
    return {};
  return result;
}

std::string error_text(int number) {
  return std::generic_category().message(number);
}

int milliseconds_until(monotonic::time_point then) {
  auto left = std::chrono::ceil<std::chrono::milliseconds>(then
                                                           - monotonic::now());
  return static_cast<int>(std::clamp<long>(left.count(), 0, 1'000'000));
}

bool wait_for(int fd, short events, monotonic::time_point until) {
  pollfd waiting{fd, events, 0};
  return poll(&waiting, 1, milliseconds_until(until)) > 0;
}

} // namespace strowger::services::torture
