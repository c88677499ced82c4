#include "sip/edge.hpp"
#include "sip/loop.hpp"
#include "sip/message.hpp"
#include "sip/sofia.hpp"
#include "sip/stack.hpp"
#include "sip/translate.hpp"

#include <caf/send.hpp>

#include <charconv>
#include <cstring>
#include <utility>

namespace strowger::sip {

namespace {

constexpr uint16_t max_forwards_in_dialog = 70; // RFC 3261 §8.1.1.6

// -- addresses ----------------------------------------------------------------

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t i = 0; i + word.size() <= text.size(); ++i) {
    std::size_t n = 0;
    while (n < word.size() && (text[i + n] | 0x20) == word[n])
      ++n;
    if (n == word.size())
      return true;
  }
  return false;
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

// Host and port of a URI: what stands between the user and the parameters.
std::string_view host_of(std::string_view uri) {
  if (auto at = uri.rfind('@'); at != uri.npos)
    uri.remove_prefix(at + 1);
  else if (auto colon = uri.find(':'); colon != uri.npos)
    uri.remove_prefix(colon + 1);
  return uri.substr(0, uri.find_first_of(";?>"));
}

// "tcp:192.0.2.1:5060" as a URI that sofia can route to.
std::string flow_uri(std::string_view flow) {
  auto colon = flow.find(':');
  std::string result = "sip:";
  result += flow.substr(colon + 1);
  result += ";transport=";
  result += flow.substr(0, colon);
  return result;
}

bool hides_identity(const std::string& privacy) {
  return has_word(privacy, "id") || has_word(privacy, "user");
}

// -- header lines -------------------------------------------------------------

void append_line(std::string& to, std::string_view name,
                 std::string_view value) {
  if (value.empty())
    return;
  to += name;
  to += ": ";
  to += value;
  to += "\r\n";
}

void append_capabilities(std::string& to, bool reliable,
                         const model::session_terms& session) {
  to += "Supported: replaces";
  if (session.supported)
    to += ", timer";
  if (reliable)
    to += ", 100rel";
  to += "\r\n";
  if (session.required)
    to += "Require: timer\r\n";
  append_session(to, session);
}

// Requests that make or refresh a dialog carry Contact (RFC 3261 §12.2.1.1).
bool refreshes_target(model::method x) {
  return x == model::method::invite || x == model::method::update
         || x == model::method::refer || x == model::method::notify;
}

} // namespace

// -- one request --------------------------------------------------------------

void edge::add_body(msg_s* message, leg& l, const model::content& body) {
  if (body.empty()) {
    add_lines(message, lines_);
    return;
  }
  append_line(lines_, "Content-Type", body.type);
  add_lines(message, lines_);
  if (body.is_sdp())
    add_payload(message,
                with_origin(body.data,
                            {l.session_id, l.version.next(body.data),
                             self_.ipv6 ? std::string_view{self_.host}.substr(
                               1, self_.host.size() - 2)
                                        : std::string_view{self_.host},
                             self_.ipv6}));
  else
    add_payload(message, body.data);
}

/// Sends a request with `lines_` and the body; null if it could not be made.
nta_outgoing_s* edge::transmit(leg& l, model::method method, uint32_t cseq,
                               const model::content& body,
                               uint16_t max_forwards, const char* ack_branch) {
  auto* message = nta_msg_create(agent_, 0);
  auto* sip = sip_object(message);
  auto* home = msg_home(message);
  auto number = static_cast<sip_method_t>(number_of(method));
  const char* name = name_of(method);

  const std::string* target = &l.remote_target;
  std::string strict_target;
  sip_route_t* route = nullptr;
  if (!l.route.empty()) {
    auto text = l.route;
    route = sip_route_make(home, text.c_str());
    if (route != nullptr && !url_has_param(route->r_url, "lr")) {
      // A strict router wants to be the Request-URI (RFC 3261 §12.2.1.1).
      strict_target = text_of(route->r_url);
      text += ", <" + l.remote_target + ">";
      route = sip_route_make(home, text.c_str());
      route = sip_route_dup(home, route->r_next);
      target = &strict_target;
    }
  }
  auto insert = [&](auto* header) {
    if (header != nullptr)
      msg_header_insert(message, nullptr,
                        reinterpret_cast<msg_header_t*>(header));
  };
  insert(sip_request_create(home, number, name, as_url(target->c_str()),
                            nullptr));
  insert(route);
  sip_max_forwards_t forwards;
  sip_max_forwards_init(&forwards);
  forwards.mf_count = max_forwards;
  insert(sip_max_forwards_dup(home, &forwards));
  insert(sip_from_make(home, l.local.c_str()));
  auto* to = sip_to_make(home, l.remote.c_str());
  if (to != nullptr && to->a_tag == nullptr && !l.remote_tag.empty())
    sip_to_tag(home, to, l.remote_tag.c_str());
  insert(to);
  insert(sip_call_id_make(home, l.call_id.c_str()));
  insert(sip_cseq_create(home, cseq, number, name));
  add_body(message, l, body);

  url_t* hop = nullptr;
  if (!l.flow.empty() && l.route.empty())
    hop = url_make(home, flow_uri(l.flow).c_str());
  bool is_ack = method == model::method::ack;
  nta_outgoing_s* orq = nullptr;
  if (sip->sip_request != nullptr && sip->sip_from != nullptr
      && sip->sip_to != nullptr)
    orq = nta_outgoing_mcreate(agent_, is_ack ? nullptr : on_response,
                               is_ack ? nullptr : &l,
                               reinterpret_cast<url_string_t*>(hop), message,
                               TAG_IF(ack_branch != nullptr,
                                      NTATAG_ACK_BRANCH(ack_branch)),
                               TAG_END());
  if (orq == nullptr) {
    msg_destroy(message);
    return nullptr;
  }
  reactor_.counters()
    .requests[static_cast<std::size_t>(heading::out)][method_label(number)]
    .add();
  return orq;
}

