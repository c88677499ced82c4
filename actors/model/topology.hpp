#pragma once

#include "actors/model/call.hpp"

/// The wanted topology of a call: who is to hear whom. It is the field
/// `leg::partner` of every leg, and these functions are the only ones that
/// write it; choreographer and media_flow bring the wire to it. Private to the
/// call model.
namespace strowger::model {

/// The two hear each other from now on, and nobody else.
void join(call&, leg& x, leg& y);

/// Nobody hears this leg any more, and it hears nobody.
void part(call&, leg&);

/// While a destination is sought: every attempt speaks to the caller once that
/// one can be spoken to, and the caller to the only attempt that has rung.
void join_attempts(call&);

/// The leg whose peer is to hear this leg's peer; null if there is none.
leg* partner_of(call&, const leg&);

/// A leg that we opened towards the party sought, not answered yet.
bool is_attempt(const call&, const leg&);

/// How many of those there are; and which, if there is only one, else null.
size_t attempts_alive(const call&);
leg* only_attempt(call&);

} // namespace strowger::model
