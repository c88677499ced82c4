#pragma once

#include "actors/alarm.hpp"
#include "actors/model/subscription.hpp"
#include "actors/wire.hpp"
#include "sip/dialog.hpp"
#include "sip/listeners.hpp"
#include "sip/refusal.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>

struct msg_s;
struct nta_agent_s;
struct nta_outgoing_s;
struct sip_s;

namespace strowger::sip {

class loop;

/// Watches the presence of phones that an external registrar serves
/// (`subscribe-presence`, RFC 3856, semantics §6.8): a subscription at the
/// trunk for each such DN. A phone that is busy or unregistered (PIDF `closed`)
/// is told to the switchboard once, and so is its return. NOTIFYs at refreshes
/// repeat what is known: they change nothing, as the agent may have decided
/// otherwise since.
class presence {
public:
  /// At most so many SUBSCRIBEs go out at once, then none for a while: 400 a
  /// second. Thus 10,000 phones are asked for within 25 s of the start, which
  /// no registrar takes for a flood, and can be refreshed every minute.
  static constexpr std::size_t burst = 20;
  static constexpr model::duration pause = std::chrono::milliseconds{50};

  presence(nta_agent_s* agent, const own_address& self, loop& turner,
           caf::actor_system& system, reactor& host, switchboard& board);
  ~presence();
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;

  /// Begins what `config` adds, leaves what it no longer has; what stays is
  /// not touched, and takes another `subscribe-presence-expire` at its refresh.
  void configure(const model::directory& config);

  /// Answers a NOTIFY in the dialog of a subscription; false, and nothing
  /// else, if there is none of this dialog.
  bool receive(msg_s* message, const sip_s& request);

  /// Leaves every subscription without waiting for answers, all of them at
  /// once: a datagram lost there costs the notifier until Expires. Nothing is
  /// told to the switchboard. To be called before the agent goes.
  void close();

private:
  /// Where the subscriptions of a DN go; two that are equal are one dialog.
  struct place {
    std::string hop;    // URI of the trunk
    std::string target; // sip:<DN>@<subscribe-presence-domain>
    std::string from;   // URI
    friend bool operator==(const place&, const place&) = default;
  };
  /// What the options say of a DN that is to be watched.
  struct terms {
    place where;
    model::credentials login; // at the trunk
    std::uint32_t expires_s = 0;
  };
  struct one;

  static std::optional<terms> terms_of(const model::directory& config,
                                       const model::dn& phone,
                                       const own_address& self);
  static int on_response(void* magic, nta_outgoing_s* transaction,
                         const sip_s* response);

  // -- life (presence.cpp) ----------------------------------------------------
  void begin(const std::string& dn, terms&& agreed);
  void end(one& x);
  void tick();
  void arm();
  void settle(one& x);
  void tell(one& x, bool busy);

  // -- messages (presence_messages.cpp) ---------------------------------------
  void open_dialog(one& x);
  void send(one& x, model::subscription_request what);
  bool transmit(one& x);
  void forget_request(one& x);
  void receive_response(one& x, const sip_s* response, std::uint16_t status);
  bool answer_challenge(one& x, const sip_s& response);
  one* find(const sip_s& notify);
  std::optional<refusal> judge(const one& x, const sip_s& notify) const;

  nta_agent_s* agent_;
  const own_address& self_;
  loop& loop_;
  caf::actor_system& system_;
  reactor& reactor_;
  switchboard& board_;

  std::map<std::uint32_t, std::unique_ptr<one>> all_;
  std::map<std::string, one*, std::less<>> wanted_; // by DN
  std::set<std::pair<model::time_point, std::uint32_t>> due_;
  model::time_point paused_until_{};
  deadline_listener watcher_;
  alarm wake_;
  std::uint32_t last_id_ = 0;
  std::uint32_t generation_ = 0; // of the configuration
  std::mt19937_64 random_;
};

} // namespace strowger::sip
