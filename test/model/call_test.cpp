#include "test/model/call_office.hpp"

using namespace strowger;
using fixture = test::office_fixture;
using test::call_script;

// -- the call models of semantics 5 -------------------------------------------

TEST_CASE_FIXTURE(fixture,
                  "M4, M2: an inbound call rings, is answered, and the "
                  "caller releases it") {
  call.source = "gateway";
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1"},
    {"B: 180", "A: 180", "2002 Ringing"},
    {"B: 200 a1", "B: ACK; A: 200 a1", "2002 Established"},
    {"A: ACK", ""},
    {"A: BYE", "A: 200 to BYE; B: BYE", "2002 Released"},
    {"B: 200 to BYE", ""},
  });
  CHECK(call.record().result == model::call_result::answered);
  CHECK(call.record().released_by == model::releaser::caller);
  CHECK(call.record().call_type == model::call_type::inbound);
}

TEST_CASE_FIXTURE(fixture, "M3: the agent releases an inbound call") {
  call.source = "gateway";
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1"},
    {"B: 200 a1", "B: ACK; A: 200 a1", "2002 Ringing, 2002 Established"},
    {"A: ACK", ""},
    {"B: BYE", "B: 200 to BYE; A: BYE", "2002 Released"},
    {"A: 200 to BYE", ""},
  });
  CHECK(call.record().released_by == model::releaser::called);
}

TEST_CASE_FIXTURE(fixture, "M5: a caller abandons a call that waits on a "
                           "routing point") {
  call.source = "gateway";
  play({
    {"A: INVITE 9 o1", "A: 180", "9 Queued, 9 RouteRequest"},
    {"A: CANCEL", "A: 487", "9 Abandoned"},
  });
  CHECK(call.record().result == model::call_result::abandoned);
}

TEST_CASE_FIXTURE(fixture, "M16: a routing point that nobody routes uses its "
                           "default DN after router-timeout") {
  call.source = "gateway";
  play({
    {"A: INVITE 9 o1", "A: 180", "9 Queued, 9 RouteRequest"},
    {"after 9", ""},
    {"after 1", "B: INVITE 2003@2003 o1"},
    {"B: 180", "A: 180",
     "9 RouteUsed(Redirected), 9 Diverted(Redirected), 2003 Ringing"},
    {"B: 200 a1", "B: ACK; A: 200 a1", "2003 Established"},
    {"A: ACK", ""},
    {"A: BYE", "A: 200 to BYE; B: BYE", "2003 Released"},
    {"B: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "M7: an internal call reports both parties") {
  connect();
  play({
    {"A: BYE", "A: 200 to BYE; B: BYE", "2001 Released, 2002 Released"},
    {"B: 200 to BYE", ""},
  });
  CHECK(call.record().call_type == model::call_type::internal);
}

TEST_CASE_FIXTURE(fixture, "M8: a call to the network reports its caller") {
  play({
    {"A: INVITE 12345 o1", "B: INVITE 12345@gateway o1", "2001 Dialing"},
    {"B: 183 e1", "A: 183 e1"},
    {"B: 200 a1", "B: ACK; A: 200 a1", "2001 Established"},
    {"A: ACK", ""},
    {"B: BYE", "B: 200 to BYE; A: BYE", "2001 Released"},
    {"A: 200 to BYE", ""},
  });
  CHECK(call.record().call_type == model::call_type::outbound);
  CHECK(call.record().destination.device == "gateway");
}

TEST_CASE_FIXTURE(fixture, "M9: a busy destination") {
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1", "2001 Dialing"},
    {"B: 486", "A: 486", "2001 DestinationBusy(Busy), 2001 Released(Busy)"},
  });
  CHECK(call.record().result == model::call_result::busy);
}

TEST_CASE_FIXTURE(fixture, "M9: a number that leads nowhere") {
  play({{"A: INVITE 7777 o1", "A: 404",
         "2001 Dialing, 2001 DestinationBusy(SitInvalidnum), "
         "2001 Released(SitInvalidnum)"}});
  CHECK(call.record().result == model::call_result::invalid);
}

TEST_CASE_FIXTURE(fixture, "M10: nobody answers and the caller gives up") {
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1", "2001 Dialing"},
    {"B: 180", "A: 180", "2002 Ringing"},
    {"A: CANCEL", "A: 487; B: CANCEL", "2001 Released, 2002 Abandoned"},
    {"B: 487", ""},
  });
}

