#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Text helpers shared by digest.cpp and auth.cpp; nobody else includes this.
namespace strowger::sip::digest_text {

inline bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

inline char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Equal but for the case of ASCII letters.
inline bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

inline std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

inline constexpr char digits[] = "0123456789abcdef";

inline std::string hex(const unsigned char* bytes, std::size_t count) {
  std::string text(2 * count, '0');
  for (std::size_t i = 0; i < count; ++i) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  return text;
}

/// The lowest `width` digits of the value.
inline std::string hex(std::uint64_t value, int width) {
  std::string text(static_cast<std::size_t>(width), '0');
  for (auto c = text.rbegin(); c != text.rend(); ++c, value >>= 4)
    *c = digits[value & 15];
  return text;
}

/// Nothing unless all of the text is one number of at most 64 bits.
inline std::optional<std::uint64_t> read_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  return value;
}

/// Appends name="value", with quotes and backslashes escaped.
inline void append_quoted(std::string& out, std::string_view name,
                          std::string_view value) {
  out.append(name).append("=\"");
  for (const char c : value) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  out += '"';
}

} // namespace strowger::sip::digest_text
