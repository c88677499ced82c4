#pragma once

#include "actors/probe.hpp"

#include <cstdint>

/// What every part of the edge that sends requests counts in the same way.
namespace strowger::sip {

/// A request goes out; `method` is sofia's number.
void count_request_out(probe& to, int method);

/// A response of a peer, not a verdict of the stack, has come in.
void count_response_in(probe& to, std::uint16_t status);

} // namespace strowger::sip
