#include "actors/traffic/audio_exchange.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace strowger::traffic;
using strowger::model::media_direction;

namespace {

own_audio user(std::uint16_t port, std::string key = {}) {
  return {"192.0.2.1", port, audio_codec::pcma, std::move(key), 77, 1};
}

const std::string key_a(40, 'A');
const std::string key_b(40, 'B');

/// An offer and its answer between two users.
void agree(audio_exchange& a, audio_exchange& b, bool held) {
  REQUIRE(b.hear(a.offer(held)));
  auto answer = b.answer(held);
  REQUIRE(!answer.empty());
  REQUIRE(a.hear(answer));
}

std::string with(std::string sdp, const std::string& what,
                 const std::string& by) {
  auto at = sdp.find(what);
  REQUIRE(at != std::string::npos);
  return sdp.replace(at, what.size(), by);
}

bool has(const std::string& text, const std::string& what) {
  return text.find(what) != text.npos;
}

} // namespace

TEST_CASE("audio flows both ways after offer and answer, once both talk") {
  audio_exchange a{user(4000)};
  audio_exchange b{user(5000)};
  agree(a, b, false);
  CHECK(!a.flow().sends);
  a.talk(true);
  b.talk(true);
  for (auto* x : {&a, &b}) {
    CHECK(x->flow().sends);
    CHECK(x->flow().hears);
    CHECK(x->flow().payload == 8);
    CHECK(x->flow().event_payload == 101);
  }
  CHECK(a.flow().host == "192.0.2.1");
  CHECK(a.flow().port == 5000);
  CHECK(b.flow().port == 4000);
  a.talk(false);
  CHECK(!a.flow().sends);
}

TEST_CASE("on hold nothing flows; after it, it does again") {
  audio_exchange a{user(4000)};
  audio_exchange b{user(5000)};
  a.talk(true);
  b.talk(true);
  agree(a, b, false);
  agree(a, b, true);
  for (auto* x : {&a, &b}) {
    CHECK(!x->flow().sends);
    CHECK(!x->flow().hears);
  }
  agree(a, b, false);
  CHECK(a.flow().sends);
  CHECK(b.flow().hears);
}

TEST_CASE("a description that changes has the next version, one that does not "
          "has the same (RFC 3264 8)") {
  audio_exchange a{user(4000)};
  CHECK(has(a.offer(false), "o=- 77 1 "));
  CHECK(has(a.offer(false), "o=- 77 1 "));
  CHECK(has(a.offer(true), "o=- 77 2 "));
  CHECK(has(a.offer(false), "o=- 77 3 "));
}

TEST_CASE("SRTP is agreed on with the key and the tag of each side") {
  audio_exchange a{user(4000, key_a)};
  audio_exchange b{user(5000, key_b)};
  auto offer = with(a.offer(false), "crypto:1 ", "crypto:7 ");
  CHECK(has(offer, "RTP/SAVP"));
  REQUIRE(b.hear(offer));
  auto answer = b.answer(false);
  CHECK(has(answer, "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:" + key_b));
  REQUIRE(a.hear(answer));
  a.talk(true);
  b.talk(true);
  CHECK(a.flow().key == key_b);
  CHECK(b.flow().key == key_a);
}

TEST_CASE("what has nothing in common is refused") {
  audio_exchange plain{user(4000)};
  audio_exchange secure{user(5000, key_a)};
  CHECK(!plain.hear(secure.offer(false)));
  CHECK(plain.answer(false).empty());
  CHECK(!secure.hear(plain.offer(false)));
  CHECK(secure.answer(false).empty());
  audio_exchange other{user(4000)};
  CHECK(!other.hear(with(plain.offer(false), " 8 101", " 18 101")));
  CHECK(
    !secure.hear(with(secure.offer(false), "HMAC_SHA1_80", "HMAC_SHA1_32")));
}

TEST_CASE("without an offer the answer is one") {
  audio_exchange a{user(4000)};
  CHECK(has(a.answer(false), "m=audio 4000 RTP/AVP 8 101\r\n"));
}

TEST_CASE("other streams are refused in the answer, in their places") {
  audio_exchange a{user(4000)};
  auto offer = std::string{"v=0\no=x 1 1 IN IP4 198.51.100.9\ns=-\n"
                           "c=IN IP4 198.51.100.9\nt=0 0\n"
                           "m=video 6000 RTP/AVP 96\nc=IN IP4 203.0.113.1\n"
                           "m=audio 0 RTP/AVP 8\n"
                           "m=audio 7000 RTP/AVP 0 96 97\n"
                           "a=rtpmap:96 telephone-event/8000\n"
                           "a=rtpmap:97 pcma/8000/1\n"};
  REQUIRE(a.hear(offer));
  auto answer = a.answer(false);
  CHECK(has(answer, "m=video 0 RTP/AVP 96\r\nm=audio 0 RTP/AVP 8\r\n"
                    "m=audio 4000 RTP/AVP 97 96\r\n"));
  a.talk(true);
  CHECK(a.flow().host == "198.51.100.9");
  CHECK(a.flow().port == 7000);
  CHECK(a.flow().payload == 97);
  CHECK(a.flow().event_payload == 96);
}

TEST_CASE("a listener is spoken to, and is not waited for") {
  audio_exchange a{user(4000)};
  audio_exchange b{user(5000)};
  REQUIRE(a.hear(with(b.offer(false), "a=sendrecv", "a=recvonly")));
  CHECK(has(a.answer(false), "a=sendonly"));
  a.talk(true);
  CHECK(a.flow().sends);
  CHECK(!a.flow().hears);
}

TEST_CASE("whatever is in a description, it is read or refused") {
  audio_exchange whole{user(4000, key_a)};
  auto good = whole.offer(false);
  for (std::size_t cut = 0; cut <= good.size(); ++cut) {
    audio_exchange a{user(5000, key_b)};
    auto fits = a.hear(good.substr(0, cut));
    auto answer = a.answer(false);
    CHECK((fits || answer.empty()));
  }
}
