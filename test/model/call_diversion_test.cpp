#include "test/model/call_office.hpp"

/// Calls that go elsewhere than they were meant to: call forwarding, no-answer
/// overflow, 3xx (semantics M13, M14, M32).
using namespace strowger;
using test::call_script;
using test::office;
using fixture = test::office_fixture;
using model::diversion_terms;
using model::option;

namespace {

using texts = std::vector<std::string>;

diversion_terms overflow(texts where, int64_t after_s = 15) {
  diversion_terms x;
  x.overflow = std::move(where);
  x.no_answer_timeout_s = after_s;
  return x;
}

diversion_terms forward_on(const char* busy, const char* no_answer) {
  diversion_terms x;
  x.on_busy = busy;
  x.on_no_answer = no_answer;
  x.no_answer_timeout_s = 15;
  return x;
}

// A call from outside, which is shorter to read: only the called side reports.
struct inbound : fixture {
  inbound() {
    call.source = "gateway";
  }
  explicit inbound(std::shared_ptr<const model::directory> where)
    : fixture(std::move(where)) {
    call.source = "gateway";
  }
  void ring(const char* events = "2002 Ringing") {
    play({{"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1"},
          {"B: 180", "A: 180", events}});
  }
  // 9 lets go of a call when it is answered.
  void route(const char* to = "2002") {
    auto where = std::string{"route 9 "} + to;
    auto who = std::string{to};
    play({{"A: INVITE 9 o1", "A: 180", "9 Queued, 9 RouteRequest"}});
    CHECK(call.wire(where) == "B: INVITE " + who + "@" + who + " o1");
  }
};

std::shared_ptr<const model::directory> late_divert() {
  return office({{option::divert_on_ringing, false},
                 {option::extn_no_answer_timeout, int64_t{5}}});
}

} // namespace

// -- call forwarding ----------------------------------------------------------

TEST_CASE_FIXTURE(inbound, "M32: a DN that forwards all calls never rings") {
  call.forward("2002", "2003");
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2003@2003 o1"},
    {"B: 180", "A: 180", "2003 Ringing(Forwarded)"},
    {"B: 200 a1", "B: ACK; A: 200 a1", "2003 Established"},
    {"A: ACK", ""},
    {"A: BYE", "A: 200 to BYE; B: BYE", "2003 Released"},
    {"B: 200 to BYE", ""},
  });
  CHECK(call.all_events()[1].third_party_dn == "2002");
  CHECK(call.record().redirections == 1);
}

