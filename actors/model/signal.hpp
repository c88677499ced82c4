#pragma once

#include "actors/model/session_timer.hpp"
#include "actors/model/time.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The vocabulary between a call and any wire: what a wire tells a call
/// (signals) and what a call asks of a wire (commands). Both are plain values;
/// a transaction is named by its leg and a number (`txn`). Requests of the peer
/// are numbered by the wire, ours by the call; 0 is the first INVITE of a leg.
namespace strowger::model {

// -- names --------------------------------------------------------------------

/// Identifies a call for ever: the ConnID of T-Library.
struct call_id {
  uint64_t value = 0;
  auto operator<=>(const call_id&) const = default;
};

/// Index of a leg inside its call; 0 is the leg that the caller opened.
using leg_number = uint8_t;

/// The Call-ID of a leg that we open, up to its @: 16 hex digits of the call, a
/// dash, the leg. So captures, logs and records find each other.
std::string sip_call_id_of(call_id call, leg_number leg);

/// A leg of any call. A leg that moves to another call gets another name.
struct leg_name {
  call_id call;
  leg_number leg = 0;
  bool operator==(const leg_name&) const = default;
};

/// Number of a transaction inside its leg and direction.
using txn_number = uint32_t;

/// SIP methods that a call knows (RFC 3261, 3262, 3311, 3428, 3515, 6086,
/// 6665).
enum class method : uint8_t {
  invite,
  ack,
  bye,
  cancel,
  prack,
  update,
  info,
  message,
  refer,
  notify,
  options,
};

// -- parts of messages --------------------------------------------------------

/// A body, untouched: its Content-Type and its bytes. Empty type = no body.
struct content {
  std::string type;
  std::string data;

