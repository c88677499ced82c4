#pragma once

#include "actors/model/signal.hpp"
#include "actors/traffic/course.hpp"
#include "actors/traffic/media_end.hpp"
#include "actors/traffic/tally.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// One call of one user, as that user sees it: a dialog of its own. Pure: what
/// happened goes in, what to send comes out.
namespace strowger::traffic {

/// Where a session stands.
enum class session_phase : std::uint8_t {
  fresh,
  inviting,   // caller: INVITE sent
  cancelling, // caller: out of patience, no final response yet
  alerting,   // callee: INVITE received, not answered
  answered,   // callee: 2xx sent, no ACK yet
  talking,
  releasing, // BYE sent
  over,
};

/// Whom to call, and as whom.
struct call_details {
  model::target target;
  std::string to_user;
  model::caller_identity caller;
};

/// The second call of an attended transfer.
enum class consultation : std::uint8_t {
  none,
  calling,
  talking,
  given_up, // CANCEL sent
  ending,   // BYE sent
};

/// In place of the number of a transaction: something else is waited for.
inline constexpr model::txn_number no_txn = UINT32_MAX;

struct session {
  bool caller = true;
  session_phase phase = session_phase::fresh;
  course plan;
  model::time_point intended{};    // when the INVITE was to be sent; callee:
                                   // when it came
  model::time_point answered_at{}; // 2xx received, or sent
  model::time_point hang_up_at = model::never;
  model::time_point step_at = model::never;
  model::time_point give_up_at = model::never; // patience
  model::time_point answer_at = model::never;
  model::time_point ring_at = model::never;
  model::time_point bye_intended{};
  std::size_t steps_done = 0;
  model::txn_number next_txn = 1;
  // What a step waits for: a request of ours, no_txn, or 0: nothing.
  model::txn_number open_txn = 0;
  consultation consulting = consultation::none;
  model::leg_number leg = 0; // the dialog in which it speaks
  std::optional<model::leg_number>
    following;                           // a REFER of the peer, by this leg
  std::optional<model::leg_number> left; // dialog that is to end after that
  model::leg_number next_leg = 2;
  std::string number;              // of the user, as others call it
  model::txn_number refer_txn = 0; // REFER whose NOTIFYs are awaited, or 0
  std::size_t digits_done = 0;     // of the step under way
  bool tried = false;              // 100 seen
  bool rang = false;               // 18x seen, or sent
  bool heard = false;              // something other than 100 seen
  bool holding = false;
  bool dialling = false;       // digits in RTP, until step_at
  bool unacknowledged = false; // callee: no ACK came
};

/// What a step is given. The tally is that of the side the session is on.
struct session_context {
  model::time_point now;
  tally& counts;
  const model::content& description; // what we offer and answer
  const std::string& domain;         // of numbers to transfer to
  const std::string& target;         // what follows the number in URIs to call
  model::call_id call;
  const population& who;
  media_end* media = nullptr; // if the user has any

  std::string uri_of(const std::string& number) const {
    return "sip:" + number + target;
  }
  /// Where everything is sent, as a `received` of a target.
  std::string outbound_proxy() const;
};

using commands = std::vector<model::command>;

// -- steps: what happened -> what to send -------------------------------------

/// Calls; `intended` is when it was to be done, in the past if we are late.
void start(session&, call_details&&, model::time_point intended,
           const session_context&, commands&);

/// An INVITE has come.
void step(session&, model::offered&&, const session_context&, commands&);
void step(session&, model::responded&&, const session_context&, commands&);
void step(session&, model::requested&&, const session_context&, commands&);
void step(session&, model::acked&&, const session_context&, commands&);
void step(session&, model::cancelled&&, const session_context&, commands&);
void step(session&, model::unacknowledged&&, const session_context&, commands&);

/// next_deadline() has come.
void step_deadline(session&, const session_context&, commands&);

/// The run is over: CANCEL, BYE or refuse.
void step_clear(session&, const session_context&, commands&);

/// When step_deadline() is wanted, or `never`.
model::time_point next_deadline(const session&);

/// Has the INVITE no outcome yet?
inline bool is_setting_up(const session& x) {
  return x.phase == session_phase::inviting
         || x.phase == session_phase::cancelling
         || x.phase == session_phase::alerting;
}

/// What the user of this number proves itself with; empty: nothing.
model::credentials login_of(const population& who, const identity& user);
model::credentials login_of(const population& who, const std::string& number);

/// Answered, and not ended yet?
inline bool is_up(const session& x) {
  return x.phase == session_phase::answered || x.phase == session_phase::talking
         || x.phase == session_phase::releasing;
}

} // namespace strowger::traffic
