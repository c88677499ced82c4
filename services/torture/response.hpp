#pragma once

#include "services/torture/cases.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What comes back from the device.

namespace strowger::services::torture {

/// Why a response is not well-formed, as far as the request it answers let it
/// be; nothing if it is. A mandatory header of the request comes back.
std::optional<std::string> flaw_in(std::string_view response,
                                   std::string_view request);

/// What could be better about a response that is else well-formed: a header
/// that belongs to its status, such as Allow of a 405; a header or an end of
/// line that the request had spoilt. Empty if nothing.
std::string remark_on(std::string_view response, std::string_view request);

/// What an ACK and a CANCEL repeat of the request that they are for.
struct request_facts {
  std::string uri;
  std::string via; // the top one
  std::string to;
};

request_facts facts_of(std::string_view request);

/// What has to be sent so that nothing rings on or is repeated: ACK for a final
/// response to an INVITE, and BYE after a 2xx; 481 for a request of the device.
/// The token of `around` makes them fresh.
std::vector<std::string> courtesies(std::string_view message,
                                    const request_facts& request,
                                    const surroundings& around);

/// Takes an INVITE back that rings; nothing for other responses.
std::optional<std::string> cancel_for(std::string_view provisional,
                                      const request_facts& request);

} // namespace strowger::services::torture
