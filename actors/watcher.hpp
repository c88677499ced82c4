#pragma once

#include "actors/handles.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <utility>

namespace strowger {

/// An actor that calls `f` with every message, for listeners that are no actors
/// themselves. It is to be sent an exit at the end.
template <class Listener, class Message>
typename Listener::behavior_type
listener(typename Listener::pointer, std::function<void(const Message&)> f) {
  return {[f = std::move(f)](const Message& x) { f(x); }};
}

/// Same for owners of deadlines.
inline deadline_listener::behavior_type watcher(deadline_listener::pointer self,
                                                std::function<void()> f) {
  return listener<deadline_listener, tick>(
    self, [f = std::move(f)](const tick&) { f(); });
}

} // namespace strowger
