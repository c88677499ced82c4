#include "services/torture/response.hpp"

#include "services/torture/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace strowger::services::torture {

namespace {

constexpr std::string_view echoed[] = {"Via", "From", "To", "Call-ID", "CSeq"};

constexpr std::string_view token_signs
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~";

std::string header_of(std::string_view raw, std::string_view name) {
  auto value = find_header(raw, name);
  return std::string(value ? value->in(raw) : "");
}

/// Number and method of CSeq.
struct sequence {
  std::string number;
  std::string method;
};

sequence sequence_of(std::string_view raw) {
  auto value = header_of(raw, "CSeq");
  auto space = value.find_first_of(" \t");
  if (space == value.npos)
    return {value, ""};
  return {value.substr(0, space),
          value.substr(value.find_first_not_of(" \t", space))};
}

std::string request_like(std::string_view response, std::string_view method,
                         std::string_view uri, std::string_view via,
                         std::string_view number) {
  return fmt::format("{0} {1} SIP/2.0\r\nVia: {2}\r\nMax-Forwards: 70\r\n"
                     "From: {3}\r\nTo: {4}\r\nCall-ID: {5}\r\n"
                     "CSeq: {6} {0}\r\nContent-Length: 0\r\n\r\n",
                     method, uri, via, header_of(response, "From"),
                     header_of(response, "To"), header_of(response, "Call-ID"),
                     number);
}

std::string refusal_of(std::string_view request) {
  std::string result = "SIP/2.0 481 Call/Transaction Does Not Exist\r\n";
  for (auto& field : headers_of(request))
    if (is_named(field.name, "Via"))
      result += fmt::format("Via: {}\r\n", field.value.in(request));
  auto to = header_of(request, "To");
  if (to.find(";tag=") == to.npos)
    to += ";tag=torture";
  return result
         + fmt::format("From: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {}\r\n"
                       "Content-Length: 0\r\n\r\n",
                       header_of(request, "From"), to,
                       header_of(request, "Call-ID"),
                       header_of(request, "CSeq"));
}

/// Where a dialog's requests go: the address in Contact.
std::string remote_target(std::string_view response,
                          const surroundings& around) {
  auto contact = header_of(response, "Contact");
  auto open = contact.find('<');
  auto close = contact.find('>', open == contact.npos ? 0 : open);
  if (open != contact.npos && close != contact.npos)
    return contact.substr(open + 1, close - open - 1);
  contact.resize(std::min(contact.find_first_of(";?, "), contact.size()));
  return contact.starts_with("sip") ? contact : "sip:" + around.device;
}

/// Whether a header line ends with LF alone.
bool has_bare_lf(std::string_view raw) {
  auto head = raw.substr(0, body_of(raw).value_or(raw.size()));
  for (std::size_t at = head.find('\n'); at != head.npos;
       at = head.find('\n', at + 1))
    if (at == 0 || head[at - 1] != '\r')
      return true;
  return false;
}

std::string_view flaw_in_lines(std::string_view response,
                               std::string_view request) {
  auto body = body_of(response);
  if (!body)
    return "its headers do not end with an empty line";
  auto head = response.substr(0, *body);
  if (has_bare_lf(head))
    return has_bare_lf(request) ? "" : "a line ends without CRLF";
  for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();
       at = head.find("\r\n", at) + 2) {
    if (head[at] == ' ' || head[at] == '\t')
      continue;
    auto line = head.substr(at, head.find("\r\n", at) - at);
    auto name = line.substr(0, line.find(':'));
    name = name.substr(0, name.find_last_not_of(" \t") + 1);
    if (name.size() == line.size() || name.empty()
        || name.find_first_not_of(token_signs) != name.npos)
      return "a line is no header";
  }
  return {};
}

/// One of the headers that an answer repeats, and this one does not.
std::string_view lost_header(std::string_view response,
                             std::string_view request) {
  for (auto name : echoed) {
    auto value = find_header(request, name);
    if (count_headers(response, name) == 0 && value && value->size > 0
        && count_headers(request, name) == 1)
      return name;
  }
  return {};
}

/// Of a request that is refused the reason may be that it cannot be read.
bool may_lose(std::string_view name, int status) {
  return name != "Via" && status >= 400;
}

} // namespace

