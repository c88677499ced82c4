#include "sip/gate.hpp"

#include <doctest/doctest.h>

#include <random>

namespace sip = strowger::sip;
using namespace std::chrono_literals;
using strowger::model::duration;
using strowger::model::time_point;

namespace {

constexpr time_point start{1h};

sip::ip_address v4(std::uint32_t number) {
  const std::array<std::uint8_t, 4> octets = {
    static_cast<std::uint8_t>(number >> 24),
    static_cast<std::uint8_t>(number >> 16),
    static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  return sip::ip_address::from_v4(octets);
}

int admitted(sip::gate& gate, const sip::ip_address& source, int tries,
             time_point now) {
  int count = 0;
  for (int i = 0; i < tries; ++i)
    count += gate.admit(source, now);
  return count;
}

} // namespace

// -- networks -----------------------------------------------------------------

TEST_CASE("addresses are read in both families, and nothing else is") {
  CHECK(sip::parse_address("192.0.2.1") == v4(0xc0000201));
  CHECK(sip::parse_address("::ffff:192.0.2.1") == v4(0xc0000201));
  CHECK(sip::parse_address("[2001:db8::1]")
        == sip::parse_address("2001:0DB8:0:0:0:0:0:1"));
  CHECK(sip::parse_address("192.0.2.1")->is_v4());
  CHECK_FALSE(sip::parse_address("2001:db8::1")->is_v4());
  for (const auto text : {"", "[", "[]", "192.0.2", "192.0.2.256", "host",
                          "192.0.2.1 ", "2001:db8::1::2", "1:2:3:4:5:6:7:8:9"})
    CHECK_FALSE(sip::parse_address(text));
}

TEST_CASE("a network list holds the addresses of its networks only") {
  sip::network_list list;
  CHECK_FALSE(list.contains(v4(0x0a000001)));
  CHECK(list.add("10.0.0.0/8"));
  CHECK(list.add("192.0.2.128/25"));
  CHECK(list.add("203.0.113.7"));
  CHECK(list.add("2001:db8::/33"));
  struct row {
    std::string_view address;
    bool inside;
  };
  for (const auto& [address, inside] : {
         row{"10.0.0.0", true},
         row{"10.255.255.255", true},
         row{"11.0.0.0", false},
         row{"192.0.2.127", false},
         row{"192.0.2.128", true},
         row{"203.0.113.7", true},
         row{"203.0.113.6", false},
         row{"2001:db8:7fff::1", true},
         row{"2001:db8:8000::1", false},
         row{"::a00:1", false},
       }) {
    CAPTURE(address);
    CHECK(list.contains(*sip::parse_address(address)) == inside);
  }
  for (const auto text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/-1",
        "2001:db8::/129", "lan/8", "10.0.0.0/8/8"})
    CHECK_FALSE(list.add(text));
  CHECK(list.size() == 4);
}

// -- gate ---------------------------------------------------------------------

TEST_CASE("without a rate everything passes and nothing is remembered") {
  sip::gate gate({.rate_per_s = 0});
  CHECK(admitted(gate, v4(1), 10'000, start) == 10'000);
  CHECK(gate.rejected() == 0);
  CHECK(gate.sources() == 0);
}

TEST_CASE("a source gets its burst, then its rate") {
  for (const double rate : {0.5, 3.0, 10.0, 700.0}) {
    CAPTURE(rate);
    sip::gate gate({.rate_per_s = rate, .burst = 20});
    CHECK(admitted(gate, v4(1), 100, start) == 20);
    CHECK(gate.rejected() == 80);
    const auto interval = std::chrono::ceil<duration>(
      std::chrono::duration<double>(1 / rate));
    CHECK(admitted(gate, v4(1), 5, start + interval) == 1);
    CHECK(admitted(gate, v4(1), 100, start + 1h) == 20);
  }
}

TEST_CASE("over any time no source exceeds rate and burst, nor gets less") {
  std::mt19937_64 random(11);
  constexpr double rate = 50;
  constexpr int burst = 10;
  sip::gate gate({.rate_per_s = rate, .burst = burst});
  auto now = start;
  int passed = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::microseconds{random() % 10'000};
    passed += gate.admit(v4(7), now);
    const double allowed
      = burst + rate * std::chrono::duration<double>(now - start).count();
    CHECK(passed <= allowed + 1);
  }
  // About 200 requests a second were tried: the rate must be used up.
  const double earned = rate
                        * std::chrono::duration<double>(now - start).count();
  CHECK(passed >= earned - 1);
}

TEST_CASE("one flooding source takes nothing from the others") {
  sip::gate gate({.rate_per_s = 5, .burst = 5});
  auto now = start;
  for (int i = 0; i < 10'000; ++i) {
    now += 1ms;
    gate.admit(v4(1), now);
    if (i % 250 == 0)
      CHECK(gate.admit(v4(2), now));
  }
  CHECK(gate.rejected() > 9000);
}

TEST_CASE(
  "a flood of new sources neither grows the table nor frees a flooder") {
  sip::gate gate({.rate_per_s = 1, .burst = 5, .sources_max = 1000}, {}, 99);
  std::mt19937_64 random(3);
  auto now = start;
  int passed = 0;
  for (int i = 0; i < 100'000; ++i) {
    now += 100us;
    gate.admit(v4(static_cast<std::uint32_t>(random()) | 0x80000000u), now);
    if (i % 10 == 0)
      passed += gate.admit(v4(1), now); // 1000 a second
  }
  CHECK(gate.sources() == 1024);
  CHECK(passed <= 5 + 10 + 1);
}

TEST_CASE("exempt networks pass and leave no trace") {
  sip::network_list exempt;
  REQUIRE(exempt.add("127.0.0.0/8"));
  sip::gate gate({.rate_per_s = 1, .burst = 1}, exempt);
  CHECK(admitted(gate, v4(0x7f000001), 100, start) == 100);
  CHECK(gate.sources() == 0);
  CHECK(admitted(gate, v4(0x80000001), 100, start) == 1);
  gate.configure({.rate_per_s = 1, .burst = 3}, {});
  CHECK(admitted(gate, v4(0x7f000001), 100, start) == 3);
}

TEST_CASE("absurd limits are survived") {
  for (const double rate : {1e-300, 1e300, -1.0}) {
    sip::gate gate({.rate_per_s = rate, .burst = 1e300, .sources_max = 0});
    CHECK(gate.admit(v4(1), start));
    CHECK(gate.admit(v4(2), start + 1h));
  }
}
