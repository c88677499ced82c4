#pragma once

#include "actors/model/between_calls.hpp"
#include "actors/model/bindings.hpp"
#include "actors/model/seizure.hpp"
#include "actors/model/signal.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// The messages that actors exchange beside the model's own vocabulary. They
/// stay inside this process and are never serialised.
namespace strowger {

/// A deadline has come; `now` is the reactor's time.
struct tick {
  model::time_point now{};
};

/// A REGISTER for a DN; `token` lets the wire find its transaction again.
struct enrolment {
  uint64_t token = 0;
  std::string dn;
  model::register_request request;
};

/// The answer to an enrolment, with the bindings that now hold.
struct enrolled {
  uint64_t token = 0;
  uint16_t status = 200;
  uint32_t min_expires_s = 0; // for 423
  std::vector<model::binding> bindings;
  model::time_point now{};
};

/// What came of a REGISTER of a simulated user. Status 0: nobody answered;
/// `expires_s` is what the registrar has granted.
struct registered {
  uint32_t user = 0;
  uint16_t status = 0;
  uint32_t expires_s = 0;
};

/// What happens to the subscription of a simulated user.
struct subscription_news {
  enum class kind : uint8_t {
    sent,     // a SUBSCRIBE, which was due at `due`
    answered, // finally, with `status`; 0: no answer
    notified,
  };
  uint32_t user = 0;
  kind what = kind::sent;
  uint16_t status = 0;
  model::time_point due{};
};

/// Result of an OPTIONS probe; status 0 means that nobody answered.
struct probed {
  uint16_t status = 0;
};

/// A new configuration is in force; `kept` is false if the device is gone.
struct reconfigured {
  bool kept = true;
};

/// A call to itself: whatever came before it in its mailbox has been read.
struct farewell {};

/// End the call now.
struct clear {
  std::string reason;
};

} // namespace strowger

// Every message type of the switch. "Unsafe" is CAF's word for "cannot leave
// the process", which is what we want; CAF_ENABLE_TYPE_ID_CHECKS makes the
// compiler refuse to send a type that is not in this list.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::offered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::responded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::requested)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::acked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::cancelled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::unacknowledged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::seize)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::seized)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::refused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::forwarded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::release)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::enrolment)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::probed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::registered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::subscription_news)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::reconfigured)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::demanded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::model::word_to_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::clear)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::farewell)
