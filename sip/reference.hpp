#pragma once

#include "actors/model/signal.hpp"
#include "sip/refusal.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

struct sip_s;

/// Refer-To (RFC 3515) and Replaces (RFC 3891), read and written. Pure
/// functions; which leg a dialog belongs to is the edge's business.
namespace strowger::sip {

/// A dialog as Replaces names it: its tags are those that the recipient of the
/// INVITE sees, so `to_tag` is the recipient's own.
struct replaced_dialog {
  std::string call_id;
  std::string to_tag;
  std::string from_tag;
  bool early_only = false;
};

/// A Replaces value; nothing unless it has a Call-ID and each tag once
/// (RFC 3891 §6.1).
std::optional<replaced_dialog> read_replaces(std::string_view value);

/// `call-id;to-tag=x;from-tag=y`.
std::string to_string(const replaced_dialog& x);

/// What Refer-To asks for.
struct refer_to {
  std::string uri;  // without headers and the parameter `method`
  std::string user; // unescaped
  std::optional<replaced_dialog> replaces;
};

/// Refer-To of a REFER. 400 if there is none, or if it or its Replaces cannot
/// be read; 603 if it asks for something else than a call (RFC 3515 §2.4.2).
std::variant<refer_to, refusal> read_refer_to(const sip_s& request);

/// `<uri?Replaces=...>`; the value is escaped (RFC 3261 §19.1.2). Headers that
/// the URI has already stay.
std::string refer_to_value(std::string_view uri,
                           const std::optional<replaced_dialog>& replaces);

/// What tells of several REFERs of a dialog which one is meant (RFC 3515
/// §2.4.6): the CSeq of that REFER, in `id` of Event.
std::string with_event_id(std::string_view event, uint32_t refer_cseq);

/// Event and Subscription-State of a NOTIFY; nothing without Event.
std::optional<model::notification> notification_of(const sip_s& request);

// -- the INVITE that comes of a REFER -----------------------------------------

/// A parameter for Refer-To, so that the INVITE says for which call it comes.
std::string asked_by_param(model::call_id call);

/// The call that a Request-URI with it names.
std::optional<model::call_id> asked_by(const sip_s& invite);

} // namespace strowger::sip
