#pragma once

#include "services/torture/target.hpp"
#include "services/torture/wire.hpp"

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

namespace strowger::services::torture {

/// An address of IPv4 or IPv6 with a port.
struct socket_address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  sockaddr* get() {
    return reinterpret_cast<sockaddr*>(&storage);
  }
  int family() const {
    return storage.ss_family;
  }
  unsigned port() const;
  void set_port(unsigned port);
  std::string host() const;
  bool is_loopback() const;
};

/// The first address of a name or number; nothing if there is none.
std::optional<socket_address> resolve(const std::string& host, unsigned port,
                                      int family = AF_UNSPEC);

/// The address from which this machine reaches another.
std::optional<socket_address> address_towards(const socket_address& other);

/// Owns a file descriptor; -1 is none.
class socket_handle {
public:
  socket_handle() = default;
  explicit socket_handle(int fd) : fd_(fd) {}
  socket_handle(socket_handle&& other) noexcept;
  socket_handle& operator=(socket_handle&& other) noexcept;
  ~socket_handle();

  int get() const {
    return fd_;
  }
  explicit operator bool() const {
    return fd_ >= 0;
  }

private:
  int fd_ = -1;
};

/// A socket that never blocks, bound there; nothing if it cannot be had.
socket_handle bound_socket(int type, const socket_address& at);

std::string error_text(int number);

/// Waits for `events` of poll(2); false if they did not come until then.
bool wait_for(int fd, short events, monotonic::time_point until);

/// Whole milliseconds from now until then, rounded up, not below 0.
int milliseconds_until(monotonic::time_point then);

} // namespace strowger::services::torture
