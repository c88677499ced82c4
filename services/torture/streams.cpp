#include "services/torture/streams.hpp"

#include "services/torture/message.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace strowger::services::torture {

namespace {

using namespace std::chrono_literals;

// A device that does not read for so long has had enough.
constexpr auto reads_within = 2s;

// A response is shorter, even one that repeats a long request: what goes on
// without an end is none.
constexpr std::size_t longest_message = 4'000'000;

class connection final : public way {
public:
  explicit connection(socket_handle socket) : socket_(std::move(socket)) {}

  std::string send(std::string_view bytes) override {
    auto until = monotonic::now() + reads_within;
    while (!bytes.empty()) {
      auto sent = ::send(socket_.get(), bytes.data(), bytes.size(),
                         MSG_NOSIGNAL);
      if (sent >= 0)
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      else if (errno != EAGAIN)
        return {}; // it has ended the connection, which receive() will see
      else if (!wait_for(socket_.get(), POLLOUT, until))
        return {}; // what it does not read it does not want
    }
    return {};
  }

  std::optional<std::string> receive(monotonic::time_point until) override {
    while (true) {
      if (auto found = take_message(stream_))
        return found;
      if (closed_)
        return rest();
      // Asked at least once, also if it is `until` already.
      if (!wait_for(socket_.get(), POLLIN, until))
        return std::nullopt;
      char buffer[16'384];
      auto size = recv(socket_.get(), buffer, sizeof buffer, 0);
      if (size > 0)
        stream_.append(buffer, static_cast<std::size_t>(size));
      else
        closed_ = size == 0 || errno != EAGAIN;
      closed_ = closed_ || stream_.size() > longest_message;
    }
  }

  void end_sending() override {
    shutdown(socket_.get(), SHUT_WR);
  }

  bool closed() const override {
    return closed_;
  }

private:
  std::optional<std::string> rest() {
    if (stream_.empty())
      return std::nullopt;
    return std::exchange(stream_, {});
  }

  socket_handle socket_;
  std::string stream_;
  bool closed_ = false;
};

class streams final : public wire {
public:
  streams(const socket_address& device, const socket_address& own)
    : device_(device), own_(own) {}

  std::string own() const override {
    // Nobody connects to us: answers come in the connection.
    return host_and_port(own_.host(), own_.port() ? own_.port() : 5060);
  }

  std::string deaf_at(unsigned) const override {
    return {};
  }

  std::variant<std::unique_ptr<way>, std::string>
  begin(unsigned, monotonic::time_point until) override {
    auto from = own_;
    from.set_port(0);
    auto made = bound_socket(SOCK_STREAM, from);
    if (!made)
      return fmt::format("cannot connect from {}", own_.host());
    if (connect(made.get(), device_.get(), device_.size) != 0) {
      int error = errno;
      socklen_t size = sizeof error;
      if (error != EINPROGRESS)
        return error_text(error);
      if (!wait_for(made.get(), POLLOUT, until))
        return error_text(ETIMEDOUT);
      getsockopt(made.get(), SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0)
        return error_text(error);
    }
    return std::make_unique<connection>(std::move(made));
  }

private:
  socket_address device_;
  socket_address own_;
};

} // namespace

std::variant<std::unique_ptr<wire>, std::string>
open_streams(const socket_address& device, const socket_address& own) {
  return std::make_unique<streams>(device, own);
}

} // namespace strowger::services::torture
