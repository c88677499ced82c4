#include "sip/datagram_socket.hpp"

#include "sip/sofia.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace strowger::sip {

namespace {

/// So many in a row, then whoever else has something to do has its turn.
constexpr int datagrams_in_a_turn = 100;

/// What sofia's sockets have here: a burst has to find room.
constexpr int buffer_bytes = 4 << 20;

struct socket_address {
  sockaddr_storage bytes{};
  socklen_t size = 0;

  sockaddr* get() {
    return reinterpret_cast<sockaddr*>(&bytes);
  }
};

socket_address to_socket(const ip_place& x, bool v6) {
  socket_address result;
  if (v6) {
    auto& to = reinterpret_cast<sockaddr_in6&>(result.bytes);
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(x.port);
    std::copy(x.address.bytes.begin(), x.address.bytes.end(),
              to.sin6_addr.s6_addr);
    result.size = sizeof(to);
  } else {
    auto& to = reinterpret_cast<sockaddr_in&>(result.bytes);
    to.sin_family = AF_INET;
    to.sin_port = htons(x.port);
    std::memcpy(&to.sin_addr, x.address.bytes.data() + 12, 4);
    result.size = sizeof(to);
  }
  return result;
}

ip_place from_socket(const sockaddr* x) {
  ip_place result;
  if (x->sa_family == AF_INET6) {
    auto& from = *reinterpret_cast<const sockaddr_in6*>(x);
    result.address = ip_address::from_v6(
      std::span<const std::uint8_t, 16>{from.sin6_addr.s6_addr});
    result.port = ntohs(from.sin6_port);
  } else {
    auto& from = *reinterpret_cast<const sockaddr_in*>(x);
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &from.sin_addr, 4);
    result.address = ip_address::from_v4(octets);
    result.port = ntohs(from.sin_port);
  }
  return result;
}

} // namespace

// -- places -------------------------------------------------------------------

std::string ip_place::host() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v4()) {
    inet_ntop(AF_INET, address.bytes.data() + 12, text.data(), text.size());
    return text.data();
  }
  inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  return "[" + std::string(text.data()) + "]";
}

std::optional<ip_place> resolve(const std::string& host_and_port, int family) {
  auto colon = host_and_port.rfind(':');
  if (colon == std::string::npos)
    return std::nullopt;
  auto host = host_and_port.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  addrinfo wanted{};
  wanted.ai_family = family;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), host_and_port.c_str() + colon + 1, &wanted,
                  &found)
      != 0)
    return std::nullopt;
  auto result = from_socket(found->ai_addr);
  freeaddrinfo(found);
  return result;
}

// -- the socket ---------------------------------------------------------------

datagram_socket::~datagram_socket() {
  if (index_ > 0)
    su_root_deregister(root_, index_);
  if (socket_ >= 0)
    close(socket_);
}

int datagram_socket::open(su_root_s* root, const ip_place& at, taker take) {
  root_ = root;
  take_ = std::move(take);
  v6_ = !at.address.is_v4();
  socket_ = socket(v6_ ? AF_INET6 : AF_INET,
                   SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0)
    return errno;
  setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &buffer_bytes,
             sizeof(buffer_bytes));
  setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &buffer_bytes,
             sizeof(buffer_bytes));
  auto address = to_socket(at, v6_);
  if (bind(socket_, address.get(), address.size) != 0)
    return errno;
  su_wait_t event[1];
  su_wait_create(event, socket_, SU_WAIT_IN);
  index_ = su_root_register(root_, event, on_event, this, 0);
  return index_ > 0 ? 0 : EMFILE;
}

bool datagram_socket::connect(const ip_place& to) {
  auto address = to_socket(to, v6_);
  return ::connect(socket_, address.get(), address.size) == 0;
}

void datagram_socket::send(std::string_view data, const ip_place& to) {
  auto address = to_socket(to, v6_);
  // A refusal that came for the one before is told first, and only once.
  for (int tries = 0; tries < 2; ++tries)
    if (sendto(socket_, data.data(), data.size(), 0, address.get(),
               address.size)
          >= 0
        || errno != ECONNREFUSED)
      return;
}

void datagram_socket::send(std::string_view data) {
  for (int tries = 0; tries < 2; ++tries)
    if (::send(socket_, data.data(), data.size(), 0) >= 0
        || errno != ECONNREFUSED)
      return;
}

int datagram_socket::on_event(void*, pollfd*, void* self) {
  static_cast<datagram_socket*>(self)->receive();
  return 0;
}

void datagram_socket::receive() {
  std::array<char, 65'536> room; // as large as a datagram can be
  for (int i = 0; i < datagrams_in_a_turn; ++i) {
    socket_address from;
    from.size = sizeof(from.bytes);
    auto size = recvfrom(socket_, room.data(), room.size(), 0, from.get(),
                         &from.size);
    if (size >= 0)
      take_({room.data(), static_cast<std::size_t>(size)},
            from_socket(from.get()));
    else if (errno != ECONNREFUSED && errno != EINTR)
      return;
  }
}

} // namespace strowger::sip
