#include "sip/datagram_text.hpp"

#include "sip/identify.hpp"
#include "sip/text.hpp"

#include <charconv>

namespace strowger::sip {

namespace {

/// The value of the first header line of that name; empty: there is none.
std::string_view value_of(std::string_view message, std::string_view name) {
  auto at = message.find("\r\n");
  while (at != message.npos) {
    auto line = message.substr(at + 2);
    at = message.find("\r\n", at + 2);
    line = line.substr(0, line.find("\r\n"));
    if (line.empty())
      return {};
    auto colon = line.find(':');
    if (colon == line.npos)
      continue;
    auto before = line.substr(0, colon);
    before = before.substr(0, before.find_last_not_of(" \t") + 1);
    if (same_text(before, name))
      return line.substr(colon + 1);
  }
  return {};
}

std::optional<ip_place> place_in(std::string_view uri) {
  auto found = numeric_host(uri);
  if (!found)
    return std::nullopt;
  return ip_place{found->address, found->port};
}

/// By this parameter a Via remembers that it did not ask for rport.
constexpr std::string_view unasked = "strowger-link";

/// The first value of the first Via line, as it stands in the message.
std::string_view top_via(std::string_view message) {
  auto full = value_of(message, "Via");
  auto brief = value_of(message, "v");
  auto via = full.empty() || (!brief.empty() && brief.data() < full.data())
               ? brief
               : full;
  via = via.substr(0, via.find(','));
  return via.substr(0, via.find_last_not_of(" \t") + 1);
}

/// A parameter of a Via, with its semicolon and its value; empty: none.
std::string_view parameter(std::string_view via, std::string_view name) {
  for (auto at = via.find(';'); at != via.npos; at = via.find(';', at + 1)) {
    auto result = via.substr(at, via.find(';', at + 1) - at);
    if (same_text(result.substr(1, result.find_first_of("= \t") - 1), name))
      return result;
  }
  return {};
}

void replace(std::string& text, std::string_view part, std::string_view value) {
  text.replace(static_cast<std::size_t>(part.data() - text.data()), part.size(),
               value);
}

/// The port behind the host of a Via.
std::uint16_t sent_by_port(std::string_view via) {
  via = via.substr(0, via.find(';'));
  via = via.substr(0, via.find_last_not_of(" \t") + 1);
  via.remove_prefix(via.find_last_of(" \t") + 1); // npos + 1 == 0
  auto place = numeric_host(via);
  if (place)
    return place->port;
  std::uint16_t result = 5060;
  auto colon = via.rfind(':');
  if (colon != via.npos)
    std::from_chars(via.data() + colon + 1, via.data() + via.size(), result);
  return result;
}

} // namespace

std::optional<ip_place> next_hop(std::string_view request) {
  if (request.starts_with("REGISTER "))
    return std::nullopt;
  if (auto route = value_of(request, "Route"); !route.empty()) {
    auto open = route.find('<');
    auto close = route.find('>');
    if (open < close && close != route.npos) {
      auto uri = route.substr(open + 1, close - open - 1);
      if (has_word(uri, ";lr"))
        return place_in(uri);
    }
  }
  auto line = request.substr(0, request.find("\r\n"));
  auto begin = line.find(' ');
  if (begin == line.npos)
    return std::nullopt;
  line.remove_prefix(begin + 1);
  return place_in(line.substr(0, line.find(' ')));
}

void ask_for_source(std::string& request) {
  auto via = top_via(request);
  if (via.empty() || !parameter(via, "rport").empty())
    return;
  request.insert(static_cast<std::size_t>(via.data() - request.data())
                   + via.size(),
                 ";rport;" + std::string(unasked));
}

ip_place tell_source(std::string& response, const ip_place& from) {
  auto result = from;
  auto via = top_via(response);
  if (via.empty())
    return result;
  auto asked = parameter(via, unasked).empty();
  auto port = std::to_string(from.port);
  if (!asked)
    result.port = sent_by_port(via);
  std::string fresh(via);
  // received has no brackets around IPv6 (RFC 3261 §25.1).
  auto host = from.host();
  if (host.front() == '[')
    host = host.substr(1, host.size() - 2);
  if (auto x = parameter(fresh, "received"); !x.empty())
    replace(fresh, x, ";received=" + host);
  if (auto x = parameter(fresh, "rport"); !x.empty())
    replace(fresh, x, asked ? ";rport=" + port : "");
  if (auto x = parameter(fresh, unasked); !x.empty())
    replace(fresh, x, "");
  replace(response, via, fresh);
  return result;
}

} // namespace strowger::sip
