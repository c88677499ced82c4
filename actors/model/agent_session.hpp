#pragma once

#include "actors/model/agent.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the desk knows about a DN and the agent there; only `agents` uses it.
namespace strowger::model {

/// A call at a DN.
struct agent_party {
  call_id call;
  bool established = false;
  business_call kind = business_call::unknown; // unless the call has one
  std::string queue;                           // that distributed it, or empty
};

/// After-call work asked for during a call; it begins when the call is over.
struct wrap_up_request {
  std::optional<int64_t> wrap_up_s;
  std::string request;
};

struct agent_position;

/// An agent from login to logout.
struct agent_session {
  uint64_t login = 0; // number of the login: order among equals
  std::string agent;
  std::string dn;
  agent_position* at = nullptr; // the DN's entry; it outlives the session
  std::string queue;
  std::string client; // that logged the agent in
  agent_posture posture;
  time_point since{};      // of the posture
  time_point idle_since{}; // ready, and no call
  time_point active_at{};  // last sign of life, for `auto-logout-timeout`

  // A rest is after-call work or legal guard.
  agent_posture afterwards;          // what follows the rest
  int64_t wrap_up_s = 0;             // reported with after-call work
  time_point rest_ends = never;      // never: no rest, untimed or paused
  std::optional<duration> rest_left; // while a work-related call pauses it
  bool paused = false;

  std::optional<wrap_up_request> asked;
  bool not_ready_by_phone = false; // M33: ready again when the phone is free

  time_point reserved_until = never;
  int64_t reserve_priority = 0;
  std::string reserved_by;

  time_point due = never; // where the desk's list of deadlines has it

  bool resting() const {
    return posture.state == agent_state::not_ready
           && (posture.mode == work_mode::after_call_work
               || posture.mode == work_mode::legal_guard);
  }
};

/// A DN that agents can use.
struct agent_position {
  std::vector<agent_party> parties;
  std::unique_ptr<agent_session> session;
  bool in_service = true;
  bool dnd = false;

  agent_party* find(call_id call);
};

} // namespace strowger::model
