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
///   call_diversion calls that go elsewhere: forwarding, no-answer overflow
///   call_release  taking a call down, in whatever state it is
///   call_session  deadlines and session timers
///   call_demand   what clients ask
///   call_making   calls that clients make
///   call_transfer hold, consultation, transfer
///   call_refer    REFER, of phones and to phones
///   call_referral legs that we move by REFER, or send elsewhere
///   call_move     legs that move between calls
///   topology      who is to hear whom
///   choreographer offers and answers that come in on a leg
///   media_flow    and those that we begin
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

/// What an INVITE says of the leg that it opens.
void open_incoming(leg&, offered&);

/// Its session timer is shorter than we allow: refused with 422 (RFC 4028 §9);
/// false if it is not.
bool refuse_session(call&, leg&, const context&, effects&);

/// Seizes the device, the call's next use of one.
void ask_device(call&, hop&&, purpose, const context&, effects&);

/// What the record says from the start.
void begin_record(call&);

/// A client says where the call on the routing point goes; if that fails, the
/// call stays there (TRouteCall).
void route_from_queue(call&, demand&&, const context&, effects&);

/// The called party is given up for this number (3xx, TRedirectCall, overflow).
void redirect_call(call&, const std::string& number, call_state how,
                   const context&, effects&);

// -- what has happened; call.cpp makes the steps of it ------------------------

void take(call&, offered&&, const context&, effects&);
void take(call&, responded&&, const context&, effects&);
void take(call&, requested&&, const context&, effects&);
void take(call&, acked&&, const context&, effects&);
void take(call&, const cancelled&, const context&, effects&);
void take(call&, const unacknowledged&, const context&, effects&);
void take(call&, seized&&, const context&, effects&);
void take(call&, const refused&, const context&, effects&);
void take(call&, forwarded&&, const context&, effects&);
void take(call&, demanded&&, const context&, effects&);
void take(call&, const far_side_wanted&, const context&, effects&);
void take(call&, const far_side_denied&, const context&, effects&);
void take(call&, queue_moved&&, const context&, effects&);
void take(call&, data_shared&&, const context&, effects&);
void take(call&, const place_wanted&, const context&, effects&);
void take(call&, const place_granted&, const context&, effects&);
void take(call&, const place_denied&, const context&, effects&);
void take(call&, leg_moved&&, const context&, effects&);
void take_deadline(call&, const context&, effects&);
void take_clear(call&, const context&, effects&);

// -- call_demand --------------------------------------------------------------

/// The party of this DN; null if it has no part in the call.
party* find_party(call&, std::string_view dn);

/// The user data of the call are these, says the DN `by`.
void set_user_data(call&, user_data&&, const std::string& by, const context&,
                   effects&);

/// Verdicts on requests of DNs that have no party, or the wrong one for it.
verdict not_on_call();
verdict not_now(std::string_view text);

/// The phone has not done what we ordered by NOTIFY (`sip-cti-control`): the
/// request fails, the call is as before.
void fail_order(call&, leg&, fault, const context&, effects&);

/// The answer to an INFO with a digit; false if it is not one.
bool on_digit_response(call&, const responded&, const context&, effects&);

// -- call_making --------------------------------------------------------------

verdict make_call(call&, demand&&, const context&, effects&);

/// Is the phone of the caller asked to call, instead of being called
/// (`refer-enabled`)?
bool asks_by_refer(const call&, const context&);

/// Rings the phone of the caller.
void summon(call&, seizure_number, std::shared_ptr<const target>,
            const session_terms&, const context&, effects&);

/// It has answered: on to the destination.
void on_summoned(call&, leg&, responded&&, const context&, effects&);

/// It will not come.
void fail_making(call&, fault, const context&, effects&);

// -- call_transfer ------------------------------------------------------------

/// The party is to hear nobody, until it is taken back.
void park(call&, party&);
void unpark(call&, party&);

/// Who will hear the party when it is taken back; null while that one is away.
leg* partner_before_hold(call&, const party&);

/// Requests that begin with a hold: consultation, mute transfer, alternation.
verdict after_hold(call&, demand&&, const context&, effects&);

/// Goes on with them once the phone is held.
void run_errand(call&, const context&, effects&);

/// Is there room for another leg?
bool can_grow(const call&);

/// Keeps a number for a leg that will move in.
leg_number reserve_leg(call&);

verdict complete_transfer(call&, const demand&, effects&);
verdict reconnect(call&, const demand&, const context&, effects&);
verdict single_step_transfer(call&, const demand&, const context&, effects&);

/// The other party of this one is to talk to `destination` instead.
void move_other_party(call&, party&, const demand&, const context&, effects&);

/// Lets the far side go to the call that wanted it, once its leg is quiet.
void give_far_side(call&, const context&, effects&);

/// Is a transfer under way that the phone of this leg, which hangs up, asked
/// for? Then the other side stays, and until it is done the phone's party.
bool goes_on_without(call&, const leg&);
void let_transferrer_go(call&, leg&, effects&);