std::optional<std::string> flaw_in(std::string_view response,
                                   std::string_view request) {
  auto status = status_of(response);
  if (status < 100 || status > 699)
    return "its first line is none: " + first_line_of(response);
  if (auto flaw = flaw_in_lines(response, request); !flaw.empty())
    return std::string(flaw);
  for (auto name : echoed)
    if (auto count = count_headers(response, name); name != "Via" && count > 1)
      return fmt::format("it has {} {} headers", count, name);
  if (auto name = lost_header(response, request);
      !name.empty() && !may_lose(name, status))
    return fmt::format("it has no {}, which the request had", name);
  auto length = find_header(response, "Content-Length");
  if (!length)
    return std::nullopt;
  auto text = length->in(response);
  std::size_t size = 0;
  auto end = text.data() + text.size();
  if (std::from_chars(text.data(), end, size).ptr != end
      || size > response.size() - *body_of(response))
    return fmt::format("its Content-Length is {}, its body has {} bytes", text,
                       response.size() - *body_of(response));
  return std::nullopt;
}

std::string remark_on(std::string_view response, std::string_view request) {
  struct demand {
    int status;
    std::string_view name;
  };
  constexpr demand demands[] = {{401, "WWW-Authenticate"},
                                {405, "Allow"},
                                {407, "Proxy-Authenticate"},
                                {420, "Unsupported"},
                                {423, "Min-Expires"}};
  auto status = status_of(response);
  for (auto& x : demands)
    if (x.status == status && count_headers(response, x.name) == 0)
      return fmt::format("{} has no {}", status, x.name);
  if (auto name = lost_header(response, request); !name.empty())
    return fmt::format("{} has no {}", status, name);
  if (has_bare_lf(response))
    return fmt::format("{} has lines that end with LF, as the request had",
                       status);
  return {};
}

request_facts facts_of(std::string_view request) {
  // What nobody can repeat need not be kept.
  constexpr std::size_t most = 10'000;
  request_facts result;
  auto line = request.substr(0, request.find('\r'));
  auto first = line.find(' '), last = line.rfind(' ');
  if (first != line.npos && first < last && last < most)
    result.uri = line.substr(first + 1, last - first - 1);
  auto vias = vias_of(request);
  if (!vias.empty() && vias.front().size() < most)
    result.via = vias.front();
  if (auto to = find_header(request, "To"); to && to->size < most)
    result.to = to->in(request);
  return result;
}

std::vector<std::string> courtesies(std::string_view message,
                                    const request_facts& request,
                                    const surroundings& around) {
  if (!is_response(message)) {
    auto method = method_of(message);
    if (method.empty() || method == "ACK" || !missing_header(message).empty())
      return {};
    return {refusal_of(message)};
  }
  auto [number, method] = sequence_of(message);
  auto status = status_of(message);
  auto vias = vias_of(message);
  if (method != "INVITE" || status < 200 || vias.empty())
    return {};
  auto uri = "sip:" + around.device;
  // Without a branch it is these that join the ACK to its INVITE.
  if (status >= 300)
    return {
      request_like(message, "ACK", request.uri.empty() ? uri : request.uri,
                   request.via.empty() ? vias.front() : request.via, number)};
  auto via = [&](std::string_view what) {
    return fmt::format("SIP/2.0/{} {};branch=z9hG4bK{}{};rport",
                       around.transport, around.own, what, around.token);
  };
  unsigned long next = 0;
  std::from_chars(number.data(), number.data() + number.size(), next);
  uri = remote_target(message, around);
  return {
    request_like(message, "ACK", uri, via("ack"), number),
    request_like(message, "BYE", uri, via("bye"), std::to_string(next + 1))};
}

std::optional<std::string> cancel_for(std::string_view provisional,
                                      const request_facts& request) {
  auto [number, method] = sequence_of(provisional);
  auto status = status_of(provisional);
  if (method != "INVITE" || status < 100 || status > 199 || request.uri.empty()
      || request.via.empty())
    return std::nullopt;
  auto x = request_like(provisional, "CANCEL", request.uri, request.via,
                        number);
  // The To of the request, which had no tag: RFC 3261 9.1.
  if (auto to = find_header(x, "To"); to && !request.to.empty())
    x.replace(to->at, to->size, request.to);
  return x;
}

} // namespace strowger::services::torture
