#pragma once

#include "actors/alarm.hpp"
#include "actors/environment.hpp"
#include "actors/model/call.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace strowger {

/// State of a call actor: the model, and its alarm.
struct call_shell {
  static constexpr const char* name = "call";

  environment* env = nullptr;
  model::call model;
  alarm wake;
  bool leaving = false;  // it has said farewell to itself
  bool recorded = false; // not if it became a party of another call (Replaces)
};

/// The shell around model::call: a message becomes a step, its effects become
/// commands, messages and journal entries. No decision is taken here. It quits
/// when the model has finished and its mailbox is read.
call_actor::behavior_type call(call_actor::stateful_pointer<call_shell> self,
                               environment* env, model::call_id id);

} // namespace strowger
