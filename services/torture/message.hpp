#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What can be read of a message that may be broken on purpose. Nothing here
// refuses anything: what cannot be found is not there.

namespace strowger::services::torture {

/// A part of a message: where it begins, and how long it is.
struct place {
  std::size_t at = 0;
  std::size_t size = 0;

  std::string_view in(std::string_view raw) const {
    return raw.substr(at, size);
  }
};

/// One header field, with the lines it is folded over.
struct header_field {
  std::string_view name; // as written
  place value;           // without the blanks around it
};

/// The fields of the header section, which ends with an empty line or with the
/// message. A line may end with LF alone.
std::vector<header_field> headers_of(std::string_view raw);

/// Whether `written` is that header's name, in any case or in compact form.
bool is_named(std::string_view written, std::string_view name);

/// The value of the first header of that name.
std::optional<place> find_header(std::string_view raw, std::string_view name);

std::size_t count_headers(std::string_view raw, std::string_view name);

/// Where the body begins; nothing if no empty line ends the header section.
std::optional<std::size_t> body_of(std::string_view raw);

bool is_response(std::string_view raw);

/// The first word: the method of a request.
std::string_view method_of(std::string_view raw);

/// The status code of a response; 0 if there is none that can be read.
int status_of(std::string_view raw);

/// The first line without its end, up to 120 characters, for people.
std::string first_line_of(std::string_view raw);

/// The values of all Via headers, one for each hop.
std::vector<std::string_view> vias_of(std::string_view raw);

/// The branch of the top Via, if it begins with the magic cookie of RFC 3261
/// §8.1.1.7 and has something behind it: the only one that may be replaced.
std::optional<place> usable_branch(std::string_view raw);

/// The transport in the top Via, such as UDP.
std::optional<place> via_transport(std::string_view raw);

/// The port that the top Via's sent-by names, 5060 if none: an answer goes to
/// it at the source address (RFC 3261 §18.2.2).
unsigned sent_by_port(std::string_view raw);

/// How a message becomes one that the device has not seen yet.
struct freshness {
  std::string suffix;    // of branch and Call-ID
  std::string transport; // that it really goes over: UDP or TCP
};

/// The message with a suffix at its usable branch and its first Call-ID, and
/// the transport it goes over in its top Via; not a byte else is touched.
std::string freshened(std::string_view raw, const freshness& with);

/// Takes the first whole message, by Content-Length, off what came in a stream;
/// nothing while there is none. Empty lines between messages are dropped.
std::optional<std::string> take_message(std::string& stream);

/// One of the headers without which nothing is a request (RFC 3261 §8.1.1)
/// that this message has not; empty if it has all. Max-Forwards may be missing.
std::string_view missing_header(std::string_view raw);

} // namespace strowger::services::torture
