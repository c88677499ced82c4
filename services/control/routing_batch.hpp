#pragma once

#include "actors/exchange.hpp"
#include "services/control/batch_timer.hpp"
#include "services/control/routing_words.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace strowger::services::control {

/// Stands for a strategy at the routing desk. What the strategy is told gathers
/// here, so that it crosses to the courier and to the client together. On the
/// thread of the switch.
class routing_batch final : public routing_client {
public:
  using batch = std::shared_ptr<const std::vector<routing_news>>;

  /// `leave` gets what leaves, in the order in which it came, never nothing;
  /// what is left at the end, too. News leave at most every `apart`.
  routing_batch(caf::actor_system& system, reactor& host, exchange& at,
                model::duration apart, std::function<void(batch)> leave);
  ~routing_batch() override;

  void take(const model::route_notice& x) override;

private:
  void flush();

  exchange& exchange_;
  const std::function<void(batch)> leave_;
  std::vector<routing_news> news_;
  batch_timer timer_;
};

} // namespace strowger::services::control
