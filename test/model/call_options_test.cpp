#include "test/model/call_office.hpp"

#include <optional>

/// Options that decide what goes over the wire, at every value.
using namespace strowger;
using test::call_script;
using test::office;
using fixture = test::office_fixture;
using model::option;
using model::option_values;

TEST_CASE("event-ringing-on-100trying: EventRinging at 100 if both levels say "
          "so, and once only") {
  struct {
    bool app;
    std::optional<bool> dn;
    bool early;
  } constexpr rows[] = {
    {true, true, true},    {true, false, false},        {false, true, false},
    {false, false, false}, {true, std::nullopt, false},
  };
  for (auto& r : rows) {
    CAPTURE(r.app);
    CAPTURE(r.dn.value_or(false));
    option_values of_phones;
    if (r.dn)
      of_phones.set(option::event_ringing_on_100trying, *r.dn);
    fixture x{office({{option::event_ringing_on_100trying, r.app}}, of_phones)};
    x.call.source = "gateway";
    x.play({
      {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1"},
      {"B: 100", "", r.early ? "2002 Ringing" : ""},
      {"B: 100", ""},
      {"B: 180", "A: 180", r.early ? "" : "2002 Ringing"},
      {"B: 486", "A: 486", "2002 Released(Busy)"},
    });
  }
}

TEST_CASE("event-ringing-on-100trying: the routing point lets go at 100, too, "
          "and the first 180 of a fork still reaches the caller") {
  option_values of_phones;
  of_phones.set(option::event_ringing_on_100trying, true);
  fixture x{office({{option::event_ringing_on_100trying, true},
                    {option::ringing_on_route_point, false}},
                   of_phones)};
  x.call.source = "gateway";
  x.call.addresses("2002", 2, true);
  x.play({
    {"A: INVITE 9 o1", "", "9 Queued, 9 RouteRequest"},
    {"route 9 2002", "B: INVITE 2002@2002 o1; C: INVITE 2002@2002-2 o1"},
    {"C: 100", "",
     "9 RouteUsed(Redirected), 9 Diverted(Redirected), 2002 Ringing"},
    {"B: 180", "A: 180"},
    {"C: 180", ""},
    {"A: CANCEL", "A: 487; B: CANCEL; C: CANCEL", "2002 Abandoned"},
    {"B: 487", ""},
    {"C: 487", ""},
  });
}

TEST_CASE("override-to-on-divert: To names the routing point, or the DN that "
          "the call goes to") {
  for (auto over : {false, true}) {
    CAPTURE(over);
    fixture x{office({{option::override_to_on_divert, over}})};
    x.call.source = "gateway";
    x.play({{"A: INVITE 9 o1", "A: 180", "9 Queued, 9 RouteRequest"},
            {"route 9 2002", "B: INVITE 2002@2002 o1"}});
    CHECK(x.call.last_invite().to_user == (over ? "2002" : "9"));
    x.play({{"A: CANCEL", "A: 487; B: CANCEL", "9 Abandoned"}, {"B: 487", ""}});
  }
}

TEST_CASE("sip-invite-timeout: silence is given up then; 0 leaves it to the "
          "transaction") {
  for (int64_t limit : {4, 0}) {
    CAPTURE(limit);
    fixture x{office({{option::sip_invite_timeout, limit}})};
    x.call.source = "gateway";
    x.play({{"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1"},
            {"after 3", ""},
            {"after 1", limit ? "B: CANCEL; A: 480" : ""}});
    if (!limit)
      x.play({{"after 28", ""}, {"B: lost", "A: 480"}});
    else
      x.play({{"B: lost", ""}});
  }
}

TEST_CASE(
  "sip-trying-timeout: an INVITE with only 100 is given up then; unset: "
  "as sip-invite-timeout; 180 ends both") {
  for (auto limit : {std::optional<int64_t>{10}, std::optional<int64_t>{}}) {
    CAPTURE(limit.value_or(-1));
    option_values of_phones;
    if (limit)
      of_phones.set(option::sip_trying_timeout, *limit);
    fixture x{office({}, of_phones)};
    x.call.source = "gateway";
    x.play({{"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1"},
            {"after 3", ""},
            {"B: 100", ""},
            {"after 3", ""},
            {"after 1", limit ? "" : "B: CANCEL; A: 480"}});
    if (limit)
      x.play({{"after 5", ""}, {"after 1", "B: CANCEL; A: 480"}});
    x.play({{"B: 487", ""}});
    fixture y{office({}, of_phones)};
    y.call.source = "gateway";
    y.play({{"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1"},
            {"B: 100", ""},
            {"B: 180", "A: 180", "2002 Ringing"},
            {"after 60", ""},
            {"B: 486", "A: 486", "2002 Released(Busy)"}});
  }
}
