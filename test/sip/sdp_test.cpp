#include "sip/sdp.hpp"

#include <doctest/doctest.h>

#include <random>

namespace sip = strowger::sip;

namespace {

constexpr std::string_view body
  = "v=0\r\no=alice 2890844526 2890844527 IN IP4 host.example.com\r\ns=-\r\n"
    "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:o=not\r\n";

std::string replaced(std::string_view text, std::string_view from,
                     std::string_view to) {
  std::string result{text};
  const auto at = result.find(from);
  REQUIRE(at != result.npos);
  return result.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("the o= line is replaced and every other byte stays") {
  constexpr std::string_view old
    = "o=alice 2890844526 2890844527 IN IP4 host.example.com";
  CHECK(sip::with_origin(
          body, {.session_id = 7, .version = 3, .address = "198.51.100.1"})
        == replaced(body, old, "o=strowger 7 3 IN IP4 198.51.100.1"));
  CHECK(sip::with_origin(body, {.session_id = UINT64_MAX,
                                .version = UINT64_MAX,
                                .address = "2001:db8::1",
                                .ipv6 = true})
        == replaced(body, old,
                    "o=strowger 18446744073709551615 18446744073709551615 "
                    "IN IP6 2001:db8::1"));
}

TEST_CASE("line endings stay as they are, wherever the o= line stands") {
  struct row {
    std::string_view before, after;
  };
  for (const auto& [before, after] : {
         row{"v=0\no=a 1 1 IN IP4 x\ns=-\n",
             "v=0\no=strowger 1 2 IN IP4 h\ns=-\n"},
         row{"o=a 1 1 IN IP4 x", "o=strowger 1 2 IN IP4 h"},
         row{"v=0\r\no=\r\n", "v=0\r\no=strowger 1 2 IN IP4 h\r\n"},
         row{"", ""},
         row{"v=0\r\ns=-\r\nb=o=x\r\n", "v=0\r\ns=-\r\nb=o=x\r\n"},
         row{"m=audio 1 RTP/AVP 0\r\no=late\r\n",
             "m=audio 1 RTP/AVP 0\r\no=late\r\n"},
         row{"\r\n\no", "\r\n\no"},
       })
    CHECK(
      sip::with_origin(before, {.session_id = 1, .version = 2, .address = "h"})
      == after);
}

TEST_CASE("the version rises by one if, and only if, the rest changes") {
  sip::session_version version(100);
  CHECK(version.current() == 100);
  CHECK(version.next(body) == 100);
  CHECK(version.next(body) == 100);
  // Another o= line alone is no change: it is ours that goes out.
  CHECK(version.next(replaced(body, "2890844527", "2890844528")) == 100);
  CHECK(version.next(replaced(body, "49170", "49172")) == 101);
  CHECK(version.next(body) == 102);
  CHECK(version.current() == 102);
}

TEST_CASE("any single changed byte outside the o= line raises the version") {
  std::mt19937_64 random(5);
  const auto line = body.find("o=");
  const auto line_end = body.find("\r\n", line);
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (i >= line && i < line_end)
      continue;
    sip::session_version version;
    CHECK(version.next(body) == 1);
    std::string changed{body};
    changed[i] = static_cast<char>(changed[i] ^ (1 + random() % 127));
    CHECK(version.next(changed) == 2);
    sip::session_version other;
    CHECK(other.next(body) == 1);
    CHECK(other.next(std::string{body}.erase(i, 1)) == 2);
  }
}

TEST_CASE("the origin written does not change the hash of the rest") {
  for (std::uint64_t id = 1; id < 1'000'000'000'000; id *= 7)
    CHECK(sip::hash_but_origin(
            sip::with_origin(body, {.session_id = id, .version = id}))
          == sip::hash_but_origin(body));
}

TEST_CASE("a refresh is told by its o= line") {
  CHECK(sip::same_session(body, body));
  CHECK(sip::same_session(body, replaced(body, "49170", "49172")));
  CHECK_FALSE(
    sip::same_session(body, replaced(body, "2890844527", "2890844528")));
  CHECK_FALSE(sip::same_session(body, ""));
  CHECK_FALSE(sip::same_session("", ""));
  CHECK(sip::same_session("o=a 1 1 IN IP4 x\n", "v=0\r\no=a 1 1 IN IP4 x\r\n"));
}
