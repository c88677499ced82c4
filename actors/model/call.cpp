#include "actors/model/call.hpp"

#include "actors/model/call_steps.hpp"

#include <utility>

/// The steps: each takes what has happened, and ends by bringing the wire
/// nearer to the wanted topology and by going on with what waited for that.
namespace strowger::model {

namespace {

void settle(call& c, const context& ctx, effects& fx) {
  rejoin(c, ctx, fx);
  run_errand(c, ctx, fx);
  give_far_side(c, ctx, fx);
  finish_if_done(c, ctx, fx);
}

} // namespace

void step(call& c, offered&& x, const context& ctx, effects& fx) {
  take(c, std::move(x), ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, responded&& x, const context& ctx, effects& fx) {
  take(c, std::move(x), ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, requested&& x, const context& ctx, effects& fx) {
  take(c, std::move(x), ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, acked&& x, const context& ctx, effects& fx) {
  take(c, std::move(x), ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, const cancelled& x, const context& ctx, effects& fx) {
  take(c, x, ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, const unacknowledged& x, const context& ctx, effects& fx) {
  take(c, x, ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, seized&& x, const context& ctx, effects& fx) {
  take(c, std::move(x), ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, const refused& x, const context& ctx, effects& fx) {
  take(c, x, ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, forwarded&& x, const context& ctx, effects& fx) {
  take(c, std::move(x), ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, demanded&& x, const context& ctx, effects& fx) {
  take(c, std::move(x), ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, const far_side_wanted& x, const context& ctx, effects& fx) {
  take(c, x, ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, const far_side_denied& x, const context& ctx, effects& fx) {
  take(c, x, ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, const place_wanted& x, const context& ctx, effects& fx) {
  take(c, x, ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, const place_granted& x, const context& ctx, effects& fx) {
  take(c, x, ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, const place_denied& x, const context& ctx, effects& fx) {
  take(c, x, ctx, fx);
  settle(c, ctx, fx);
}

void step(call& c, leg_moved&& x, const context& ctx, effects& fx) {
  take(c, std::move(x), ctx, fx);
  settle(c, ctx, fx);
}

void step_deadline(call& c, const context& ctx, effects& fx) {
  take_deadline(c, ctx, fx);
  settle(c, ctx, fx);
}

void step_clear(call& c, const context& ctx, effects& fx) {
  take_clear(c, ctx, fx);
  settle(c, ctx, fx);
}

} // namespace strowger::model
