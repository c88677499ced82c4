#include "sip/counts.hpp"
#include "sip/edge.hpp"
#include "sip/loop.hpp"
#include "sip/sofia.hpp"
#include "sip/translate.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace strowger::sip {

// -- challenges ---------------------------------------------------------------

/// Repeats the request with credentials (RFC 3261 §22.2). False if that cannot
/// be done, or was done already.
bool edge::answer_challenge(leg& l, client_transaction& txn,
                            const sip_s& response) {
  if (!txn.again || !txn.authorization.empty())
    return false;
  const auto& body = std::visit(
    [](const auto& x) -> const std::string& {
      static const std::string none;
      if constexpr (requires { x.body.data; })
        return x.body.data;
      else
        return none;
    },
    *txn.again);
  auto line = answer_challenges(
    response, l.login, random_(),
    {.method = name_of(txn.method), .uri = l.remote_target, .body = body});
  if (!line)
    return false;
  txn.authorization = std::move(*line);
  auto* old = txn.orq;
  txn.cseq = ++l.local_cseq;
  bool sent = std::visit(
    [&](const auto& x) {
      if constexpr (requires { this->send(l, txn, x); })
        return this->send(l, txn, x);
      else
        return false; // nothing else is challenged
    },
    *txn.again);
  if (!sent) {
    txn.orq = old;
    return false;
  }
  txn.status = 0;
  nta_outgoing_destroy(old);
  return true;
}

// -- one response -------------------------------------------------------------

int edge::on_response(void* l, nta_outgoing_s* orq, const sip_s* response) {
  auto& x = *static_cast<leg*>(l);
  x.wire->receive_response(x, orq, response);
  return 0;
}

void edge::receive_response(leg& l, nta_outgoing_s* orq,
                            const sip_s* response) {
  auto* txn = l.find(orq);
  if (txn == nullptr)
    return;
  bool local = response == nullptr || nta_sip_is_internal(response);
  auto status = static_cast<uint16_t>(local || response->sip_status == nullptr
                                        ? nta_outgoing_status(orq)
                                        : response->sip_status->st_status);
  if (!local) {
    count_response_in(reactor_.counters(), status);
    if (status < 200 && !guard::is_sane(*response))
      return;
  }
  bool invite = txn->method == model::method::invite;
  txn->status = status;
  uint32_t rseq = 0;
  if (!local && invite && status > 100 && status < 300) {
    if (status < 200 && response->sip_rseq != nullptr) {
      rseq = static_cast<uint32_t>(response->sip_rseq->rs_response);
      const char* tag = response->sip_to->a_tag;
      std::string_view early = tag != nullptr ? tag : "";
      // A repeated one, or one that overtook another, is not for the call
      // (RFC 3262 §4).
      if (txn->rseq_tag == early && txn->rseq != 0 && rseq != txn->rseq + 1)
        return;
      txn->rseq = rseq;
      txn->rseq_tag = early;
    }
    learn_dialog(l, *response, status);
  }
  // Of our REFER, only a 2xx makes a dialog (RFC 3515 §2.4.4).
  if (!local && l.by_refer && !l.settled && txn->number == 0 && status >= 200
      && status < 300)
    learn_dialog(l, *response, status);
  if (txn->method == model::method::refer && status >= 300)
    l.close_refer(txn->cseq);
  if (!local && (status == 401 || status == 407)
      && answer_challenge(l, *txn, *response))
    return;
  report(l, *txn, status, local ? nullptr : response, rseq);
  if (local)
    loop_.nudge();
  if (status >= 300 || (status >= 200 && !invite)) {
    nta_outgoing_destroy(orq);
    l.erase(txn);
  }
}

void edge::report(leg& l, const client_transaction& txn, uint16_t status,
                  const sip_s* response, uint32_t rseq) {
  model::responded x;
  x.leg = l.name.leg;
  x.txn = txn.number;
  x.method = txn.method;
  x.status = status;
  x.rseq = rseq;
  if (response == nullptr) {
    x.local = true;
    x.reason = sip_status_phrase(status) != nullptr ? sip_status_phrase(status)
                                                    : "";
    caf::anon_send(*l.handle, std::move(x));
    return;
  }
  x.reason = response->sip_status->st_phrase;
  x.body = body_of(*response);
  if (status > 100)
    x.headers = passing_headers(*response);
  if (status >= 300 && status < 400)
    x.contacts = contacts_of(*response);
  x.session = session_of(*response);
  if (const auto* after = response->sip_retry_after)
    x.retry_after_s = static_cast<uint32_t>(
      std::min<unsigned long>(after->af_delta, UINT32_MAX));
  x.update_allowed = allows_update(*response);
  caf::anon_send(*l.handle, std::move(x));
}

// -- responses without a transaction ------------------------------------------

/// A 2xx to an INVITE that we have given up meanwhile: take the call and end
/// it, or its peer would talk to nobody (RFC 3261 §13.2.2.4).
void edge::receive_stray(msg_s* message, sip_s* response) {
  auto status = response->sip_status->st_status;
  if (status >= 200 && status < 300 && response->sip_cseq != nullptr
      && response->sip_cseq->cs_method == sip_method_invite
      && parse_tag(response->sip_from->a_tag)
      && nta_outgoing_find(agent_, message, response, response->sip_via)
      && nta_msg_ackbye(agent_, message) == 0)
    return;
  msg_destroy(message);
}

} // namespace strowger::sip
