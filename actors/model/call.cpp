#include "actors/model/call.hpp"

#include "actors/model/call_events.hpp"
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

template <class What>
void step(call& c, What&& what, const context& ctx, effects& fx) {
  take(c, std::move(what), ctx, fx);
  settle(c, ctx, fx);
}

template void step(call&, offered&&, const context&, effects&);
template void step(call&, responded&&, const context&, effects&);
template void step(call&, requested&&, const context&, effects&);
template void step(call&, acked&&, const context&, effects&);
template void step(call&, cancelled&&, const context&, effects&);
template void step(call&, unacknowledged&&, const context&, effects&);
template void step(call&, seized&&, const context&, effects&);
template void step(call&, refused&&, const context&, effects&);
template void step(call&, forwarded&&, const context&, effects&);
template void step(call&, demanded&&, const context&, effects&);
template void step(call&, far_side_wanted&&, const context&, effects&);
template void step(call&, far_side_denied&&, const context&, effects&);
template void step(call&, queue_moved&&, const context&, effects&);
template void step(call&, data_shared&&, const context&, effects&);
template void step(call&, place_wanted&&, const context&, effects&);
template void step(call&, place_granted&&, const context&, effects&);
template void step(call&, place_denied&&, const context&, effects&);
template void step(call&, leg_moved&&, const context&, effects&);

void step_deadline(call& c, const context& ctx, effects& fx) {
  take_deadline(c, ctx, fx);
  settle(c, ctx, fx);
}

void step_leave(call& c, const context& ctx, effects& fx) {
  assert(c.phase == call_phase::finished);
  report_deleted(c, ctx, fx);
}

void step_clear(call& c, const context& ctx, effects& fx) {
  take_clear(c, ctx, fx);
  settle(c, ctx, fx);
}

} // namespace strowger::model
