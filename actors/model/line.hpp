#pragma once

#include "actors/model/bindings.hpp"
#include "actors/model/demand.hpp"
#include "actors/model/device.hpp"
#include "actors/model/dn_features.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::model {

/// What a step of a line asks to be done.
struct line_effects : device_effects {
  bool persist = false; // the bindings changed and the store keeps them
  std::vector<journal_event> events; // of requests for the DN itself
};

/// A DN that rings or waits: an Extension, an ACD Position, a service, a port.
/// It knows where it can be reached (bindings of the registrar, else `contact`,
/// else the softswitch), the calls that use it and whether it is in service.
/// A DN that cannot be reached is out of service (semantics §6.16).
class line {
public:
  /// The first step. `stored` are the bindings that outlived a restart.
  void on_start(std::vector<binding>&& stored, const device_context& cx,
                line_effects& fx);

  /// A call wants to go to the DN, or comes from it: those are always welcome.
  /// Bindings are targets to fork to, addresses of the configuration are to be
  /// tried one after another. 486 (at_capacity) also for `reject-call-incall`.
  /// Forwarded by the DN's own call forwarding; a DN that cannot be reached
  /// counts as one that does not answer.
  seize_answer on_seize(const seize& x, const device_context& cx,
                        line_effects& fx);

  /// A call is done with the DN. What was never seized is ignored.
  void on_release(const release& x, const device_context& cx, line_effects& fx);

  /// A client asks for do-not-disturb or call forwarding. Faults: UNKNOWN_DN if
  /// the DN was removed, and those of dn_features.
  verdict on_demand(const demand& x, const device_context& cx,
                    line_effects& fx);

  /// A REGISTER (RFC 3261 §10.3). Statuses beyond those of bindings::apply():
  /// 403 if `internal-registrar-enabled` is false or the DN is no phone; 404 if
  /// it was removed.
  register_result on_enrolment(const register_request& x,
                               const device_context& cx, line_effects& fx);

  /// The result of a probe; `answered` by whatever status.
  void on_probed(bool answered, const device_context& cx, line_effects& fx);

  void on_tick(const device_context& cx, line_effects& fx);

  /// A new configuration; `kept` is false if the DN is not in it.
  void on_reconfigured(bool kept, const device_context& cx, line_effects& fx);

  time_point next_deadline() const;

  const std::vector<binding>& bindings() const {
    return bindings_.list();
  }
  const dn_features& features() const {
    return features_;
  }
  size_t in_use() const {
    return core_.in_use();
  }
  bool in_service() const {
    return core_.in_service();
  }

private:
  bool uses_bindings(const directory& config) const;
  bool reachable(const device_context& cx) const;
  std::vector<target> targets(std::string_view number,
                              const device_context& cx) const;
  std::optional<refusal> objection(const seize& x,
                                   const device_context& cx) const;
  std::string probe_uri(const device_context& cx) const;
  void settle(bool bindings_changed, const device_context& cx,
              line_effects& fx);

  device_core core_;
  model::bindings bindings_;
  dn_features features_;
};

} // namespace strowger::model
