#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace strowger::model {

/// What to do with the user part that an option `contact` may have.
enum class contact_user : uint8_t {
  keep,    // a phone or service: the contact's own user part wins
  replace, // a trunk: the number dialled is the user part
};

/// The Request-URI for `number` at a contact, `[sip:][user@]host[:port]` and
/// parameters (RFC 3261 §19.1). What may not stand in a user part is escaped;
/// an empty number leaves the user part out.
std::string request_uri(std::string_view contact, std::string_view number,
                        contact_user user);

/// The URI of whom a request came from, "udp:192.0.2.1:5060"; empty if
/// `address` does not look like that.
std::string source_uri(std::string_view address, std::string_view number);

} // namespace strowger::model
