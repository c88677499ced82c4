#pragma once

#include "actors/handles.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

struct nta_agent_s;
struct nta_outgoing_s;
struct sip_s;

namespace strowger::sip {

/// Sends the OPTIONS that tell whether a device is alive (`oos-check`). Any
/// final response is a sign of life; nothing within 64*T1 is not.
class prober {
public:
  /// `from` is the switch's own URI, such as sip:192.0.2.1:5060.
  prober(nta_agent_s* agent, std::string from);
  ~prober();
  prober(const prober&) = delete;
  prober& operator=(const prober&) = delete;

  /// Sends OPTIONS to `uri`; the result goes to `asker` as `probed`, status 0
  /// on time-out, transport error or a URI that cannot be reached. While one
  /// of the same asker is out, another call does nothing.
  void probe(const std::string& uri, probe_listener asker);

  /// Forgets what is out, without answers. To be called before the agent goes.
  void close();

  std::size_t outstanding() const { return out_.size(); }

private:
  struct one;

  static int on_response(void* magic, nta_outgoing_s* transaction,
                         const sip_s* response);
  void finish(one& x, std::uint16_t status);

  nta_agent_s* agent_;
  std::string from_;
  std::unordered_map<std::uint64_t, std::unique_ptr<one>> out_; // by actor
  std::uint32_t serial_ = 0;
};

} // namespace strowger::sip
