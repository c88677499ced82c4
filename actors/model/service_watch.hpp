#pragma once

#include "actors/model/directory.hpp"
#include "actors/model/time.hpp"

namespace strowger::model {

/// How the service state of a device is watched.
struct service_terms {
  duration check_period{}; // `oos-check`; 0: no probes
  duration force_grace{};  // `oos-force`
  duration recovery{};     // `recovery-timeout`; 0: errors do not count
};

/// Reads the options of a DN.
service_terms read_service_terms(const directory& config, const dn& of);

/// Whether a device can be used, as far as the wire shows (semantics §6.15).
/// OPTIONS go out every `oos-check` seconds, one at a time. Any response means
/// alive, at once. Without one the device is out of service `oos-force` seconds
/// later, and the probes go on. Apart from that, an error on a call takes it
/// out of service for `recovery-timeout` seconds, whatever OPTIONS say:
/// gateways answer OPTIONS while they refuse calls.
class service_watch {
public:
  /// A probe that the wire never reports on counts as unanswered after this:
  /// longer than any transaction (RFC 3261 §17.1.2.2, Timer F: 32 s).
  static constexpr duration verdict_limit = std::chrono::seconds{40};

  bool in_service() const {
    return !silent_ && recovers_at_ == never;
  }

  /// Does what is due by `now`; true: a probe must be sent now. `phase` delays
  /// the very first one, so that a thousand phones are not asked all at once.
  bool advance(const service_terms& terms, duration phase, time_point now);

  /// The result of a probe; advance() comes after it.
  void probed(bool answered, const service_terms& terms, time_point now);

  /// A call failed there by a signalling error.
  void failed(const service_terms& terms, time_point now);

  /// When advance() has something to do, or never.
  time_point next_deadline() const;

private:
  void stop_probing();

  time_point probe_at_ = never;    // next probe; never: not watched, or waiting
  time_point verdict_by_ = never;  // waiting for the result of a probe
  time_point silent_at_ = never;   // unanswered; the grace ends here
  time_point recovers_at_ = never; // out of service by an error until then
  time_point probed_at_{};         // when the last probe went out
  bool silent_ = false;            // out of service by unanswered probes
};

} // namespace strowger::model
