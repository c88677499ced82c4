#pragma once

#include "actors/traffic/session.hpp"

/// What the sources of traffic::session share. Only they include it.
namespace strowger::traffic {

/// The dialog of a consultation; the call itself begins as leg 0.
inline constexpr model::leg_number consult_leg = 1;

inline void record(const session_context& ctx, latency what,
                   model::time_point from) {
  ctx.counts.record(what, model::us_between(from, ctx.now));
}

model::txn_number send(session&, model::leg_number, model::method, commands&,
                       model::content body = {});
void reply(model::leg_number, model::txn_number, std::uint16_t status,
           commands&, model::content body = {});

/// Sends BYE, which was to be done at `intended`.
void hang_up(session&, model::time_point intended, const session_context&,
             commands&);

// -- session_media ------------------------------------------------------------

/// Our description, as it is while this side holds the call or not.
model::content current(const session&, const session_context&);
/// What answers an offer: who is put on hold agrees. Empty: there is nothing
/// in it for us (488).
model::content answer_to(const session&, const model::content& offer,
                         const session_context&);
/// What answers the INVITE that has come; an offer, if it had none.
model::content first_answer(const session&, const session_context&);
/// Answers a re-INVITE or UPDATE inside the dialog.
void reply_to_offer(const session&, const model::requested&,
                    const session_context&, commands&);
/// The peer has described itself, if that is what it is.
void hear(const session_context&, const model::content& peer);
/// Audio flows from now on, or no more.
void talk(const session_context&, bool on);
/// Sends the digits of the step in RTP; false: SIP has to do it.
bool dial(session&, const std::string& digits, const session_context&);

// -- session_steps ------------------------------------------------------------

/// The next step comes so long after `from`.
void plan_next_step(session&, model::time_point from);
void do_step(session&, const session_context&, commands&);
/// The step under way is over.
void end_step(session&, bool done, const session_context&);
void on_step_response(session&, const model::responded&, const session_context&,
                      commands&);
void on_notify(session&, const model::requested&, const session_context&,
               commands&);

/// What concerns the second call of an attended transfer.
void on_consult_response(session&, const model::responded&,
                         const session_context&, commands&);
void on_consult_request(session&, const model::requested&,
                        const session_context&, commands&);
// -- session_moves ------------------------------------------------------------

/// The peer asks by REFER to call somebody else instead (RFC 3515).
void on_refer(session&, const model::requested&, const session_context&,
              commands&);
void on_follow_response(session&, const model::responded&,
                        const session_context&, commands&);
/// A request in the dialog that was left.
void on_old_request(session&, const model::requested&, commands&);
/// The session ends: so does what was left of older dialogs.
void end_moves(session&, commands&);

/// The session ends: so does the consultation.
void end_consultation(session&, commands&);

} // namespace strowger::traffic