/// Ends a single-step transfer: the one who transfers stays after all, or goes.
void keep_leaving(call&, uint16_t status, const context&, effects&);
void release_leaving(call&, call_state, const context&, effects&);

// -- call_move ----------------------------------------------------------------

/// Who talks to this party.
party& other_side(call&, const party&);

/// Puts the party in the seat of those who stay, the caller's.
void seat_as_caller(call&, const party&);

/// The leg of this party goes to another call; `transferred_by`: as that one
/// wanted, for a DN that transfers.
void take_leg_away(call&, party&, leg_name to, std::string transferred_by,
                   effects&);

/// The phone that has one dialog goes back to its other call.
void give_phone_back(call&, effects&);

// -- call_refer ---------------------------------------------------------------

/// A phone transfers by REFER.
void on_refer(call&, leg&, requested&&, const context&, effects&);

/// Tells the phone how its REFER fares (sipfrag, RFC 3515 §2.4.5).
void tell_progress(call&, uint16_t status, effects&);

/// Asks the phone of the caller to make the call itself (`refer-enabled`).
void refer_originator(call&, seizure_number, const target&, effects&);
void on_refer_response(call&, leg&, const responded&, const context&, effects&);

/// NOTIFY of the phone that we asked.
void on_progress(call&, leg&, requested&&, const context&, effects&);

/// And its INVITE: a leg of the caller, over a device that is seized already.
leg& open_awaited(call&, offered&&, seizure_number);
void on_summoned_call(call&, offered&&, const context&, effects&);

/// Does the device not know REFER at all?
bool cannot_refer(uint16_t status);

/// What a NOTIFY says of our REFER: the status in its body, or 0, and whether
/// it is the last one.
struct refer_progress {
  uint16_t status = 0;
  bool over = false;
};
refer_progress progress_in(const requested&);

// -- call_referral ------------------------------------------------------------

/// Is the caller, who is to talk to somebody else, asked to call that one
/// itself (`refer-enabled` of its device)?
bool moves_by_refer(const call&, const std::string& destination,
                    const context&);
void refer_caller(call&, const std::string& destination, const context&,
                  effects&);
void on_referral_response(call&, const responded&, const context&, effects&);
void on_referral_progress(call&, leg&, const requested&, const context&,
                          effects&);

/// The INVITE that comes of it.
void on_moving_call(call&, offered&&, const context&, effects&);

/// BYE in the dialog of the REFER; false if it ends the call as any BYE does.
bool on_referral_bye(call&, leg&, const context&, effects&);

/// The caller has answered elsewhere: its old dialog only waits for the last
/// NOTIFY, and not for ever.
void leave_old_dialog(call&, const context&, effects&);

/// What the peer was asked for has not come in time (leg::done_by).
void on_undone(call&, leg&, const context&, effects&);

/// How long a peer may take for that: 64*T1, as any transaction of its own.
inline constexpr auto patience = std::chrono::seconds{32};

/// The transfer has failed: the caller speaks in its old dialog again. False if
/// that has ended.
bool keep_caller(call&, effects&);

/// `oosp-transfer-enabled`: sends the caller to the target by 302 or REFER
/// instead of calling that; false if it does not apply.
bool send_past_us(call&, seizure_number, const target&, const context&,
                  effects&);

// -- call_answer --------------------------------------------------------------

/// A response to the first INVITE of a leg that we opened.
void on_invite_response(call&, leg&, responded&&, const context&, effects&);

/// The called party has answered: what begins with that.
void begin_talk(call&, const context&, effects&);

/// Answers an INVITE or UPDATE with nothing to hear: its offer with a hold, or
/// with an offer of one. media_flow joins the leg with its partner once both
/// are there. The second one answers the INVITE that opened the leg.
void answer_held(leg&, txn_number, const session_terms& settled, const context&,
                 effects&);
void answer_held(leg&, const context&, effects&);

/// PRACK without a body, for a reliable provisional the caller will not PRACK.
void acknowledge_provisional(leg&, uint32_t rseq, effects&);

/// The peer of an INVITE that we sent has kept silent for too long.
void on_silence(call&, leg&, const context&, effects&);

/// When an INVITE just sent, or one that got only a 100, is given up; `never`
/// leaves it to the transaction (`sip-invite-timeout`, `sip-trying-timeout`).
time_point answer_deadline(const call&, const leg&, bool trying,
                           const context&);

/// Refuses the INVITE of the caller, if it has not been answered; `contacts`
/// are those of a 302.
void refuse_caller(call&, uint16_t status, effects&,
                   std::vector<std::string> contacts = {});

/// Nobody is to be reached: refuses the caller with `status`.
void give_up(call&, uint16_t status, const context&, effects&);

// -- call_diversion -----------------------------------------------------------

/// A 3xx sent the call elsewhere; false if it may not or cannot.
bool follow_redirection(call&, const leg&, const responded&, const context&,
                        effects&);

