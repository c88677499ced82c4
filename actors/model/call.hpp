#pragma once

#include "actors/model/directory.hpp"
#include "actors/model/effects.hpp"
#include "actors/model/seizure.hpp"
#include "actors/model/session_timer.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A call: parties, the legs that reach them, and who is to hear whom. Pure:
/// every step takes what happened and the time, changes the call, and says what
/// is to be done. It never blocks, throws, logs or reads a clock.
namespace strowger::model {

// -- legs ---------------------------------------------------------------------

/// A dialog, or one about to be, as RFC 3261 §12 sees it.
enum class leg_state : uint8_t {
  inviting,  // INVITE sent or received, no final response yet
  answered,  // 2xx sent or received, ACK not yet
  confirmed, // ACK sent or received
  cancelled, // we gave up; waiting for the final response of our INVITE
  releasing, // BYE sent
  gone,
};

/// Where the offer/answer exchange of a leg stands (RFC 3264, RFC 6337).
enum class negotiation : uint8_t { idle, offer_received, offer_sent };

/// A session description, shared by the leg it came from and the one it went
/// to.
using description = std::shared_ptr<const content>;

/// The session timer of a leg (RFC 4028); `never` when there is none.
struct session_state {
  session_terms terms;
  time_point refresh_at = never;
  time_point give_up_at = never;
  txn_number refresh_txn = 0; // our refresh that is under way, or 0
};

/// In place of a leg number: no leg.
inline constexpr leg_number nobody = 255;

/// One SIP dialog of the call.
struct leg {
  leg_number number = 0;
  leg_number partner = nobody; // who is to hear it: see topology.hpp
  bool incoming = false;       // the peer opened it
  leg_state state = leg_state::inviting;
  negotiation media = negotiation::idle;
  bool early = false;              // a provisional response made a dialog
  bool reliable = false;           // 100rel is allowed on it
  bool update_allowed = false;     // the peer takes UPDATE
  bool release_when_acked = false; // BYE has to wait for the ACK
  bool held = false;               // the peer put the call on hold
  seizure_number seizure = 0;
  txn_number next_txn = 1;      // of our requests
  time_point answer_by = never; // of an INVITE that nobody has answered yet
  std::shared_ptr<const target> goal; // where its INVITE went; until answered
  description sent;                   // last session description to the peer
  description received;               // last one from the peer
  session_state session;
};

/// A request of one leg's peer that was passed on to the partner leg.
struct relay {
  model::method method = method::info;    // as it came
  model::method to_method = method::info; // as it was passed on
  leg_number from = 0;
  leg_number to = 0;
  txn_number from_txn = 0;
  txn_number to_txn = 0;
  bool offer = false;      // the request carries an offer
  bool asks_offer = false; // INVITE without offer: its 2xx carries one
  bool awaits_ack = false; // that 2xx was passed on; the ACK has the answer
  session_terms session;   // of the request
  description body;        // of the request
};

// -- parties ------------------------------------------------------------------

/// The generic telephony state of T-Library, as far as two parties need it.
enum class party_state : uint8_t {
  null,
  dialing,
  queued,
  alerting,
  connected,
  held,
};

/// A (call, DN) pair. Parties outside the switch have no events.
struct party {
  std::string dn;
  dn_role role = dn_role::none;
  party_state state = party_state::null;
  bool internal = false;
  leg_number leg = nobody; // that reaches it
};

/// One use of a device by this call.
struct use_of_device {
  enum class stage : uint8_t { asked, granted, returned };
  std::string device;
  std::string number; // dialled there
  stage at = stage::asked;
  bool origin = false;
  bool trunk = false;
  uint16_t status = 0;
  bool unreachable = false;
};

/// A device still to be tried for the destination.
struct hop {
  std::string device;
  std::string number;
};

// -- the call -----------------------------------------------------------------

enum class call_phase : uint8_t {
  fresh,
  arriving,  // the origin device is asked
  queued,    // waits on a routing point or queue
  hunting,   // looking for a destination that answers
  connected, // answered
  ending,    // being taken down
  finished,
};

struct call {
  call_id id;
  call_phase phase = call_phase::fresh;
  call_type type = call_type::unknown;
  offered origin; // the INVITE; its body moves into legs[0].received
  party caller;
  party called;
  std::string queue; // routing point or queue the call waits on or came from
  bool waits_on_queue = false; // not yet diverted from it
  std::string forwarded_by;    // DN that forwarded the call last, or empty
  std::vector<leg> legs;
  std::vector<use_of_device> uses; // index = seizure_number
  std::vector<hop> hops;           // devices still to be tried, in order
  std::vector<target> targets;     // of the device in use, still to be tried
  std::vector<relay> relays;
  uint16_t failure = 0; // final status for the caller if nothing else answers
  uint32_t reliable_rseq
    = 0; // RSeq of the 18x passed on reliably, not yet PRACKed
  leg_number reliable_leg = 0;
  // A reliable 18x gave the caller a description: this dialog can take no other
  // one as the answer, so the call is bound to the leg that it came from.
  bool bound = false;
  uint8_t redirections = 0;
  time_point ring_until = never;
  time_point route_until = never;
  call_record record;

  leg& caller_leg() {
    return legs[caller.leg];
  }
};

/// What a step may look at besides the call.
struct context {
  time_point now;
  const directory& config;
  turn_counters& turns;
};

// -- steps: what happened -> what to do ---------------------------------------

void step(call&, offered&&, const context&, effects&);
void step(call&, responded&&, const context&, effects&);
void step(call&, requested&&, const context&, effects&);
void step(call&, acked&&, const context&, effects&);
void step(call&, const cancelled&, const context&, effects&);
void step(call&, const unacknowledged&, const context&, effects&);
void step(call&, seized&&, const context&, effects&);
void step(call&, const refused&, const context&, effects&);

/// next_deadline() has come. Early and late wake-ups are fine.
void step_deadline(call&, const context&, effects&);

/// End the call now, whatever it is doing (drain, operator).
void step_clear(call&, const context&, effects&);

/// When the call wants step_deadline(), or `never`.
time_point next_deadline(const call&);

} // namespace strowger::model
