#include "actors/traffic/audio_exchange.hpp"

#include <utility>

namespace strowger::traffic {

using model::media_direction;

std::string audio_exchange::offer(bool held) {
  held_ = held;
  auto text = offer_audio(us_, held);
  // RFC 3264 §8: the version goes up by one with every change.
  if (!last_.empty() && text != last_) {
    ++us_.version;
    text = offer_audio(us_, held);
  }
  last_ = text;
  return text;
}

std::string audio_exchange::answer(bool held) {
  if (!heard_)
    return offer(held);
  if (!peer_)
    return {};
  held_ = held;
  auto text = answer_audio(us_, *peer_, held);
  if (!last_.empty() && text != last_) {
    ++us_.version;
    text = answer_audio(us_, *peer_, held);
  }
  last_ = text;
  return text;
}

bool audio_exchange::hear(std::string_view sdp) {
  heard_ = true;
  peer_ = read_audio(sdp, us_.codec);
  if (peer_ && !fits(us_, *peer_))
    peer_.reset();
  // Without any stream there is nothing to disagree about.
  return peer_ || model::direction_of(sdp) == media_direction::none;
}

audio_flow audio_exchange::flow() const {
  audio_flow result;
  if (!peer_ || !talks_)
    return result;
  auto to = peer_->direction;
  result.host = peer_->host;
  result.port = peer_->port;
  result.payload = *peer_->payload;
  result.event_payload = peer_->event_payload;
  result.key = peer_->crypto_key;
  result.hears = !held_ && to == media_direction::sendrecv;
  result.sends = !held_
                 && (to == media_direction::sendrecv
                     || to == media_direction::recvonly);
  return result;
}

} // namespace strowger::traffic
