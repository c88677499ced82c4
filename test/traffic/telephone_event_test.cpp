#include "actors/traffic/telephone_event.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace strowger::traffic;

namespace {

struct line {
  /// One step of 20 ms; `lost`: its packet does not arrive.
  void step(bool lost) {
    now += 160;
    auto x = sender.next(now);
    if (!x)
      return;
    ++packets;
    if (lost)
      return;
    if (auto digit = receiver.packet(x->timestamp, x->payload))
      heard += *digit;
  }

  event_sender sender;
  event_receiver receiver;
  std::uint32_t now = 0xffff'f000; // wraps on its way
  unsigned packets = 0;
  std::string heard;
};

} // namespace

TEST_CASE("digits arrive once each, in 200 ms each") {
  line x;
  x.sender.dial("0123456789*#ABCD11");
  int steps = 0;
  for (; !x.sender.idle(); ++steps)
    x.step(false);
  CHECK(x.heard == "0123456789*#ABCD11");
  CHECK(steps * 20 == 18 * digit_time.count());
  CHECK(x.packets == 18 * 7);
}

TEST_CASE("a digit is known as long as one of its packets arrives") {
  for (int kept = 0; kept < 7; ++kept) {
    line x;
    x.sender.dial("55");
    for (int i = 0; !x.sender.idle(); ++i)
      x.step(i % 10 != kept);
    CHECK(x.heard == "55");
  }
}

TEST_CASE("packets are those of RFC 4733: length grows, the end is said three "
          "times") {
  event_sender sender;
  sender.dial("#");
  std::vector<event_sender::packet> all;
  for (std::uint32_t now = 800; !sender.idle(); now += 160)
    if (auto x = sender.next(now))
      all.push_back(*x);
  REQUIRE(all.size() == 7);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    auto& x = all[i].payload;
    CHECK(all[i].timestamp == 800);
    CHECK(all[i].begins == (i == 0));
    CHECK(x[0] == 11);
    CHECK((x[1] & 0x80) == (i >= 4 ? 0x80 : 0));
    CHECK(x[2] * 256 + x[3] == 160 * std::min<int>(static_cast<int>(i) + 1, 5));
  }
}

TEST_CASE("what is no digit is not sent, and not heard") {
  event_sender sender;
  sender.dial("xyz");
  CHECK(sender.idle());
  event_receiver receiver;
  std::vector<std::uint8_t> flash{16, 10, 0, 160};
  CHECK(!receiver.packet(0, flash));
  CHECK(!receiver.packet(0, {}));
}
