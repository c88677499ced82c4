#pragma once

#include "actors/reactor.hpp"
#include "actors/wire.hpp"
#include "sip/dialog.hpp"
#include "sip/listeners.hpp"

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>

struct nta_agent_s;
struct nta_outgoing_s;
struct sip_s;

namespace strowger::sip {

class loop;

/// Sends the REGISTERs of simulated users, who all are reached at this edge:
/// the Contact of each has its number (RFC 3261 §10.2). A challenge is answered
/// once for each request, a 423 with the interval that it wants.
class registrant {
public:
  registrant(nta_agent_s* agent, const own_address& self, loop& turner,
             reactor& host);
  ~registrant();
  registrant(const registrant&) = delete;
  registrant& operator=(const registrant&) = delete;

  /// While a request of the user is out, another one is not sent, and gets no
  /// answer of its own.
  void send(registration_order&& x, registration_listener asker);

  /// Forgets what is out, without answers. To be called before the agent goes.
  void close();

private:
  struct one;

  static int on_response(void* magic, nta_outgoing_s* transaction,
                         const sip_s* response);
  bool transmit(one& x);
  bool try_again(one& x, const sip_s& response, std::uint16_t status);
  void finish(one& x, std::uint16_t status, std::uint32_t expires_s);
  std::string contact_of(const one& x) const;

  nta_agent_s* agent_;
  const own_address& self_;
  loop& loop_;
  reactor& reactor_;
  std::mt19937_64 random_;
  std::unordered_map<std::uint32_t, std::unique_ptr<one>> users_;
};

} // namespace strowger::sip