/// The called party has failed with `status`: goes where its DN or an overflow
/// list sends such calls; false if that is nowhere.
bool divert_failed(call&, uint16_t status, const context&, effects&);

/// The called party begins to ring: how long may it?
void watch_ringing(call&, const context&);

/// It has rung for too long (`no_answer_until`).
void no_answer_timeout(call&, const context&, effects&);

/// The called party is none any more, so its DN's wishes do not count.
void forget_diversions(call&);

/// When the call is given up if nobody answers (`ring-timeout` of the device).
time_point ring_deadline(const dn*, const context&);

/// When a call that waits takes its default route
/// (`router-timeout`).
time_point route_deadline(const call&, const context&);

/// Sends a call that nobody routes to the next DN of the list that is for such
/// calls: `default-dn` of its routing point, or of `alternate-route-profile`.
/// False at the end of the list.
bool route_by_default(call&, const context&, effects&);

/// If the call fails now, it ends: it does not stay where it was routed from.
void forget_routes(call&);

/// What was tried for the call on the queue led nowhere: it waits for another
/// instruction (semantics M12, M13).
void stay_on_queue(call&, uint16_t status, const context&, effects&);

// -- call_release -------------------------------------------------------------

/// Takes down all legs, tells the parties, gives the devices back.
void end_call(call&, releaser, call_state, const context&, effects&);

/// The caller gives up before an answer.
void abandon(call&, const context&, effects&);

/// Ends one leg in the way its state asks for (RFC 3261 §15).
void hang_up(call&, leg&, effects&);

/// The same, and its device is given back: the call goes on without it.
void drop_leg(call&, leg&, effects&);

/// ACK for the 2xx of our INVITE `txn`, with the answer if that was an offer.
void acknowledge_invite(leg&, txn_number, content&& answer, effects&);

/// The peer no longer knows the dialog: ends the call if it speaks there.
void dialog_lost(call&, leg&, const context&, effects&);

/// The leg is over; what its peer still waits for is answered.
void leg_gone(call&, leg&, effects&);

/// Gives a device back, if it is still held.
void return_device(call&, seizure_number, effects&);

/// Gives back every device that no leg of the call uses any more.
void return_idle_devices(call&, effects&);

/// Stops looking for a destination: no attempt, no device is left.
void stop_seeking(call&, effects&);

/// Makes the call record when nothing is left.
void finish_if_done(call&, const context&, effects&);

// -- call_session -------------------------------------------------------------

/// Starts or restarts the session timer of a leg from settled terms.
void start_session(leg&, const session_terms& settled, session_role,
                   time_point);

/// The same from what a 2xx says to the INVITE that opened the leg, or to a
/// request of ours within it; `ours`: we had asked to refresh.
void open_session(leg&, const responded&, const context&);
void renew_session(leg&, const responded&, bool ours, const context&);

/// A response to our own refresh.
void on_refresh_response(call&, leg&, responded&&, const context&, effects&);

// -- choreographer ------------------------------------------------------------

/// A request in a dialog that another leg may have to see.
void on_dialog_request(call&, leg&, requested&&, const context&, effects&);

/// Answers the INVITE of a leg that took somebody's place: its offer goes to
/// its partner, the answer comes back.
void answer_for_partner(call&, leg&, const context&, effects&);

/// The response to a request that was passed on.
void on_relayed_response(call&, relay&, responded&&, const context&, effects&);

/// The ACK of a 2xx that was passed on.
void on_relayed_ack(call&, leg&, acked&&, const context&, effects&);

// -- media_flow ---------------------------------------------------------------

/// Begins the exchanges that bring the wire to the wanted topology, as far as
/// the legs are free for them now. Every step ends with it.
void rejoin(call&, const context&, effects&);

/// A response to a request of such an exchange; false if it is not one.
bool on_flow_response(call&, responded&, const context&, effects&);

/// Ends the exchanges that this leg has a part in.
void drop_flows(call&, leg_number gone, effects&);

/// No exchange is under way on the leg, and one may begin.
bool is_quiet(const call&, const leg&);

/// In place of a seizure: the leg of a stranger, which takes no device.
inline constexpr seizure_number no_seizure = 255;

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

/// The caller moved by our REFER, and speaks on another leg of the call now.
inline bool is_left_behind(const call& c, const leg& l) {
  return l.referred && l.number != c.caller.leg && l.number != c.called.leg
         && l.number != c.leaving.leg;
}

/// The party that this leg reaches.
inline party& party_of(call& c, const leg& l) {
  if (l.number == c.caller.leg || is_left_behind(c, l))
    return c.caller;
  return l.number == c.leaving.leg ? c.leaving : c.called;
}

/// Who has ended the call if the peer of this leg has.
inline releaser releaser_of(const call& c, const leg& l) {
  return l.number == c.caller.leg ? releaser::caller : releaser::called;
}

inline use_of_device& use_of(call& c, const leg& l) {
  return c.uses[l.seizure];
}

} // namespace strowger::model
