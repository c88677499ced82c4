#pragma once

#include "actors/model/signal.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sip_s;

/// From sofia's parsed messages to the vocabulary of the model, and the header
/// lines for the other way. Pure functions: nothing here keeps state.
namespace strowger::sip {

// -- methods ------------------------------------------------------------------

/// The name on the wire.
const char* name_of(model::method x);

/// Sofia's number of a method.
int number_of(model::method x);

/// Nothing for methods that a call does not know.
std::optional<model::method> method_of(const sip_s& request);

/// Index into probe::requests, by sofia's numbers: INVITE 1, ACK 2, CANCEL 3,
/// BYE 4, OPTIONS 5, REGISTER 6, INFO 7, PRACK 8, UPDATE 9, MESSAGE 10,
/// SUBSCRIBE 11, NOTIFY 12, REFER 13; all others 0.
std::size_t method_label(int sofia_number);

// -- in -----------------------------------------------------------------------

/// The body, untouched. The type is exactly "application/sdp" for SDP without
/// parameters, else the whole value of Content-Type.
model::content body_of(const sip_s& message);

/// Every header line that is not the switch's own business, byte for byte as
/// received, in order. Own are the headers of transaction, dialog, session,
/// security, capability, identity and reference (see the table in the source);
/// in a NOTIFY also Event and Subscription-State.
std::string passing_headers(const sip_s& message);

/// From, and what a trusted peer asserts (P-Asserted-Identity).
model::caller_identity caller_of(const sip_s& request, bool trusted);

/// Session-Expires, Min-SE, and the option tag `timer`.
model::session_terms session_of(const sip_s& message);

/// The Contact URIs of a 3xx, higher q first.
std::vector<std::string> contacts_of(const sip_s& response);

bool allows_update(const sip_s& message);

/// The value of a header as received, folding removed; for From, To, Route.
std::string value_of(const void* header);

/// The route set that a message makes, as values of Route: its Record-Route,
/// turned round in a response (RFC 3261 §12.1).
std::string route_set_of(const sip_s& message);

/// A URL as text.
std::string text_of(const void* url);

/// The user part without escapes: what is dialled.
std::string user_of(const void* url);

// -- out ----------------------------------------------------------------------

/// Header lines for the terms: Session-Expires, Min-SE. In requests only Min-SE
/// of 422 is special; `refresher=none` leaves the parameter out.
void append_session(std::string& lines, const model::session_terms& x);

/// `"display" <sip:user@host>`; the host is kept when it is anonymous.invalid.
std::string from_value(const model::caller_identity& x, std::string_view host);

} // namespace strowger::sip
