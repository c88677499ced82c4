#include "sip/address.hpp"
#include "sip/edge.hpp"
#include "sip/sofia.hpp"
#include "sip/stack.hpp"
#include "sip/text.hpp"
#include "sip/translate.hpp"

#include <cstdlib>
#include <utility>

namespace strowger::sip {

namespace {

// A dialog with a peer of RFC 2543, which knows no tags (RFC 3891 §6.1).
constexpr std::string_view no_tag = "0";

std::string tag_or_zero(const std::string& tag) {
  return tag.empty() ? std::string{no_tag} : tag;
}

// The value of our From, without the tag at its end.
std::string_view identity_of(const leg& l) {
  std::string_view result = l.local;
  result.remove_suffix(l.local_tag.size() + sizeof(";tag=") - 1);
  return result;
}

} // namespace

// -- dialogs that Replaces names ----------------------------------------------

leg* edge::find_leg(const model::leg_name& x) {
  auto* call = find(x.call);
  return call != nullptr ? call->find(x.leg) : nullptr;
}

/// The leg of the dialog, as the recipient of the INVITE, us, sees it. Only a
/// session can be replaced (RFC 3891 §3).
leg* edge::find_leg(const replaced_dialog& x) {
  auto* l = find_leg(x.to_tag.c_str(), x.call_id);
  if (l == nullptr || l->by_refer)
    return nullptr;
  return x.from_tag == tag_or_zero(l->remote_tag) ? l : nullptr;
}

leg* edge::replaced_leg(const sip_s& invite) {
  if (invite.sip_replaces == nullptr)
    return nullptr;
  auto x = read_replaces(value_of(invite.sip_replaces));
  return x ? find_leg(*x) : nullptr;
}

model::reference edge::resolve(refer_to&& x) {
  model::reference result;
  result.uri = std::move(x.uri);
  result.user = std::move(x.user);
  if (!x.replaces)
    return result;
  result.dialog = to_string(*x.replaces);
  if (const auto* l = find_leg(*x.replaces))
    result.replaces = l->name;
  else
    result.replaces_stranger = true;
  return result;
}

// -- REFER --------------------------------------------------------------------

/// Refer-To and Referred-By. The tags of Replaces are those that the recipient
/// of the INVITE sees: that is us if the URI leads to us, and else the peer of
/// the leg that is to be replaced.
void edge::append_reference(const leg& l, std::string_view refer_to,
                            std::optional<model::leg_name> replaces,
                            std::string_view headers) {
  std::string here;
  if (refer_to.ends_with('@')) { // a number at our own address
    here = "sip:";
    append_user(here, refer_to.substr(4, refer_to.size() - 5));
    here += "@" + self_.host + ":" + self_.port + asked_by_param(l.name.call);
    refer_to = here;
  }
  std::optional<replaced_dialog> dialog;
  if (const auto* other = replaces ? find_leg(*replaces) : nullptr) {
    dialog.emplace();
    dialog->call_id = other->call_id;
    dialog->to_tag = tag_or_zero(other->local_tag);
    dialog->from_tag = tag_or_zero(other->remote_tag);
    if (!leads_to(self_, refer_to))
      std::swap(dialog->to_tag, dialog->from_tag);
  }
  append_line(lines_, "Refer-To", refer_to_value(refer_to, dialog));
  if (!has_line(headers, "Referred-By") && !has_line(headers, "b"))
    append_line(lines_, "Referred-By", identity_of(l));
}

void edge::perform(call_entry& call, model::refer&& x) {
  auto& l = open_leg(call, x.leg, x.target, x.caller);
  l.by_refer = true;
  l.remote = "<sip:";
  l.remote += address_of(x.target.uri);
  l.remote += '>';

  client_transaction txn;
  txn.method = model::method::refer;
  txn.cseq = l.local_cseq;
  if (!send(l, txn, x)) {
    report_failure(l, 0, model::method::refer);
    return;
  }
  if (!l.login.username.empty())
    txn.again = std::make_unique<model::command>(std::move(x));
  l.clients.push_back(std::move(txn));
}

bool edge::send(leg& l, client_transaction& txn, const model::refer& x) {
  lines_.clear();
  append_line(lines_, "Contact", self_.contacts[l.transport]);
  append_line(lines_, "User-Agent", product);
  append_line(lines_, "Supported", "replaces");
  append_reference(l, x.refer_to, std::nullopt, {});
  l.open_refer(txn.cseq);
  lines_ += txn.authorization;
  txn.orq = transmit(l, model::method::refer, txn.cseq, {},
                     max_forwards_default, nullptr);
  return txn.orq != nullptr;
}

// -- NOTIFYs of our REFERs ----------------------------------------------------

/// Which of our REFERs the NOTIFY is about. One without id is about the first
/// of the dialog (RFC 3515 §2.4.6) while that is open; peers that know no id
/// are about the next one then.
void edge::match(leg& l, const sip_s& request, model::notification& x) {
  if (x.event != "refer")
    return;
  auto about = l.open_refers.empty() ? l.our_refer_cseq : l.open_refers.front();
  if (const char* id = request.sip_event->o_id; id != nullptr && !l.by_refer)
    about = static_cast<uint32_t>(std::strtoul(id, nullptr, 10));
  x.outdated = l.our_refer_cseq != 0 && about != l.our_refer_cseq;
  if (x.subscription_state.starts_with("terminated"))
    l.close_refer(about);
}

// So many calls may leave a REFER behind in 32 s; NOTIFYs of more get 481.
constexpr std::size_t referrals_max = 4096;

/// The call does not wait for what comes of its REFER, but the peer that has
/// yet to say it does not hear that it knows nothing of it.
void edge::remember_referral(leg& l) {
  if (l.open_refers.empty() || referrals_.size() >= referrals_max)
    return;
  referrals_.insert_or_assign(
    l.local_tag, open_referral{l.call_id, l.remote_tag,
                               reactor_.clock_now() + transaction_limit_});
}

bool edge::is_remembered(const sip_s& request, model::time_point now) const {
  if (request.sip_request->rq_method != sip_method_notify
      || request.sip_event == nullptr || request.sip_event->o_type == nullptr
      || std::string_view{request.sip_event->o_type} != "refer")
    return false;
  auto i = referrals_.find(request.sip_to->a_tag);
  if (i == referrals_.end() || i->second.until <= now)
    return false;
  const char* tag = request.sip_from->a_tag;
  auto& x = i->second;
  return x.call_id == request.sip_call_id->i_id
         && (x.remote_tag.empty()
             || x.remote_tag == (tag != nullptr ? tag : ""));
}

} // namespace strowger::sip
