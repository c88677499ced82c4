#include "services/torture/target.hpp"

#include <doctest/doctest.h>

using namespace strowger::services::torture;

TEST_CASE("a device is named by a SIP URI") {
  struct {
    std::string_view text;
    std::string_view read;
    std::string_view user;
  } const rows[] = {
    {"sip:192.0.2.9:5070", "sip:192.0.2.9:5070", "torture"},
    {"sip:192.0.2.9", "sip:192.0.2.9:5060", "torture"},
    {"192.0.2.9:5070", "sip:192.0.2.9:5070", "torture"},
    {"sip:2001@gw.example:5070;transport=tcp",
     "sip:gw.example:5070;transport=tcp", "2001"},
    {"sip:gw.example;transport=udp", "sip:gw.example:5060", "torture"},
    {"sip:[2001:db8::1]:5070", "sip:[2001:db8::1]:5070", "torture"},
    {"sip:[2001:db8::1]", "sip:[2001:db8::1]:5060", "torture"},
  };
  for (auto& x : rows) {
    CAPTURE(x.text);
    auto read = parse_target(x.text);
    REQUIRE(std::holds_alternative<target>(read));
    CHECK(std::get<target>(read).to_string() == x.read);
    CHECK(std::get<target>(read).user == x.user);
  }
}

TEST_CASE("what is no device is told why") {
  for (auto x : {"", "sip:", "sip::5060", "sip:a:0", "sip:a:65536", "sip:a:b",
                 "sips:a", "sip:a;transport=tls", "sip:a;lr", "sip:@a"}) {
    CAPTURE(x);
    auto read = parse_target(x);
    REQUIRE(std::holds_alternative<std::string>(read));
    CHECK(!std::get<std::string>(read).empty());
  }
}
