#pragma once

#include "actors/handles.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <utility>

namespace strowger {

/// An actor that calls `f` when a deadline comes, for owners of deadlines that
/// are no actors themselves. It is to be sent an exit at the end.
inline deadline_listener::behavior_type watcher(deadline_listener::pointer,
                                                std::function<void()> f) {
  return {[f = std::move(f)](const tick&) { f(); }};
}

} // namespace strowger
