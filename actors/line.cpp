#include "actors/line.hpp"

#include <cassert>
#include <utility>

namespace strowger {

namespace {

using line_pointer = device_actor::stateful_pointer<line_state>;

void publish(line_state& state, const model::line_effects& fx) {
  auto& env = *state.env;
  auto& gauge = env.reactor.counters().registrations;
  auto registered = !fx.finished && !state.model.bindings().empty();
  if (registered && !state.registered) {
    gauge.take();
    env.registered.insert_or_assign(state.number, &state.model.bindings());
  } else if (!registered && state.registered) {
    gauge.give();
    // After a reload another actor may have the number.
    auto i = env.registered.find(state.number);
    if (i != env.registered.end() && i->second == &state.model.bindings())
      env.registered.erase(i);
  }
  state.registered = registered;
  if (fx.persist)
    env.out.bindings(state.number, state.model.bindings());
}

// Runs one step of the model and does what it asks for.
template <class Step>
void run(line_pointer self, Step step) {
  model::line_effects fx;
  step(self->state.model, self->state.context(), fx);
  publish(self->state, fx);
  carry_out(&*self, fx);
}

void enrol(line_pointer self, const enrolment& x) {
  run(self, [&](auto& line, auto cx, auto& fx) {
    auto result = line.on_enrolment(x.request, cx, fx);
    enrolled answer{x.token,
                    static_cast<uint16_t>(result.status),
                    result.min_expires_s,
                    {},
                    cx.now};
    if (result.status == 200)
      answer.bindings = line.bindings();
    self->state.env->edge->answer(std::move(answer));
  });
}

void obey(line_pointer self, const model::demanded& x) {
  run(self, [&](auto& line, auto cx, auto& fx) {
    auto& env = *self->state.env;
    env.answer(x.token, line.on_demand(x.what, cx, fx));
    for (auto& event : fx.events)
      env.journal.append(std::move(event));
  });
}

} // namespace

device_actor::behavior_type line(line_pointer self, environment* env,
                                 std::string number,
                                 std::vector<model::binding> stored) {
  assert(env);
  self->state.env = env;
  self->state.number = std::move(number);
  run(self, [&](auto& line, auto cx, auto& fx) {
    line.on_start(std::move(stored), cx, fx);
  });
  return {
    [self](const tick&) {
      self->state.wake.rang();
      run(self, [](auto& line, auto cx, auto& fx) { line.on_tick(cx, fx); });
    },
    [self](const model::seize& x, const seizer& from) {
      run(self, [&](auto& line, auto cx, auto& fx) {
        cx.agent = self->state.env->agent_at(self->state.number);
        reply(&*self, from, line.on_seize(x, cx, fx));
      });
    },
    [self](const model::release& x) {
      run(self,
          [&](auto& line, auto cx, auto& fx) { line.on_release(x, cx, fx); });
    },
    [self](const probed& x) {
      run(self, [&](auto& line, auto cx, auto& fx) {
        line.on_probed(x.status != 0, cx, fx);
      });
    },
    [self](const enrolment& x) { enrol(self, x); },
    [self](const model::demanded& x) { obey(self, x); },
    [self](const reconfigured& x) {
      run(self, [&](auto& line, auto cx, auto& fx) {
        line.on_reconfigured(x.kept, cx, fx);
      });
    },
  };
}

} // namespace strowger
