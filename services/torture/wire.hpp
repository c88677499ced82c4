#pragma once

#include "services/torture/target.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace strowger::services::torture {

/// What a run measures time with.
using monotonic = std::chrono::steady_clock;

/// A way to the device for one case: a datagram port or a connection.
class way {
public:
  virtual ~way() = default;

  /// Empty, or why it could not be sent.
  virtual std::string send(std::string_view bytes) = 0;

  /// The next whole message of the device; nothing if none came until then. In
  /// a stream, what is left when the device ends it is one as well.
  virtual std::optional<std::string> receive(monotonic::time_point until) = 0;

  /// Says that no more will be sent; over TCP only.
  virtual void end_sending() = 0;

  /// The device has ended the connection, or refuses datagrams.
  virtual bool closed() const = 0;
};

/// The sockets. Messages go to the device that the user has named only.
class wire {
public:
  virtual ~wire() = default;

  /// host:port that others reach us at, for Via and Contact.
  virtual std::string own() const = 0;

  /// Why answers to this port of ours cannot be heard; empty if they can.
  virtual std::string deaf_at(unsigned port) const = 0;

  /// A way whose datagrams come from that port of ours if it could be had, and
  /// from own() if it is 0; or why there is none.
  virtual std::variant<std::unique_ptr<way>, std::string>
  begin(unsigned port, monotonic::time_point until) = 0;
};

/// `listen` is host[:port] of ours; empty: the address that leads to the
/// device, but another one if the device is on this machine, so that both can
/// have port 5060. `ports` are those that answers will go to. Otherwise what is
/// wrong.
std::variant<std::unique_ptr<wire>, std::string>
open_wire(const target& device, const std::string& listen,
          const std::set<unsigned>& ports);

} // namespace strowger::services::torture
