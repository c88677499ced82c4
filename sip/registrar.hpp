#pragma once

#include "actors/wire.hpp"
#include "sip/challenge.hpp"
#include "sip/refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <variant>

struct msg_s;
struct nta_agent_s;
struct nta_incoming_s;
struct sip_s;

namespace strowger::sip {

/// The wire's half of the registrar (RFC 3261 §10.3): reads REGISTER, has it
/// authenticated, hands it to its DN, and sends the answer when it comes.
class registrar {
public:
  /// REGISTERs that may wait for their DN; above it 503.
  static constexpr std::size_t pending_max = 10'000;

  registrar(challenger& judge, probe& counters)
    : judge_(judge), counters_(counters) {}
  ~registrar();
  registrar(const registrar&) = delete;
  registrar& operator=(const registrar&) = delete;

  /// Serves a REGISTER that the guard let pass; takes the message over.
  /// Retransmissions of one that waits are absorbed by its transaction.
  void receive(nta_agent_s* agent, msg_s* message, sip_s* request,
               const arrival& from, switchboard& board);

  /// Sends the answer that wire::answer() brought; an unknown token is
  /// ignored.
  void answer(enrolled&& x);

  /// Forgets what waits. To be called before the agent goes.
  void close();

  std::size_t pending() const { return pending_.size(); }

  /// What `receive` does but without side effects: the refusal, or what to
  /// hand to the DN (token 0).
  std::variant<refusal, enrolment> read(const sip_s& request,
                                        const arrival& from,
                                        const model::directory& config);

private:
  std::optional<refusal> read_contacts(const sip_s& request,
                                       model::register_request& result) const;

  struct waiting {
    nta_agent_s* agent;
    nta_incoming_s* transaction;
    std::string path;    // echoed in the 200 (RFC 3327 §5.3)
  };

  challenger& judge_;
  probe& counters_;
  std::unordered_map<std::uint64_t, waiting> pending_;
  std::uint64_t last_token_ = 0;
};

/// The header lines of a 200 to REGISTER: Contacts with the seconds left, and
/// Path; or Min-Expires of a 423.
std::string enrolled_headers(const enrolled& x, std::string_view path);

} // namespace strowger::sip
