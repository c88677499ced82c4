#pragma once

struct msg_mclass_s;

namespace strowger::sip {

/// The message class of the intake, with the bytes of every header line kept
/// beside what was read from it: lines that pass through go out as they came.
const msg_mclass_s* verbatim_class();

} // namespace strowger::sip
