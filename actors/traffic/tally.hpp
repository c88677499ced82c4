#pragma once

#include "actors/traffic/histogram.hpp"
#include "actors/traffic/media_tally.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace strowger::traffic {

/// How the setting up of a call came out.
enum class outcome : std::uint8_t {
  answered,           // 2xx
  abandoned,          // we lost patience: CANCEL, then 487
  busy,               // 486, 600
  no_answer,          // 408, 480
  redirected,         // 3xx, which is not followed
  refused,            // other 4xx
  server_error,       // 5xx
  declined,           // other 6xx
  timeout,            // no final response
  transport,          // could not be sent, connection lost
  protocol_violation, // what came was against RFC 3261
};
inline constexpr std::size_t outcome_count = 11;

/// "answered", "no answer", …
std::string_view to_string(outcome x);

/// The outcome that a final response means; `cancelled`: we have sent CANCEL.
/// What is no final response (below 200, 700 and above) is a violation.
outcome outcome_of(std::uint16_t status, bool cancelled);

/// What is measured in a histogram. A request is measured from the moment its
/// step was INTENDED to start, also if we were late to send it: otherwise a
/// generator that is too slow would make its peer look fast.
enum class latency : std::uint8_t {
  trying,         // INVITE to the first 100
  ringing,        // INVITE to the first 18x
  answer,         // INVITE to 2xx
  acknowledge,    // 2xx to ACK (the side that answers measures it)
  bye,            // BYE to its 2xx, RFC 6076 §4.4 (SDD)
  registration,   // REGISTER to its 2xx, RFC 6076 §4.1 (RRD)
  subscription,   // SUBSCRIBE to its 2xx
  request,        // INVITE to the first that is no 100, RFC 6076 §4.3.1 (SRD)
  failed_request, // INVITE to its failure, RFC 6076 §4.3.2 (failed SRD)
  session,        // 2xx to BYE, ended cleanly, RFC 6076 §4.5.1 (SDT)
  failed_session, // 2xx to the time-out of BYE, RFC 6076 §4.5.2 (failed SDT)
};
inline constexpr std::size_t latency_count = 11;

/// "100", "ringing", "answer", "ack", "bye", "register", "subscribe", "SRD",
/// "failed SRD", "SDT", "failed SDT".
std::string_view to_string(latency x);

/// What a run counts. Plain numbers on purpose: the gauges (in progress, up)
/// are to be set from the calls that there really are; if they were made from
/// the counters, unbalanced() could never find a lost call.
struct tally {
  std::uint64_t attempts = 0; // INVITEs of new calls; a second one with
                              // credentials belongs to the same attempt
  std::array<std::uint64_t, outcome_count> outcomes{};
  std::uint64_t in_progress = 0; // gauge: have no outcome yet

  std::uint64_t ended_cleanly = 0; // answered, then BYE answered with 2xx
  std::uint64_t cut_off = 0;       // answered, then ended in any other way
  std::uint64_t up = 0;            // gauge: answered, not ended yet

  /// Final responses to INVITE, one for each outcome that had one.
  std::map<std::uint16_t, std::uint64_t> by_status;

  /// REGISTERs or SUBSCRIBEs, also those that renew.
  struct standing {
    std::uint64_t attempts = 0; // a challenge (401, 407) that we can answer is
                                // part of its attempt
    std::uint64_t succeeded = 0;
    std::uint64_t in_progress = 0; // gauge
    /// Final responses that ended an attempt; 0: there was none.
    std::map<std::uint16_t, std::uint64_t> failed_by_status;

    std::uint64_t failed() const;
  } registrations, subscriptions;
  std::uint64_t notifications = 0; // NOTIFYs of subscriptions

  /// Steps in the middle of calls, by step_kind.
  struct stepping {
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
  };
  std::array<stepping, 8> steps{};

  std::uint64_t retransmitted = 0;      // by us
  std::uint64_t peer_retransmitted = 0; // to us

  std::array<histogram, latency_count> latencies;

  media_tally media; // what this side heard

  // -- counting ---------------------------------------------------------------

  /// The outcome of one attempt, with its final response; 0: there was none.
  void came_out(outcome x, std::uint16_t status = 0);
  void record(latency what, std::uint64_t value_us) {
    latencies[static_cast<std::size_t>(what)].record(value_us);
  }
  /// Adds what another generator, or another second, has counted.
  void merge(const tally& other);

  // -- asking -----------------------------------------------------------------

  std::uint64_t operator[](outcome x) const {
    return outcomes[static_cast<std::size_t>(x)];
  }
  const histogram& operator[](latency x) const {
    return latencies[static_cast<std::size_t>(x)];
  }
  /// All outcomes but `answered` and `abandoned`.
  std::uint64_t failed() const;
  /// Attempts that came out with this status.
  std::uint64_t with_status(std::uint16_t status) const;
  /// With these, both included.
  std::uint64_t with_status(std::uint16_t from, std::uint16_t to) const;

  /// Nothing if no call was lost or counted twice: attempts = answered + failed
  /// + abandoned + in progress, answered = ended cleanly + cut off + up, and
  /// the like of registrations and subscriptions. Otherwise which law is
  /// broken, with numbers.
  std::optional<std::string> unbalanced() const;
};

} // namespace strowger::traffic
