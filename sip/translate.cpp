#include "sip/translate.hpp"

#include "sip/sofia.hpp"
#include "sip/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <strings.h>

namespace strowger::sip {

// -- methods ------------------------------------------------------------------

namespace {

struct method_row {
  model::method method;
  int number;
  const char* name;
};

constexpr std::array<method_row, 11> methods = {{
  {model::method::invite, sip_method_invite, "INVITE"},
  {model::method::ack, sip_method_ack, "ACK"},
  {model::method::bye, sip_method_bye, "BYE"},
  {model::method::cancel, sip_method_cancel, "CANCEL"},
  {model::method::prack, sip_method_prack, "PRACK"},
  {model::method::update, sip_method_update, "UPDATE"},
  {model::method::info, sip_method_info, "INFO"},
  {model::method::message, sip_method_message, "MESSAGE"},
  {model::method::refer, sip_method_refer, "REFER"},
  {model::method::notify, sip_method_notify, "NOTIFY"},
  {model::method::options, sip_method_options, "OPTIONS"},
}};

const method_row& row_of(model::method x) {
  return methods[static_cast<std::size_t>(x)];
}

} // namespace

const char* name_of(model::method x) {
  return row_of(x).name;
}

int number_of(model::method x) {
  return row_of(x).number;
}

std::optional<model::method> method_of(const sip_s& request) {
  int number = request.sip_request->rq_method;
  for (const auto& row : methods)
    if (row.number == number)
      return row.method;
  return std::nullopt;
}

std::size_t method_label(int sofia_number) {
  return sofia_number >= sip_method_invite && sofia_number <= sip_method_refer
           ? static_cast<std::size_t>(sofia_number)
           : 0;
}

// -- header lines that pass ---------------------------------------------------

namespace {

// What the switch writes itself, or consumes. Everything else passes.
bool is_own(const msg_hclass_t* x) {
  static const std::array<const msg_hclass_t*, 40> own = {
    sip_via_class,           sip_from_class,
    sip_to_class,            sip_call_id_class,
    sip_cseq_class,          sip_contact_class,
    sip_max_forwards_class,  sip_content_length_class,
    sip_content_type_class,  sip_separator_class,
    sip_payload_class,       sip_user_agent_class,
    sip_allow_class,         sip_supported_class,
    sip_record_route_class,  sip_route_class,
    sip_server_class,        sip_require_class,
    sip_unsupported_class,   sip_session_expires_class,
    sip_min_se_class,        sip_rseq_class,
    sip_rack_class,          sip_authorization_class,
    sip_www_authenticate_class,
    sip_authentication_info_class,
    sip_proxy_authorization_class,
    sip_proxy_authenticate_class,
    sip_proxy_authentication_info_class,
    sip_proxy_require_class, sip_privacy_class,
    sip_timestamp_class,     sip_date_class,
    sip_retry_after_class,   sip_replaces_class,
    sip_path_class,          sip_service_route_class,
    sip_error_class,         sip_min_expires_class,
    sip_refer_to_class,
  };
  return std::find(own.begin(), own.end(), x) != own.end();
}

bool same_name(const char* a, const char* b) {
  return a != nullptr && strcasecmp(a, b) == 0;
}

bool is_own_unknown(const msg_header_t* h) {
  const char* name = h->sh_unknown->un_name;
  return same_name(name, "P-Asserted-Identity")
         || same_name(name, "P-Preferred-Identity");
}

// Of a NOTIFY; in other requests they mean nothing to us.
bool is_notification(const msg_hclass_t* x) {
  return x == sip_event_class || x == sip_subscription_state_class;
}

} // namespace

std::string passing_headers(const sip_s& message) {
  std::string result;
  // All lines are a chain that begins with the first line.
  const auto* first = message.sip_request != nullptr
                        ? message.sip_request->rq_common
                        : message.sip_status->st_common;
  bool notify = message.sip_request != nullptr
                && message.sip_request->rq_method == sip_method_notify;
  for (const auto* h = first->h_succ; h != nullptr; h = h->sh_succ) {
    if (h->sh_len == 0 || h->sh_data == nullptr || is_own(h->sh_class)
        || (h->sh_class == sip_unknown_class && is_own_unknown(h))
        || (notify && is_notification(h->sh_class)))
      continue;
    std::string_view line(static_cast<const char*>(h->sh_data), h->sh_len);
    result += line;
    // Peers may end lines with a bare LF; what we send never does.
    if (line.back() == '\n'
        && (line.size() < 2 || line[line.size() - 2] != '\r'))
      result.insert(result.size() - 1, 1, '\r');
  }
  return result;
}

// -- bodies -------------------------------------------------------------------

model::content body_of(const sip_s& message) {
  model::content result;
  const auto* payload = message.sip_payload;
  if (payload == nullptr || payload->pl_len == 0)
    return result;
  const auto* type = message.sip_content_type;
  if (type == nullptr || type->c_type == nullptr)
    return result;
  if (same_name(type->c_type, "application/sdp")
      && (type->c_params == nullptr || type->c_params[0] == nullptr))
    result.type = "application/sdp";
  else
    result.type = value_of(type);
  result.data.assign(payload->pl_data, payload->pl_len);
  return result;
}

// -- identities ---------------------------------------------------------------

namespace {

std::string unquoted(const char* display) {
  std::string result;
  if (display == nullptr)
    return result;
  std::string_view text(display);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size())
        ++i;
      result += text[i];
    }
    return result;
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  result = text;
  return result;
}

} // namespace