  bool empty() const {
    return type.empty();
  }
  bool is_sdp() const {
    return type == "application/sdp";
  }
};

/// Who calls: From, and what a trusted peer asserts (RFC 3325, RFC 3323).
struct caller_identity {
  std::string display;  // without quotes
  std::string user;     // ANI
  std::string host;     // as received; "anonymous.invalid" is kept
  std::string asserted; // P-Asserted-Identity value; empty unless trusted
  std::string privacy;  // Privacy value
};

/// Answers a challenge for an outgoing request (trunks with credentials).
struct credentials {
  std::string username;
  std::string password;
};

/// Whom a REFER wants to be called (RFC 3515), and which dialog that call is to
/// replace (RFC 3891).
struct reference {
  std::string uri;  // without headers and angle brackets
  std::string user; // its user part, unescaped
  std::optional<leg_name> replaces;
  bool replaces_stranger = false; // it names a dialog that is not ours
  std::string dialog; // either, as the value of Replaces; empty: none
};

/// What NOTIFY carries beside its body (RFC 6665).
struct notification {
  std::string event;              // Event, without parameters: "refer", "talk"
  std::string subscription_state; // "active;expires=60"; empty for BroadSoft's
  bool outdated = false; // of a REFER before the last one (its `id` says so)
};

/// Where an INVITE goes.
struct target {
  std::string uri;   // Request-URI
  std::string route; // Route to preload (Path of a binding), or empty
  std::string
    received; // address to send to instead of the URI's (NAT), or empty
  credentials login;
  std::string alert_info; // `sip-alert-info`, verbatim, or empty
  bool trusted = false;   // may see identities that ask for privacy
};

// -- signals: wire -> call ----------------------------------------------------

/// An INVITE outside a dialog. The wire has authenticated and identified it.
struct offered {
  std::string source; // number of the DN or trunk it came from, or empty
  std::string source_address; // "udp:192.0.2.1:5060"
  bool trusted = false;       // in `trusted-networks`, or a trusted device
  bool may_call_out = false;  // over trunks; only if the wire knows who it is
  std::string called;         // user part of the Request-URI
  std::string sip_call_id;
  caller_identity caller;
  content body;
  std::string headers; // header lines that pass through, each with CRLF
  uint16_t max_forwards = 70;
  bool reliable = false;       // Supported or Require: 100rel
  bool update_allowed = false; // Allow has UPDATE
  session_terms session;
  std::optional<leg_name> replaces; // RFC 3891; the wire refused unknown ones
  bool replaces_early_only = false;
  leg_number leg = 0; // it opens: not 0 if the call asked for it by REFER
  std::optional<call_id>
    asked_by; // that call, if the Request-URI still says so
  time_point received_at{};
};

/// A response to a request of ours, or the stack's own verdict on it.
struct responded {
  leg_number leg = 0;
  txn_number txn = 0;
  model::method method = method::invite;
  uint16_t status = 0;
  std::string reason;
  content body;
  std::string headers;
  uint32_t rseq = 0;                 // not 0: reliable provisional (RFC 3262)
  std::vector<std::string> contacts; // URIs of a 3xx, best first
  session_terms session;
  uint32_t retry_after_s = 0;
  bool update_allowed = false;
  bool local = false; // no peer said so: time-out or transport error
};

/// A request of the peer inside the dialog of a leg (not ACK, not CANCEL).
struct requested {
  leg_number leg = 0;
  txn_number txn = 0;
  model::method method = method::invite;
  content body;
  std::string headers;
  session_terms session;
  std::optional<reference> refer;     // of REFER
  std::optional<notification> notify; // of NOTIFY
};

/// The peer acknowledged our 2xx to its INVITE.
struct acked {
  leg_number leg = 0;
  txn_number txn = 0;
  content body;
};

/// The peer cancelled its INVITE; the wire has answered the CANCEL itself.
struct cancelled {
  leg_number leg = 0;
};

/// Our 2xx, or our reliable provisional, was never acknowledged (64*T1).
struct unacknowledged {
  leg_number leg = 0;
  txn_number txn = 0;
};

// -- commands: call -> wire ---------------------------------------------------

/// Open a leg: send the first INVITE (txn 0).
struct invite {
  leg_number leg = 0;
  model::target target;
  std::string to_user; // user part of To
  caller_identity caller;
  content body;
  std::string headers;
  uint16_t max_forwards = 70;
  bool reliable = false; // offer 100rel
  session_terms session;
};

/// Send a request inside the dialog. BYE and re-INVITE included; for PRACK,
/// `rseq` names the provisional response it acknowledges.
struct request {
  leg_number leg = 0;
  txn_number txn = 0;
  model::method method = method::invite;
  content body;
  std::string headers;
  session_terms session;
  uint32_t rseq = 0;
  std::string refer_to;                   // of REFER: a URI, as in `refer`
  std::optional<leg_name> refer_replaces; // adds Replaces to it, for that leg
  std::optional<notification> notify;     // of NOTIFY
};

/// Open a leg by asking its peer to call somebody: REFER outside a dialog (txn
/// 0), for calls that a client makes (`refer-enabled`).
struct refer {
  leg_number leg = 0;
  model::target target;
  caller_identity caller; // From
  std::string refer_to;   // a URI; "sip:2002@" is 2002 at our own address
};

/// Answer a request of the peer.
struct respond {
  leg_number leg = 0;
  txn_number txn = 0;
  uint16_t status = 0;
  std::string reason; // empty: the standard phrase
  content body;
  std::string headers;
  bool reliable = false;             // send the provisional reliably
  std::vector<std::string> contacts; // of a 3xx
  session_terms session;
  uint32_t retry_after_s = 0;
};

/// Acknowledge the 2xx to our INVITE `txn`.
struct acknowledge {
  leg_number leg = 0;
  txn_number txn = 0;
  content body;
};

/// Cancel our first INVITE on this leg; its final response still comes.
struct cancel {
  leg_number leg = 0;
  std::string reason; // Reason header value (RFC 3326), or empty
};

/// The call is done with this leg: free what the wire holds for it. The wire
/// still absorbs and answers what the peer repeats.
struct forget {
  leg_number leg = 0;
};

/// This leg belongs to another call from now on, where it has another number.
/// Signals that the wire sends afterwards go there; the dialog does not notice.
struct hand_over {
  leg_number leg = 0;
  leg_name to;
};

using command = std::variant<invite, request, respond, acknowledge, cancel,
                             forget, refer, hand_over>;

} // namespace strowger::model

template <>
struct std::hash<strowger::model::call_id> {
  size_t operator()(strowger::model::call_id x) const noexcept {
    return std::hash<uint64_t>{}(x.value);
  }
};
