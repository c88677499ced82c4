#include "sip/datagram_text.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace strowger::sip;

namespace {

std::string hop(std::string_view request) {
  auto place = next_hop(request);
  return place ? place->host() + ":" + std::to_string(place->port) : "none";
}

} // namespace

TEST_CASE("a request goes to its Request-URI, or to its first loose router") {
  CHECK(hop("BYE sip:1@192.0.2.1:5070;transport=udp SIP/2.0\r\n\r\n")
        == "192.0.2.1:5070");
  CHECK(hop("BYE sip:192.0.2.1 SIP/2.0\r\n\r\n") == "192.0.2.1:5060");
  CHECK(hop("BYE sip:1@[2001:db8::1]:5070 SIP/2.0\r\n\r\n")
        == "[2001:db8::1]:5070");
  CHECK(hop("BYE sip:1@192.0.2.1 SIP/2.0\r\nTo: x\r\n"
            "Route: <sip:192.0.2.2:5080;lr>, <sip:192.0.2.3;lr>\r\n\r\n")
        == "192.0.2.2:5080");
  CHECK(hop("BYE sip:1@192.0.2.1 SIP/2.0\r\nroute: <sip:192.0.2.2>\r\n\r\n")
        == "192.0.2.1:5060");
  CHECK(hop("BYE sip:1@192.0.2.1 SIP/2.0\r\n\r\n"
            "Route: <sip:192.0.2.2;lr>\r\n\r\n")
        == "192.0.2.1:5060");
}

TEST_CASE("a name, or the domain of a REGISTER, says nothing about where") {
  CHECK(hop("INVITE sip:1@gateway.test SIP/2.0\r\n\r\n") == "none");
  CHECK(hop("REGISTER sip:192.0.2.1 SIP/2.0\r\n\r\n") == "none");
  CHECK(hop("INVITE") == "none");
  CHECK(hop("") == "none");
}

namespace {

/// The Via lines of a request that came from `from`, once they have been
/// passed on, got what a UAS adds to them, and are back; and where the response
/// goes.
std::string back(std::string vias, std::string_view uas_adds,
                 const ip_place& from) {
  auto request = "BYE sip:1@h SIP/2.0\r\n" + vias + "\r\n";
  ask_for_source(request);
  auto begin = request.find("\r\n") + 2;
  auto response = "SIP/2.0 200 OK\r\n"
                  + request.substr(begin, request.size() - begin);
  auto rport = response.find(";rport");
  REQUIRE(rport != response.npos);
  response.replace(rport, 6, uas_adds);
  auto to = tell_source(response, from);
  begin = response.find("\r\n") + 2;
  return response.substr(begin, response.size() - begin - 2) + "to " + to.host()
         + ":" + std::to_string(to.port);
}

constexpr auto inside = ";received=127.100.0.3;rport=28800";

} // namespace

TEST_CASE("a Via comes back as if the request had never been passed on") {
  ip_place from{*parse_address("192.0.2.1"), 40000};
  CHECK(back("Via: SIP/2.0/UDP 10.0.0.1:5070;rport;branch=x\r\n"
             "Via: SIP/2.0/UDP h;received=127.100.0.3;rport=28800\r\n",
             inside, from)
        == "Via: SIP/2.0/UDP 10.0.0.1:5070;received=192.0.2.1;rport=40000"
           ";branch=x\r\n"
           "Via: SIP/2.0/UDP h;received=127.100.0.3;rport=28800\r\n"
           "to 192.0.2.1:40000");
  // Who did not ask for rport is answered at the port that it named.
  CHECK(back("v: SIP/2.0/UDP 10.0.0.1:5070;branch=x\r\n", inside, from)
        == "v: SIP/2.0/UDP 10.0.0.1:5070;branch=x;received=192.0.2.1\r\n"
           "to 192.0.2.1:5070");
  CHECK(
    back("Via: SIP/2.0/UDP h;branch=x, SIP/2.0/UDP g;rport=1\r\n", inside, from)
    == "Via: SIP/2.0/UDP h;branch=x;received=192.0.2.1, "
       "SIP/2.0/UDP g;rport=1\r\nto 192.0.2.1:5060");
  CHECK(back("Via: SIP/2.0/UDP [2001:db8::1]:5070;branch=x\r\n", inside,
             {*parse_address("2001:db8::1"), 5070})
        == "Via: SIP/2.0/UDP [2001:db8::1]:5070;branch=x;received=2001:db8::1"
           "\r\nto [2001:db8::1]:5070");
}

TEST_CASE("a message without Via stays as it is") {
  for (std::string text : {"SIP/2.0 200 OK\r\n\r\n", "BYE x\r\n", ""}) {
    auto before = text;
    ip_place from{*parse_address("192.0.2.1"), 5060};
    ask_for_source(text);
    CHECK(tell_source(text, from) == from);
    CHECK(text == before);
  }
}

TEST_CASE("whatever bytes come, what is added to a Via is taken away again") {
  std::mt19937_64 dice{20261121};
  constexpr std::string_view letters = "\r\n:;,<>=[]@ .5vViaRouterport";
  const std::string whole
    = "BYE sip:1@192.0.2.1:5070;lr SIP/2.0\r\n"
      "Route: <sip:192.0.2.2:5080;lr>\r\nVia: SIP/2.0/UDP h:1;branch=x, "
      "SIP/2.0/UDP g;rport=1\r\nv: SIP/2.0/UDP [::1]:5;branch=y\r\n\r\n";
  ip_place from{*parse_address("2001:db8::1"), 40000};
  for (int i = 0; i < 20'000; ++i) {
    auto text = whole;
    for (auto changes = dice() % 8; changes > 0; --changes) {
      auto at = dice() % text.size();
      if (dice() % 4 == 0)
        text.erase(at, dice() % 20);
      else
        text[at] = letters[dice() % letters.size()];
      if (text.empty())
        text = "x";
    }
    CAPTURE(text);
    next_hop(text);
    auto asked = text;
    ask_for_source(asked);
    auto added = asked.size() - text.size();
    CHECK(
      (added == 0 || added == std::string_view{";rport;strowger-link"}.size()));
    auto told = asked;
    auto to = tell_source(told, from);
    CHECK(to.address == from.address);
    if (added > 0)
      CHECK(told == text); // it has not been answered from anywhere
  }
}
