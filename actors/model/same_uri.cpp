#include "actors/model/bindings.hpp"

#include <algorithm>
#include <utility>

namespace strowger::model {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// -- escapes ------------------------------------------------------------------

int digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

bool is_unreserved(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9')
         || (c != 0
             && std::string_view("-_.!~*'()").find(static_cast<char>(c))
                  != std::string_view::npos);
}

// Reads one character, escaped or not, off the front. An escape stands for its
// character only if that one needs none: %61 is a, but %40 is not @, and %00
// stays apart from everything. Those come back as 256 + code.
int next_character(std::string_view& text, bool any_case) {
  int c = static_cast<unsigned char>(text.front());
  std::size_t used = 1;
  if (c == '%' && text.size() >= 3 && digit(text[1]) >= 0
      && digit(text[2]) >= 0) {
    c = digit(text[1]) * 16 + digit(text[2]);
    used = 3;
    if (!is_unreserved(c))
      c += 256;
  }
  text.remove_prefix(used);
  return any_case && c < 128 ? lower(static_cast<char>(c)) : c;
}

bool same_text(std::string_view a, std::string_view b, bool any_case) {
  while (!a.empty() && !b.empty())
    if (next_character(a, any_case) != next_character(b, any_case))
      return false;
  return a.empty() && b.empty();
}

// -- parts --------------------------------------------------------------------

struct uri_parts {
  std::string_view scheme, userinfo, host, port, params, headers;
  bool has_userinfo = false;
};

// Cuts a sip: or sips: URI; any text has such parts, if only a host.
uri_parts cut(std::string_view scheme, std::string_view rest) {
  uri_parts parts;
  parts.scheme = scheme;
  // The user part may hold ; and ?, the rest cannot hold @.
  if (const auto at = rest.find('@'); at != rest.npos) {
    parts.userinfo = rest.substr(0, at);
    parts.has_userinfo = true;
    rest.remove_prefix(at + 1);
  }
  if (const auto question = rest.find('?'); question != rest.npos) {
    parts.headers = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  if (const auto semicolon = rest.find(';'); semicolon != rest.npos) {
    parts.params = rest.substr(semicolon + 1);
    rest = rest.substr(0, semicolon);
  }
  const auto bracket = rest.find(']'); // an IPv6 host has colons of its own
  const auto colon = rest.find(':', bracket == rest.npos ? 0 : bracket);
  parts.host = rest.substr(0, colon);
  if (colon != rest.npos)
    parts.port = rest.substr(colon + 1);
  return parts;
}

using item = std::pair<std::string_view, std::string_view>;

// Takes the next name[=value] off a list.
item next_item(std::string_view& list, char separator) {
  const auto end = std::min(list.find(separator), list.size());
  const auto text = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  const auto equals = text.find('=');
  if (equals == text.npos)
    return {text, {}};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

bool find_item(std::string_view list, char separator, std::string_view name,
               std::string_view& value) {
  while (!list.empty()) {
    const auto [key, found] = next_item(list, separator);
    if (same_text(key, name, true)) {
      value = found;
      return true;
    }
  }
  return false;
}

// These never match their absence, as their presence changes where a request
// goes or what it is; all others count only when both URIs have them.
bool must_be_in_both(std::string_view name) {
  constexpr std::string_view names[] = {"transport", "user", "ttl", "method",
                                        "maddr"};
  return std::any_of(std::begin(names), std::end(names),
                     [&](auto known) { return same_word(name, known); });
}

bool params_agree(std::string_view mine, std::string_view others) {
  for (auto list = mine; !list.empty();) {
    const auto [name, value] = next_item(list, ';');
    std::string_view other;
    const bool found = find_item(others, ';', name, other);
    if (found ? !same_text(value, other, true) : must_be_in_both(name))
      return false;
  }
  return true;
}

bool headers_within(std::string_view mine, std::string_view others) {
  for (auto list = mine; !list.empty();) {
    const auto [name, value] = next_item(list, '&');
    std::string_view other;
    if (!find_item(others, '&', name, other) || !same_text(value, other, false))
      return false;
  }
  return true;
}

} // namespace

bool same_uri(std::string_view a, std::string_view b) {
  if (a == b) // also when it is no URI at all
    return true;
  const auto colon_a = std::min(a.find(':'), a.size());
  const auto colon_b = std::min(b.find(':'), b.size());
  const auto scheme = a.substr(0, colon_a);
  if (!same_word(scheme, b.substr(0, colon_b)))
    return false;
  if (!same_word(scheme, "sip") && !same_word(scheme, "sips"))
    return a.substr(colon_a) == b.substr(colon_b);
  const auto x = cut(scheme, a.substr(std::min(colon_a + 1, a.size())));
  const auto y = cut(scheme, b.substr(std::min(colon_b + 1, b.size())));
  return x.has_userinfo == y.has_userinfo
         && same_text(x.userinfo, y.userinfo, false)
         && same_word(x.host, y.host) && x.port == y.port
         && params_agree(x.params, y.params) && params_agree(y.params, x.params)
         && headers_within(x.headers, y.headers)
         && headers_within(y.headers, x.headers);
}

} // namespace strowger::model
