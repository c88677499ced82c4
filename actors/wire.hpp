#pragma once

#include "actors/handles.hpp"
#include "actors/model/directory.hpp"
#include "actors/probe.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strowger {

/// What the switch asks of a signalling edge: sip::stack, or a virtual wire in
/// tests. Called on the reactor's thread; answers come back as messages, never
/// from inside these calls.
class wire {
public:
  virtual ~wire() = default;

  /// Announces a call that no INVITE opened; before its first command, and
  /// before a leg of another call is handed over to it.
  virtual void adopt(model::call_id call, dialog_user handle) = 0;

  /// Carries out one command of a call. Commands for a leg that the wire does
  /// not know are ignored: the leg died while the command was made.
  virtual void perform(model::call_id call, model::command&& x) = 0;

  /// The call is over: forget all its legs and its handle.
  virtual void close(model::call_id call) = 0;

  /// Sends OPTIONS to `uri`; the result comes back to `asker` as `probed`.
  virtual void probe(const std::string& uri, probe_listener asker) = 0;

  /// Answers the REGISTER that came in as `enrolment` with this token.
  virtual void answer(enrolled&& x) = 0;
};

/// A REGISTER that a simulated user is to send (RFC 3261 §10).
struct registration_order {
  uint32_t user = 0;     // comes back with the result
  std::string number;    // user part of To, From and Contact
  std::string domain;    // of To, From and the Request-URI
  std::string registrar; // URI to send it to
  model::credentials login;
  uint32_t expires_s = 3600; // 0: removes the binding
};

/// A subscription that a simulated user is to keep (RFC 6665).
struct subscription_order {
  uint32_t user = 0;   // comes back with the news
  std::string number;  // user part of From
  std::string domain;  // of From and To
  std::string watched; // user part of To
  std::string hop;     // URI to send it to
  std::string event;   // the package
  std::string accept;  // type of its documents
  model::credentials login;
  uint32_t expires_s = 3600;
  model::time_point first{}; // when the first SUBSCRIBE is due
};

/// What simulated users ask of a signalling edge beside calls.
class registering_wire {
public:
  virtual ~registering_wire() = default;

  /// Sends it, with the answer to a challenge if there is one; the result comes
  /// to `asker` as `registered`. Later ones of the same user keep its Call-ID.
  virtual void send(registration_order&& x, registration_listener asker) = 0;

  /// Keeps it until the wire shuts down, the only one of this user.
  virtual void send(subscription_order&& x, subscription_listener asker) = 0;
};

/// May a new call come in?
struct admission {
  bool granted = true;
  uint32_t retry_after_s = 0;
  rejection why = rejection::calls;
  uint16_t status = 503; // for who is turned away
  std::string contact;   // of a 3xx

  static admission refused(rejection why, uint32_t retry_after_s) {
    admission x;
    x.granted = false;
    x.why = why;
    x.retry_after_s = retry_after_s;
    return x;
  }
};

/// A call that was just opened.
struct opened {
  model::call_id id;
  dialog_user handle;
  model::leg_number leg = 0; // of the INVITE: another one in a call that was
                             // there before, and asked for it by REFER
};

/// What a signalling edge may ask of the switch; the exchange implements it.
class switchboard {
public:
  virtual ~switchboard() = default;

  /// The configuration in force; valid until the next turn of the reactor.
  virtual const model::directory& config() const = 0;

  /// To be asked before open(): is there room for another call?
  virtual admission admit() = 0;

  /// Has a call asked for this INVITE by REFER (`asked_by` it, if that is
  /// known)? Then it opens none, and needs no room.
  virtual bool awaits(std::string_view source, std::string_view called,
                      std::optional<model::call_id> asked_by) const = 0;

  /// Opens a call for an INVITE. The call answers through the wire.
  virtual opened open(model::offered&& x) = 0;

  /// Hands an authenticated REGISTER to its DN; false if there is no such DN.
  virtual bool enrol(enrolment&& x) = 0;

  /// The phone of a DN is in a call that the switch does not see, or cannot be
  /// called at all; or no more.
  virtual void phone_busy(std::string_view dn, bool busy) = 0;
};

} // namespace strowger
