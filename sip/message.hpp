#pragma once

#include <cstddef>
#include <string_view>

struct msg_s;
struct sip_s;
struct su_home_s;

/// Filling sofia's messages with text that is not to be parsed again.
namespace strowger::sip {

/// A copy in the message's memory that ends with a NUL.
char* copy_text(su_home_s* home, std::string_view text);

/// Adds header lines, each with CRLF, as they are: sofia sends them byte for
/// byte and never looks into them.
void add_lines(msg_s* message, std::string_view lines);

/// Adds a body. The Content-Type has to be among the lines.
void add_payload(msg_s* message, std::string_view data);

/// Bytes of a received message.
std::size_t size_of(const msg_s& message);

} // namespace strowger::sip
