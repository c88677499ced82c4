#pragma once

#include "actors/model/demand.hpp"
#include "actors/model/directory.hpp"
#include "actors/model/effects.hpp"
#include "actors/model/leg.hpp"
#include "actors/model/party.hpp"
#include "actors/model/seizure.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A call: parties, the legs that reach them, and who is to hear whom. Pure:
/// every step takes what happened and the time, changes the call, and says what
/// is to be done. It never blocks, throws, logs or reads a clock.
namespace strowger::model {

// -- what a call is doing -----------------------------------------------------

/// A device still to be tried for the destination.
struct hop {
  std::string device;
  std::string number;
};

/// What follows when a phone has been put on hold: a client asked for more than
/// the hold.
struct errand {
  demand what;
  std::string dn; // whose hold it waits for
};

/// A leg whose peer we asked to call somebody else itself: a transfer by REFER
/// in its dialog (semantics 6.5).
struct referral {
  leg_number leg = nobody;     // the dialog of the REFER
  txn_number txn = 0;          // and its transaction
  leg_number awaited = nobody; // kept for the INVITE that comes of it
  std::string destination;
};

/// DTMF that a client wants to be sent, one INFO after another.
struct digits_to_send {
  leg_number leg = nobody;
  txn_number txn = 0; // of the INFO that is under way
  std::string dn;     // for whom
  std::string left;
};

// -- the call -----------------------------------------------------------------

enum class call_phase : uint8_t {
  fresh,
  arriving,  // the origin device is asked
  summoning, // a client makes the call: the phone of its caller is rung first
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
  call_state diverted_as = call_state::forwarded; // and how
  shared_user_data user_data;
  call_id data_with;   // shares them with this call (ConsultUserData=joint)
  call_id previous;    // of a consult call: the call it is about
  std::string request; // id of the client's request that is being carried out
  // A single-step transfer: who transfers stays until the new party answers.
  party leaving;
  bool instructed = false; // a client routed it; else it takes default routes
  std::optional<std::vector<std::string>> default_routes; // not tried yet
  bool created = false;    // as reported to the world
  bool recorded = false;   // its record is made
  std::optional<errand> then;            // to do once the holding phone is held
  std::optional<far_side_wanted> wanted; // to be given once the legs are quiet
  // A phone with one dialog only speaks in one of its two calls; here is the
  // place of that leg in the other one (`dual-dialog-enabled`).
  std::optional<leg_name> other_place;
  std::string sharer; // the DN of that phone
  std::vector<digits_to_send> digits;
  leg_number spare_leg = nobody; // kept for a leg that did not come after all
  std::optional<leg_number> referring; // its REFER is being carried out
  bool transferrer_gone = false;       // it hung up before that was done
  std::optional<referral> moving;      // the caller moves itself, by our REFER
  std::vector<leg> legs;
  std::vector<use_of_device> uses; // index = seizure_number
  std::vector<hop> hops;           // devices still to be tried, in order
  std::vector<target> targets;     // of the device in use, still to be tried
  std::vector<relay> relays;
  std::vector<media_flow> flows;
  time_point rejoin_at = never; // a flow met another exchange: tried again then
  uint16_t failure = 0; // final status for the caller if nothing else answers
  uint32_t reliable_rseq
    = 0; // RSeq of the 18x passed on reliably, not yet PRACKed
  leg_number reliable_leg = 0;
  // A reliable 18x gave the caller a description: this dialog can take no other
  // one as the answer, so the call is bound to the leg that it came from.
  bool bound = false;
  uint8_t redirections = 0;
  // What the DN that is called wants of a call it does not take (null:
  // nothing), and the list of the DN that did not answer, as far as it is used.
  std::shared_ptr<const diversion_terms> diversions;
  std::shared_ptr<const diversion_terms> overflow;
  size_t overflow_next = 0;
  std::string silent; // device that sent no response but 100 (no-response-dn)
  bool agent_called = false; // an agent is logged in at the DN that is called
  bool recalled = false;     // it came back to its queue, unanswered
  time_point no_answer_until = never;
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

/// Takes what happened to the call: the signals offered, responded, requested,
/// acked, cancelled and unacknowledged of the wire; seized, refused and
/// forwarded of devices; every word_to_call of clients and other calls.
template <class What>
void step(call&, What&& what, const context&, effects&);

/// next_deadline() has come. Early and late wake-ups are fine.
void step_deadline(call&, const context&, effects&);

/// Is there a DN of this number that calls can go to, or a trunk for it?
bool is_reachable(const directory&, const std::string& number);

/// May a client make calls for a DN of this type?
bool can_make_calls(dn_type);

/// End the call now, whatever it is doing (drain, operator).
void step_clear(call&, const context&, effects&);

/// A finished call leaves: nothing more can come to it, and whoever was to go
/// on in another call does so there already.
void step_leave(call&, const context&, effects&);

/// When the call wants step_deadline(), or `never`.
time_point next_deadline(const call&);

} // namespace strowger::model