model::caller_identity caller_of(const sip_s& request, bool trusted) {
  model::caller_identity result;
  const auto* from = request.sip_from;
  result.display = unquoted(from->a_display);
  result.user = user_of(from->a_url);
  if (from->a_url->url_host != nullptr)
    result.host = from->a_url->url_host;
  if (request.sip_privacy != nullptr)
    result.privacy = value_of(request.sip_privacy);
  if (!trusted)
    return result;
  for (const auto* h = request.sip_unknown; h != nullptr; h = h->un_next) {
    if (!same_name(h->un_name, "P-Asserted-Identity") || h->un_value == nullptr)
      continue;
    if (!result.asserted.empty())
      result.asserted += ", ";
    result.asserted += value_of(h);
  }
  return result;
}

// -- session and capabilities -------------------------------------------------

namespace {

uint32_t bounded(unsigned long x) {
  return static_cast<uint32_t>(std::min<unsigned long>(x, UINT32_MAX));
}

} // namespace

model::session_terms session_of(const sip_s& message) {
  model::session_terms result;
  if (const auto* x = message.sip_session_expires) {
    result.interval_s = bounded(x->x_delta);
    if (same_name(x->x_refresher, "uac"))
      result.refresher = model::refresher::uac;
    else if (same_name(x->x_refresher, "uas"))
      result.refresher = model::refresher::uas;
  }
  if (const auto* x = message.sip_min_se)
    result.min_se_s = bounded(x->min_delta);
  result.supported = message.sip_supported != nullptr
                     && sip_has_feature(message.sip_supported, "timer");
  result.required = message.sip_require != nullptr
                    && sip_has_feature(message.sip_require, "timer");
  return result;
}

bool allows_update(const sip_s& message) {
  return message.sip_allow != nullptr
         && sip_is_allowed(message.sip_allow, sip_method_update, nullptr);
}