TEST_CASE_FIXTURE(inbound, "M32: on busy, the call goes where the DN forwards "
                           "busy calls, and nowhere else") {
  SUBCASE("busy") {
    call.wants("2002", forward_on("2003", ""));
    play({
      {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1"},
      {"B: 486", "C: INVITE 2003@2003 o1"},
      {"C: 180", "A: 180", "2003 Ringing(Forwarded)"},
      {"A: CANCEL", "A: 487; C: CANCEL", "2003 Abandoned"},
      {"C: 487", ""},
    });
  }
  SUBCASE("busy after it rang") {
    call.wants("2002", forward_on("2003", ""));
    ring();
    play({
      {"B: 600", "C: INVITE 2003@2003 o1", "2002 Released(Forwarded)"},
      {"C: 486", "A: 486"},
    });
  }
  SUBCASE("declined") {
    call.wants("2002", forward_on("2003", "2003"));
    ring();
    play({{"B: 603", "A: 603", "2002 Released(GeneralError)"}});
  }
  SUBCASE("not there") {
    call.wants("2002", forward_on("2003", ""));
    ring();
    play({{"B: 480", "A: 480", "2002 Released(NoAnswer)"}});
  }
}

TEST_CASE_FIXTURE(inbound, "M32: on no answer, the call goes where the DN "
                           "forwards such calls") {
  call.wants("2002", forward_on("", "2003"));
  SUBCASE("the time is over") {
    ring();
    play({
      {"after 14", ""},
      {"after 1", "B: CANCEL; C: INVITE 2003@2003 o1",
       "2002 Released(Forwarded)"},
      {"B: 487", ""},
      {"C: 180", "A: 180", "2003 Ringing(Forwarded)"},
      {"C: 200 a1", "C: ACK; A: 200 a1", "2003 Established"},
      {"A: ACK", ""},
      {"after 600", ""},
      {"C: BYE", "C: 200 to BYE; A: BYE", "2003 Released"},
      {"A: 200 to BYE", ""},
    });
  }
  SUBCASE("the phone says so") {
    ring();
    play({{"B: 408", "C: INVITE 2003@2003 o1", "2002 Released(Forwarded)"},
          {"C: 486", "A: 486"}});
  }
  SUBCASE("it answers in time") {
    ring();
    play({
      {"after 14", ""},
      {"B: 200 a1", "B: ACK; A: 200 a1", "2002 Established"},
      {"A: ACK", ""},
      {"after 600", ""},
      {"B: BYE", "B: 200 to BYE; A: BYE", "2002 Released"},
      {"A: 200 to BYE", ""},
    });
  }
  SUBCASE("it is busy") {
    ring();
    play({{"B: 486", "A: 486", "2002 Released(Busy)"}});
  }
}

TEST_CASE("DNs that forward to each other are stopped by max-redirections") {
  for (int64_t limit : {0, 1, 5}) {
    CAPTURE(limit);
    auto config = office({{option::max_redirections, limit}});
    call_script all{*config};
    all.forward("2002", "2003");
    all.forward("2003", "2002");
    CHECK(all.wire("A: INVITE 2002 o1") == "A: 480");
    CHECK(all.record().redirections == limit);
    call_script busy{*config};
    busy.wants("2002", forward_on("2003", ""));
    busy.wants("2003", forward_on("2002", ""));
    auto last = busy.wire("A: INVITE 2002 o1");
    for (char leg = 'B'; leg <= 'B' + limit; ++leg)
      last = busy.wire(std::string(1, leg) + ": 486");
    CHECK(last == "A: 480");
    CHECK(busy.finished());
  }
}

// -- no-answer overflow -------------------------------------------------------

TEST_CASE_FIXTURE(inbound, "M14: a call that nobody answers overflows to the "
                           "next number of the list") {
  call.wants("2002", overflow({"2003", "2004"}));
  ring();
  play({
    {"after 15", "B: CANCEL; C: INVITE 2003@2003 o1",
     "2002 Released(Redirected)"},
    {"B: 487", ""},
    {"C: 180", "A: 180", "2003 Ringing(Redirected)"},
    {"after 60", ""}, // 2003 itself wants nothing of the kind
    {"C: 486", "D: INVITE 2004@2004 o1", "2003 Released(Redirected)"},
    {"D: 486", "A: 486"},
  });
  CHECK(call.record().redirections == 2);
}

TEST_CASE_FIXTURE(inbound, "M14: the DN that a call overflows to may have an "
                           "overflow of its own") {
  call.wants("2002", overflow({"2003"}));
  call.wants("2003", overflow({"2004"}, 5));
  ring();
  play({
    {"after 15", "B: CANCEL; C: INVITE 2003@2003 o1",
     "2002 Released(Redirected)"},
    {"B: 487", ""},
    {"C: 180", "A: 180", "2003 Ringing(Redirected)"},
    {"after 5", "C: CANCEL; D: INVITE 2004@2004 o1",
     "2003 Released(Redirected)"},
    {"C: 487", ""},
    {"D: 404", "A: 404"},
  });
}

TEST_CASE_FIXTURE(inbound, "M14: overflow passes over what cannot be: recall "
                           "without a queue, numbers of nobody") {
  call.wants("2002", overflow({"recall", "7777", "2003"}));
  ring();
  play({
    {"after 15", "B: CANCEL; C: INVITE 2003@2003 o1",
     "2002 Released(Redirected)"},
    {"B: 487", ""},
    {"C: 486", "A: 486"},
  });
}

TEST_CASE_FIXTURE(inbound, "M14: with nothing left to try, the phone rings on "
                           "until ring-timeout") {
  SUBCASE("an empty list") {
    call.wants("2002", overflow({}));
  }
  SUBCASE("none of it is possible") {
    call.wants("2002", overflow({"recall", "7777"}));
  }
  SUBCASE("no time is set") {
    call.wants("2002", overflow({"2003"}, 0));
  }
  SUBCASE("a private call, as nas-private is false") {
    auto terms = overflow({"2003"});
    terms.business_only = true;
    call.wants("2002", terms);
  }
  ring();
  play({{"after 179", ""},
        {"after 1", "A: 480; B: CANCEL", "2002 Released(NoAnswer)"},
        {"B: 487", ""}});
}

TEST_CASE("inbound-bsns-calls makes a call from outside a business call, which "
          "no-answer supervision concerns") {
  for (auto business : {false, true}) {
    CAPTURE(business);
    auto config = office({{option::inbound_bsns_calls, business}});
    call_script call{*config};
    call.source = "gateway";
    auto terms = overflow({"release"});
    terms.business_only = true;
    call.wants("2002", terms);
    call.wire("A: INVITE 2002 o1");
    call.wire("B: 180");
    CHECK(call.wire("after 15") == (business ? "A: 480; B: CANCEL" : ""));
  }
}

TEST_CASE_FIXTURE(fixture, "M14: overflow by release ends the call for all") {
  call.wants("2002", overflow({"release", "2003"}));
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1", "2001 Dialing"},
    {"B: 180", "A: 180", "2002 Ringing"},
    {"after 15", "A: 480; B: CANCEL",
     "2002 Released(NoAnswer), 2001 DestinationBusy(NoAnswer), "
     "2001 Released(NoAnswer)"},
    {"B: 487", ""},
  });
}

