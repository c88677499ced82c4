#pragma once

#include "sip/subscriber.hpp"

namespace strowger::sip {

/// The subscriptions of simulated users. What their NOTIFYs say does not
/// matter; that they come, and what becomes of every SUBSCRIBE, is reported.
class user_subscriptions final : subscription_owner {
public:
  user_subscriptions(nta_agent_s* agent, const own_address& self, loop& turner,
                     caf::actor_system& system, reactor& host);

  /// All news go to the last one who sent an order.
  void send(subscription_order&& x, subscription_listener asker);

  /// See subscriber::receive().
  bool receive(msg_s* message, const sip_s& request) {
    return subscriptions_.receive(message, request);
  }

  /// Leaves them all, and reports no more.
  void close();

private:
  using news = subscription_news::kind;

  // -- subscription_owner -----------------------------------------------------
  std::optional<refusal> read(std::uint32_t, const sip_s&) override {
    return std::nullopt;
  }
  void notified(std::uint32_t id, const model::subscription&) override;
  void sent(std::uint32_t id, model::time_point due) override;
  void answered(std::uint32_t id, std::uint16_t status) override;
  void settled(std::uint32_t, const model::subscription&) override {
    // nop
  }

  subscription_listener asker_;
  subscriber subscriptions_;
};

} // namespace strowger::sip
