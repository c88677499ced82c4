#include "actors/trunk.hpp"

#include <cassert>
#include <utility>

namespace strowger {

namespace {

using trunk_pointer = device_actor::stateful_pointer<trunk_state>;

void publish(trunk_state& state, const model::trunk_effects& fx) {
  auto& counters = *state.counters;
  counters.current.set(state.model.in_use());
  counters.in_service.set(!fx.finished && state.model.in_service());
  counters.attempts.add(fx.tally.attempts);
  counters.refused.add(fx.tally.refused);
  counters.unreachable.add(fx.tally.unreachable);
  for (size_t i = 0; i < counters.rejections.size(); ++i)
    counters.rejections[i].add(fx.tally.rejections[i]);
}

// Runs one step of the model and does what it asks for.
template <class Step>
void run(trunk_pointer self, Step step) {
  model::trunk_effects fx;
  step(self->state.model, self->state.context(), fx);
  publish(self->state, fx);
  carry_out(&*self, fx);
}

} // namespace

device_actor::behavior_type trunk(trunk_pointer self, environment* env,
                                  std::string number,
                                  std::shared_ptr<trunk_counters> counters) {
  assert(env && counters);
  self->state.env = env;
  self->state.number = std::move(number);
  self->state.counters = std::move(counters);
  run(self, [](auto& trunk, auto cx, auto& fx) { trunk.on_start(cx, fx); });
  return {
    [self](const tick&) {
      self->state.wake.rang();
      run(self, [](auto& trunk, auto cx, auto& fx) { trunk.on_tick(cx, fx); });
    },
    [self](const model::seize& x, const seizer& from) {
      run(self, [&](auto& trunk, auto cx, auto& fx) {
        reply(&*self, from, trunk.on_seize(x, cx, fx));
      });
    },
    [self](const model::release& x) {
      run(self,
          [&](auto& trunk, auto cx, auto& fx) { trunk.on_release(x, cx, fx); });
    },
    [self](const probed& x) {
      run(self, [&](auto& trunk, auto cx, auto& fx) {
        trunk.on_probed(x.status != 0, cx, fx);
      });
    },
    [self](const enrolment& x) {
      auto& state = self->state;
      state.env->edge->answer({x.token, 403, 0, {}, state.context().now});
    },
    [self](const model::demanded& x) {
      self->state.env->answer(
        x.token, {model::fault::unsupported, "a trunk has no features", {}});
    },
    [self](const reconfigured& x) {
      run(self, [&](auto& trunk, auto cx, auto& fx) {
        trunk.on_reconfigured(x.kept, cx, fx);
      });
    },
  };
}

} // namespace strowger
