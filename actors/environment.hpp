#pragma once

#include "actors/journal.hpp"
#include "actors/model/effects.hpp"
#include "actors/reactor.hpp"
#include "actors/wire.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace strowger {

/// What every actor of the switch is given. It belongs to the exchange and
/// outlives all actors; only the reactor's thread touches it.
struct environment {
  strowger::reactor& reactor;
  strowger::journal& journal;
  outlets& out;
  wire* edge = nullptr; // set before the first message comes in
  std::shared_ptr<const model::directory> config;
  model::turn_counters turns; // round robin among equal trunks
  model::effects effects;     // of the step under way; one at a time
  /// The actor of a DN or trunk; nullptr if there is none of that number.
  std::function<device_actor(std::string_view)> device;
  /// A call has ended and quits.
  std::function<void(model::call_id)> call_finished;
};

} // namespace strowger
