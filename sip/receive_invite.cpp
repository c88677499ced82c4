#include "actors/model/contact.hpp"
#include "sip/address.hpp"
#include "sip/edge.hpp"
#include "sip/reference.hpp"
#include "sip/sofia.hpp"
#include "sip/text.hpp"
#include "sip/translate.hpp"

#include <strings.h>

#include <cstring>
#include <utility>

namespace strowger::sip {

// -- may it come in? ----------------------------------------------------------

namespace {

bool same(const char* a, const char* b) {
  return a != nullptr && b != nullptr && same_text(a, b);
}

// Accept without SDP: no answer of ours could be read (RFC 3261 §20.1).
bool accepts_sdp(const sip_accept_t* list) {
  if (list == nullptr)
    return true;
  for (const auto* x = list; x != nullptr; x = x->ac_next)
    if (same(x->ac_type, "application/sdp") || same(x->ac_type, "*/*")
        || same(x->ac_type, "application/*"))
      return true;
  return false;
}

bool understands_body(const sip_s& request) {
  if (request.sip_payload == nullptr || request.sip_payload->pl_len == 0)
    return true;
  const auto* type = request.sip_content_type;
  return type == nullptr || type->c_type == nullptr
         || same(type->c_type, "application/sdp")
         || strncasecmp(type->c_type, "multipart/", 10) == 0;
}

bool is_encoded(const sip_s& request) {
  const auto* list = request.sip_content_encoding;
  if (list == nullptr || list->k_items == nullptr)
    return false;
  for (const auto* p = list->k_items; *p != nullptr; ++p)
    if (!same(*p, "identity"))
      return true;
  return false;
}

refusal wrong_media() {
  return {.status = 415,
          .headers = "Accept: application/sdp\r\nAccept-Encoding: identity\r\n",
          .label = rejection::unsupported};
}

// Content-Type of a multipart without boundary, say, was unreadable.
bool has_untyped_body(const sip_s& request) {
  return request.sip_payload != nullptr && request.sip_payload->pl_len > 0
         && request.sip_content_type == nullptr;
}

} // namespace

/// What the guard cannot know: form and media of a new call, and loops.
std::optional<refusal> edge::judge_invite(const sip_s& request) {
  const auto* forwards = request.sip_max_forwards;
  if (forwards != nullptr && forwards->mf_count == 0)
    return refusal{.status = 483, .label = rejection::loop};
  // Our own INVITE come back as we sent it (RFC 3261 §16.3). To another user
  // it would be a spiral, which ends by itself.
  if (auto* l = find_leg(request.sip_from->a_tag, request.sip_call_id->i_id);
      l != nullptr
      && user_in(l->remote_target)
           == user_in(text_of(request.sip_request->rq_url)))
    return refusal{.status = 482, .label = rejection::loop};
  if (const auto* x = request.sip_replaces) {
    if (!read_replaces(value_of(x)))
      return refusal{.phrase = "Bad Replaces Header"};
    if (replaced_leg(request) == nullptr)
      return refusal{.status = 481, .label = rejection::unknown_user};
  }
  if (!accepts_sdp(request.sip_accept))
    return refusal{.status = 406, .label = rejection::unsupported};
  if (!understands_body(request) || is_encoded(request)
      || has_untyped_body(request))
    return wrong_media();
  return std::nullopt;
}

void edge::receive_invite(msg_s* message, sip_s* request, const arrival& from) {
  if (auto why = judge_invite(*request)) {
    turn_away(message, *why);
    return;
  }
  const auto& config = board_.config();
  auto who = identifier_.identify(from.source, from.port,
                                  user_of(request->sip_from->a_url));
  if (who.dn != nullptr)
    if (auto why = challenger_.check(*request, *who.dn, config, from.now)) {
      turn_away(message, *why);
      return;
    }
  auto is_awaited = [&] {
    return board_.awaits(who.number(), user_of(request->sip_request->rq_url),
                         asked_by(*request));
  };
  if (auto room = board_.admit(); !room.granted && !is_awaited()) {
    refusal full{.status = room.status, .label = room.why};
    if (room.retry_after_s > 0)
      full.headers = "Retry-After: " + std::to_string(room.retry_after_s)
                     + "\r\n";
    if (!room.contact.empty())
      append_line(full.headers, "Contact",
                  "<"
                    + model::request_uri(room.contact,
                                         user_of(request->sip_request->rq_url),
                                         model::contact_user::replace)
                    + ">");
    turn_away(message, full);
    return;
  }
  open_call(message, request, from, who);
}

// -- a new call ---------------------------------------------------------------

namespace {

// Behind NAT the Contact names an address that the request did not come from.
bool is_behind_nat(const sip_s& request, const arrival& from) {
  if (from.protocol == "tls")
    return true; // such a client does not listen: there is its connection only
  const auto* via = request.sip_via;
  const auto* contact = request.sip_contact;
  if (contact == nullptr || request.sip_record_route != nullptr
      || via->v_received == nullptr)
    return false;
  return same(contact->m_url->url_host, via->v_host);
}

transport_index index_of(const arrival& from) {
  return from.protocol == "tls"   ? on_tls
         : from.protocol == "tcp" ? on_tcp
                                  : on_udp;
}

model::offered offer_of(const sip_s& request, const arrival& from,
                        const origin& who) {
  model::offered x;
  x.source = who.number();
  x.source_address = to_string(from);
  x.trusted = who.trusted;
  x.may_call_out = who.may_call_out;
  x.called = user_of(request.sip_request->rq_url);
  x.sip_call_id = request.sip_call_id->i_id;
  x.caller = caller_of(request, who.trusted);
  x.body = body_of(request);
  x.headers = passing_headers(request);
  if (request.sip_max_forwards != nullptr)
    x.max_forwards = static_cast<uint16_t>(
      std::min<unsigned long>(request.sip_max_forwards->mf_count, 255));
  x.reliable = (request.sip_supported != nullptr
                && sip_has_feature(request.sip_supported, "100rel"))
               || (request.sip_require != nullptr
                   && sip_has_feature(request.sip_require, "100rel"));
  x.update_allowed = allows_update(request);
  x.asked_by = asked_by(request);
  x.session = session_of(request);
  x.received_at = from.now;
  return x;
}

} // namespace

void edge::open_call(msg_s* message, sip_s* request, const arrival& from,
                     const origin& who) {
  auto offer = offer_of(*request, from, who);
  if (const auto* l = replaced_leg(*request)) {
    offer.replaces = l->name;
    offer.replaces_early_only
      = read_replaces(value_of(request->sip_replaces))->early_only;
  }
  auto* irq = nta_incoming_create(agent_, nullptr, message, request, TAG_END());
  if (irq == nullptr)
    return;
  auto made = board_.open(std::move(offer));
  auto& call = calls_[made.id];
  call.id = made.id;
  call.handle = std::move(made.handle);
  call.received_at = from.now;

  auto& l = add_leg(call, made.leg);
  l.caller = true;
  l.settled = true;
  l.call_id = request->sip_call_id->i_id;
  l.remote_tag = request->sip_from->a_tag != nullptr ? request->sip_from->a_tag
                                                     : "";
  l.local = value_of(request->sip_to) + ";tag=" + l.local_tag;
  l.remote = value_of(request->sip_from);
  l.remote_target = text_of(request->sip_contact != nullptr
                              ? request->sip_contact->m_url
                              : request->sip_from->a_url);
  l.route = route_set_of(*request);
  l.remote_cseq = request->sip_cseq->cs_seq;
  l.transport = index_of(from);
  if (is_behind_nat(*request, from))
    l.flow = to_string(from);
  auto& txn = l.servers.emplace_back();
  txn.irq = irq;
  nta_incoming_tag(irq, l.local_tag.c_str());
  nta_incoming_bind(irq, on_ack_or_cancel, &l);
}

} // namespace strowger::sip