std::vector<std::string> contacts_of(const sip_s& response) {
  std::vector<std::pair<double, std::string>> found;
  for (const auto* m = response.sip_contact; m != nullptr; m = m->m_next) {
    // A q that is no number counts as 0: such a contact is tried last.
    double q = m->m_q != nullptr ? std::atof(m->m_q) : 1.0;
    found.emplace_back(q, text_of(m->m_url));
  }
  std::stable_sort(
    found.begin(), found.end(),
    [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> result;
  result.reserve(found.size());
  for (auto& [q, uri] : found)
    result.push_back(std::move(uri));
  return result;
}

// -- text ---------------------------------------------------------------------

namespace {

std::string unfolded(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (char c : text)
    result += c == '\r' || c == '\n' ? ' ' : c;
  auto begin = result.find_first_not_of(" \t");
  if (begin == std::string::npos)
    return {};
  auto end = result.find_last_not_of(" \t");
  return result.substr(begin, end - begin + 1);
}

} // namespace

std::string value_of(const void* header) {
  const auto* h = static_cast<const msg_header_t*>(header);
  if (h->sh_data != nullptr && h->sh_len > 0) {
    std::string_view line(static_cast<const char*>(h->sh_data), h->sh_len);
    auto colon = line.find(':');
    if (colon != line.npos)
      return unfolded(line.substr(colon + 1));
  }
  if (h->sh_class == sip_unknown_class)
    return unfolded(h->sh_unknown->un_value);
  std::array<char, 1024> buffer;
  auto n = msg_header_field_e(buffer.data(), buffer.size(), h, 0);
  if (n <= 0)
    return {};
  if (static_cast<std::size_t>(n) < buffer.size())
    return std::string(buffer.data(), static_cast<std::size_t>(n));
  std::string large(static_cast<std::size_t>(n) + 1, '\0');
  msg_header_field_e(large.data(), large.size(), h, 0);
  large.pop_back();
  return large;
}

std::string text_of(const void* url) {
  const auto* u = static_cast<const url_t*>(url);
  std::array<char, 512> buffer;
  auto n = static_cast<std::size_t>(url_e(buffer.data(), buffer.size(), u));
  if (n < buffer.size())
    return std::string(buffer.data(), n);
  std::string large(n + 1, '\0');
  url_e(large.data(), large.size(), u);
  large.pop_back();
  return large;
}

std::string user_of(const void* url) {
  const char* user = static_cast<const url_t*>(url)->url_user;
  return user != nullptr ? unescaped(user) : std::string{};
}

std::string route_set_of(const sip_s& message) {
  bool reversed = message.sip_request == nullptr;
  std::string result;
  for (const auto* r = message.sip_record_route; r != nullptr;
       r = r->r_next) {
    std::string value = "<" + text_of(r->r_url) + ">";
    if (r->r_params != nullptr)
      for (const auto* p = r->r_params; *p != nullptr; ++p)
        value.append(";").append(*p);
    if (result.empty())
      result = std::move(value);
    else if (reversed)
      result = value + ", " + result;
    else
      result += ", " + value;
  }
  return result;
}

std::string from_value(const model::caller_identity& x, std::string_view host) {
  std::string result;
  result.reserve(x.display.size() + x.user.size() + host.size() + 16);
  if (!x.display.empty()) {
    append_quoted(result, x.display);
    result += ' ';
  }
  result += "<sip:";
  if (!x.user.empty()) {
    append_user(result, x.user);
    result += '@';
  }
  result += x.host == "anonymous.invalid" ? std::string_view{x.host} : host;
  result += '>';
  return result;
}

void append_session(std::string& lines, const model::session_terms& x) {
  char digits[12];
  auto number = [&](uint32_t n) {
    return std::string_view(
      digits, static_cast<std::size_t>(
                std::to_chars(digits, digits + sizeof(digits), n).ptr
                - digits));
  };
  if (x.interval_s > 0) {
    lines += "Session-Expires: ";
    lines += number(x.interval_s);
    if (x.refresher == model::refresher::uac)
      lines += ";refresher=uac";
    else if (x.refresher == model::refresher::uas)
      lines += ";refresher=uas";
    lines += "\r\n";
  }
  if (x.min_se_s > 0) {
    lines += "Min-SE: ";
    lines += number(x.min_se_s);
    lines += "\r\n";
  }
}

} // namespace strowger::sip