TEST_CASE_FIXTURE(inbound, "M14: overflow by recall brings the call back to "
                           "its queue, which asks for instructions again") {
  auto terms = overflow({"recall"}, 5);
  terms.business_only = true; // it is: a queue distributed it
  call.wants("2002", terms);
  route();
  play({
    {"B: 180", "A: 180",
     "9 RouteUsed(Redirected), 9 Diverted(Redirected), 2002 Ringing"},
    {"after 5", "B: CANCEL",
     "2002 Released(Redirected), 9 Queued, 9 RouteRequest"},
    {"B: 487", ""},
    {"route 9 2002", "C: INVITE 2002@2002 o1"},
    {"C: 180", "A: 180",
     "9 RouteUsed(Redirected), 9 Diverted(Redirected), 2002 Ringing"},
    {"after 14", ""}, // recall-no-answer-timeout
    {"after 1", "C: CANCEL",
     "2002 Released(Redirected), 9 Queued, 9 RouteRequest"},
    {"C: 487", ""},
    {"A: CANCEL", "A: 487", "9 Abandoned"},
  });
}

TEST_CASE_FIXTURE(inbound, "a call that nobody routes and nobody answers is "
                           "not recalled for ever") {
  call.wants("2003", overflow({"recall"}, 5));
  call.wire("A: INVITE 9 o1");
  for (char leg = 'B'; leg <= 'F'; ++leg) {
    auto who = std::string(1, leg);
    CHECK(call.wire("after 10") == who + ": INVITE 2003@2003 o1");
    call.wire(who + ": 180");
    auto first = leg == 'B'; // later ones have recall-no-answer-timeout
    CHECK(call.wire(first ? "after 5" : "after 15") == who + ": CANCEL");
    call.wire(who + ": 487");
  }
  call.wire("after 10");
  call.wire("G: 180");
  CHECK(call.wire("after 15") == "A: 480; G: CANCEL");
  call.wire("G: 487");
}

TEST_CASE("M13: while the routing point still has the call, recall is an error "
          "to who routed it") {
  inbound late{late_divert()};
  late.call.wants("2002", overflow({"recall"}, 5));
  late.route();
  late.play({
    {"B: 180", "A: 180", "2002 Ringing"},
    {"after 5", "B: CANCEL", "2002 Released(NoAnswer), 9 Error"},
    {"B: 487", ""},
    {"route 9 2003", "C: INVITE 2003@2003 o1"},
    {"C: 200 a1", "C: ACK; A: 200 a1",
     "9 RouteUsed(Redirected), 9 Diverted(Redirected), 2003 Ringing, "
     "2003 Established"},
    {"A: ACK", ""},
    {"A: BYE", "A: 200 to BYE; C: BYE", "2003 Released"},
    {"C: 200 to BYE", ""},
  });
}

