#pragma once

#include "actors/alarm.hpp"
#include "actors/crowd.hpp"
#include "actors/traffic/session.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace strowger {

/// State of a session actor: the model, and its alarm.
struct session_shell {
  static constexpr const char* name = "session";

  crowd* users = nullptr;
  crowd::entry* place = nullptr;
  model::call_id id;
  traffic::session model;
  traffic::commands out;
  alarm wake;
};

/// How a session begins: it calls, or it is going to be sent an INVITE.
struct session_start {
  traffic::course plan;
  std::optional<traffic::call_details> calls; // not if it is called
  model::time_point intended{};
};

/// The shell around traffic::session: one call of one user of a crowd. It
/// quits when the session is over.
session_actor::behavior_type
session(session_actor::stateful_pointer<session_shell> self, crowd* users,
        crowd::entry* place, model::call_id id, session_start how);

} // namespace strowger
