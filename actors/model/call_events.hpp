#pragma once

#include "actors/model/call.hpp"

/// The one place where T-Library events are made (semantics 4 and 5). Each
/// function moves a party to its next state and reports that; parties outside
/// the switch change state in silence. A party that was reported as ringing or
/// queued is reported exactly once as gone from there.
namespace strowger::model {

/// The caller's attempt has started.
void report_dialing(call&, const context&, effects&);

/// The call waits on a routing point or queue, and asks for instructions.
void report_queued(call&, const context&, effects&);

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

/// A party put the call on hold, or took it back.
void report_held(call&, party&, bool held, const context&, effects&);

} // namespace strowger::model
