#include "actors/traffic/message_kind.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace strowger::traffic {

namespace {

/// RFC 3261, 3262, 3265, 3311, 3428, 3515, 3903 and 6086; the last one is all
/// the others, so that strangers' words take no memory.
constexpr std::array<std::string_view, 15> methods{
  "INVITE",    "ACK",    "BYE",     "CANCEL",  "REGISTER",
  "OPTIONS",   "PRACK",  "UPDATE",  "INFO",    "REFER",
  "SUBSCRIBE", "NOTIFY", "MESSAGE", "PUBLISH", "OTHER"};

std::optional<std::uint8_t> find_method(std::string_view name) {
  auto found = std::ranges::find(methods, name);
  if (found == methods.end())
    return std::nullopt;
  return static_cast<std::uint8_t>(found - methods.begin());
}

std::uint8_t method_of(std::string_view name) {
  return find_method(name).value_or(methods.size() - 1);
}

/// 100 to 699, or 0.
std::uint16_t status_in(std::string_view digits) {
  std::uint16_t result = 0;
  auto end = digits.data() + digits.size();
  auto [stop, error] = std::from_chars(digits.data(), end, result);
  auto fits = error == std::errc{} && stop == end && digits.size() == 3
              && result >= 100 && result < 700;
  return fits ? result : 0;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool starts_with_name(std::string_view line, std::string_view name) {
  return line.size() >= name.size()
         && std::equal(name.begin(), name.end(), line.begin(),
                       [](char a, char b) { return a == lower(b); });
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

/// The method in the CSeq line among these header lines; empty: none.
std::string_view method_in_cseq(std::string_view headers) {
  while (!headers.empty()) {
    auto end = headers.find('\n');
    auto line = headers.substr(0, end);
    headers.remove_prefix(end == headers.npos ? headers.size() : end + 1);
    if (line.empty() || line == "\r")
      return {};
    if (!starts_with_name(line, "cseq"))
      continue;
    line.remove_prefix(4);
    skip_blanks(line);
    if (!line.starts_with(':'))
      continue;
    line.remove_prefix(1);
    skip_blanks(line);
    line.remove_prefix(
      std::min(line.find_first_not_of("0123456789"), line.size()));
    skip_blanks(line);
    return line.substr(0, line.find_first_of(" \t\r"));
  }
  return {};
}

} // namespace

std::optional<message_kind> kind_of(std::string_view message) {
  auto end = message.find('\n');
  if (end == message.npos)
    return std::nullopt;
  auto line = message.substr(0, end);
  auto blank = line.find(' ');
  if (blank == line.npos || blank == 0)
    return std::nullopt;
  if (!line.starts_with("SIP/"))
    return message_kind{0, method_of(line.substr(0, blank))};
  auto status = status_in(line.substr(blank + 1, 3));
  if (status == 0)
    return std::nullopt;
  return message_kind{status,
                      method_of(method_in_cseq(message.substr(end + 1)))};
}

std::string to_string(message_kind x) {
  std::string name(methods[x.method]);
  return x.status == 0 ? name : std::to_string(x.status) + " " + name;
}

std::optional<message_pattern> parse_pattern(std::string_view text) {
  message_pattern result;
  if (text == "any")
    return result;
  auto blank = text.find(' ');
  auto first = text.substr(0, blank);
  if (auto method = find_method(first)) {
    result.last_status = 0;
    result.method = method;
    return blank == text.npos ? std::optional{result} : std::nullopt;
  }
  if (first.size() == 3 && first.substr(1) == "xx") {
    std::string lowest{first.front(), '0', '0'};
    result.first_status = status_in(lowest);
    result.last_status = static_cast<std::uint16_t>(result.first_status + 99);
  } else {
    result.first_status = result.last_status = status_in(first);
  }
  if (result.first_status == 0)
    return std::nullopt;
  if (blank == text.npos)
    return result;
  result.method = find_method(text.substr(blank + 1));
  return result.method ? std::optional{result} : std::nullopt;
}

} // namespace strowger::traffic
