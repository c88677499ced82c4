#pragma once

#include "actors/alarm.hpp"
#include "actors/device.hpp"
#include "actors/model/device.hpp"

#include <string>
#include <utility>
#include <variant>

/// What the shells of lines and trunks share. Only they include it.
namespace strowger {

/// State of a device actor.
template <class Model>
struct device_state {
  environment* env = nullptr;
  std::string number;
  Model model;
  alarm wake;

  model::device_context context() const {
    return {*env->config, env->config->find(number), env->reactor.now()};
  }
};

/// Tells the world that a device went out of service or came back.
void announce(environment& env, const std::string& number,
              model::event_type type);

/// Does what a step asked for; the last thing a handler does.
template <class Self>
void carry_out(Self* self, model::device_effects& fx) {
  auto& state = self->state;
  if (fx.service)
    announce(*state.env, state.number, *fx.service);
  if (!fx.probe.empty())
    state.env->edge->probe(fx.probe, caf::actor_cast<probe_listener>(self));
  if (fx.finished)
    self->quit();
  else
    state.wake.set(state.env->reactor, state.model.next_deadline(), self);
}

/// Sends the answer to whom it is for.
template <class Self>
void reply(Self* self, const seizer& to, model::seize_answer&& x) {
  std::visit([&](auto& y) { self->send(to, std::move(y)); }, x);
}

} // namespace strowger
