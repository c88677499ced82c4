#include "sip/reference.hpp"

#include "sip/sofia.hpp"
#include "sip/text.hpp"
#include "sip/translate.hpp"

#include <utility>

namespace strowger::sip {

namespace {

constexpr const char* asked_by_name = "strowger-call";

std::string_view trimmed(std::string_view text) {
  auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Cuts off and returns what stands before the next `mark`.
std::string_view next(std::string_view& text, char mark) {
  auto end = text.find(mark);
  auto result = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return result;
}

/// A tag or Call-ID goes into messages of ours: nothing may end a line there,
/// or the value.
bool is_word(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == ','
        || c == ';')
      return false;
  return !text.empty();
}

bool take_once(std::string& to, std::string_view value) {
  if (!to.empty() || !is_word(value))
    return false;
  to = value;
  return true;
}

refusal bad_refer_to() {
  return {.phrase = "Bad Refer-To Header"};
}

} // namespace

// -- Replaces -----------------------------------------------------------------

std::optional<replaced_dialog> read_replaces(std::string_view value) {
  replaced_dialog result;
  if (!take_once(result.call_id, trimmed(next(value, ';'))))
    return std::nullopt;
  while (!value.empty()) {
    auto parameter = next(value, ';');
    auto name = trimmed(next(parameter, '='));
    auto content = trimmed(parameter);
    if (same_text(name, "to-tag")) {
      if (!take_once(result.to_tag, content))
        return std::nullopt;
    } else if (same_text(name, "from-tag")) {
      if (!take_once(result.from_tag, content))
        return std::nullopt;
    } else if (same_text(name, "early-only")) {
      result.early_only = true;
    }
  }
  if (result.to_tag.empty() || result.from_tag.empty())
    return std::nullopt;
  return result;
}

std::string to_string(const replaced_dialog& x) {
  return x.call_id + ";to-tag=" + x.to_tag + ";from-tag=" + x.from_tag
         + (x.early_only ? ";early-only" : "");
}

// -- Refer-To in --------------------------------------------------------------

namespace {

/// The parameters of a URI but for `method`, which is no part of a Request-URI
/// (RFC 3261 §19.1.5). False if it asks for another method than INVITE.
bool take_method(std::string& params) {
  std::string kept;
  std::string_view rest = params;
  while (!rest.empty()) {
    auto parameter = next(rest, ';');
    auto value = parameter;
    if (!same_text(next(value, '='), "method")) {
      kept.append(kept.empty() ? "" : ";").append(parameter);
      continue;
    }
    if (value != "INVITE")
      return false;
  }
  params = std::move(kept);
  return true;
}

/// Takes Replaces from the headers of a URI; the others are not for us. False
/// if it cannot be read, or stands there twice.
bool take_replaces(std::string_view headers,
                   std::optional<replaced_dialog>& result) {
  while (!headers.empty()) {
    auto value = next(headers, '&');
    if (!same_text(unescaped(next(value, '=')), "Replaces"))
      continue;
    if (result)
      return false;
    result = read_replaces(unescaped(value));
    if (!result)
      return false;
  }
  return true;
}

} // namespace

std::variant<refer_to, refusal> read_refer_to(const sip_s& request) {
  if (request.sip_refer_to == nullptr)
    return bad_refer_to();
  auto url = *request.sip_refer_to->r_url;
  switch (url.url_type) {
    case url_sip:
    case url_sips:
      if (url.url_host == nullptr || url.url_host[0] == '\0')
        return bad_refer_to();
      break;
    case url_tel:
      break;
    case url_invalid:
    case url_any:
      return bad_refer_to();
    default:
      return refusal{.status = 603, .label = rejection::unsupported};
  }
  refer_to result;
  result.user = user_of(&url);
  for (char c : result.user) // no number has them, and they end lines
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      return bad_refer_to();
  if (url.url_headers != nullptr
      && !take_replaces(url.url_headers, result.replaces))
    return bad_refer_to();
  std::string params = url.url_params != nullptr ? url.url_params : "";
  if (!take_method(params))
    return refusal{.status = 603, .label = rejection::unsupported};
  url.url_headers = nullptr;
  url.url_params = params.empty() ? nullptr : params.c_str();
  result.uri = text_of(&url);
  return result;
}

// -- Refer-To out -------------------------------------------------------------

std::string refer_to_value(std::string_view uri,
                           const std::optional<replaced_dialog>& replaces) {
  std::string result = "<";
  result += uri;
  if (replaces) {
    result += uri.find('?') == uri.npos ? "?Replaces=" : "&Replaces=";
    append_escaped(result, to_string(*replaces), "-_.!~*'()");
  }
  result += '>';
  return result;
}

// -- NOTIFY -------------------------------------------------------------------

std::string with_event_id(std::string_view event, uint32_t refer_cseq) {
  return std::string{event} + ";id=" + std::to_string(refer_cseq);
}

std::optional<model::notification> notification_of(const sip_s& request) {
  const auto* event = request.sip_event;
  if (event == nullptr || event->o_type == nullptr)
    return std::nullopt;
  model::notification result;
  result.event = event->o_type;
  if (const auto* state = request.sip_subscription_state)
    result.subscription_state = value_of(state);
  return result;
}

// -- the INVITE that comes of a REFER -----------------------------------------

std::string asked_by_param(model::call_id call) {
  std::string result = ";";
  result += asked_by_name;
  result += '=';
  append_hex(result, call.value, 16);
  return result;
}

std::optional<model::call_id> asked_by(const sip_s& invite) {
  const char* params = invite.sip_request->rq_url->url_params;
  char value[17];
  model::call_id result;
  if (params == nullptr
      || url_param(params, asked_by_name, value, sizeof value)
           != static_cast<isize_t>(sizeof value)
      || !read_hex(value, result.value))
    return std::nullopt;
  return result;
}

} // namespace strowger::sip
