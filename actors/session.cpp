#include "actors/session.hpp"

#include <type_traits>
#include <utility>

namespace strowger {

namespace {

using session_pointer = session_actor::stateful_pointer<session_shell>;

/// One step, and what is due at once after it: that needs no timer.
template <class Step>
void run(session_pointer self, Step step) {
  using enum traffic::session_phase;
  auto& st = self->state;
  if (st.model.phase == over)
    return;
  auto ctx = st.users->context(st.id, *st.place);
  st.out.clear();
  step(st.model, ctx, st.out);
  while (traffic::next_deadline(st.model) <= ctx.now)
    traffic::step_deadline(st.model, ctx, st.out);
  st.users->perform(st.id, st.out);
  if (st.model.phase == over) {
    st.wake.cancel();
    st.users->ended(st.id);
    self->quit();
    return;
  }
  st.wake.set(st.users->host(), traffic::next_deadline(st.model), self);
}

template <class Signal>
auto on(session_pointer self) {
  return [self](Signal& x) {
    run(self, [&](auto& m, auto ctx, auto& out) {
      traffic::step(m, std::move(x), ctx, out);
    });
  };
}

} // namespace

session_actor::behavior_type session(session_pointer self, crowd* users,
                                     crowd::entry* place, model::call_id id,
                                     session_start how) {
  auto& st = self->state;
  st.users = users;
  st.place = place;
  st.id = id;
  st.model.plan = std::move(how.plan);
  place->state = &st.model;
  if (how.calls)
    run(self, [&](auto& m, auto ctx, auto& out) {
      traffic::start(m, std::move(*how.calls), how.intended, ctx, out);
    });
  return {
    [self](const tick&) {
      self->state.wake.rang();
      run(self, [](auto& m, auto ctx, auto& out) {
        traffic::step_deadline(m, ctx, out);
      });
    },
    on<model::offered>(self),
    on<model::responded>(self),
    on<model::requested>(self),
    on<model::acked>(self),
    on<model::cancelled>(self),
    on<model::unacknowledged>(self),
    [self](const clear&) {
      run(self, [](auto& m, auto ctx, auto& out) {
        traffic::step_clear(m, ctx, out);
      });
    },
  };
}

} // namespace strowger
