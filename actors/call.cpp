#include "actors/call.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <utility>

namespace strowger {

namespace {

using call_pointer = call_actor::stateful_pointer<call_shell>;

void count_finished(environment& env, const model::call_record& x) {
  auto& counters = env.reactor.counters();
  counters
    .calls[static_cast<size_t>(x.call_type)][static_cast<size_t>(x.result)]
    .add();
  counters.calls_in_progress.give();
  if (x.alerted != model::never)
    counters.post_dial_delay.observe(x.alerted - x.started);
  if (x.answered != model::never)
    counters.setup_time.observe(x.answered - x.started);
}

void seize_devices(call_pointer self, model::effects& fx) {
  auto& env = *self->state.env;
  for (auto& x : fx.seizes) {
    if (auto device = env.device(x.device))
      caf::anon_send(device, std::move(x.request),
                     caf::actor_cast<seizer>(self));
    else // a reload took it away
      caf::anon_send(
        caf::actor_cast<call_actor>(self),
        model::refused{x.request.seizure, model::refusal::draining});
  }
}

void release_devices(environment& env, model::effects& fx) {
  for (auto& x : fx.releases)
    if (auto device = env.device(x.device))
      caf::anon_send(device, x.notice);
}

void carry_out(call_pointer self, model::effects& fx) {
  auto& st = self->state;
  auto& env = *st.env;
  for (auto& x : fx.events)
    env.journal.append(std::move(x));
  for (auto& x : fx.wire)
    env.edge->perform(st.model.id, std::move(x));
  seize_devices(self, fx);
  release_devices(env, fx);
  if (!fx.finished) {
    st.wake.set(env.reactor, model::next_deadline(st.model), self);
    return;
  }
  count_finished(env, *fx.finished);
  env.out.record(*fx.finished);
  env.edge->close(st.model.id);
  env.call_finished(st.model.id);
  self->quit();
}

/// Runs one step of the model and carries out what it asks for.
template <class Step>
void run(call_pointer self, Step step) {
  auto& env = *self->state.env;
  // Messages that were under way when the call finished find nothing to do.
  if (self->state.model.phase == model::call_phase::finished)
    return;
  model::context ctx{env.reactor.now(), *env.config, env.turns};
  env.effects.clear();
  step(self->state.model, ctx, env.effects);
  carry_out(self, env.effects);
}

/// A handler for messages that are signals of the model as they stand.
template <class Signal>
auto on(call_pointer self) {
  return [self](Signal& x) {
    run(self, [&](auto& m, auto& ctx, auto& fx) {
      model::step(m, std::move(x), ctx, fx);
    });
  };
}

} // namespace

call_actor::behavior_type call(call_pointer self, environment* env,
                               model::call_id id) {
  self->state.env = env;
  self->state.model.id = id;
  return {
    [self](tick) {
      self->state.wake.rang();
      run(self, model::step_deadline);
    },
    on<model::offered>(self),
    on<model::responded>(self),
    on<model::requested>(self),
    on<model::acked>(self),
    on<model::cancelled>(self),
    on<model::unacknowledged>(self),
    on<model::seized>(self),
    on<model::refused>(self),
    [self](const clear&) { run(self, model::step_clear); },
  };
}

} // namespace strowger
