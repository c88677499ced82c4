#pragma once

#include "sip/datagram_socket.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What stands in a message on its way, read and changed as text: for those
/// who only pass it on.
namespace strowger::sip {

/// Where a request wants to go (RFC 3261 §8.1.2): its first Route if that is a
/// loose router, else its Request-URI. Nothing for names, and for a REGISTER,
/// whose Request-URI only says of which domain it is.
std::optional<ip_place> next_hop(std::string_view request);

/// Before a request is passed on from another place than it came from: makes
/// its top Via ask for that place (RFC 3581), and remember whether it did.
void ask_for_source(std::string& request);

/// Makes the top Via of the response to it what it would be had the request
/// come from `from`, and returns where the response goes (RFC 3261 §18.2.2).
ip_place tell_source(std::string& response, const ip_place& from);

} // namespace strowger::sip
