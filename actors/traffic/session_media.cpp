#include "actors/model/hold.hpp"
#include "actors/traffic/session_parts.hpp"

/// What users say of themselves, and whom they hear. Those without media
/// describe a stream that does not exist.
namespace strowger::traffic {

using model::method;

namespace {

model::content held(const model::content& x) {
  return {x.type, model::as_held(x.data, true)};
}

} // namespace

model::content current(const session& s, const session_context& ctx) {
  if (ctx.media)
    return ctx.media->offer(s.holding);
  return s.holding ? held(ctx.description) : ctx.description;
}

model::content answer_to(const session& s, const model::content& offer,
                         const session_context& ctx) {
  auto stops = s.holding || model::is_held(model::direction_of(offer.data));
  if (ctx.media) {
    ctx.media->hear(offer);
    return ctx.media->answer(stops);
  }
  return stops ? held(ctx.description) : ctx.description;
}

model::content first_answer(const session&, const session_context& ctx) {
  return ctx.media ? ctx.media->answer(false) : ctx.description;
}

void reply_to_offer(const session& s, const model::requested& x,
                    const session_context& ctx, commands& out) {
  model::content body;
  if (!x.body.empty())
    body = answer_to(s, x.body, ctx);
  else if (x.method == method::invite)
    body = current(s, ctx);
  auto refuses = body.empty() && !x.body.empty();
  reply(s.leg, x.txn, refuses ? 488 : 200, out, std::move(body));
}

void hear(const session_context& ctx, const model::content& peer) {
  if (ctx.media && peer.is_sdp())
    ctx.media->hear(peer);
}

void talk(const session_context& ctx, bool on) {
  if (ctx.media)
    ctx.media->talk(on);
}

bool dial(session& s, const std::string& digits, const session_context& ctx) {
  auto time = ctx.media ? ctx.media->send_digits(digits) : std::nullopt;
  if (!time)
    return false;
  s.dialling = true;
  s.step_at = ctx.now + *time;
  return true;
}

} // namespace strowger::traffic
