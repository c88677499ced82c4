#include "services/media/udp_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <ctime>
#include <utility>

namespace strowger::services::media {

namespace {

// A user is sent a packet each 20 ms: what is more was held up somewhere.
constexpr unsigned batch = 4;

// G.711 has 172 bytes, SRTP adds 10; more is no stream that was asked for.
constexpr std::size_t datagram_max = 1500;

std::int64_t time_us(msghdr& header) {
  for (auto* x = CMSG_FIRSTHDR(&header); x != nullptr;
       x = CMSG_NXTHDR(&header, x)) {
    if (x->cmsg_level != SOL_SOCKET || x->cmsg_type != SCM_TIMESTAMPNS)
      continue;
    timespec at{};
    std::memcpy(&at, CMSG_DATA(x), sizeof at);
    return std::int64_t{at.tv_sec} * 1'000'000 + at.tv_nsec / 1000;
  }
  return 0;
}

} // namespace

std::optional<address> address_of(const std::string& host, std::uint16_t port) {
  address result;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&result.bytes, &v4, sizeof v4);
    result.size = sizeof v4;
  } else if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&result.bytes, &v6, sizeof v6);
    result.size = sizeof v6;
  } else {
    return std::nullopt;
  }
  return result;
}

udp_port::udp_port(udp_port&& other) noexcept
  : fd_(std::exchange(other.fd_, -1)) {
  // nop
}

udp_port& udp_port::operator=(udp_port&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

udp_port::~udp_port() {
  if (fd_ >= 0)
    ::close(fd_);
}

std::optional<udp_port> udp_port::open(const address& at) {
  auto fd = ::socket(at.bytes.ss_family,
                     SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return std::nullopt;
  udp_port result{fd};
  int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&at.bytes), at.size) != 0)
    return std::nullopt;
  return result;
}

bool udp_port::send(std::span<const std::uint8_t> datagram,
                    const address& to) const {
  return ::sendto(fd_, datagram.data(), datagram.size(), 0,
                  reinterpret_cast<const sockaddr*>(&to.bytes), to.size)
         >= 0;
}

void udp_port::receive(const visitor& visit) const {
  struct place {
    std::array<std::uint8_t, datagram_max> bytes;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control;
  };
  thread_local std::array<place, batch> places;
  std::array<iovec, batch> parts{};
  std::array<mmsghdr, batch> messages{};
  for (;;) {
    for (unsigned i = 0; i < batch; ++i) {
      parts[i] = {places[i].bytes.data(), places[i].bytes.size()};
      messages[i] = {};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_control = places[i].control.data();
      messages[i].msg_hdr.msg_controllen = places[i].control.size();
    }
    auto count = ::recvmmsg(fd_, messages.data(), batch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) {
      auto n = static_cast<std::size_t>(i);
      visit({places[n].bytes.data(), messages[n].msg_len},
            time_us(messages[n].msg_hdr));
    }
    if (count < static_cast<int>(batch))
      return;
  }
}

} // namespace strowger::services::media
