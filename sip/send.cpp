#include "sip/address.hpp"
#include "sip/counts.hpp"
#include "sip/edge.hpp"
#include "sip/loop.hpp"
#include "sip/message.hpp"
#include "sip/sofia.hpp"
#include "sip/stack.hpp"
#include "sip/text.hpp"
#include "sip/translate.hpp"

#include <caf/send.hpp>

#include <utility>

namespace strowger::sip {

namespace {

bool hides_identity(const std::string& privacy) {
  return has_word(privacy, "id") || has_word(privacy, "user");
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
    add_payload(
      message,
      with_origin(body.data, {l.session_id, l.version.next(body.data),
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
  auto number = number_of(method);
  auto* message = make_request(agent_, l, number, name_of(method), cseq,
                               max_forwards);
  if (message == nullptr)
    return nullptr;
  add_body(message, l, body);

  url_t* hop = nullptr;
  if (!l.flow.empty() && l.route.empty() && outbound_.empty())
    hop = url_make(msg_home(message), flow_uri(l.flow).c_str());
  bool is_ack = method == model::method::ack;
  auto* orq = nta_outgoing_mcreate(
    agent_, is_ack ? nullptr : on_response, is_ack ? nullptr : &l,
    reinterpret_cast<url_string_t*>(hop), message,
    TAG_IF(ack_branch != nullptr, NTATAG_ACK_BRANCH(ack_branch)), TAG_END());
  if (orq == nullptr) {
    msg_destroy(message);
    return nullptr;
  }
  count_request_out(reactor_.counters(), number);
  return orq;
}

void edge::report_failure(leg& l, model::txn_number txn, model::method method,
                          uint16_t status) {
  model::responded x;
  x.leg = l.name.leg;
  x.txn = txn;
  x.method = method;
  x.status = status;
  x.reason = status == 503 ? "No Route" : sip_status_phrase(status);
  x.local = true;
  caf::anon_send(*l.handle, std::move(x));
  loop_.nudge();
}

// -- INVITE -------------------------------------------------------------------

/// A new leg with the facts of a dialog that begins with a request of ours.
leg& edge::open_leg(call_entry& call, model::leg_number number,
                    const model::target& to,
                    const model::caller_identity& caller) {
  auto& l = add_leg(call, number);
  l.call_id = make_call_id(l.name, self_.host);
  l.local = from_value(caller, self_.host) + ";tag=" + l.local_tag;
  l.remote_target = to.uri;
  l.route = to.route;
  l.flow = to.received;
  l.transport = transport_of(to.uri, to.received);
  l.login = to.login;
  l.local_cseq = 1;
  return l;
}

void edge::perform(call_entry& call, model::invite&& x) {
  auto& l = open_leg(call, x.leg, x.target, x.caller);
  l.remote = "<sip:";
  if (!x.to_user.empty()) {
    append_user(l.remote, x.to_user);
    l.remote += '@';
  }
  l.remote += host_of(x.target.uri);
  l.remote += '>';

  client_transaction txn;
  txn.cseq = l.local_cseq;
  if (!send(l, txn, x)) {
    report_failure(l, 0, model::method::invite);
    return;
  }
  if (!call.delay_known) {
    call.delay_known = true;
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
  txn.orq = transmit(l, model::method::invite, txn.cseq, x.body, x.max_forwards,
                     nullptr);
  return txn.orq != nullptr;
}

// -- requests inside the dialog -----------------------------------------------

void edge::perform(leg& l, model::request&& x) {
  if (x.refer_replaces && find_leg(*x.refer_replaces) == nullptr) {
    report_failure(l, x.txn, x.method, 481);
    return;
  }
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
                    std::to_string(x.rseq) + ' ' + std::to_string(invite.cseq)
                      + " INVITE");
  }
  if (!x.refer_to.empty()) {
    l.our_refer_cseq = txn.cseq;
    l.open_refer(txn.cseq);
    append_reference(l, x.refer_to, x.refer_replaces, x.headers);
  }
  if (x.notify) {
    auto& event = x.notify->event;
    auto again = l.referred_again && event == "refer";
    append_line(lines, "Event",
                again ? with_event_id(event, l.peer_refer_cseq) : event);
    append_line(lines, "Subscription-State", x.notify->subscription_state);
  }
  lines += txn.authorization;
  lines += x.headers;
  txn.orq = transmit(l, x.method, txn.cseq, x.body, max_forwards_default,
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
                       max_forwards_default, nta_outgoing_branch(txn->orq));
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
  count_request_out(reactor_.counters(), sip_method_cancel);
  nta_outgoing_tcancel(
    txn->orq, nullptr, nullptr,
    TAG_IF(!x.reason.empty(), SIPTAG_REASON_STR(x.reason.c_str())), TAG_END());
}

} // namespace strowger::sip
