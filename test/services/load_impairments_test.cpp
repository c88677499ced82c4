#include "services/load/report_json.hpp"
#include "services/load/report_text.hpp"
#include "services/load/scenario_reader.hpp"
#include "test/services/load_results.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace strowger;
using namespace strowger::services;
using namespace std::literals;
using traffic::direction;

namespace {

load::scenario_result read(std::string_view rest) {
  return load::read_scenario_text(
    "load: x\ntarget: 127.0.0.1:5060\nlisten: 127.0.0.1:5080\n"
    "populations:\n- {name: p, users: [1], answers: {}}\n"
      + std::string(rest),
    "f");
}

std::string errors_of(std::string_view rest) {
  std::string lines;
  for (auto& error : read(rest).errors)
    lines += to_string(error) + "\n";
  return lines;
}

} // namespace

TEST_CASE("impairments of a scenario mean what they say") {
  auto result = read("impairments:\n"
                     "- {sent: INVITE, lose: 5 %, duplicate: 1 %}\n"
                     "- {received: 200 INVITE, delay: {uniform: [10 ms, 50 "
                     "ms]}}\n"
                     "- {received: 2xx, reorder: 0.5 %}\n"
                     "- {sent: any, delay: 20 ms}\n");
  REQUIRE(result.value);
  auto& all = result.value->impairments;
  REQUIRE(all.size() == 4);
  auto invite = traffic::kind_of("INVITE sip:1@h SIP/2.0\r\n");
  auto ok = traffic::kind_of("SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n");
  CHECK(all[0].way == direction::sent);
  CHECK(all[0].what.matches(*invite));
  CHECK(!all[0].what.matches(*ok));
  CHECK(all[0].lose == doctest::Approx(0.05));
  CHECK(all[0].duplicate == doctest::Approx(0.01));
  CHECK(!all[0].delay.is_set());
  CHECK(all[1].way == direction::received);
  CHECK(all[1].what.matches(*ok));
  CHECK(all[1].delay.mean_s() == doctest::Approx(0.03));
  CHECK(all[2].reorder == doctest::Approx(0.005));
  CHECK((all[3].what.matches(*ok) && all[3].what.matches(*invite)));
}

TEST_CASE("a mistake in impairments is told with its place and what was "
          "meant") {
  struct row {
    std::string_view text, errors;
  };
  for (
    auto& x : std::initializer_list<row>{
      {"impairments: 5 %\n",
       "f:6:14: error: impairments must be a list of maps such as {sent: "
       "INVITE, lose: 5 %}\n"},
      {"impairments: [{lose: 5 %}]\n",
       "f:6:15: error: the impairment has none of sent, received\n"},
      {"impairments: [{sent: any, received: any, lose: 5 %}]\n",
       "f:6:15: error: the impairment can have only one of sent, "
       "received\n"},
      {"impairments: [{sent: any}]\n",
       "f:6:15: error: the impairment does nothing: it needs lose, "
       "duplicate, reorder or delay\n"},
      {"impairments: [{sent: any, loose: 5 %}]\n",
       "f:6:27: error: unknown key \"loose\" in the impairment; did you mean "
       "\"lose\"?\n"},
      {"impairments: [{sent: INVIT, lose: 5, delay: 5}]\n",
       "f:6:22: error: sent: \"INVIT\" is no kind of message; expected any, "
       "a method such as INVITE, a status such as 200 or 2xx, or both such "
       "as \"200 INVITE\"\n"
       "f:6:35: error: lose: \"5\" has no unit; expected %, such as \"2 "
       "%\"\n"
       "f:6:45: error: delay: \"5\" has no unit; expected one of ms, s, min, "
       "h, such as \"180 s\"\n"},
      {"impairments: [{sent: any, lose: 101 %}]\n",
       "f:6:33: error: lose: \"101 %\" is more than 100 %\n"},
      {"impairments:\n"
       "- {sent: 2xx, lose: 1 %}\n"
       "- {received: 200, lose: 1 %}\n"
       "- {sent: 200, lose: 1 %}\n",
       "f:9:3: error: sent: \"200\" is left to no message: the first rule "
       "that fits decides, and one before fits all of them\n"},
      {"transport: tcp\nimpairments: [{sent: any, lose: 5 %}]\n",
       "f:7:14: error: impairments need transport udp; a connection loses, "
       "repeats and reorders nothing\n"}}) {
    CAPTURE(std::string(x.text));
    CHECK(errors_of(x.text) == x.errors);
  }
}

TEST_CASE("a report says what was done to which messages, and is read back") {
  auto x = make_up(3, {.rate_per_s = 20, .seconds = 5});
  REQUIRE(x.impairments.size() == 3);
  std::ostringstream out;
  load::print_report(x, out, false);
  auto invites = x.impairments.begin()->second;
  CHECK(invites.messages == 1000);
  CHECK(invites.lost > 0);
  auto at = out.str().find("INVITE sent");
  REQUIRE(at != std::string::npos);
  CHECK(out.str().substr(at, 80).find(std::to_string(invites.lost))
        != std::string::npos);
  auto again = load::read_json(load::to_json(x));
  REQUIRE(std::holds_alternative<load::result>(again));
  CHECK(std::get<load::result>(again).impairments == x.impairments);
}

TEST_CASE("impairments in a report that are none are told with their field") {
  auto good = nlohmann::ordered_json::parse(
    load::to_json(make_up(3, {.rate_per_s = 20, .seconds = 5})));
  for (auto [field, value, error] :
       {std::tuple{"direction", "up",
                   "impairments[0].direction: expected sent or received"},
        {"message", "2xx INVITE",
         "impairments[0].message: expected a kind of message"},
        {"message", "any",
         "impairments[0].message: expected a kind of message"}}) {
    auto bad = good;
    bad["impairments"][0][field] = value;
    auto found = load::read_json(bad.dump());
    REQUIRE(std::holds_alternative<std::string>(found));
    CHECK(std::get<std::string>(found) == error);
  }
}
