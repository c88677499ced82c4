#include "sip/edge.hpp"
#include "sip/loop.hpp"
#include "sip/message.hpp"
#include "sip/sofia.hpp"
#include "sip/translate.hpp"

#include <caf/send.hpp>

#include <cstring>
#include <utility>
#include <variant>

namespace strowger::sip {

namespace {

arrival arrival_of(const sip_s& request, msg_s* message,
                   model::time_point now) {
  arrival result;
  const auto* from = msg_addr(message);
  if (from->su_family == AF_INET) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(
      &from->su_sin.sin_addr);
    result.source = ip_address::from_v4(
      std::span<const std::uint8_t, 4>{bytes, 4});
  } else if (from->su_family == AF_INET6) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(
      &from->su_sin6.sin6_addr);
    result.source = ip_address::from_v6(
      std::span<const std::uint8_t, 16>{bytes, 16});
  }
  result.port = ntohs(from->su_port);
  // Sofia has checked that the top Via tells the transport.
  const char* protocol = request.sip_via->v_protocol;
  if (protocol == sip_transport_tcp)
    result.protocol = "tcp";
  else if (protocol == sip_transport_tls)
    result.protocol = "tls";
  result.size = size_of(*message);
  result.now = now;
  return result;
}

refusal no_such_dialog() {
  return {.status = 481, .phrase = "Call/Transaction Does Not Exist"};
}

refusal not_allowed() {
  refusal result{.status = 405, .label = rejection::unsupported};
  result.headers = "Allow: ";
  result.headers += allowed_methods;
  result.headers += "\r\n";
  return result;
}

} // namespace

// -- every request ------------------------------------------------------------

int edge::on_message(void* self, nta_agent_s*, msg_s* message, sip_s* parsed) {
  auto& x = *static_cast<edge*>(self);
  if (parsed->sip_request != nullptr)
    x.receive(message, parsed);
  else
    x.receive_stray(message, parsed);
  return 0;
}

void edge::turn_away(msg_s* message, const refusal& why) {
  refuse(agent_, message, why, reactor_.counters());
}

void edge::receive(msg_s* message, sip_s* request) {
  auto now = reactor_.clock_now();
  auto& counters = reactor_.counters();
  auto method = request->sip_request->rq_method;
  counters.requests[static_cast<std::size_t>(heading::in)][method_label(method)]
    .add();
  auto from = arrival_of(*request, message, now);
  if (const auto& config = board_.config(); &config != configured_)
    configure(config);
  if (auto why = guard_.inspect(*request, from)) {
    turn_away(message, *why);
  } else if (method == sip_method_ack) {
    // To a 2xx that nobody remembers, or a stray.
    msg_destroy(message);
  } else if (method == sip_method_cancel) {
    turn_away(message, no_such_dialog());
  } else if (request->sip_to->a_tag != nullptr) {
    receive_in_dialog(message, request, from);
  } else {
    receive_out_of_dialog(message, request, from);
  }
}

void edge::receive_out_of_dialog(msg_s* message, sip_s* request,
                                 const arrival& from) {
  switch (request->sip_request->rq_method) {
    case sip_method_invite:
      receive_invite(message, request, from);
      break;
    case sip_method_register:
      registrations->receive(agent_, message, request, from, board_);
      break;
    case sip_method_options:
      answer_options(message);
      break;
    case sip_method_bye:
    case sip_method_prack:
    case sip_method_update:
    case sip_method_notify: // RFC 6665 §4.1.3
      turn_away(message, no_such_dialog());
      break;
    case sip_method_refer:
      turn_away(message, {.status = 501, .label = rejection::unsupported});
      break;
    default:
      turn_away(message, not_allowed());
      break;
  }
}

void edge::answer_options(msg_s* message) {
  refusal x{.status = 200};
  x.headers = "Accept: application/sdp\r\nAllow: ";
  x.headers += allowed_methods;
  x.headers += "\r\nSupported: ";
  x.headers += supported_extensions;
  x.headers += "\r\n";
  reactor_.counters()
    .responses[static_cast<std::size_t>(heading::out)][1]
    .add();
  nta_msg_treply(agent_, message, SIP_200_OK,
                 SIPTAG_HEADER_STR(x.headers.c_str()), TAG_END());
}

// -- requests inside a dialog -------------------------------------------------

leg* edge::find_leg(const char* own_tag, std::string_view call_id) {
  auto name = parse_tag(own_tag);
  if (!name)
    return nullptr;
  auto* call = find(name->call);
  auto* l = call != nullptr ? call->find(name->leg) : nullptr;
  if (l == nullptr || l->local_tag != own_tag) {
    if (moved_.empty())
      return nullptr;
    auto i = moved_.find(own_tag);
    if (i == moved_.end())
      return nullptr;
    l = i->second;
  }
  return l->call_id == call_id ? l : nullptr;
}

leg* edge::find_leg(const sip_s& request) {
  auto* l = find_leg(request.sip_to->a_tag, request.sip_call_id->i_id);
  if (l == nullptr)
    return nullptr;
  // The first NOTIFY may overtake the response to our REFER (RFC 6665
  // §4.1.2.4); then it is the one that makes the dialog.
  if (l->by_refer && !l->settled
      && request.sip_request->rq_method == sip_method_notify)
    return l;
  const char* tag = request.sip_from->a_tag;
  return l->remote_tag == (tag != nullptr ? tag : "") ? l : nullptr;
}

