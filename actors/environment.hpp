#pragma once

#include "actors/journal.hpp"
#include "actors/model/agent.hpp"
#include "actors/model/device.hpp"
#include "actors/model/effects.hpp"
#include "actors/reactor.hpp"
#include "actors/wire.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace strowger {

/// What every actor of the switch is given. It belongs to the exchange and
/// outlives all actors; only the reactor's thread touches it.
struct environment {
  environment(strowger::reactor& r, strowger::journal& j, outlets& o)
    : reactor(r), journal(j), out(o) {
    // nop
  }

  strowger::reactor& reactor;
  strowger::journal& journal;
  outlets& out;
  wire* edge = nullptr; // set before the first message comes in
  std::shared_ptr<const model::directory> config;
  model::turn_counters turns; // round robin among equal trunks
  model::effects effects;     // of the step under way; one at a time
  /// The actor of a DN or trunk; nullptr if there is none of that number.
  std::function<device_actor(std::string_view)> device;
  /// The actor of a call; nullptr if there is none.
  std::function<call_actor(model::call_id)> call;
  /// Makes the actor of a call that no INVITE opened.
  std::function<call_actor(model::call_id)> open_call;
  /// A phone was asked to call; its INVITE belongs to a call that is there.
  std::function<void(model::effects::awaiting&&)> await;
  /// Hands a verdict to whoever waits for it.
  std::function<void(uint64_t token, model::verdict&&)> answer;
  /// A call has ended and quits.
  std::function<void(model::call_id)> call_finished;
  /// The agent at the DN, and whether new calls are wanted there.
  std::function<model::agent_presence(std::string_view dn)> agent_at;
  /// What happens to the agent of the DN who does not answer, by option.
  std::function<model::agent_penalty(std::string_view dn)> no_answer_action;
  /// Does it; to be called before the party's EventReleased goes out.
  std::function<void(std::string_view dn, model::agent_penalty)> penalise;
  /// The bindings of registered DNs; they belong to the actors of the DNs.
  std::map<std::string, const std::vector<model::binding>*, std::less<>>
    registered = {};
};

} // namespace strowger
