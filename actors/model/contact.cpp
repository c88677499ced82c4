#include "actors/model/contact.hpp"

#include <algorithm>

namespace strowger::model {

namespace {

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z');
}

// RFC 3261 §25.1: unreserved and user-unreserved. An escape that is there
// already stays one, hence '%'.
bool may_stand_in_user(char c) {
  constexpr std::string_view marks = "-_.!~*'()&=+$,;?/%";
  return is_alphanumeric(c) || marks.find(c) != marks.npos;
}

void append_user(std::string& to, std::string_view user) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (char c : user) {
    if (may_stand_in_user(c)) {
      to += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      to += '%';
      to += digits[byte >> 4];
      to += digits[byte & 15];
    }
  }
}

// Cuts the scheme off `contact`; "sip:" if it has none.
std::string_view take_scheme(std::string_view& contact) {
  for (std::string_view scheme : {"sip:", "sips:"}) {
    auto head = contact.substr(0, scheme.size());
    auto same = std::equal(
      head.begin(), head.end(), scheme.begin(), scheme.end(),
      [](char a, char b) { return (a | 0x20) == (b | 0x20); });
    if (same) {
      contact.remove_prefix(scheme.size());
      return scheme;
    }
  }
  return "sip:";
}

} // namespace

std::string request_uri(std::string_view contact, std::string_view number,
                        contact_user user) {
  auto scheme = take_scheme(contact);
  auto at = contact.find('@');
  std::string result;
  result.reserve(scheme.size() + number.size() + contact.size() + 8);
  result += scheme;
  if (at != contact.npos && user == contact_user::keep) {
    result += contact;
    return result;
  }
  if (at != contact.npos)
    contact.remove_prefix(at + 1);
  if (!number.empty()) {
    append_user(result, number);
    result += '@';
  }
  result += contact;
  return result;
}

std::string source_uri(std::string_view address, std::string_view number) {
  auto colon = address.find(':');
  if (colon == address.npos || colon == 0 || colon + 1 == address.size())
    return {};
  auto transport = address.substr(0, colon);
  auto result = request_uri(address.substr(colon + 1), number,
                            contact_user::replace);
  if (transport != "udp")
    result.append(";transport=").append(transport);
  return result;
}

} // namespace strowger::model