std::optional<refusal> edge::judge_in_dialog(const leg& l,
                                             const sip_s& request) {
  auto method = request.sip_request->rq_method;
  if (!method_of(request))
    return not_allowed();
  if (method == sip_method_prack) // those that fit go to on_prack()
    return no_such_dialog();
  if (request.sip_cseq->cs_seq < l.remote_cseq) // RFC 3261 §12.2.2
    return refusal{.status = 500, .phrase = "CSeq Out Of Order"};
  if (method == sip_method_refer) {
    auto wanted = read_refer_to(request);
    if (auto* why = std::get_if<refusal>(&wanted))
      return std::move(*why);
  }
  if (method == sip_method_notify && !notification_of(request))
    return refusal{.status = 489,
                   .phrase = "Bad Event",
                   .headers = "Allow-Events: refer\r\n"};
  if (method != sip_method_invite)
    return std::nullopt;
  if (l.server_invite_pending()) { // RFC 3261 §14.2
    refusal result{.status = 500, .phrase = "INVITE Pending"};
    result.headers = "Retry-After: " + std::to_string(random() % 10 + 1)
                     + "\r\n";
    return result;
  }
  if (l.client_invite_pending())
    return refusal{.status = 491};
  return std::nullopt;
}

void edge::receive_in_dialog(msg_s* message, sip_s* request,
                             const arrival& from) {
  auto* l = find_leg(*request);
  if (l == nullptr && is_remembered(*request, from.now)) {
    reactor_.counters()
      .responses[static_cast<std::size_t>(heading::out)][1]
      .add();
    nta_msg_treply(agent_, message, SIP_200_OK, TAG_END());
    return;
  }
  if (l == nullptr) {
    if (request->sip_request->rq_method != sip_method_notify
        || !(presences->receive(message, *request)
             || watchers->receive(message, *request)))
      turn_away(message, no_such_dialog());
    return;
  }
  if (auto why = judge_in_dialog(*l, *request)) {
    turn_away(message, *why);
    return;
  }
  auto method = *method_of(*request);
  l->remote_cseq = request->sip_cseq->cs_seq;
  if (l->by_refer && !l->settled)
    settle_dialog(*l, *request);
  if (method == model::method::options) {
    answer_options(message);
    return;
  }
  // A peer behind NAT may have got another port since (RFC 5626 §4.4).
  if (!l->flow.empty())
    l->flow = to_string(from);
  auto* irq = nta_incoming_create(agent_, nullptr, message, request, TAG_END());
  if (irq != nullptr)
    deliver(*l, irq, *request, method);
}

/// Hands a request with its transaction to the call.
void edge::deliver(leg& l, nta_incoming_s* irq, const sip_s& request,
                   model::method method) {
  nta_incoming_bind(irq, on_ack_or_cancel, &l);
  bool refresh = method == model::method::invite
                 || method == model::method::update;
  if (refresh && request.sip_contact != nullptr)
    l.remote_target = text_of(request.sip_contact->m_url);
  auto& txn = l.servers.emplace_back();
  txn.irq = irq;
  txn.number = l.next_server_txn++;
  txn.method = method;

  model::requested x;
  x.leg = l.name.leg;
  x.txn = txn.number;
  x.method = method;
  x.body = body_of(request);
  x.headers = passing_headers(request);
  x.session = session_of(request);
  if (method == model::method::refer) {
    auto wanted = read_refer_to(request); // judge_in_dialog() has let it pass
    if (auto* what = std::get_if<refer_to>(&wanted))
      x.refer = resolve(std::move(*what));
  } else if (method == model::method::notify) {
    x.notify = notification_of(request);
    if (x.notify)
      match(l, request, *x.notify);
  }
  caf::anon_send(*l.handle, std::move(x));
}

// -- ACK, CANCEL, PRACK -------------------------------------------------------

int edge::on_ack_or_cancel(void* magic, nta_incoming_s* irq,
                           const sip_s* parsed) {
  auto& l = *static_cast<leg*>(magic);
  auto* txn = l.find(irq);
  if (txn == nullptr)
    return 0;
  auto& edge = *l.wire;
  auto& counters = edge.reactor_.counters();
  if (parsed != nullptr)
    counters
      .requests[static_cast<std::size_t>(heading::in)]
               [method_label(parsed->sip_request->rq_method)]
      .add();
  if (parsed != nullptr
      && parsed->sip_request->rq_method == sip_method_cancel) {
    // A re-INVITE is let go on: to give up what the other side may have taken
    // already would leave the two with different sessions.
    if (txn->number == 0 && l.caller && txn->status < 200)
      caf::anon_send(*l.handle, model::cancelled{l.name.leg});
    return 0;
  }
  if (parsed != nullptr) {
    caf::anon_send(*l.handle,
                   model::acked{l.name.leg, txn->number, body_of(*parsed)});
  } else {
    caf::anon_send(*l.handle, model::unacknowledged{l.name.leg, txn->number});
    edge.loop_.nudge();
  }
  nta_incoming_destroy(irq);
  l.erase(txn);
  return 0;
}

/// The transaction of the PRACK stays open until the call answers it.
int edge::on_prack(void* self, nta_reliable_s* reliable, nta_incoming_s* irq,
                   const sip_s* parsed) {
  auto& x = *static_cast<edge*>(self);
  nta_reliable_destroy(reliable);
  if (irq == nullptr || parsed == nullptr)
    return 200;
  x.reactor_.counters()
    .requests[static_cast<std::size_t>(heading::in)]
             [method_label(sip_method_prack)]
    .add();
  auto* l = x.find_leg(*parsed);
  if (l == nullptr) {
    nta_incoming_treply(irq, SIP_481_NO_TRANSACTION, TAG_END());
    nta_incoming_destroy(irq);
    return 0;
  }
  l->remote_cseq = std::max(l->remote_cseq, parsed->sip_cseq->cs_seq);
  x.deliver(*l, irq, *parsed, model::method::prack);
  return 0;
}

} // namespace strowger::sip
