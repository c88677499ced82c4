#include "actors/traffic/message_kind.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace strowger::traffic;
using namespace std::literals;

namespace {

std::string name_of(std::string_view message) {
  auto kind = kind_of(message);
  return kind ? to_string(*kind) : "none";
}

bool fits(std::string_view pattern, std::string_view message) {
  auto what = parse_pattern(pattern);
  REQUIRE(what);
  return what->matches(*kind_of(message));
}

constexpr auto invite = "INVITE sip:1@h SIP/2.0\r\n\r\n";
constexpr auto bye = "BYE sip:1@h SIP/2.0\r\n\r\n";
constexpr auto ok = "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n";
constexpr auto bye_ok = "SIP/2.0 200 OK\r\nCSeq: 2 BYE\r\n\r\n";
constexpr auto ringing = "SIP/2.0 180 Ringing\r\nCSeq: 1 INVITE\r\n\r\n";

} // namespace

TEST_CASE("a message is of the kind that its first line and CSeq say") {
  CHECK(name_of(invite) == "INVITE");
  CHECK(name_of("FLY sip:1@h SIP/2.0\r\n\r\n") == "OTHER");
  CHECK(name_of(ok) == "200 INVITE");
  CHECK(name_of("SIP/2.0 487 x\r\nVia: cseq\r\ncSEQ :\t7  INVITE \r\n\r\n")
        == "487 INVITE");
  CHECK(name_of("SIP/2.0 200 OK\r\n\r\nCSeq: 1 BYE\r\n") == "200 OTHER");
  CHECK(name_of("SIP/2.0 200 OK\r\n") == "200 OTHER");
}

TEST_CASE("what is no message has no kind") {
  for (auto text : {""sv, "\r\n\r\n"sv, "\0\0\0\0"sv, "INVITE"sv, " x\r\n"sv,
                    "SIP/2.0 99 x\r\n"sv, "SIP/2.0 700 x\r\n"sv, "SIP/2.0 20"sv,
                    "SIP/2.0 2x0 x\r\n"sv})
    CHECK(name_of(text) == "none");
}

TEST_CASE("a pattern fits the kinds that it names, and no others") {
  struct row {
    std::string_view pattern;
    bool invite, bye, ok, bye_ok, ringing;
  };
  for (auto& x : std::initializer_list<row>{
         {"any", true, true, true, true, true},
         {"INVITE", true, false, false, false, false},
         {"200", false, false, true, true, false},
         {"2xx", false, false, true, true, false},
         {"1xx", false, false, false, false, true},
         {"200 BYE", false, false, false, true, false},
         {"1xx INVITE", false, false, false, false, true}}) {
    CAPTURE(x.pattern);
    CHECK(fits(x.pattern, invite) == x.invite);
    CHECK(fits(x.pattern, bye) == x.bye);
    CHECK(fits(x.pattern, ok) == x.ok);
    CHECK(fits(x.pattern, bye_ok) == x.bye_ok);
    CHECK(fits(x.pattern, ringing) == x.ringing);
  }
}

TEST_CASE("what is no pattern is not taken for one") {
  for (auto text :
       {"", "all", "invite", "INVITE ", "INVITE 200", "99", "700", "7xx", "0xx",
        "xxx", "20", "200 ", "200 any", "200 FLY", "2XX"}) {
    CAPTURE(text);
    CHECK(!parse_pattern(text));
  }
}

TEST_CASE("a pattern covers another if nothing is left for that one") {
  struct row {
    std::string_view wide, narrow;
  };
  for (auto [wide, narrow] :
       std::initializer_list<row>{{"any", "INVITE"},
                                  {"any", "any"},
                                  {"any", "2xx"},
                                  {"2xx", "200"},
                                  {"2xx", "202 REFER"},
                                  {"2xx REFER", "202 REFER"},
                                  {"INVITE", "INVITE"}})
    CHECK(parse_pattern(wide)->covers(*parse_pattern(narrow)));
  for (auto [wide, narrow] : std::initializer_list<row>{{"INVITE", "any"},
                                                        {"INVITE", "BYE"},
                                                        {"200", "2xx"},
                                                        {"2xx REFER", "200"},
                                                        {"1xx", "200"},
                                                        {"2xx", "INVITE"}})
    CHECK(!parse_pattern(wide)->covers(*parse_pattern(narrow)));
}
