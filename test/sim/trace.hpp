#pragma once

#include "actors/model/effects.hpp"

#include <string>
#include <variant>

/// Messages as one line of text each, for the trace of a world.
namespace strowger::sim {

/// What a wire can tell a call.
using signal
  = std::variant<model::offered, model::responded, model::requested,
                 model::acked, model::cancelled, model::unacknowledged>;

std::string describe(const signal&);
std::string describe(const model::command&);
std::string describe(const model::journal_event&);
std::string describe(const model::call_record&);

} // namespace strowger::sim
