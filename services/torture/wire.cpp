#include "services/torture/wire.hpp"

#include "services/torture/datagrams.hpp"
#include "services/torture/socket.hpp"
#include "services/torture/streams.hpp"

#include <fmt/format.h>

#include <charconv>

namespace strowger::services::torture {

namespace {

/// host[:port], [host]:port or nothing.
std::optional<socket_address> own_address(const std::string& listen,
                                          const socket_address& device) {
  if (!listen.empty()) {
    auto read = parse_target(listen);
    auto* named = std::get_if<target>(&read);
    if (!named)
      return std::nullopt;
    auto has_port = host_and_port(named->host, named->port) == listen;
    return resolve(named->host, has_port ? named->port : 0, device.family());
  }
  auto result = address_towards(device);
  // All of 127.0.0.0/8 is this machine: an address that is not the device's
  // leaves it its ports.
  if (result && result->is_loopback() && device.family() == AF_INET)
    return resolve(device.host() == "127.0.0.2" ? "127.0.0.3" : "127.0.0.2", 0);
  return result;
}

} // namespace

std::variant<std::unique_ptr<wire>, std::string>
open_wire(const target& device, const std::string& listen,
          const std::set<unsigned>& ports) {
  auto to = resolve(device.host, device.port);
  if (!to)
    return fmt::format("{} has no address", device.host);
  auto own = own_address(listen, *to);
  if (!own)
    return listen.empty()
             ? fmt::format("no route leads to {}", device.host)
             : fmt::format("--listen {} is no address of ours", listen);
  if (device.stream)
    return open_streams(*to, *own);
  return open_datagrams(*to, *own, ports);
}

} // namespace strowger::services::torture
