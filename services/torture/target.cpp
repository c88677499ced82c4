#include "services/torture/target.hpp"

#include <fmt/format.h>

#include <charconv>

namespace strowger::services::torture {

namespace {

/// An empty text, or what is wrong.
std::string read_port(std::string_view text, unsigned& port) {
  auto end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || at != end || port == 0 || port > 65535)
    return fmt::format("'{}' is no port (1..65535)", text);
  return {};
}

std::string read_parameter(std::string_view text, bool& stream) {
  if (text != "transport=udp" && text != "transport=tcp")
    return fmt::format("'{}' is not known; transport=udp or transport=tcp is",
                       text);
  stream = text == "transport=tcp";
  return {};
}

} // namespace

std::string host_and_port(std::string_view host, unsigned port) {
  auto v6 = host.find(':') != host.npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

std::string target::at() const {
  return host_and_port(host, port);
}

std::string target::to_string() const {
  return fmt::format("sip:{}{}", at(), stream ? ";transport=tcp" : "");
}

std::variant<target, std::string> parse_target(std::string_view text) {
  target result;
  if (text.starts_with("sips:"))
    return "sips: needs TLS, which is not spoken here";
  if (text.starts_with("sip:"))
    text.remove_prefix(4);
  for (auto at = text.rfind(';'); at != text.npos; at = text.rfind(';')) {
    if (auto error = read_parameter(text.substr(at + 1), result.stream);
        !error.empty())
      return error;
    text = text.substr(0, at);
  }
  if (auto at = text.find('@'); at != text.npos) {
    result.user = text.substr(0, at);
    text.remove_prefix(at + 1);
  }
  auto bracket = text.find(']');
  auto colon = text.find(':', bracket == text.npos ? 0 : bracket);
  if (colon != text.npos)
    if (auto error = read_port(text.substr(colon + 1), result.port);
        !error.empty())
      return error;
  auto host = text.substr(0, colon);
  if (bracket != text.npos && host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  if (host.empty() || result.user.empty())
    return "no host; expected is sip:host:port, such as sip:192.0.2.9:5060";
  result.host = host;
  return result;
}

} // namespace strowger::services::torture
