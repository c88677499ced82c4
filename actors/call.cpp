#include "actors/call.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace strowger {

namespace {

using call_pointer = call_actor::stateful_pointer<call_shell>;

void count_finished(environment& env, const model::call_record& x) {
  auto& counters = env.reactor.counters();
  counters
    .calls[static_cast<size_t>(x.call_type)][static_cast<size_t>(x.result)]
    .add();
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

/// Sends a word to another call. One that is gone needs no words, but a leg
/// must not be lost: a call is made to take it down.
void tell_call(environment& env, model::call_id from,
               model::effects::telling&& x) {
  auto other = env.call(x.to);
  auto* request = std::get_if<model::demanded>(&x.word);
  auto opens = std::holds_alternative<model::leg_moved>(x.word)
               || std::holds_alternative<model::queue_moved>(x.word)
               || (request && request->what.verb == model::verb::make_call);
  if (!other && opens)
    other = env.open_call(x.to);
  if (other) {
    caf::anon_send(other, std::move(x.word));
    return;
  }
  auto asker = env.call(from);
  if (!asker)
    return;
  if (auto* asked = std::get_if<model::far_side_wanted>(&x.word))
    caf::anon_send(asker, model::word_to_call{model::far_side_denied{
                            model::fault::unknown_call, asked->dn, asked->as}});
  else if (std::holds_alternative<model::place_wanted>(x.word))
    caf::anon_send(asker, model::word_to_call{model::place_denied{}});
}

/// What the options say about an agent who does not answer (M13, M14).
void punish(environment& env, const model::effects::leaving_unanswered& x) {
  using model::option;
  auto action = x.after_routing ? model::parse_agent_penalty(
                  env.config->text(option::after_routing_timeout_action))
                                : env.no_answer_action(x.dn);
  env.penalise(x.dn, action);
}

void carry_out(call_pointer self, model::effects& fx) {
  auto& st = self->state;
  auto& env = *st.env;
  for (auto& x : fx.verdicts)
    env.answer(x.token, std::move(x.verdict));
  for (auto& x : fx.awaits)
    env.await(std::move(x));
  // Before the wire: it hands legs over to calls that must exist by then.
  for (auto& x : fx.tells)
    tell_call(env, st.model.id, std::move(x));
  // M14 and M28: the agent's state first; M13: the router first.
  for (auto& x : fx.unanswered)
    if (!x.after_routing)
      punish(env, x);
  for (auto& x : fx.events)
    env.journal.append(std::move(x));
  for (auto& x : fx.unanswered)
    if (x.after_routing)
      punish(env, x);
  for (auto& x : fx.wire)
    env.edge->perform(st.model.id, std::move(x));
  seize_devices(self, fx);
  release_devices(env, fx);
  if (fx.finished) {
    count_finished(env, *fx.finished);
    env.out.record(*fx.finished);
    st.recorded = true;
  }
  st.wake.set(env.reactor, model::next_deadline(st.model), self);
  // Signals for legs that have moved, and legs that move in, may be in the
  // mailbox still.
  if (st.model.phase == model::call_phase::finished && !st.leaving) {
    st.leaving = true;
    auto me = caf::actor_cast<call_actor>(self);
    // What other calls have just been told must have come to them by then.
    if (fx.tells.empty())
      caf::anon_send(me, farewell{});
    else
      env.reactor.post([me] { caf::anon_send(me, farewell{}); });
  }
}

model::context context_of(environment& env) {
  return {env.reactor.now(), *env.config, env.turns};
}

/// The mailbox is read: nothing can bring a finished call back now.
void leave(call_pointer self) {
  auto& st = self->state;
  st.leaving = false;
  if (st.model.phase != model::call_phase::finished)
    return;
  auto& env = *st.env;
  env.effects.clear();
  model::step_leave(st.model, context_of(env), env.effects);
  for (auto& x : env.effects.events)
    env.journal.append(std::move(x));
  auto& counters = env.reactor.counters();
  counters.calls_in_progress.give();
  if (!st.recorded)
    counters.calls_joined.add();
  env.edge->close(st.model.id);
  env.call_finished(st.model.id);
  self->quit();
}

/// Runs one step of the model and carries out what it asks for.
template <class Step>
void run(call_pointer self, Step step) {
  auto& env = *self->state.env;
  auto ctx = context_of(env);
  env.effects.clear();
  step(self->state.model, ctx, env.effects);
  carry_out(self, env.effects);
}

/// Signals of the wire name a leg.
template <class Signal>
requires std::is_same_v<decltype(Signal::leg), model::leg_number>
  model::leg_number leg_number_of(const Signal& x) {
  return x.leg;
}

/// The leg of a signal may belong to another call by now.
template <class Signal>
bool passed_on(call_pointer self, Signal& x) {
  if constexpr (requires { leg_number_of(x); }) {
    auto& legs = self->state.model.legs;
    if (x.leg >= legs.size() || !legs[x.leg].moved_to)
      return false;
    auto to = *legs[x.leg].moved_to;
    x.leg = to.leg;
    if (auto other = self->state.env->call(to.call))
      caf::anon_send(other, std::move(x));
    return true;
  } else {
    return false;
  }
}

/// Another call says something.
void hear(call_pointer self, model::word_to_call& word) {
  run(self, [&](auto& m, auto& ctx, auto& fx) {
    std::visit([&](auto& x) { model::step(m, std::move(x), ctx, fx); }, word);
  });
}

/// A handler for messages that are signals of the model as they stand.
template <class Signal>
auto on(call_pointer self) {
  return [self](Signal& x) {
    if (passed_on(self, x))
      return;
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
    on<model::forwarded>(self),
    on<model::demanded>(self),
    [self](model::word_to_call& x) { hear(self, x); },
    [self](const clear&) { run(self, model::step_clear); },
    [self](farewell) { leave(self); },
  };
}

} // namespace strowger
