#include "sip/guard.hpp"

#include "sip/sofia.hpp"
#include "sip/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace strowger::sip {

namespace {

using model::option;

constexpr std::array<std::string_view, 4> known_extensions
  = {"100rel", "timer", "path", "replaces"};

refusal bad(std::string_view header) {
  refusal result;
  if (!header.empty())
    result.phrase = "Bad " + std::string{header} + " Header";
  return result;
}

// -- headers the parser could not use ----------------------------------------

// What a request cannot be served without; trouble in any other header is
// ignored, as RFC 3261 §8.2.2 and RFC 4475 (baddate) ask for.
constexpr std::array<std::string_view, 20> essential = {
  "Via",          "From",           "To",           "Call-ID",
  "CSeq",         "Max-Forwards",   "Content-Length", "Contact",
  "Route",        "Record-Route",   "Require",      "Proxy-Require",
  "Expires",      "Content-Type",   "Min-SE",       "Session-Expires",
  "Refer-To",       "Replaces",       "Event",        "Subscription-State",
};

// Repeating one of these makes two readings of one request (multi01, mcl01).
bool may_stand_once(const msg_hclass_t* x) {
  return x == sip_from_class || x == sip_to_class || x == sip_call_id_class
         || x == sip_cseq_class || x == sip_max_forwards_class
         || x == sip_content_length_class || x == sip_content_type_class
         || x == sip_expires_class || x == sip_refer_to_class
         || x == sip_replaces_class;
}

std::optional<refusal> unreadable_header(const sip_s& request) {
  for (const auto* x = request.sip_error; x != nullptr; x = x->er_next) {
    const auto* kind = x->er_common->h_class;
    if (kind != sip_error_class) {
      if (may_stand_once(kind))
        return bad(kind->hc_name);
      continue;
    }
    if (x->er_name == nullptr)
      continue;
    for (auto name : essential)
      if (same_text(x->er_name, name))
        return bad(name);
  }
  return std::nullopt;
}

// -- form --------------------------------------------------------------------

std::optional<refusal> wrong_numbers(const sip_s& request) {
  // RFC 3261 §8.1.1.5: less than 2**31.
  if (request.sip_cseq->cs_seq >= 0x8000'0000u)
    return bad("CSeq");
  const auto* forwards = request.sip_max_forwards;
  if (forwards != nullptr && forwards->mf_count > 255)
    return bad("Max-Forwards");
  const auto* length = request.sip_content_length;
  const auto body
    = request.sip_payload != nullptr ? request.sip_payload->pl_len : 0;
  if (length != nullptr && length->l_length > body)
    return bad("Content-Length");
  return std::nullopt;
}

std::optional<refusal> wrong_uri(const sip_s& request) {
  const auto* uri = request.sip_request->rq_url;
  switch (uri->url_type) {
    case url_sip:
    case url_sips:
      // Headers have no place there (RFC 3261 §19.1.1); escruri would make us
      // obey a Route that only looks like one.
      if (uri->url_host == nullptr || uri->url_host[0] == '\0'
          || uri->url_headers != nullptr)
        return refusal{.phrase = "Bad Request-URI"};
      return std::nullopt;
    case url_any: // `OPTIONS *`
      if (request.sip_request->rq_method == sip_method_options)
        return std::nullopt;
      return refusal{.phrase = "Bad Request-URI"};
    case url_invalid:
      return refusal{.phrase = "Bad Request-URI"};
    default:
      return refusal{.status = 416, .label = rejection::unsupported};
  }
}

// Who shares an address, behind NAT or on one machine, shall not share a limit:
// the port makes part of the source.
ip_address source_of(const arrival& from) {
  auto result = from.source;
  result.bytes[0] ^= static_cast<std::uint8_t>(from.port >> 8);
  result.bytes[1] ^= static_cast<std::uint8_t>(from.port);
  return result;
}

// Belongs to a dialog or transaction that was let in before.
bool continues(const sip_s& request) {
  const auto method = request.sip_request->rq_method;
  return method == sip_method_ack || method == sip_method_cancel
         || (request.sip_to != nullptr && request.sip_to->a_tag != nullptr);
}

void add_unknown(std::string& list, const msg_list_t* wanted) {
  if (wanted == nullptr || wanted->k_items == nullptr)
    return;
  for (const auto* p = wanted->k_items; *p != nullptr; ++p) {
    auto known = [p](std::string_view x) { return same_text(x, *p); };
    if (std::any_of(known_extensions.begin(), known_extensions.end(), known))
      continue;
    if (!list.empty())
      list += ", ";
    list += *p;
  }
}

std::optional<refusal> wrong_extension(const sip_s& request) {
  auto method = request.sip_request->rq_method;
  if (method == sip_method_ack || method == sip_method_cancel)
    return std::nullopt; // RFC 3261 §8.2.2.3
  std::string unknown;
  add_unknown(unknown, request.sip_require);
  add_unknown(unknown, request.sip_proxy_require);
  if (unknown.empty())
    return std::nullopt;
  return refusal{.status = 420,
                 .headers = "Unsupported: " + unknown + "\r\n",
                 .label = rejection::unsupported};
}

} // namespace

// -- the guard ---------------------------------------------------------------

void guard::configure(const model::directory& config) {
  message_size_max_
    = static_cast<std::size_t>(config.integer(option::max_message_size));
  header_size_max_
    = static_cast<std::size_t>(config.integer(option::max_header_size));
  gate_limits limits;
  limits.rate_per_s
    = static_cast<double>(config.integer(option::source_rate_limit));
  limits.burst
    = static_cast<double>(config.integer(option::source_rate_burst));
  new_.configure(limits, {});
  limits.rate_per_s *= 2;
  limits.burst *= 2;
  all_.configure(limits, {});
  retry_after_
    = "Retry-After: "
      + std::to_string(config.integer(option::overload_retry_after)) + "\r\n";
}

std::optional<refusal> guard::inspect(const sip_s& request,
                                      const arrival& from) {
  if (auto why = within_rate(request, from))
    return why;
  return judge(request, from);
}

std::optional<refusal> guard::within_rate(const sip_s& request,
                                          const arrival& from) {
  if (who_.is_trunk(from.source, from.port))
    return std::nullopt;
  // Far above the rate an answer would only cost time that others need; ends
  // of what has begun are refused no sooner.
  if (!all_.admit(source_of(from), from.now))
    return refusal{.status = 0, .label = rejection::source_rate};
  if (continues(request) || new_.admit(source_of(from), from.now))
    return std::nullopt;
  return refusal{.status = 503,
                 .headers = retry_after_,
                 .label = rejection::source_rate};
}

std::optional<refusal> guard::judge(const sip_s& request,
                                    const arrival& from) const {
  const auto body
    = request.sip_payload != nullptr ? request.sip_payload->pl_len : 0;
  if (from.size > message_size_max_ || from.size > header_size_max_ + body)
    return refusal{.status = 513, .label = rejection::too_large};
  const auto& line = *request.sip_request;
  if (auto why = unreadable_header(request))
    return why;
  if (request.sip_via == nullptr || request.sip_from == nullptr
      || request.sip_to == nullptr || request.sip_call_id == nullptr
      || request.sip_cseq == nullptr)
    return bad("");
  if (line.rq_method == sip_method_unknown)
    return refusal{.status = 501, .label = rejection::unsupported};
  if (request.sip_cseq->cs_method != line.rq_method)
    return bad("CSeq");
  if (auto why = wrong_numbers(request))
    return why;
  if (auto why = wrong_uri(request))
    return why;
  if (request.sip_replaces != nullptr
      && line.rq_method != sip_method_invite) // RFC 3891 §3
    return bad("Replaces");
  return wrong_extension(request);
}

bool guard::is_sane(const sip_s& response) {
  return response.sip_status != nullptr
         && response.sip_status->st_status >= 100
         && response.sip_status->st_status < 700
         && response.sip_cseq != nullptr
         && response.sip_cseq->cs_seq < 0x8000'0000u;
}

} // namespace strowger::sip
