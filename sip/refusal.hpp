#pragma once

#include "actors/model/time.hpp"
#include "actors/probe.hpp"
#include "sip/network.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

struct nta_agent_s;
struct msg_s;

namespace strowger::sip {

/// How a request came in.
struct arrival {
  ip_address source;
  std::uint16_t port = 0;
  std::string_view protocol = "udp"; ///< "udp", "tcp" or "tls"
  std::size_t size = 0;              ///< of the message, in bytes
  model::time_point now{};

  bool is_stream() const { return protocol != "udp"; }
};

/// The edge's own answer to a request that no call and no DN gets to see.
struct refusal {
  std::uint16_t status = 400;  ///< 0: drop the message without an answer
  std::string phrase = {};
  std::string headers = {};    ///< more header lines, each with CRLF
  rejection label = rejection::malformed;
};

/// Answers `request` without keeping state, counts the refusal, and destroys
/// the message. An ACK is never answered.
void refuse(nta_agent_s* agent, msg_s* request, const refusal& why,
            probe& counters);

/// "udp:192.0.2.1:5060", IPv6 in brackets.
std::string to_string(const arrival& from);

} // namespace strowger::sip