TEST_CASE_FIXTURE(fixture,
                  "M10: ring-timeout ends a call that nobody answers") {
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1", "2001 Dialing"},
    {"B: 180", "A: 180", "2002 Ringing"},
    {"after 180", "A: 480; B: CANCEL",
     "2002 Released(NoAnswer), 2001 DestinationBusy(NoAnswer), "
     "2001 Released(NoAnswer)"},
    {"B: 487", ""},
  });
  CHECK(call.record().result == model::call_result::no_answer);
}

TEST_CASE_FIXTURE(fixture, "M11: the called party rejects the call") {
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1", "2001 Dialing"},
    {"B: 180", "A: 180", "2002 Ringing"},
    {"B: 603", "A: 603",
     "2002 Released(GeneralError), 2001 DestinationBusy(GeneralError), "
     "2001 Released(GeneralError)"},
  });
  CHECK(call.record().result == model::call_result::rejected);
}

TEST_CASE_FIXTURE(fixture,
                  "M17: a phone that holds the call is reported, once") {
  connect();
  play({
    {"B: re-INVITE hold1", "A: re-INVITE hold1"},
    {"A: 200 to re-INVITE a2", "A: ACK; B: 200 to re-INVITE a2", "2002 Held"},
    {"B: ACK", ""},
    {"B: re-INVITE o3", "A: re-INVITE o3"},
    {"A: 200 to re-INVITE a3", "A: ACK; B: 200 to re-INVITE a3",
     "2002 Retrieved"},
    {"B: ACK", ""},
    {"A: BYE", "A: 200 to BYE; B: BYE", "2001 Released, 2002 Released"},
    {"B: 200 to BYE", ""},
  });
}

// -- crossings and refusals ---------------------------------------------------

