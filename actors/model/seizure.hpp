#pragma once

#include "actors/model/signal.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// The vocabulary between a call and the devices (DNs and trunks) it uses. A
/// call seizes a device before it uses it, and gives it back exactly once.
namespace strowger::model {

/// Names one use of a device by a call.
using seizure_number = uint8_t;

/// What a call wants of a device.
enum class purpose : uint8_t {
  reach,  // call it
  origin, // the call came from it
  summon, // call it, as its user wants to make a call
};

/// Call to device: may I use you?
struct seize {
  call_id call;
  seizure_number seizure = 0;
  model::purpose purpose = model::purpose::reach;
  std::string number; // number to dial there (trunk: after `replace-prefix`)
};

/// Why a device refuses.
enum class refusal : uint8_t {
  not_registered, // no binding, no contact, no softswitch: 480
  out_of_service, // by `oos-check` or `recovery-timeout`: 503
  at_capacity,    // `capacity` reached: 503 for a trunk, 486 for a DN
  do_not_disturb, // 486
  draining,       // removed by a reload: 503
};

/// What a DN wants of a call that it is offered and does not take.
struct diversion_terms {
  std::string on_busy;           // call forwarding: where to, or empty
  std::string on_no_answer;      // call forwarding: where to, or empty
  int64_t no_answer_timeout_s{}; // time to answer once it rings; 0: no limit
  std::vector<std::string> overflow; // then: recall, release, numbers, in order
  bool business_only = false;        // overflow, if `nas-private` is false
};

/// Device to call: granted. Where to send the INVITE.
struct seized {
  seizure_number seizure = 0;
  std::vector<target> targets;
  bool parallel = false; // fork to all of them; else try one after another
  bool agent_logged_in = false;
  std::shared_ptr<const diversion_terms> diversions = {}; // null: none
};

/// Device to call: not me, go there (call forwarding). Nothing is held.
struct forwarded {
  seizure_number seizure = 0;
  std::string destination;
};

/// Device to call: not now.
struct refused {
  seizure_number seizure = 0;
  refusal why = refusal::not_registered;
};

/// Call to device: I am done with you.
struct release {
  call_id call;
  seizure_number seizure = 0;
  uint16_t status = 0; // final status of the INVITE sent there; 0 = none sent
  bool unreachable = false; // signalling error: time-out, transport, 503
};

} // namespace strowger::model
