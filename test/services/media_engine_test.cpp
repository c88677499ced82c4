#include "services/media/engine.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace strowger;
using namespace strowger::services;

namespace {

traffic::media_plan lab(bool srtp) {
  traffic::media_plan plan;
  plan.port_from = 42'980;
  plan.port_to = 42'985;
  plan.srtp = srtp;
  return plan;
}

struct room {
  explicit room(bool srtp = false) : host(lab(srtp), "127.0.0.1") {
    REQUIRE(!host.start());
    host.begin_seconds();
  }

  /// Offer and answer, and both talk.
  static void join(traffic::media_end& a, traffic::media_end& b) {
    b.hear(a.offer(false));
    a.hear(b.answer(false));
    a.talk(true);
    b.talk(true);
  }
  /// Waits until so many packets have come, in whole seconds.
  void wait_for(std::uint64_t packets) {
    std::uint64_t came = 0;
    CHECK(eventually([&] {
      came += host.take_second().packets_received;
      return came >= packets;
    }));
  }

  media::engine host;
};

bool has_port(const std::unique_ptr<traffic::media_end>& end, int port) {
  return end->offer(false).data.find("m=audio " + std::to_string(port) + " ")
         != std::string::npos;
}

} // namespace

TEST_CASE("two users hear each other's tone and digits, in the clear and by "
          "SRTP") {
  for (auto srtp : {false, true}) {
    CAPTURE(srtp);
    room x{srtp};
    auto a = x.host.open(1);
    auto b = x.host.open(2);
    REQUIRE(a);
    REQUIRE(b);
    room::join(*a, *b);
    CHECK(a->send_digits("12") == std::chrono::milliseconds{400});
    x.wait_for(80);
    a.reset();
    b.reset();
    CHECK(eventually([&] { return x.host.settled(); }));
    auto first = x.host.take(1);
    auto second = x.host.take(2);
    for (auto* heard : {&first, &second}) {
      CHECK(heard->calls == 1);
      CHECK(heard->tones_detected == 1);
      CHECK(heard->one_way_calls == 0);
      CHECK(heard->packets_lost == 0);
      CHECK(heard->packets_refused == 0);
    }
    CHECK(first.digits_sent == 2);
    CHECK(second.digits_expected == 2);
    CHECK(second.digits_detected == 2);
    CHECK(second.digits_wrong == 0);
    CHECK(!x.host.take(1).any()); // once
  }
}

TEST_CASE("ports are given in turn, and those of calls that ended again") {
  room x;
  auto a = x.host.open(1);
  CHECK(has_port(a, 42'980));
  auto b = x.host.open(1);
  auto c = x.host.open(1);
  CHECK(has_port(c, 42'984));
  CHECK(!x.host.open(1));
  b.reset();
  CHECK(eventually([&] { return (b = x.host.open(1)) != nullptr; }));
  CHECK(has_port(b, 42'982));
}

TEST_CASE("nobody is sent digits before there is somebody to hear them") {
  room x;
  auto a = x.host.open(1);
  REQUIRE(a);
  CHECK(!a->send_digits("1"));
}

TEST_CASE("descriptions that do not fit are counted, and are answered by "
          "nothing") {
  room x;
  auto a = x.host.open(1);
  REQUIRE(a);
  a->hear({"application/sdp", "v=0\r\nc=IN IP4 127.0.0.1\r\n"
                              "m=audio 4000 RTP/AVP 18\r\n"});
  CHECK(a->answer(false).empty());
  a.reset();
  CHECK(eventually([&] { return x.host.settled(); }));
  CHECK(x.host.take(1).mismatches == 1);
}

TEST_CASE("a name is no address to listen at") {
  media::engine host{lab(false), "localhost"};
  CHECK(host.start()
        == "media: RTP needs an IP address to listen at, not "
           "localhost");
}