TEST_CASE_FIXTURE(fixture, "a 200 that crosses our CANCEL is acknowledged and "
                           "released") {
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1", "2001 Dialing"},
    {"A: CANCEL", "A: 487; B: CANCEL", "2001 Released"},
    {"B: 200 a1", "B: ACK; B: BYE"},
    {"B: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "both sides hang up at once") {
  connect();
  play({
    {"A: BYE", "A: 200 to BYE; B: BYE", "2001 Released, 2002 Released"},
    {"B: BYE", "B: 200 to BYE"},
  });
}

TEST_CASE_FIXTURE(fixture, "a callee's BYE waits for the caller's ACK") {
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1", "2001 Dialing"},
    {"B: 200 a1", "B: ACK; A: 200 a1",
     "2002 Ringing, 2001 Established, 2002 Established"},
    {"B: BYE", "B: 200 to BYE", "2002 Released, 2001 Released"},
    {"A: ACK", "A: BYE"},
    {"A: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "a phone that never answers BYE leaves nothing") {
  connect();
  play({
    {"A: BYE", "A: 200 to BYE; B: BYE", "2001 Released, 2002 Released"},
    {"B: lost to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "a 200 that is never acknowledged ends the call") {
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1", "2001 Dialing"},
    {"B: 200 a1", "B: ACK; A: 200 a1",
     "2002 Ringing, 2001 Established, 2002 Established"},
    {"A: no ACK", "A: BYE; B: BYE",
     "2001 Released(GeneralError), 2002 Released(GeneralError)"},
    {"A: lost to BYE", ""},
    {"B: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "a stranger may call a phone, but not out") {
  call.source = "";
  call.trusted = false;
  SUBCASE("out") {
    play({{"A: INVITE 12345 o1", "A: 403"}});
  }
  SUBCASE("a phone") {
    play({
      {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1"},
      {"B: 486", "A: 486"},
    });
  }
}

// -- trunks, forks and forwarding ---------------------------------------------

TEST_CASE_FIXTURE(fixture, "the next trunk is tried when one does not answer, "
                           "fails with 5xx, is full or out of service") {
  SUBCASE("no answer") {
    play({
      {"A: INVITE 12345 o1", "B: INVITE 12345@gateway o1", "2001 Dialing"},
      {"B: lost", "C: INVITE 12345@backup o1"},
      {"C: 503", "A: 500",
       "2001 DestinationBusy(SystemError), 2001 Released(SystemError)"},
    });
  }
  SUBCASE("full") {
    call.refuse("gateway", model::refusal::at_capacity);
    play({
      {"A: INVITE 12345 o1", "B: INVITE 12345@backup o1", "2001 Dialing"},
      {"B: 404", "A: 404",
       "2001 DestinationBusy(SitInvalidnum), 2001 Released(SitInvalidnum)"},
    });
  }
  SUBCASE("all out of service") {
    call.refuse("gateway", model::refusal::out_of_service);
    call.refuse("backup", model::refusal::out_of_service);
    play({{"A: INVITE 12345 o1", "A: 503",
           "2001 Dialing, 2001 DestinationBusy(AllTrunksBusy), "
           "2001 Released(AllTrunksBusy)"}});
    CHECK(call.record().result == model::call_result::no_trunk);
  }
}

TEST_CASE_FIXTURE(fixture, "busy, not found and declined are verdicts on the "
                           "number: no other trunk is tried") {
  for (auto* verdict : {"486", "404", "603"}) {
    call_script one{*config};
    one.wire("A: INVITE 12345 o1");
    CHECK(one.wire("B: " + std::string{verdict})
          == "A: " + std::string{verdict});
    CHECK(one.finished());
  }
  play({{"A: INVITE 7 o1", "A: 404",
         "2001 Dialing, 2001 DestinationBusy(SitInvalidnum), "
         "2001 Released(SitInvalidnum)"}});
}

TEST_CASE_FIXTURE(fixture, "contacts-backup are tried one after another") {
  call.addresses("gateway", 2, false);
  play({
    {"A: INVITE 12345 o1", "B: INVITE 12345@gateway o1", "2001 Dialing"},
    {"B: lost", "C: INVITE 12345@gateway-2 o1"},
    {"C: 503", "D: INVITE 12345@backup o1"},
    {"D: 200 a1", "D: ACK; A: 200 a1", "2001 Established"},
    {"A: ACK", ""},
    {"A: BYE", "A: 200 to BYE; D: BYE", "2001 Released"},
    {"D: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "all contacts of a phone ring; the first answer "
                           "wins") {
  call.addresses("2002", 2, true);
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1; C: INVITE 2002@2002-2 o1",
     "2001 Dialing"},
    {"C: 180", "A: 180", "2002 Ringing"},
    {"B: 180", ""},
    {"B: 200 a1", "C: CANCEL; B: ACK; A: 200 a1",
     "2001 Established, 2002 Established"},
    {"C: 487", ""},
    {"A: ACK", ""},
    {"B: BYE", "B: 200 to BYE; A: BYE", "2002 Released, 2001 Released"},
    {"A: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "a phone's 302 forwards the call") {
  play({
    {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1", "2001 Dialing"},
    {"B: 180", "A: 180", "2002 Ringing"},
    {"B: 302 2003", "C: INVITE 2003@2003 o1", "2002 Released(Forwarded)"},
    {"C: 180", "A: 180", "2003 Ringing(Forwarded)"},
    {"C: 200 a1", "C: ACK; A: 200 a1", "2001 Established, 2003 Established"},
    {"A: ACK", ""},
    {"A: BYE", "A: 200 to BYE; C: BYE", "2001 Released, 2003 Released"},
    {"C: 200 to BYE", ""},
  });
  CHECK(call.record().redirections == 1);
}

TEST_CASE_FIXTURE(fixture, "phones that forward to each other are stopped by "
                           "max-redirections") {
  call.wire("A: INVITE 2002 o1");
  std::string last;
  for (char leg = 'B'; leg <= 'G'; ++leg) {
    auto next = (leg - 'B') % 2 ? "2002" : "2003";
    last = call.wire(std::string(1, leg) + ": 302 " + next);
  }
  CHECK(last == "A: 480");
}

TEST_CASE_FIXTURE(fixture, "a trunk that says nothing is left for the next one "
                           "after sip-invite-timeout") {
  play({
    {"A: INVITE 12345 o1", "B: INVITE 12345@gateway o1", "2001 Dialing"},
    {"after 3", ""},
    {"after 1", "B: CANCEL; C: INVITE 12345@backup o1"},
    {"C: 100", ""},
    {"after 3", ""},
    {"C: 180", "A: 180"},
    {"after 60", ""},
    {"C: 200 a1", "C: ACK; A: 200 a1", "2001 Established"},
    {"A: ACK", ""},
    {"B: 200 late", "B: ACK; B: BYE"},
    {"B: 200 to BYE", ""},
    {"A: BYE", "A: 200 to BYE; C: BYE", "2001 Released"},
    {"C: 200 to BYE", ""},
  });
}
