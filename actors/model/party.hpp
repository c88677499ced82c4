#pragma once

#include "actors/model/journal.hpp"
#include "actors/model/leg.hpp"
#include "actors/model/seizure.hpp"

#include <string>

/// Who takes part in a call, and the devices that this takes.
namespace strowger::model {

/// The generic telephony state of T-Library, as far as two parties need it.
enum class party_state : uint8_t {
  null,
  dialing,
  queued,
  alerting,
  connected,
  held,
};

/// A (call, DN) pair. Parties outside the switch have no events.
struct party {
  std::string dn;
  dn_role role = dn_role::none;
  party_state state = party_state::null;
  bool internal = false;
  leg_number leg = nobody; // that reaches it
  bool parked = false;     // a client put it on hold: it is to hear nobody
};

/// Its number, if it is one of ours; else empty. A DN takes part in a call only
/// once, as events name parties by it.
inline std::string number_inside(const party& x) {
  return x.internal ? x.dn : std::string{};
}

/// One use of a device by this call.
struct use_of_device {
  enum class stage : uint8_t { asked, granted, returned };
  call_id seized_by; // the call that seized it: another one if the leg moved
  seizure_number seizure = 0; // its number there
  std::string device;
  std::string number; // dialled there
  stage at = stage::asked;
  bool origin = false;
  bool trunk = false;
  uint16_t status = 0;
  bool unreachable = false;
};

} // namespace strowger::model
