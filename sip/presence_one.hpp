#pragma once

#include "sip/presence.hpp"

namespace strowger::sip {

/// The subscription to one phone. Only the sources of presence include this.
struct presence::one {
  presence* owner = nullptr;
  std::uint32_t id = 0;
  std::string dn;
  place where;
  model::credentials login; // at the trunk
  std::uint32_t generation = 0;

  model::subscription machine;
  model::subscription_phase counted = model::subscription_phase::ended;
  model::time_point queued = model::never; // in due_
  bool wanted = true;
  bool busy = false; // as the switchboard was told

  dialog facts;
  nta_outgoing_s* out = nullptr; // the SUBSCRIBE that has no final response
  std::uint32_t expires_s = 0;   // that it asks for
  std::string authorization;     // header line of it, once challenged
};

} // namespace strowger::sip
