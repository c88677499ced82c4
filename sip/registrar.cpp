#include "sip/registrar.hpp"

#include "sip/guard.hpp"
#include "sip/identify.hpp"
#include "sip/message.hpp"
#include "sip/sofia.hpp"
#include "sip/translate.hpp"

#include <utility>

namespace strowger::sip {

namespace {

using model::option;

// -- Contact, byte for byte --------------------------------------------------

std::string_view trim(std::string_view x) {
  constexpr auto blank = " \t\r\n";
  auto from = x.find_first_not_of(blank);
  if (from == x.npos)
    return {};
  return x.substr(from, x.find_last_not_of(blank) - from + 1);
}

/// Where the value that begins `list` ends: a comma outside quotes and <>.
size_t end_of_value(std::string_view list) {
  auto quoted = false;
  auto bracketed = false;
  for (size_t i = 0; i < list.size(); ++i) {
    auto c = list[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (bracketed) {
      bracketed = c != '>';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '<') {
      bracketed = true;
    } else if (c == ',') {
      return i;
    }
  }
  return list.size();
}

/// The < of a name-addr, behind its display name; npos for an addr-spec.
size_t open_bracket(std::string_view value) {
  auto quoted = false;
  for (size_t i = 0; i < value.size(); ++i) {
    if (quoted && value[i] == '\\')
      ++i;
    else if (value[i] == '"')
      quoted = !quoted;
    else if (!quoted && value[i] == '<')
      return i;
  }
  return value.npos;
}

std::optional<model::contact_value> read_contact(std::string_view value) {
  auto open = open_bracket(value);
  if (open == value.npos) {
    // Without brackets all parameters are the header's (RFC 3261 §20.10).
    auto cut = value.find(';');
    return model::contact_value{
      std::string{trim(value.substr(0, cut))},
      cut == value.npos ? "" : std::string{value.substr(cut)}};
  }
  auto close = value.find('>', open);
  if (close == value.npos)
    return std::nullopt;
  return model::contact_value{
    std::string{trim(value.substr(open + 1, close - open - 1))},
    std::string{trim(value.substr(close + 1))}};
}

refusal bad_contact() {
  return {.status = 400, .phrase = "Bad Contact Header"};
}

std::string unfold(std::string_view line) {
  std::string result;
  for (auto c : line)
    if (c != '\r' && c != '\n')
      result += c;
  return result;
}

/// The raw lines of a header that may stand several times, values only.
template <class Header>
std::string raw_values(const Header* first) {
  std::string result;
  for (const auto* x = first; x != nullptr;) {
    const auto* h = reinterpret_cast<const msg_header_t*>(x);
    // Values after the first of a line have no bytes of their own.
    if (h->sh_data != nullptr && h->sh_len > 0) {
      std::string_view line{static_cast<const char*>(h->sh_data), h->sh_len};
      auto colon = line.find(':');
      if (!result.empty())
        result += ", ";
      result += trim(unfold(line.substr(colon + 1)));
    }
    x = reinterpret_cast<const Header*>(h->sh_next);
  }
  return result;
}

bool came_through_nat(const sip_s& request, const arrival& from,
                      std::string_view contact, bool rewrite) {
  if (from.protocol == "tls")
    return true; // such a client does not listen
  auto place = numeric_host(contact);
  if (!place || (place->address == from.source && place->port == from.port))
    return false;
  return rewrite
         || (request.sip_via->v_received != nullptr
             && place->address
                  == parse_address(request.sip_via->v_host != nullptr
                                     ? request.sip_via->v_host
                                     : ""));
}

} // namespace

registrar::~registrar() {
  close();
}

void registrar::close() {
  for (auto& [token, x] : pending_)
    nta_incoming_destroy(x.transaction);
  pending_.clear();
}

// -- in ----------------------------------------------------------------------

std::optional<refusal>
registrar::read_contacts(const sip_s& request,
                         model::register_request& result) const {
  auto text = raw_values(request.sip_contact);
  std::string_view rest = text;
  while (!trim(rest).empty()) {
    auto end = end_of_value(rest);
    auto value = trim(rest.substr(0, end));
    rest.remove_prefix(end == rest.size() ? end : end + 1);
    if (value == "*") {
      result.star = true;
      continue;
    }
    auto contact = read_contact(value);
    if (!contact || contact->uri.find(':') == std::string::npos)
      return bad_contact();
    result.contacts.push_back(std::move(*contact));
  }
  return std::nullopt;
}

std::variant<refusal, enrolment>
registrar::read(const sip_s& request, const arrival& from,
                const model::directory& config) {
  if (!config.flag(option::internal_registrar_enabled))
    return refusal{.status = 403, .label = rejection::forbidden};
  const auto* to = request.sip_to->a_url;
  if (to->url_type != url_sip && to->url_type != url_sips)
    return refusal{.status = 400, .phrase = "Bad To Header"};
  const auto* dn = config.find(user_of(to));
  if (dn == nullptr)
    return refusal{.status = 404, .label = rejection::unknown_user};
  if (!is_phone(dn->type))
    return refusal{.status = 403, .label = rejection::forbidden};
  if (auto why = judge_.check(request, *dn, config, from.now))
    return *why;
  enrolment result;
  result.dn = dn->number;
  auto& x = result.request;
  if (auto why = read_contacts(request, x))
    return *why;
  if (request.sip_expires != nullptr)
    x.expires = static_cast<uint32_t>(request.sip_expires->ex_delta);
  x.call_id = request.sip_call_id->i_id;
  x.cseq = request.sip_cseq->cs_seq;
  x.path = raw_values(request.sip_path);
  if (request.sip_user_agent != nullptr
      && request.sip_user_agent->g_string != nullptr)
    x.user_agent = request.sip_user_agent->g_string;
  auto rewrite = config.flag(option::sip_nat_rewrite_contact, dn);
  if (!x.contacts.empty()
      && came_through_nat(request, from, x.contacts.front().uri, rewrite))
    x.received = to_string(from);
  return result;
}

void registrar::receive(nta_agent_s* agent, msg_s* message, sip_s* request,
                        const arrival& from, switchboard& board) {
  auto verdict = pending_.size() >= pending_max
                   ? refusal{.status = 503,
                             .headers = "Retry-After: 5\r\n",
                             .label = rejection::lag}
                   : read(*request, from, board.config());
  if (auto* why = std::get_if<refusal>(&verdict)) {
    refuse(agent, message, *why, counters_);
    return;
  }
  auto& x = std::get<enrolment>(verdict);
  auto* transaction = nta_incoming_create(agent, nullptr, message, request,
                                          TAG_END());
  if (transaction == nullptr)
    return;
  x.token = ++last_token_;
  pending_.emplace(x.token, waiting{agent, transaction, x.request.path});
  // read() has found the DN, so it can only vanish with a reload in between.
  if (auto token = x.token; !board.enrol(std::move(x)))
    answer({.token = token, .status = 404, .bindings = {}});
}

// -- out ---------------------------------------------------------------------

std::string enrolled_headers(const enrolled& x, std::string_view path) {
  std::string result;
  if (x.min_expires_s > 0)
    result += "Min-Expires: " + std::to_string(x.min_expires_s) + "\r\n";
  if (x.status != 200)
    return result;
  for (const auto& binding : x.bindings)
    result += "Contact: " + model::contact_header(binding, x.now) + "\r\n";
  if (!path.empty())
    result.append("Path: ").append(path).append("\r\n");
  return result;
}

void registrar::answer(enrolled&& x) {
  auto found = pending_.find(x.token);
  if (found == pending_.end())
    return;
  auto headers = enrolled_headers(x, found->second.path);
  counters_
    .responses[static_cast<size_t>(heading::out)]
              [static_cast<size_t>(x.status / 100 - 1)]
    .add();
  auto* transaction = found->second.transaction;
  auto* reply = nta_msg_create(found->second.agent, 0);
  // The lines go out as they are: sofia would write the Contacts anew.
  nta_incoming_complete_response(transaction, reply, x.status,
                                 sip_status_phrase(x.status),
                                 SIPTAG_DATE(sip_date_create(
                                   msg_home(reply), sip_now())),
                                 TAG_END());
  add_lines(reply, headers);
  nta_incoming_mreply(transaction, reply);
  nta_incoming_destroy(transaction);
  pending_.erase(found);
}

} // namespace strowger::sip
