#pragma once

#include <string>
#include <string_view>

/// The text of headers and URIs, without sofia.
namespace strowger::sip {

/// Equal but for the case of ASCII letters.
bool same_text(std::string_view a, std::string_view b);

/// Whether the text holds the word, whatever its case; the word in lower case.
bool has_word(std::string_view text, std::string_view word);

/// Whether one of the header lines has this name.
bool has_line(std::string_view lines, std::string_view name);

/// `name: value` with CRLF; nothing for an empty value.
void append_line(std::string& to, std::string_view name,
                 std::string_view value);

/// The text between quotes, escaped (RFC 3261 §25.1 quoted-string).
void append_quoted(std::string& to, std::string_view text);

/// The text with everything escaped by % but letters, digits and `plain`.
void append_escaped(std::string& to, std::string_view text,
                    std::string_view plain);

/// A user part, with what may not stand there escaped.
void append_user(std::string& to, std::string_view user);

/// The text without its escapes by %; %00 stays, as a NUL could hide the rest
/// from whoever treats it as C text.
std::string unescaped(std::string_view text);

/// The last `digits` hex digits of a number; and back, false if the text has
/// anything else in it.
void append_hex(std::string& to, uint64_t x, int digits);
bool read_hex(std::string_view text, uint64_t& x);

} // namespace strowger::sip
