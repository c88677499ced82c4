#pragma once

#include "actors/environment.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <string>
#include <vector>

/// The shells around the models of devices: they turn messages into model steps
/// and the effects of a step into messages. No decision is taken here.
namespace strowger {

struct trunk_state;
struct line_state;

/// A trunk: capacity, service state, probes (model::trunk). `counters` are
/// never null; the metrics read them.
device_actor::behavior_type
trunk(device_actor::stateful_pointer<trunk_state> self, environment* env,
      std::string number, std::shared_ptr<trunk_counters> counters);

/// Any other DN: bindings, calls, service state (model::line). `stored` are
/// the bindings that the store kept (`internal-registrar-persistent`).
device_actor::behavior_type
line(device_actor::stateful_pointer<line_state> self, environment* env,
     std::string number, std::vector<model::binding> stored);

} // namespace strowger
