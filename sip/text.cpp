#include "sip/text.hpp"

#include <algorithm>

namespace strowger::sip {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool same_letter(char a, char b) {
  return lower(a) == lower(b);
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

bool same_text(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_letter);
}

bool has_word(std::string_view text, std::string_view word) {
  return std::search(text.begin(), text.end(), word.begin(), word.end(),
                     same_letter)
         != text.end();
}

bool has_line(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    auto end = lines.find('\n');
    auto line = lines.substr(0, end);
    auto colon = line.find(':');
    auto found = line.substr(0, colon);
    while (!found.empty() && (found.back() == ' ' || found.back() == '\t'))
      found.remove_suffix(1);
    if (colon != line.npos && same_text(found, name))
      return true;
    lines.remove_prefix(end == lines.npos ? lines.size() : end + 1);
  }
  return false;
}

void append_line(std::string& to, std::string_view name,
                 std::string_view value) {
  if (value.empty())
    return;
  to += name;
  to += ": ";
  to += value;
  to += "\r\n";
}

void append_quoted(std::string& to, std::string_view text) {
  to += '"';
  for (char c : text) {
    if (c == '"' || c == '\\')
      to += '\\';
    if (c != '\r' && c != '\n')
      to += c;
  }
  to += '"';
}

void append_escaped(std::string& to, std::string_view text,
                    std::string_view plain) {
  constexpr char digits[] = "0123456789ABCDEF";
  for (char c : text) {
    if (is_alphanumeric(c) || plain.find(c) != plain.npos) {
      to += c;
      continue;
    }
    auto u = static_cast<unsigned char>(c);
    to += '%';
    to += digits[u >> 4];
    to += digits[u & 15];
  }
}

void append_user(std::string& to, std::string_view user) {
  append_escaped(to, user, "-_.!~*'()&=+$,;?/");
}

std::string unescaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      auto high = hex_digit(text[i + 1]);
      auto low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0 && high + low > 0) {
        result += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    result += text[i];
  }
  return result;
}

void append_hex(std::string& to, uint64_t x, int digits) {
  constexpr char alphabet[] = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    to += alphabet[(x >> shift) & 15];
}

bool read_hex(std::string_view text, uint64_t& x) {
  x = 0;
  for (char c : text) {
    uint64_t digit;
    if (c >= '0' && c <= '9')
      digit = static_cast<uint64_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = static_cast<uint64_t>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
      digit = static_cast<uint64_t>(c - 'A' + 10);
    else
      return false;
    x = x << 4 | digit;
  }
  return true;
}

} // namespace strowger::sip
