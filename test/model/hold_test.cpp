#include "actors/model/hold.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

namespace model = strowger::model;
using model::media_direction;

namespace {

std::size_t streams(std::string_view sdp) {
  std::size_t count = sdp.starts_with("m=");
  for (auto at = sdp.find("\nm="); at != sdp.npos;
       at = sdp.find("\nm=", at + 1))
    ++count;
  return count;
}

// Any body: sensible lines in any order, sometimes cut short.
std::string any_body(std::mt19937_64& random) {
  constexpr std::string_view lines[] = {
    "v=0",
    "o=a 1 1 IN IP4 192.0.2.1",
    "c=IN IP4 192.0.2.1",
    "c=IN IP4 0.0.0.0",
    "c=IN IP6 2001:db8::1",
    "c=IN IP6 ::",
    "c=",
    "t=0 0",
    "a=sendonly",
    "a=recvonly",
    "a=inactive ",
    "a=sendrecv",
    "a=rtpmap:0 PCMU/8000",
    "m=audio 4000 RTP/AVP 0",
    "m=audio 0 RTP/AVP 0",
    "m=video 4002/2 RTP/SAVP 97",
    "m=",
    "",
  };
  const std::string_view ending = random() % 2 ? "\r\n" : "\n";
  std::string body;
  for (auto count = random() % 14; count > 0; --count)
    body.append(lines[random() % std::size(lines)]).append(ending);
  if (random() % 3 == 0)
    body.resize(random() % (body.size() + 1));
  return body;
}

} // namespace

TEST_CASE("the direction of a body is what its live streams let flow") {
  struct row {
    std::string_view sdp;
    media_direction expected;
  };
  using enum media_direction;
  const row rows[] = {
    {"", none},
    {"v=0\r\ns=-\r\n", none},
    {"c=IN IP4 1.2.3.4\r\nm=audio 9 RTP/AVP 0\r\n", sendrecv},
    {"m=audio 9 RTP/AVP 0\na=sendonly\n", sendonly},
    {"m=audio 9 RTP/AVP 0\r\na=inactive", inactive},
    {"m=audio 9 RTP/AVP 0\r\na=recvonly\r\n", recvonly},
    // The session's word holds unless the stream says otherwise.
    {"a=inactive\r\nm=audio 9 RTP/AVP 0\r\n", inactive},
    {"a=inactive\r\nm=audio 9 RTP/AVP 0\r\na=sendrecv\r\n", sendrecv},
    // RFC 2543 hold, at both levels and in both families.
    {"c=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\n", sendonly},
    {"c=IN IP4 1.2.3.4\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n",
     sendonly},
    {"c=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 1.2.3.4\r\n",
     sendrecv},
    {"c=IN IP6 ::\r\nm=audio 9 RTP/AVP 0\r\n", sendonly},
    {"c=IN IP6 0:0:0:0:0:0:0:0\r\nm=audio 9 RTP/AVP 0\r\n", sendonly},
    {"c=IN IP6 ::1\r\nm=audio 9 RTP/AVP 0\r\n", sendrecv},
    {"c=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\na=recvonly\r\n", inactive},
    // Streams that are switched off do not count.
    {"m=audio 0 RTP/AVP 0\r\n", none},
    {"m=audio 9 RTP/AVP 0\r\na=sendonly\r\nm=video 0 RTP/AVP 97\r\n", sendonly},
    {"m=audio 9 RTP/AVP 0\r\nm=video 0 UDP/TLS/RTP/SAVPF 97\r\n"
     "a=bundle-only\r\n",
     sendrecv},
    {"m=audio 9 RTP/AVP 0\r\na=inactive\r\nm=video 0 RTP/SAVPF 97\r\n"
     "a=bundle-only\r\n",
     sendrecv},
    // Several streams: together.
    {"m=audio 9 RTP/AVP 0\r\na=sendonly\r\nm=video 9 RTP/AVP 97\r\n"
     "a=inactive\r\n",
     sendonly},
    {"m=audio 9 RTP/AVP 0\r\na=sendonly\r\nm=video 9 RTP/AVP 97\r\n"
     "a=recvonly\r\n",
     sendrecv},
    // Look-alikes.
    {"m=audio 9 RTP/AVP 0\r\na=sendonly:1\r\na=xinactive\r\n", sendrecv},
    {"m=audio 9 RTP/AVP 0\r\ni=a=inactive\r\n", sendrecv},
  };
  for (const auto& row : rows) {
    CAPTURE(row.sdp);
    CHECK(model::direction_of(row.sdp) == row.expected);
  }
}

TEST_CASE("only a writer that wants to hear nothing holds") {
  CHECK(model::is_held(media_direction::sendonly));
  CHECK(model::is_held(media_direction::inactive));
  CHECK(model::is_held(media_direction::none));
  CHECK_FALSE(model::is_held(media_direction::recvonly));
  CHECK_FALSE(model::is_held(media_direction::sendrecv));
}

TEST_CASE("hold offers change the direction or the address, and no more") {
  constexpr std::string_view body
    = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
      "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\na=ptime:20\r\n"
      "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n";
  CHECK(model::as_held(body, true)
        == "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
           "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=inactive\r\na=ptime:20\r\n"
           "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
           "a=inactive\r\n");
  CHECK(model::as_held(body, false)
        == "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\n"
           "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\na=ptime:20\r\n"
           "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n");
  CHECK(model::as_active(model::as_held(body, true))
        == std::string{body} + "a=sendrecv\r\n");
}

TEST_CASE("a body without an address is given the black hole in its place") {
  CHECK(model::as_held("v=0\nt=0 0\nm=audio 9 RTP/AVP 0\n", false)
        == "v=0\nc=IN IP4 0.0.0.0\nt=0 0\nm=audio 9 RTP/AVP 0\n");
}

TEST_CASE("a body whose last line is open gets a whole line added") {
  CHECK(model::as_held("m=audio 9 RTP/AVP 0", true)
        == "m=audio 9 RTP/AVP 0\r\na=inactive");
}

TEST_CASE("whatever the body, a hold offer holds, twice as once") {
  std::mt19937_64 random(20'250'101);
  for (int i = 0; i < 50'000; ++i) {
    const auto body = any_body(random);
    CAPTURE(body);
    for (const bool rfc3264 : {false, true}) {
      const auto held = model::as_held(body, rfc3264);
      CAPTURE(held);
      REQUIRE(model::is_held(model::direction_of(held)));
      REQUIRE(streams(held) == streams(body));
      REQUIRE(model::as_held(held, rfc3264) == held);
      // Live streams stay alive.
      REQUIRE((model::direction_of(held) == media_direction::none)
              == (model::direction_of(body) == media_direction::none));
    }
    const auto active = model::as_active(body);
    REQUIRE(streams(active) == streams(body));
    REQUIRE(model::as_active(active) == active);
    const auto direction = model::direction_of(active);
    // Only the address can still hold.
    REQUIRE(direction != media_direction::inactive);
    REQUIRE(direction != media_direction::recvonly);
  }
}
