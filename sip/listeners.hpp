#pragma once

#include "actors/model/directory.hpp"

#include <array>
#include <filesystem>
#include <optional>
#include <string>

struct nta_agent_s;

namespace strowger::sip {

/// Index of a transport in the texts of `own_address`.
enum transport_index : unsigned char { on_udp, on_tcp, on_tls };

/// What the switch says about itself, made once.
struct own_address {
  std::string host;      // `sip-address`, or that of the interface
  bool ipv6 = false;
  std::string port;      // `sip-port`
  std::array<std::string, 3> contacts; // "<sip:host:port;transport=tcp>"
};

/// A private directory with the certificate files under the names that sofia
/// wants; removed at the end.
class certificates {
public:
  certificates() = default;
  ~certificates();
  certificates(const certificates&) = delete;
  certificates& operator=(const certificates&) = delete;

  /// Copies `sip-tls-cert`, `sip-tls-cert-key` and `sip-tls-trusted-ca`.
  std::optional<std::string> prepare(const model::directory& config);

  const std::string& path() const {
    return path_;
  }

private:
  std::string path_;
};

/// Binds the listeners of the configuration and says under which address the
/// switch is reached; the error text names the address that could not be had.
std::optional<std::string> listen(nta_agent_s* agent,
                                  const model::directory& config,
                                  certificates& files, own_address& self);

} // namespace strowger::sip
