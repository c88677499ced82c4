#pragma once

#include "actors/model/contact.hpp"
#include "actors/model/directory.hpp"
#include "actors/model/journal.hpp"
#include "actors/model/seizures.hpp"
#include "actors/model/service_watch.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What lines and trunks have in common.
namespace strowger::model {

/// The agent at a DN, whose options come before those of the DN.
struct agent_presence {
  bool logged_in = false;
  bool refuses_calls = false;         // `reject-call-notready` and such: 486
  const agent_login* login = nullptr; // null: not configured
};

/// What a device is given with every step.
struct device_context {
  const directory& config;
  const dn* self = nullptr; // null: the configuration no longer has it
  time_point now{};
  agent_presence agent = {};
};

/// What a step of a device asks to be done.
struct device_effects {
  /// The service state has changed: dn_out_of_service or dn_back_in_service.
  std::optional<event_type> service;
  std::string probe;     // send OPTIONS there, unless empty
  bool finished = false; // removed, and the last call has gone
};

/// The answer to `seize`.
using seize_answer = std::variant<seized, refused, forwarded>;

/// The T-Library event for a change of service state.
journal_event service_event(event_type type, std::string_view number,
                            time_point at);

/// Where to send requests for a DN with a `contact`: there, then to each of
/// `contacts-backup`. Empty without a contact.
std::vector<target> static_targets(const directory& config, const dn& of,
                                   std::string_view number, contact_user user);

/// The calls on a device and its service state.
class device_core {
public:
  /// Why a call may not go to the device; `usable` tells whether there is an
  /// address to send it to.
  std::optional<refusal> objection(const device_context& cx) const;

  /// Notes the use of the device by a call.
  void hold(const seize& x) {
    held_.hold(x.call, x.seizure);
  }

  /// Ends it; false, and nothing else, if there is no such use.
  bool give_back(const release& x, const device_context& cx);

  void probed(bool answered, const device_context& cx);

  /// After a reload. `kept` is false if the device was removed: it then takes
  /// no more calls and finishes with the last one.
  void reconfigured(bool kept) {
    draining_ = !kept;
  }

  /// Ends every step: brings the watch up to date and reports a change of the
  /// service state. `reachable`: there is an address to send requests to. True:
  /// a probe must be sent now.
  bool settle(bool reachable, const device_context& cx, device_effects& fx);

  bool in_service() const {
    return in_service_;
  }
  size_t in_use() const {
    return held_.size();
  }
  bool draining() const {
    return draining_;
  }
  time_point next_deadline() const {
    return watch_.next_deadline();
  }

private:
  seizures held_;
  service_watch watch_;
  bool started_ = false;
  bool in_service_ = false; // as reported to the world
  bool draining_ = false;
};

} // namespace strowger::model
