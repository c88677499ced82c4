#pragma once

#include "actors/outlets.hpp"
#include "actors/reactor.hpp"
#include "actors/wire.hpp"

#include <caf/fwd.hpp>

#include <memory>
#include <optional>
#include <string>

namespace strowger::sip {

class edge;
class loop;

/// How the switch names itself in User-Agent and Server.
inline constexpr std::string_view product = "Strowger/0.1.0";

/// The SIP edge: listens, and carries signals and commands between sofia's
/// transactions and the actors. Belongs to the reactor's thread.
class stack final : public wire, public registering_wire {
public:
  stack(loop& turner, caf::actor_system& system, strowger::reactor& host,
        switchboard& board, outlets& out);
  ~stack() override;

  /// Starts to listen on UDP and TCP at `sip-port` of `sip-interface`, and on
  /// TLS at `sip-port-tls`. `t1_ms` is the T1 of RFC 3261 §17, on which all
  /// retransmissions and time-outs hang. Returns what is wrong, or nothing.
  std::optional<std::string> open(const model::directory& config,
                                  unsigned t1_ms = 500);

  /// Every request of calls, users and probes goes to this URI from now on,
  /// whatever it names; its headers stay as they are. To be called once the
  /// stack is open.
  void send_through(const std::string& uri);

  /// A new configuration is in force: takes limits, trunks, networks and
  /// passwords from it. Listeners stay as they are.
  void reconfigure(const model::directory& config);

  /// Brings the counters up to date that otherwise follow once a second:
  /// retransmissions, transactions, messages that could not be read.
  void count();

  /// Stops to listen and forgets all calls, without a word to their peers;
  /// leaves the subscriptions to the presence of phones.
  void shut_down();

  // -- wire -------------------------------------------------------------------

  void adopt(model::call_id call, dialog_user handle) override;
  void perform(model::call_id call, model::command&& x) override;
  void close(model::call_id call) override;
  void probe(const std::string& uri, probe_listener asker) override;
  void answer(enrolled&& x) override;

  // -- registering_wire -------------------------------------------------------

  void send(registration_order&& x, registration_listener asker) override;
  void send(subscription_order&& x, subscription_listener asker) override;

private:
  std::unique_ptr<edge> edge_;
};

} // namespace strowger::sip
