#pragma once

#include "sip/network.hpp"

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

struct pollfd;
struct su_root_s;

namespace strowger::sip {

/// Where a datagram comes from or goes to. One address has one shape, so that
/// equal places compare equal.
struct ip_place {
  ip_address address;
  std::uint16_t port = 0;

  auto operator<=>(const ip_place& x) const {
    if (auto order = address.bytes <=> x.address.bytes; order != 0)
      return order;
    return port <=> x.port;
  }
  bool operator==(const ip_place&) const = default;

  /// The address as Via and URIs have it: "192.0.2.1", "[2001:db8::1]".
  std::string host() const;
};

/// The first address of "host:port" that a socket of the family can send to
/// (AF_INET, AF_INET6; AF_UNSPEC: any). Asks the resolver, so it may wait.
std::optional<ip_place> resolve(const std::string& host_and_port,
                                int family = AF_UNSPEC);

/// A UDP socket in the event loop, that neither waits nor sends ICMP's bad news
/// to anybody.
class datagram_socket {
public:
  using taker = std::function<void(std::string_view, const ip_place& from)>;

  datagram_socket() = default;
  ~datagram_socket();
  datagram_socket(const datagram_socket&) = delete;
  datagram_socket& operator=(const datagram_socket&) = delete;

  /// Every datagram that comes to `at` goes to `take`, on the thread of the
  /// loop. Returns errno, 0 if all is well.
  int open(su_root_s* root, const ip_place& at, taker take);

  /// From now on to and from there only; false: not possible.
  bool connect(const ip_place& to);

  /// Nothing is said of what cannot be sent: it is a network.
  void send(std::string_view data, const ip_place& to);
  void send(std::string_view data); // to where it is connected

private:
  static int on_event(void* magic, pollfd* event, void* self);
  void receive();

  su_root_s* root_ = nullptr;
  int socket_ = -1;
  int index_ = 0; // in the root
  bool v6_ = false;
  taker take_;
};

} // namespace strowger::sip
