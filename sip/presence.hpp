#pragma once

#include "sip/pidf.hpp"
#include "sip/subscriber.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace strowger::sip {

/// Watches the presence of phones that an external registrar serves
/// (`subscribe-presence`, RFC 3856, semantics §6.8): a subscription at the
/// trunk for each such DN. A phone that is busy or unregistered (PIDF `closed`)
/// is told to the switchboard once, and so is its return. NOTIFYs at refreshes
/// repeat what is known: they change nothing, as the agent may have decided
/// otherwise since.
class presence final : subscription_owner {
public:
  /// 400 a second. Thus 10,000 phones are asked for within 25 s of the start,
  /// which no registrar takes for a flood, and can be refreshed every minute.
  static constexpr subscriber::pace pace{20, std::chrono::milliseconds{50}};

  presence(nta_agent_s* agent, const own_address& self, loop& turner,
           caf::actor_system& system, reactor& host, switchboard& board);
  ~presence() override;
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;

  /// Begins what `config` adds, leaves what it no longer has; what stays is
  /// not touched, and takes another `subscribe-presence-expire` at its refresh.
  void configure(const model::directory& config);

  /// See subscriber::receive().
  bool receive(msg_s* message, const sip_s& request) {
    return subscriptions_.receive(message, request);
  }

  /// See subscriber::close().
  void close();

private:
  /// A phone that is watched, or was and is being left.
  struct phone {
    std::string dn;
    subscription_place where;
    std::uint32_t generation = 0; // of the configuration that wants it
    bool busy = false;            // as the switchboard was told
    basic_status said = basic_status::unsaid; // by the NOTIFY in hand
    model::subscription_phase counted = model::subscription_phase::ended;
  };

  static std::optional<subscription_terms>
  terms_of(const model::directory& config, const model::dn& dn,
           const own_address& self);
  void begin(const std::string& dn, subscription_terms&& agreed);
  void end(std::uint32_t id);
  void count(phone& x, model::subscription_phase now);
  void tell(phone& x, bool busy);

  // -- subscription_owner -----------------------------------------------------
  std::optional<refusal> read(std::uint32_t id, const sip_s& notify) override;
  void notified(std::uint32_t id, const model::subscription& machine) override;
  void sent(std::uint32_t, model::time_point) override {
    // nop
  }
  void answered(std::uint32_t, std::uint16_t) override {
    // nop
  }
  void settled(std::uint32_t id, const model::subscription& machine) override;

  const own_address& self_;
  reactor& reactor_;
  switchboard& board_;
  std::unordered_map<std::uint32_t, phone> phones_;
  std::map<std::string, std::uint32_t, std::less<>> wanted_; // by DN
  std::uint32_t last_id_ = 0;
  std::uint32_t generation_ = 0; // of the configuration
  subscriber subscriptions_;
};

} // namespace strowger::sip
