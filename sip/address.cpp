#include "sip/address.hpp"

#include "sip/text.hpp"

#include <algorithm>

namespace strowger::sip {

namespace {

/// Host and port, also if the port is left out.
std::string place_of(std::string_view uri) {
  std::string result{host_of(uri)};
  auto colon = result.rfind(':');
  bool has_port = colon != result.npos
                  && result.find(']', colon) == result.npos; // IPv6
  if (!has_port)
    result += transport_of(uri, {}) == on_tls ? ":5061" : ":5060";
  return result;
}

} // namespace

std::string_view host_of(std::string_view uri) {
  uri = address_of(uri);
  if (auto at = uri.rfind('@'); at != uri.npos)
    uri.remove_prefix(at + 1);
  return uri;
}

std::string_view address_of(std::string_view uri) {
  // A user part may hold a semicolon or a question mark.
  auto at = uri.find('@');
  auto end = uri.find_first_of(";?>", at == uri.npos ? 0 : at);
  uri = uri.substr(0, end);
  if (auto colon = uri.find(':'); colon != uri.npos)
    uri.remove_prefix(colon + 1);
  return uri;
}

std::string_view user_in(std::string_view uri) {
  uri = address_of(uri);
  auto at = uri.rfind('@');
  return at == uri.npos ? std::string_view{} : uri.substr(0, at);
}

transport_index transport_of(std::string_view uri, std::string_view flow) {
  if (flow.starts_with("tls:"))
    return on_tls;
  if (flow.starts_with("tcp:"))
    return on_tcp;
  if (!flow.empty())
    return on_udp;
  if (has_word(uri, "transport=tls") || has_word(uri.substr(0, 5), "sips:"))
    return on_tls;
  return has_word(uri, "transport=tcp") ? on_tcp : on_udp;
}

std::string flow_uri(std::string_view flow) {
  auto colon = flow.find(':');
  std::string result = "sip:";
  result += flow.substr(colon + 1);
  result += ";transport=";
  result += flow.substr(0, colon);
  return result;
}

bool leads_to(const own_address& self, std::string_view uri) {
  auto place = place_of(uri);
  return std::any_of(self.contacts.begin(), self.contacts.end(),
                     [&](const std::string& x) {
                       return !x.empty() && same_text(place_of(x), place);
                     });
}

} // namespace strowger::sip
