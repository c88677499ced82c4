#pragma once

struct msg_mclass_s;

namespace strowger::sip {

/// The message class to give to the agent (NTATAG_MCLASS, together with
/// NTATAG_BAD_REQ_MASK(0)): sofia's own, which would leave some bad requests
/// unanswered, taught to read more so that nta or the guard can refuse them:
///
/// - any token is a method (501), any text a Request-URI (400) and any version
///   a version (505): RFC 4475 intmeth, esc02, lwsruri, badvers; RFC 5118
///   ipv6-bad;
/// - a datagram is answered by datagram and a stream in the stream, whatever
///   transport the top Via names;
/// - an answer goes to where the request came from: a request with an
///   unreadable Via is dropped, and `maddr` is ignored, for both could aim our
///   answers at others or make the one thread wait for DNS;
/// - the bytes of every header line are kept beside what was read from it, so
///   that lines that pass through go out as they came.
const msg_mclass_s* message_class();

} // namespace strowger::sip
