#pragma once

#include "actors/model/call.hpp"
#include "actors/model/topology.hpp"

#include <cassert>
#include <utility>

/// How the files of the call model call each other. Private to call*.cpp and
/// choreographer.cpp; everybody else uses call.hpp.
///
///   call_setup    the INVITE that opens a call, the way to a destination
///   call_answer   what the called side answers
///   call_release  taking a call down, in whatever state it is
///   call_session  deadlines and session timers
///   topology      who is to hear whom
///   choreographer offers and answers between legs
///   call_events   the one place where T-Library events are made
namespace strowger::model {

// -- call_setup ---------------------------------------------------------------

/// Finds the devices for a dialled number and starts with the first.
void route(call&, const std::string& number, const context&, effects&);

/// Tries the next address of the device in use, then the next device; gives up
/// with the call's `failure` when there is none left.
void hunt_on(call&, const context&, effects&);

/// Opens a leg to a target, as part of seizure `use`.
void invite_target(call&, seizure_number use, std::shared_ptr<const target>,
                   const session_terms&, const context&, effects&);

/// Remembers the most telling failure so far.
void note_failure(call&, uint16_t status);

/// What we wish for as session timers (`session-refresh-interval`).
session_policy policy_of(const context&);

// -- call_answer --------------------------------------------------------------

/// A response to the first INVITE of a leg that we opened.
void on_invite_response(call&, leg&, responded&&, const context&, effects&);

/// PRACK without a body, for a reliable provisional the caller will not PRACK.
void acknowledge_provisional(leg&, uint32_t rseq, effects&);

/// The peer of an INVITE that we sent has kept silent for too long.
void on_silence(call&, leg&, const context&, effects&);

/// When an INVITE just sent, or one that got only a 100, is given up; `never`
/// leaves it to the transaction (`sip-invite-timeout`, `sip-trying-timeout`).
time_point answer_deadline(const call&, const leg&, bool trying,
                           const context&);

/// Nobody is to be reached: refuses the caller with `status`.
void give_up(call&, uint16_t status, const context&, effects&);

// -- call_release -------------------------------------------------------------

/// Takes down all legs, tells the parties, gives the devices back.
void end_call(call&, releaser, call_state, const context&, effects&);

/// Ends one leg in the way its state asks for (RFC 3261 §15).
void hang_up(call&, leg&, effects&);

/// ACK for the 2xx of our INVITE `txn`, with the answer if that was an offer.
void acknowledge_invite(leg&, txn_number, content&& answer, effects&);

/// The leg is over; what its peer still waits for is answered.
void leg_gone(call&, leg&, effects&);

/// Gives a device back, if it is still held.
void return_device(call&, seizure_number, const context&, effects&);

/// Makes the call record when nothing is left.
void finish_if_done(call&, const context&, effects&);

// -- call_session -------------------------------------------------------------

/// Starts or restarts the session timer of a leg from settled terms.
void start_session(leg&, const session_terms& settled, session_role,
                   time_point);

/// A response to our own refresh.
void on_refresh_response(call&, leg&, responded&&, const context&, effects&);

// -- choreographer ------------------------------------------------------------

/// A request in a dialog that another leg may have to see.
void on_dialog_request(call&, leg&, requested&&, const context&, effects&);

/// The response to a request that was passed on.
void on_relayed_response(call&, relay&, responded&&, const context&, effects&);

/// The ACK of a 2xx that was passed on.
void on_relayed_ack(call&, leg&, acked&&, const context&, effects&);

// -- small helpers ------------------------------------------------------------

/// The leg of this number; a number nobody gave out is a programmer error.
inline leg& leg_at(call& c, leg_number number) {
  assert(number < c.legs.size());
  return c.legs[number];
}

inline bool live(const leg& x) {
  return x.state != leg_state::gone;
}

inline description share(content&& x) {
  return x.empty() ? nullptr : std::make_shared<const content>(std::move(x));
}

inline content copy(const description& x) {
  return x ? *x : content{};
}

/// The party that this leg reaches.
inline party& party_of(call& c, const leg& l) {
  return l.number == c.caller.leg ? c.caller : c.called;
}

/// Who has ended the call if the peer of this leg has.
inline releaser releaser_of(const call& c, const leg& l) {
  return l.number == c.caller.leg ? releaser::caller : releaser::called;
}

inline use_of_device& use_of(call& c, const leg& l) {
  return c.uses[l.seizure];
}

} // namespace strowger::model
