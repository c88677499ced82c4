#pragma once

#include "actors/model/signal.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace strowger::traffic {

/// The mouth and ears of one user in one call, as a session uses them. To
/// destroy it is to close it.
class media_end {
public:
  virtual ~media_end() = default;

  /// Our description as an offer; `held`: in which no audio flows.
  virtual model::content offer(bool held) = 0;

  /// The answer to the last offer heard, or an offer if there was none. Empty
  /// if nothing in it can be accepted (488).
  virtual model::content answer(bool held) = 0;

  /// What the peer describes, by offer or answer; without a body: nothing.
  virtual void hear(const model::content& peer) = 0;

  /// From now on, audio flows as far as both descriptions let it, or not.
  virtual void talk(bool on) = 0;

  /// Sends digits as telephone-events (RFC 4733), after those under way;
  /// returns how long that takes, or nothing if the peer wants none.
  virtual std::optional<std::chrono::milliseconds>
  send_digits(std::string_view digits) = 0;
};

} // namespace strowger::traffic
