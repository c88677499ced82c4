#pragma once

#include "actors/model/group_queue.hpp"
#include "actors/routing_desk.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace strowger {

/// The shell around model::group_queue: a client of the routing desk that looks
/// again whenever an agent may have become ready. It is a spare: it takes the
/// calls that no other client takes. Everything on the reactor's thread.
class group_strategy {
public:
  /// The DN of the agent of a group who is ready and idle for the longest time,
  /// without these; nothing if there is none.
  using agent_finder = std::function<std::optional<std::string>(
    std::string_view group, std::span<const std::string> exclude)>;

  /// Serves from now on; not before the switch is configured. The desk and the
  /// events must outlast it.
  group_strategy(caf::actor_system& system, reactor& host, routing_desk& desk,
                 journal& events, model::group_strategy_settings settings,
                 agent_finder find);
  /// Its calls go to others, or wait for one.
  ~group_strategy();
  group_strategy(const group_strategy&) = delete;
  group_strategy& operator=(const group_strategy&) = delete;

private:
  class worker;
  std::shared_ptr<worker> worker_;
};

} // namespace strowger
