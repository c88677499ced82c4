#include "services/torture/datagrams.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>

#include <cerrno>
#include <map>
#include <vector>

namespace strowger::services::torture {

namespace {

// The most that a datagram can carry, and one more.
constexpr std::size_t largest = 65'536;

/// Errors that ICMP reports come to sockets that are not connected, too.
void hear_refusals(int fd, int family) {
  int on = 1;
  if (family == AF_INET6)
    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  else
    setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
}

/// The ports, the first of which is our own.
class ports_of_ours {
public:
  ports_of_ours(const socket_address& device, const socket_address& own)
    : device_(device), own_(own), buffer_(largest, '\0') {}

  bool open(unsigned port) {
    auto at = own_;
    at.set_port(port);
    auto made = bound_socket(SOCK_DGRAM, at);
    if (!made)
      return false;
    hear_refusals(made.get(), at.family());
    if (sockets_.empty())
      getsockname(made.get(), own_.get(), &own_.size);
    by_port_.emplace(port, sockets_.size());
    sockets_.push_back(std::move(made));
    return true;
  }

  bool has(unsigned port) const {
    return by_port_.contains(port);
  }

  const socket_address& own() const {
    return own_;
  }

  std::string send(unsigned port, std::string_view bytes) {
    auto found = by_port_.find(port);
    auto fd = sockets_[found == by_port_.end() ? 0 : found->second].get();
    // An error of an earlier datagram comes first, once.
    for (int tries = 0; tries < 3; ++tries)
      if (sendto(fd, bytes.data(), bytes.size(), 0, device_.get(), device_.size)
          >= 0)
        return {};
    return fmt::format("{} bytes could not be sent: {}", bytes.size(),
                       error_text(errno));
  }

  /// What has come from the device to any port.
  std::optional<std::string> receive(monotonic::time_point until,
                                     bool& refused) {
    std::vector<pollfd> waiting;
    for (auto& x : sockets_)
      waiting.push_back({x.get(), POLLIN, 0});
    while (true) {
      auto left = milliseconds_until(until);
      auto ready = poll(waiting.data(), waiting.size(), left);
      for (auto& x : waiting)
        if (ready > 0 && x.revents != 0)
          if (auto found = read(x.fd, refused))
            return found;
      if (left == 0)
        return std::nullopt;
    }
  }

private:
  std::optional<std::string> read(int fd, bool& refused) {
    socket_address from;
    from.size = sizeof from.storage;
    auto size = recvfrom(fd, buffer_.data(), buffer_.size(), 0, from.get(),
                         &from.size);
    if (size >= 0) {
      // What others send to these ports is not the device's answer.
      if (from.host() != device_.host())
        return std::nullopt;
      return buffer_.substr(0, static_cast<std::size_t>(size));
    }
    refused = refused || errno == ECONNREFUSED;
    msghdr reported{};
    recvmsg(fd, &reported, MSG_ERRQUEUE); // or poll returns at once for ever
    return std::nullopt;
  }

  socket_address device_;
  socket_address own_;
  std::vector<socket_handle> sockets_;
  std::map<unsigned, std::size_t> by_port_;
  std::string buffer_;
};

class datagram_way final : public way {
public:
  datagram_way(ports_of_ours& ports, unsigned port)
    : ports_(ports), port_(port) {}

  std::string send(std::string_view bytes) override {
    return ports_.send(port_, bytes);
  }

  std::optional<std::string> receive(monotonic::time_point until) override {
    return ports_.receive(until, refused_);
  }

  void end_sending() override {}

  bool closed() const override {
    return refused_;
  }

private:
  ports_of_ours& ports_;
  unsigned port_;
  bool refused_ = false;
};

class datagrams final : public wire {
public:
  explicit datagrams(std::unique_ptr<ports_of_ours> ports)
    : ports_(std::move(ports)) {}

  std::string own() const override {
    return host_and_port(ports_->own().host(), ports_->own().port());
  }

  std::string deaf_at(unsigned port) const override {
    if (ports_->has(port))
      return {};
    return fmt::format("it goes to port {}, which somebody else has at {} "
                       "(--listen names another address)",
                       port, ports_->own().host());
  }

  std::variant<std::unique_ptr<way>, std::string>
  begin(unsigned port, monotonic::time_point) override {
    return std::make_unique<datagram_way>(*ports_, port);
  }

private:
  std::unique_ptr<ports_of_ours> ports_;
};

} // namespace

std::variant<std::unique_ptr<wire>, std::string>
open_datagrams(const socket_address& device, const socket_address& own,
               const std::set<unsigned>& ports) {
  auto result = std::make_unique<ports_of_ours>(device, own);
  if (!result->open(own.port()))
    return fmt::format("cannot listen at {}",
                       host_and_port(own.host(), own.port()));
  for (auto port : ports)
    if (port != own.port())
      result->open(port);
  return std::make_unique<datagrams>(std::move(result));
}

} // namespace strowger::services::torture
