#pragma once

#include "actors/model/call.hpp"

/// The one place where T-Library events are made (semantics 4 and 5). Each
/// function moves a party to its next state and reports that; parties outside
/// the switch change state in silence. A party that was reported as ringing or
/// queued is reported exactly once as gone from there.
namespace strowger::model {

/// The call exists, and what it is; nothing the second time. And it is over.
void report_created(call&, const context&, effects&);
void report_deleted(call&, const context&, effects&);

/// The caller's attempt has started.
void report_dialing(call&, const context&, effects&);

/// The call waits on a routing point or queue, and asks for instructions.
void report_queued(call&, const context&, effects&);

/// A party that was to move in from the call `in` has nowhere to go.
void report_lost(call&, const party&, call_id in, const context&, effects&);

/// It waited there in another call before, which a DN has transferred to this
/// one (semantics M22).
void report_queue_moved(call&, const party& by, call_id previous,
                        const context&, effects&);

/// The call leaves the routing point for the called party.
void report_diverted(call&, const context&, effects&);

/// The caller gave up, or was dropped, while it waited on the routing point.
void report_left_queue(call&, event_type, call_state, const context&, effects&);

/// The called party rings. Later calls for the same attempt do nothing.
void report_ringing(call&, const context&, effects&);

/// The called party answered.
void report_established(call&, const context&, effects&);

/// The caller's attempt failed; the caller is released afterwards.
void report_destination_busy(call&, call_state, const context&, effects&);

/// A party left, for whatever reason.
void report_released(call&, party&, call_state, const context&, effects&);

/// The caller left while the called party rang.
void report_abandoned(call&, const context&, effects&);

/// The called party is given up for another number.
void report_redirected(call&, const std::string& number, call_state,
                       const context&, effects&);

/// A party leaves, as it has transferred the call to `to`.
void report_transferred(call&, party&, const party& to, const context&,
                        effects&);

/// Who talks to this party has changed, by a transfer of `by`; `previous` is
/// the call that the party came from, if it did.
void report_party_changed(call&, party&, const party& by, call_id previous,
                          const context&, effects&);

/// A request that was accepted has failed.
void report_error(call&, const std::string& dn, fault, const context&,
                  effects&);

/// A client had digits sent for this party.
void report_dtmf_sent(call&, const party&, const std::string& digits,
                      const context&, effects&);

/// The user data are other ones now; every DN on the call hears it.
void report_data_changed(call&, const std::string& by, const context&,
                         effects&);

/// A party put the call on hold, or took it back.
void report_held(call&, party&, bool held, const context&, effects&);

} // namespace strowger::model
