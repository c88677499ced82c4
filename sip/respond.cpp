#include "sip/edge.hpp"
#include "sip/message.hpp"
#include "sip/sofia.hpp"
#include "sip/stack.hpp"
#include "sip/text.hpp"
#include "sip/translate.hpp"

#include <caf/send.hpp>

#include <utility>

namespace strowger::sip {

namespace {

// Contact, Allow and Supported belong to what makes or refreshes a dialog
// (RFC 3261 table 2, RFC 3311 §5.1).
void append_dialog_lines(std::string& to, const model::respond& x,
                         model::method method, std::string_view contact) {
  bool invite = method == model::method::invite;
  bool refresh = invite || method == model::method::update;
  if (!x.contacts.empty() && x.status >= 300) {
    for (const auto& uri : x.contacts)
      append_line(to, "Contact", "<" + uri + ">");
  } else if ((refresh || method == model::method::refer
              || method == model::method::notify)
             && x.status > 100 && x.status < 300) {
    append_line(to, "Contact", contact);
  }
  if ((refresh && x.status >= 200 && x.status < 300) || x.status == 405)
    append_line(to, "Allow", allowed_methods);
  if (refresh && x.status >= 200 && x.status < 300)
    append_line(to, "Supported", supported_extensions);
}

void append_terms(std::string& to, const model::respond& x) {
  auto terms = x.session;
  if (x.status == 422)
    terms.interval_s = 0;
  else
    terms.min_se_s = 0; // Min-SE has no meaning in other responses
  append_session(to, terms);
  if (terms.required && x.status >= 200 && x.status < 300)
    to += "Require: timer\r\n";
}

} // namespace

void edge::perform(leg& l, model::respond&& x) {
  auto* txn = l.server(x.txn);
  if (txn == nullptr || txn->status >= 200 || x.status < 100 || x.status > 699)
    return;
  auto& lines = lines_;
  auto make = [&] {
    lines.clear();
    append_dialog_lines(lines, x, txn->method, self_.contacts[l.transport]);
    append_line(lines, "Server", product);
    append_terms(lines, x);
    if (x.retry_after_s > 0)
      append_line(lines, "Retry-After", std::to_string(x.retry_after_s));
    lines += x.headers;
    auto* message = nta_msg_create(agent_, 0);
    add_body(message, l, x.body);
    const char* phrase = x.reason.empty() ? sip_status_phrase(x.status)
                                          : x.reason.c_str();
    if (nta_incoming_complete_response(txn->irq, message, x.status, phrase,
                                       TAG_END())
        < 0) {
      msg_destroy(message);
      message = nullptr;
    }
    return message;
  };
  bool sent = false;
  if (x.reliable && x.status > 100 && x.status < 200)
    if (auto* message = make())
      sent = nta_reliable_mreply(txn->irq, on_prack, this, message) != nullptr;
  // A peer that does not know 100rel gets the response without it.
  if (!sent)
    if (auto* message = make())
      nta_incoming_mreply(txn->irq, message);
  reactor_.counters()
    .responses[static_cast<std::size_t>(heading::out)][x.status / 100 - 1]
    .add();
  txn->status = x.status;
  if (x.status < 200)
    return;
  if (txn->method == model::method::refer && x.status < 300) {
    l.referred_again = l.peer_refer_cseq != 0;
    l.peer_refer_cseq = nta_incoming_cseq(txn->irq);
  }
  bool waits_for_ack = txn->method == model::method::invite && x.status < 300;
  if (!waits_for_ack) {
    nta_incoming_destroy(txn->irq);
    l.erase(txn);
  }
}

} // namespace strowger::sip
