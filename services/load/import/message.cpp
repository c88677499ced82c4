#include "services/load/import/message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace strowger::services::load::sipp {

namespace {

using namespace std::string_view_literals;

constexpr auto nowhere = std::string_view::npos;

/// RFC 3261 §20, RFC 3265, RFC 3515: the short names of headers.
constexpr std::pair<std::string_view, std::string_view> short_names[] = {
  {"v", "Via"},
  {"f", "From"},
  {"t", "To"},
  {"i", "Call-ID"},
  {"m", "Contact"},
  {"l", "Content-Length"},
  {"c", "Content-Type"},
  {"e", "Content-Encoding"},
  {"s", "Subject"},
  {"k", "Supported"},
  {"o", "Event"},
  {"r", "Refer-To"},
  {"x", "Session-Expires"},
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view take_line(std::string_view& rest) {
  auto line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  return trimmed(line); // as SIPp: indentation does not count
}

std::string long_name(std::string_view name) {
  for (auto& [brief, full] : short_names)
    if (same_word(name, brief))
      return std::string(full);
  return std::string(name);
}

/// A line of the header: "Name: value", or a keyword that SIPp replaces by a
/// whole line.
header parse_header(std::string_view line) {
  if (line.starts_with("[last_")) {
    auto end = line.find(':');
    if (end != nowhere)
      return {long_name(line.substr(6, end - 6)), std::string(line)};
  }
  if (line.starts_with("[routes"))
    return {"Route", std::string(line)};
  if (line.starts_with("[authentication"))
    return {"Authorization", std::string(line)};
  auto colon = line.find(':');
  if (line.starts_with('[') || colon == nowhere)
    return {"", std::string(line)};
  return {long_name(trimmed(line.substr(0, colon))),
          std::string(trimmed(line.substr(colon + 1)))};
}

bool is_token(std::string_view text) {
  auto good = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
           || (c >= '0' && c <= '9') || "-.!%*_+`'~"sv.find(c) != nowhere;
  };
  return !text.empty() && std::ranges::all_of(text, good);
}

void parse_start_line(std::string_view line, message& x) {
  if (line.starts_with("SIP/2.0 ")) {
    auto code = line.substr(8, 3);
    auto [stop, failure] = std::from_chars(code.data(),
                                           code.data() + code.size(), x.status);
    if (failure != std::errc{} || stop != code.data() + code.size()
        || x.status < 100 || x.status > 699)
      x.fault = "its status is no number from 100 to 699";
    return;
  }
  auto space = line.find(' ');
  auto end = line.rfind(' ');
  x.method = std::string(line.substr(0, space));
  if (space == nowhere || end == space)
    x.fault = "its first line is not METHOD URI SIP/2.0";
  else if (!is_token(x.method))
    x.fault = "its method is no token";
  else if (line.substr(end + 1) != "SIP/2.0")
    x.fault = "its first line does not end with SIP/2.0";
  else
    x.uri = std::string(trimmed(line.substr(space, end - space)));
}

/// RFC 3261 §8.1.1: without these it is no request; Max-Forwards is not missed,
/// as most scenarios in the field do without.
void check_headers(message& x) {
  for (auto name : {"Via"sv, "From"sv, "To"sv, "Call-ID"sv, "CSeq"sv})
    if (x.fault.empty() && !x.find(name))
      x.fault = "it has no " + std::string(name);
  auto method = x.cseq_method();
  if (x.fault.empty() && !x.method.empty() && !method.empty()
      && method != x.method)
    x.fault = "its CSeq says " + method;
}

/// The end of the keyword that begins here; keywords may hold keywords.
std::size_t end_of_keyword(std::string_view text, std::size_t begin) {
  int depth = 0;
  for (auto i = begin; i < text.size(); ++i) {
    depth += text[i] == '[';
    depth -= text[i] == ']';
    if (depth == 0)
      return i;
  }
  return text.size();
}

/// Of the first URI: what stands between the scheme and its end.
std::string_view uri_part(std::string_view text) {
  for (auto scheme : {"sip:"sv, "sips:"sv, "tel:"sv}) {
    auto at = text.find(scheme);
    if (at == nowhere)
      continue;
    auto uri = text.substr(at + scheme.size());
    std::size_t end = 0;
    while (end < uri.size() && "> \t\""sv.find(uri[end]) == nowhere)
      end = uri[end] == '[' ? end_of_keyword(uri, end) + 1 : end + 1;
    return uri.substr(0, end);
  }
  return {};
}

std::string parameter(std::string_view keyword, std::string_view name) {
  auto at = keyword.find(name);
  if (at == nowhere)
    return {};
  at += name.size();
  auto end = at;
  while (end < keyword.size() && keyword[end] != ' ')
    end = keyword[end] == '['
            ? std::min(end_of_keyword(keyword, end) + 1, keyword.size())
            : end + 1;
  auto value = trimmed(keyword.substr(at, end - at));
  if (value.size() > 1 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return std::string(value);
}

/// What a keyword stands for goes to `x`.
void read_keyword(std::string_view word, source& x) {
  std::size_t index = 0;
  if (word.starts_with("field")) {
    auto end = word.data() + word.size();
    auto [stop, failure] = std::from_chars(word.data() + 5, end, index);
    if (failure == std::errc{} && !x.field) {
      x.field = index;
      x.field_file = parameter(word, "file=");
      return;
    }
  }
  if (word == "call_number" || word == "userid" || word == "users") {
    x.counted = true;
    return;
  }
  if (x.unknown.empty())
    x.unknown = std::string(word);
}

} // namespace

const header* message::find(std::string_view name) const {
  auto found = std::ranges::find_if(
    headers, [&](auto& x) { return same_word(x.name, name); });
  return found == headers.end() ? nullptr : &*found;
}

std::string message::cseq_method() const {
  auto x = find("CSeq");
  auto space = x ? x->value.rfind(' ') : nowhere;
  if (space == nowhere || x->value.find("[last_") != nowhere)
    return {};
  auto word = x->value.substr(space + 1);
  return word.find('[') == nowhere ? word : "";
}

bool message::describes_media() const {
  return body.starts_with("v=");
}

message parse_message(std::string_view text) {
  message x;
  auto first = text.find_first_not_of(" \t\r\n");
  text.remove_prefix(std::min(first, text.size()));
  if (text.empty()) {
    x.fault = "it is empty";
    return x;
  }
  parse_start_line(take_line(text), x);
  while (!text.empty()) {
    auto line = take_line(text);
    if (line.empty())
      break;
    x.headers.push_back(parse_header(line));
  }
  while (!text.empty())
    if (auto line = take_line(text); !line.empty())
      x.body.append(line).append("\n");
  if (x.fault.empty())
    check_headers(x);
  return x;
}

source parse_source(std::string_view text) {
  source x;
  while (!text.empty()) {
    auto begin = text.find('[');
    auto& literal = x.field || x.counted ? x.suffix : x.prefix;
    literal += text.substr(0, begin);
    text.remove_prefix(std::min(begin, text.size()));
    if (text.empty())
      break;
    auto end = end_of_keyword(text, 0);
    auto word = text.substr(1, std::max<std::size_t>(end, 1) - 1);
    if (word == "service")
      literal += word;
    else
      read_keyword(word, x);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return x;
}

std::string user_of(std::string_view text) {
  auto uri = uri_part(text);
  auto at = uri.find('@');
  if (text.find("tel:") != nowhere)
    return std::string(uri.substr(0, uri.find(';')));
  return at == nowhere ? std::string{} : std::string(uri.substr(0, at));
}

std::string host_of(std::string_view text) {
  auto uri = uri_part(text);
  auto at = uri.find('@');
  uri.remove_prefix(at == nowhere ? 0 : at + 1);
  for (auto own : {"[local_ip]"sv, "[remote_ip]"sv, "[remote_host]"sv,
                   "[server_ip]"sv, "[media_ip]"sv})
    if (uri.starts_with(own)
        || (!uri.empty() && uri.substr(1).starts_with(own)))
      return {};
  return std::string(uri.substr(0, uri.find_first_of(":;?")));
}

std::optional<authentication> find_authentication(std::string_view text) {
  auto at = text.find("[authentication");
  if (at == nowhere)
    return std::nullopt;
  auto keyword = text.substr(at, end_of_keyword(text, at) - at);
  return authentication{parameter(keyword, "username="),
                        parameter(keyword, "password=")};
}

std::string_view trimmed(std::string_view text) {
  constexpr auto blanks = " \t\r\n"sv;
  auto first = text.find_first_not_of(blanks);
  if (first == nowhere)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

} // namespace strowger::services::load::sipp
