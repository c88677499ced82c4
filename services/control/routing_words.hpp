#pragma once

#include "actors/routing_desk.hpp"
#include "services/control/commands.hpp"

#include <strowger/v1/routing_service.pb.h>

#include <optional>

/// What strategies say and are told, in the words of the protocol.
namespace strowger::services::control {

/// A notice, with what only the thread of the switch can look up.
struct routing_news {
  model::route_notice notice;
  model::time_point now;
  int64_t router_timeout_s = 0;
  std::optional<model::ledger_call> call;
};

void to_api(const routing_news& from, const wall_clock& clock,
            api::StrategyNews& to);

/// "OVERWRITE_DNIS"; the plain one is "ROUTE".
std::string word_of(api::RouteType x);

/// An instruction; returns what is wrong with it, or nothing.
complaint to_instruction(const api::RouteInstruction& from,
                         routing_instruction& to);

} // namespace strowger::services::control
