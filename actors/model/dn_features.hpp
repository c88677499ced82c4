#pragma once

#include "actors/model/demand.hpp"
#include "actors/model/device.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::model {

/// When calls for a DN are forwarded (T-Library ForwardMode).
enum class forward_mode : uint8_t {
  none,
  unconditional,
  on_busy,
  on_no_answer,
  on_busy_and_no_answer,
};

/// "on_busy": words as requests and events have them.
std::string_view to_string(forward_mode);

/// The mode of a word; nothing if there is none.
std::optional<forward_mode> parse_forward_mode(std::string_view word);

/// Is the DN one that people use? Only those have features.
bool is_phone(const dn& x);

/// Is a call of this type business when an agent has it (`inbound-bsns-calls`
/// and its like)? A consult call never is by its type.
bool is_business_type(call_type, const directory&);

/// How long a DN may ring and what follows then (no-answer supervision): the
/// options of Agent Login and DN (`no-answer-timeout`, `no-answer-overflow`),
/// else the families of the application, `agent-` where an agent is logged in,
/// `posn-` at an ACD Position, `extn-` at an Extension. What Agent Login or DN
/// say holds for all calls, the families only for business calls unless
/// `nas-private`. The list ends before its first `none`.
diversion_terms read_no_answer_terms(const device_context& cx);

/// What the users of a DN have told the switch about their calls:
/// do-not-disturb and call forwarding. It outlives a reload, not a restart.
class dn_features {
public:
  /// set_dnd, cancel_dnd, set_forward, cancel_forward; appends the event.
  /// Asking for what is so already is fine. Faults: UNSUPPORTED if the DN is no
  /// phone, INVALID_ARGUMENT for a mode that does not exist,
  /// INVALID_CALLED_DN for a destination that is nobody, or the DN itself.
  verdict on_demand(const demand& x, const device_context& cx,
                    std::vector<journal_event>& events);

  bool do_not_disturb() const {
    return do_not_disturb_;
  }
  forward_mode mode() const {
    return mode_;
  }
  const std::string& forward_to() const {
    return forward_to_;
  }

  /// No call is to reach the DN.
  bool forwards_all() const {
    return mode_ == forward_mode::unconditional;
  }

  /// Where a call goes that the DN has to refuse for `why`; null: nowhere.
  const std::string* forwards(refusal why) const;

  /// What is to become of a call that the phone does not take; null: nothing
  /// but what becomes of any call.
  std::shared_ptr<const diversion_terms>
  diversions(const device_context& cx) const;

private:
  bool forwards_busy() const;
  bool forwards_no_answer() const;

  bool do_not_disturb_ = false;
  forward_mode mode_ = forward_mode::none;
  std::string forward_to_;
};

} // namespace strowger::model
