#pragma once

#include "sip/subscriber.hpp"

namespace strowger::sip {

/// One subscription. Only the sources of subscriber include this.
struct subscriber::one {
  subscriber* owner = nullptr;
  std::uint32_t id = 0;
  subscription_terms terms;

  model::subscription machine;
  model::time_point queued = model::never; // in due_
  bool wanted = true;

  dialog facts;
  nta_outgoing_s* out = nullptr; // the SUBSCRIBE that has no final response
  std::uint32_t expires_s = 0;   // that it asks for
  std::string authorization;     // header line of it, once challenged
};

} // namespace strowger::sip
