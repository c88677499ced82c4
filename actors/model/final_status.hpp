#pragma once

#include "actors/model/demand.hpp"
#include "actors/model/journal.hpp"
#include "actors/model/seizure.hpp"

#include <cstdint>

/// What a final response means: to the caller, to T-Library clients, to the
/// records, and to the search for another way out.
namespace strowger::model {

/// The status the caller gets when a device ended with `status`. `local` means
/// that no peer said it (time-out, transport error): a phone is unavailable
/// then (480), and there is no trunk (503). Classes are kept (semantics 8.3,
/// case 3), but for what only the switch itself could act on: a 503 is not
/// passed on (RFC 3261 16.7), nor are challenges and time-outs.
uint16_t status_to_caller(uint16_t status, bool local, bool trunk);

/// The status for a device that refused to be seized.
uint16_t status_of(refusal why, bool trunk);

/// True if another trunk or address may fare better: no answer, a transport
/// error, or a 5xx; 4xx and 6xx are verdicts on the number (semantics 6.15).
bool try_elsewhere(uint16_t status, bool local);

/// True if `a` tells the caller more than `b` (RFC 3261 16.7, point 6).
bool better_failure(uint16_t a, uint16_t b);

/// T-Library CallState of a failed attempt.
call_state state_of(uint16_t status);

/// Why a request failed whose call got this status.
fault fault_of(uint16_t status);

/// Why a request failed whose device refused to be seized.
fault fault_of(refusal why);

/// Result of a call that ended unanswered with `status` towards the caller.
call_result result_of(uint16_t status);

} // namespace strowger::model
