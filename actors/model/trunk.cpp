#include "actors/model/trunk.hpp"

#include <utility>

namespace strowger::model {

void trunk::on_start(const device_context& cx, trunk_effects& fx) {
  settle(cx, fx);
}

seize_answer trunk::on_seize(const seize& x, const device_context& cx,
                             trunk_effects& fx) {
  settle(cx, fx);
  auto refuse = [&](refusal why) -> seize_answer {
    fx.tally.refused = 1;
    return refused{x.seizure, why};
  };
  if (x.purpose == purpose::origin) {
    if (core_.draining() || !cx.self)
      return refuse(refusal::draining);
    core_.hold(x);
    return seized{x.seizure, {}};
  }
  if (auto why = core_.objection(cx))
    return refuse(*why);
  auto where = static_targets(cx.config, *cx.self, x.number,
                              contact_user::replace);
  if (where.empty())
    return refuse(refusal::out_of_service);
  core_.hold(x);
  fx.tally.attempts = 1;
  return seized{x.seizure, std::move(where)};
}

void trunk::on_release(const release& x, const device_context& cx,
                       trunk_effects& fx) {
  // A 487 only says that the caller gave up.
  constexpr uint16_t request_terminated = 487;
  if (core_.give_back(x, cx)) {
    if (x.unreachable)
      fx.tally.unreachable = 1;
    else if (x.status >= 300 && x.status < 700
             && x.status != request_terminated)
      fx.tally.rejections[x.status / 100u - 3] = 1;
  }
  settle(cx, fx);
}

void trunk::on_probed(bool answered, const device_context& cx,
                      trunk_effects& fx) {
  core_.probed(answered, cx);
  settle(cx, fx);
}

void trunk::on_tick(const device_context& cx, trunk_effects& fx) {
  settle(cx, fx);
}

void trunk::on_reconfigured(bool kept, const device_context& cx,
                            trunk_effects& fx) {
  core_.reconfigured(kept);
  settle(cx, fx);
}

void trunk::settle(const device_context& cx, trunk_effects& fx) {
  auto reachable = cx.self && !cx.config.text(option::contact, cx.self).empty();
  if (!core_.settle(reachable, cx, fx))
    return;
  auto where = static_targets(cx.config, *cx.self, {}, contact_user::replace);
  fx.probe = std::move(where.front().uri);
}

} // namespace strowger::model