TEST_CASE("overflow by release ends the call even where it was routed from") {
  inbound late{late_divert()};
  late.call.wants("2002", overflow({"release"}, 5));
  late.route();
  late.play({
    {"B: 180", "A: 180", "2002 Ringing"},
    {"after 5", "A: 480; B: CANCEL",
     "2002 Released(NoAnswer), 9 Released(NoAnswer)"},
    {"B: 487", ""},
  });
}

// -- after routing ------------------------------------------------------------

TEST_CASE("M13: after-routing-timeout limits a routed call until the routing "
          "point lets go of it (divert-on-ringing)") {
  for (auto early : {true, false}) {
    CAPTURE(early);
    inbound x{office({{option::divert_on_ringing, early}})};
    x.route();
    CHECK(x.call.wire("B: 180") == "A: 180");
    if (early) {
      x.play({{"after 179", ""},
              {"after 1", "A: 480; B: CANCEL", "2002 Released(NoAnswer)"},
              {"B: 487", ""}});
    } else {
      x.play({{"after 9", ""},
              {"after 1", "B: CANCEL", "2002 Released(NoAnswer), 9 Error"},
              {"B: 487", ""},
              {"A: CANCEL", "A: 487", "9 Abandoned"}});
    }
  }
}

TEST_CASE("a routed call that is forwarded still has only "
          "after-routing-timeout; 0 is no limit") {
  for (int64_t limit : {10, 0}) {
    CAPTURE(limit);
    inbound x{office({{option::divert_on_ringing, false},
                      {option::after_routing_timeout, limit}})};
    x.call.wants("2002", forward_on("", "2003"));
    x.route();
    x.play({{"after 4", "B: CANCEL; C: INVITE 2003@2003 o1"},
            {"B: 487", ""},
            {"C: 180", "A: 180", "2003 Ringing(Forwarded)"}});
    if (limit) {
      x.play({{"after 6", "C: CANCEL", "2003 Released(NoAnswer), 9 Error"},
              {"C: 487", ""},
              {"A: CANCEL", "A: 487", "9 Abandoned"}});
    } else {
      x.play({{"after 60", ""},
              {"A: CANCEL", "A: 487; C: CANCEL", "2003 Abandoned, 9 Abandoned"},
              {"C: 487", ""}});
    }
  }
}

// -- 3xx ----------------------------------------------------------------------

TEST_CASE("straight-forward: a trunk's 302 is followed to the letter, or its "
          "number is dialled") {
  for (auto straight : {true, false}) {
    CAPTURE(straight);
    auto config = office({}, {}, {{option::straight_forward, straight}});
    call_script call{*config};
    CHECK(call.wire("A: INVITE 12345 o1") == "B: INVITE 12345@gateway o1");
    CHECK(call.wire("B: 302 sip:2003@192.0.2.7:5070;x=y")
          == (straight ? "C: INVITE 2003@192.0.2.7:5070;x=y o1"
                       : "C: INVITE 2003@2003 o1"));
    CHECK(call.wire("C: 200 a1") == "C: ACK; A: 200 a1");
    CHECK(call.events()
          == (straight ? "2001 Established"
                       : "2003 Ringing(Forwarded), 2001 Established, "
                         "2003 Established"));
    call.wire("A: ACK");
    call.wire("A: BYE");
    call.wire("C: 200 to BYE");
    CHECK(call.finished());
    CHECK(call.record().redirections == 1);
  }
}

TEST_CASE("straight-forward follows no contact that is not SIP, and not for "
          "ever") {
  auto config = office({{option::max_redirections, int64_t{1}}}, {},
                       {{option::straight_forward, true}});
  call_script call{*config};
  call.wire("A: INVITE 12345 o1");
  SUBCASE("another scheme") {
    CHECK(call.wire("B: 302 tel:2003") == "A: 480");
  }
  SUBCASE("round and round") {
    call.wire("B: 302 sip:192.0.2.7");
    CHECK(call.wire("C: 302 sip:192.0.2.7") == "A: 480");
  }
  CHECK(call.finished());
}
