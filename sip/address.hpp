#pragma once

#include "sip/listeners.hpp"

#include <string>
#include <string_view>

/// What URIs and flows say about where something goes, read from their text.
namespace strowger::sip {

/// Host and port of a URI: what stands between the user and the parameters.
std::string_view host_of(std::string_view uri);

/// User, host and port of a URI: what stands between scheme and parameters.
std::string_view address_of(std::string_view uri);

/// The user part as it stands there, or nothing.
std::string_view user_in(std::string_view uri);

/// Over which transport a request to the URI goes, or in this flow if there is
/// one.
transport_index transport_of(std::string_view uri, std::string_view flow);

/// "tcp:192.0.2.1:5060" as a URI that sofia can route to.
std::string flow_uri(std::string_view flow);

/// Whether a request to the URI comes to the switch itself: it has our host and
/// the port of one of our Contacts. Other names of ours are not known here.
bool leads_to(const own_address& self, std::string_view uri);

} // namespace strowger::sip
