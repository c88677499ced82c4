#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// SIP messages by what they are, as scenarios and reports name them.
namespace strowger::traffic {

/// A request by its method; a response by its status and the method of its
/// CSeq. Methods that no RFC has are one, OTHER.
struct message_kind {
  std::uint16_t status = 0; // 0: a request
  std::uint8_t method = 0;  // index into a table of ours

  auto operator<=>(const message_kind&) const = default;
};

/// The kind of a message as it is on the wire (RFC 3261 §7); nothing for what
/// is no message, such as a keep-alive.
std::optional<message_kind> kind_of(std::string_view message);

/// "INVITE", "200 INVITE".
std::string to_string(message_kind x);

/// Kinds of messages that a rule is about.
struct message_pattern {
  // Statuses from first to last; both 0: requests; the default is everything.
  std::uint16_t first_status = 0;
  std::uint16_t last_status = 699;
  std::optional<std::uint8_t> method;

  bool matches(message_kind x) const {
    return x.status >= first_status && x.status <= last_status
           && (!method || *method == x.method);
  }
  /// Whether it matches all that `x` does.
  bool covers(const message_pattern& x) const {
    return x.first_status >= first_status && x.last_status <= last_status
           && (!method || method == x.method);
  }
};

/// Reads "any", "INVITE", "200", "2xx", "200 INVITE" or "2xx INVITE"; nothing
/// for everything else.
std::optional<message_pattern> parse_pattern(std::string_view text);

} // namespace strowger::traffic
