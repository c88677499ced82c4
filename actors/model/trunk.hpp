#pragma once

#include "actors/model/device.hpp"

#include <array>

namespace strowger::model {

/// What a step adds to the counters of a trunk.
struct trunk_tally {
  uint8_t attempts = 0;                // calls sent towards it
  uint8_t refused = 0;                 // calls not even sent
  uint8_t unreachable = 0;             // attempts that nobody answered
  std::array<uint8_t, 4> rejections{}; // final 3xx to 6xx, by [class - 3]
};

/// What a step of a trunk asks to be done.
struct trunk_effects : device_effects {
  trunk_tally tally;
};

/// A way out of the switch: a gateway, an SBC, a carrier (semantics §6.15). It
/// knows the calls on it, up to `capacity`, and whether it is in service.
class trunk {
public:
  void on_start(const device_context& cx, trunk_effects& fx);

  /// A call wants to go out, or has come in. The targets, `contact` and then
  /// each of `contacts-backup`, are to be tried one after another. Calls that
  /// come in count, too, but are always welcome: the peer let them through.
  seize_answer on_seize(const seize& x, const device_context& cx,
                        trunk_effects& fx);

  /// A call is done with the trunk. A time-out or 5xx takes the trunk out of
  /// service for `recovery-timeout`. What was never seized is ignored.
  void on_release(const release& x, const device_context& cx,
                  trunk_effects& fx);

  /// The result of a probe; `answered` by whatever status.
  void on_probed(bool answered, const device_context& cx, trunk_effects& fx);

  void on_tick(const device_context& cx, trunk_effects& fx);

  /// A new configuration; `kept` is false if the trunk is not in it.
  void on_reconfigured(bool kept, const device_context& cx, trunk_effects& fx);

  time_point next_deadline() const {
    return core_.next_deadline();
  }
  size_t in_use() const {
    return core_.in_use();
  }
  bool in_service() const {
    return core_.in_service();
  }

private:
  void settle(const device_context& cx, trunk_effects& fx);

  device_core core_;
};

} // namespace strowger::model