void edge::report_failure(leg& l, model::txn_number txn,
                          model::method method) {
  model::responded x;
  x.leg = l.name.leg;
  x.txn = txn;
  x.method = method;
  x.status = 503;
  x.reason = "No Route";
  x.local = true;
  caf::anon_send(*l.handle, std::move(x));
  loop_.nudge();
}

// -- INVITE -------------------------------------------------------------------

void edge::perform(call_entry& call, model::invite&& x) {
  auto& l = add_leg(call, x.leg);
  const auto& to = x.target;
  l.call_id = make_call_id(l.name, self_.host);
  l.local = from_value(x.caller, self_.host) + ";tag=" + l.local_tag;
  l.remote = "<sip:";
  if (!x.to_user.empty()) {
    append_user(l.remote, x.to_user);
    l.remote += '@';
  }
  l.remote += host_of(to.uri);
  l.remote += '>';
  l.remote_target = to.uri;
  l.route = to.route;
  l.flow = to.received;
  l.transport = transport_of(to.uri, to.received);
  l.login = to.login;
  l.local_cseq = 1;

  client_transaction txn;
  txn.cseq = l.local_cseq;
  if (!send(l, txn, x)) {
    report_failure(l, 0, model::method::invite);
    return;
  }
  if (!call.invited) {
    call.invited = true;
    reactor_.counters().added_delay.observe(reactor_.clock_now()
                                            - call.received_at);
  }
  if (!l.login.username.empty())
    txn.again = std::make_unique<model::command>(std::move(x));
  l.clients.push_back(std::move(txn));
}

bool edge::send(leg& l, client_transaction& txn, const model::invite& x) {
  auto& lines = lines_;
  lines.clear();
  append_line(lines, "Contact", self_.contacts[l.transport]);
  append_line(lines, "User-Agent", product);
  append_line(lines, "Allow", allowed_methods);
  append_capabilities(lines, x.reliable, x.session);
  if (x.target.trusted || !hides_identity(x.caller.privacy))
    append_line(lines, "P-Asserted-Identity", x.caller.asserted);
  append_line(lines, "Privacy", x.caller.privacy);
  append_line(lines, "Alert-Info", x.target.alert_info);
  lines += txn.authorization;
  lines += x.headers;
  txn.orq = transmit(l, model::method::invite, txn.cseq, x.body,
                     x.max_forwards, nullptr);
  return txn.orq != nullptr;
}

// -- requests inside the dialog -----------------------------------------------

void edge::perform(leg& l, model::request&& x) {
  client_transaction txn;
  txn.number = x.txn;
  txn.method = x.method;
  txn.cseq = ++l.local_cseq;
  if (!send(l, txn, x)) {
    report_failure(l, x.txn, x.method);
    return;
  }
  if (!l.login.username.empty())
    txn.again = std::make_unique<model::command>(std::move(x));
  l.clients.push_back(std::move(txn));
}

bool edge::send(leg& l, client_transaction& txn, const model::request& x) {
  auto& lines = lines_;
  lines.clear();
  if (refreshes_target(x.method))
    append_line(lines, "Contact", self_.contacts[l.transport]);
  append_line(lines, "User-Agent", product);
  if (x.method == model::method::invite || x.method == model::method::update) {
    append_line(lines, "Allow", allowed_methods);
    append_capabilities(lines, false, x.session);
  }
  if (x.method == model::method::prack) {
    // The INVITE that the provisional response answered is the latest one.
    for (const auto& invite : l.clients)
      if (invite.method == model::method::invite)
        append_line(lines, "RAck",
                    std::to_string(x.rseq) + ' '
                      + std::to_string(invite.cseq) + " INVITE");
  }
  lines += txn.authorization;
  lines += x.headers;
  txn.orq = transmit(l, x.method, txn.cseq, x.body, max_forwards_in_dialog,
                     nullptr);
  return txn.orq != nullptr;
}

// -- ACK and CANCEL -----------------------------------------------------------

void edge::perform(leg& l, model::acknowledge&& x) {
  auto* txn = l.client(x.txn);
  if (txn == nullptr || txn->method != model::method::invite
      || txn->status < 200)
    return;
  lines_.clear();
  lines_ += txn->authorization; // RFC 3261 §13.2.2.4
  auto* ack = transmit(l, model::method::ack, txn->cseq, x.body,
                       max_forwards_in_dialog, nta_outgoing_branch(txn->orq));
  // Sofia repeats this ACK whenever the 2xx comes again (64*T1).
  nta_outgoing_destroy(ack);
  nta_outgoing_destroy(txn->orq);
  l.erase(txn);
}

void edge::perform(leg& l, model::cancel&& x) {
  auto* txn = l.client(0);
  if (txn == nullptr || txn->method != model::method::invite
      || txn->status >= 200)
    return;
  reactor_.counters()
    .requests[static_cast<std::size_t>(heading::out)]
             [method_label(sip_method_cancel)]
    .add();
  nta_outgoing_tcancel(
    txn->orq, nullptr, nullptr,
    TAG_IF(!x.reason.empty(), SIPTAG_REASON_STR(x.reason.c_str())),
    TAG_END());
}

} // namespace strowger::sip
