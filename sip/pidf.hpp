#pragma once

#include <optional>
#include <string_view>

namespace strowger::sip {

/// The Content-Type of what read_pidf() reads.
inline constexpr std::string_view pidf_type = "application/pidf+xml";

/// What a presence document says (RFC 3863).
enum class basic_status : unsigned char {
  unsaid, // no tuple has a basic status
  open,
  closed,
};

/// Reads the `basic` statuses of a document, under any namespace prefix; one
/// open tuple makes the whole open. Nothing if it is no presence document.
std::optional<basic_status> read_pidf(std::string_view body);

} // namespace strowger::sip
