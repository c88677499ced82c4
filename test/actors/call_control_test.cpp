#include "test/actors/call_control_office.hpp"

/// The call models of semantics 5 that clients bring about, on a whole switch.
using namespace strowger;
using namespace strowger::test;

TEST_CASE_FIXTURE(reinvite_office,
                  "MakeCall by RFC 3725 flow I: the offer of the caller's "
                  "phone goes to the destination") {
  play({
    {"MakeCall 2001 2002", "2001: INVITE"},
    {"2001: 180", ""},
    {"2001: 200 o1", "2002: INVITE o1", "2001 Dialing[c1]"},
    {"2002: 180", "", "2002 Ringing[c1]"},
    {"2002: 200 a1", "2002: ACK; 2001: ACK a1",
     "2001 Established[c1], 2002 Established[c1]"},
    {"ReleaseCall 2001 c1", "2001: BYE; 2002: BYE",
     "2001 Released[c1], 2002 Released[c1]"},
  });
  CHECK(verdict == "accepted");
}

TEST_CASE_FIXTURE(reinvite_office, "M17: HoldCall and RetrieveCall by "
                                   "re-INVITE, with both sides on hold") {
  inbound();
  play({
    {"HoldCall 2002 c1",
     "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"2002: 200 to re-INVITE h2", "2002: ACK", "2002 Held[c1]"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"RetrieveCall 2002 c1", "gateway: re-INVITE"},
    {"gateway: 200 to re-INVITE o3", "2002: re-INVITE o3"},
    {"2002: 200 to re-INVITE a3", "2002: ACK; gateway: ACK a3",
     "2002 Retrieved[c1]"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(broadsoft_office,
                  "MakeCall by RFC 3725 flow II: the phone is "
                  "answered at once, with nothing to hear") {
  play({
    {"MakeCall 2001 2002", "2001: INVITE black-hole"},
    {"2001: 200 a1", "2001: ACK; 2002: INVITE", "2001 Dialing[c1]"},
    {"2002: 180", "", "2002 Ringing[c1]"},
    {"2002: 200 o2", "2001: re-INVITE o2",
     "2001 Established[c1], 2002 Established[c1]"},
    {"2001: 200 to re-INVITE a2", "2001: ACK; 2002: ACK a2"},
    {"2001: BYE", "2001: 200 to BYE; 2002: BYE",
     "2001 Released[c1], 2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(broadsoft_office, "AnswerCall, HoldCall, RetrieveCall and "
                                    "SendDtmf order the phone by NOTIFY") {
  play({
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"2002: 180", "gateway: 180", "2002 Ringing[c1]"},
    {"AnswerCall 2002 c1", "2002: NOTIFY talk"},
    {"2002: 200 to NOTIFY", ""},
    {"2002: 200 a1", "2002: ACK; gateway: 200 a1", "2002 Established[c1]"},
    {"gateway: ACK", ""},
    {"HoldCall 2002 c1", "2002: NOTIFY hold"},
    {"2002: re-INVITE hold2", "gateway: re-INVITE hold2"},
    {"gateway: 200 to re-INVITE a2", "gateway: ACK; 2002: 200 to re-INVITE a2",
     "2002 Held[c1]"},
    {"2002: ACK", ""},
    {"RetrieveCall 2002 c1", "2002: NOTIFY talk"},
    {"2002: re-INVITE o3", "gateway: re-INVITE o3"},
    {"gateway: 200 to re-INVITE a3", "gateway: ACK; 2002: 200 to re-INVITE a3",
     "2002 Retrieved[c1]"},
    {"2002: ACK", ""},
    {"SendDtmf 2002 c1 42", "2002: NOTIFY dtmf Signal=42", "2002 DTMFSent[c1]"},
    {"HoldCall 2002 c1", "2002: NOTIFY hold"},
    {"2002: 489 to NOTIFY", "", "2002 Error[c1](REJECTED)"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office,
                  "without sip-cti-control a phone is not "
                  "answered from afar, and digits go by INFO") {
  play({
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"2002: 180", "gateway: 180", "2002 Ringing[c1]"},
    {"AnswerCall 2002 c1", ""},
  });
  CHECK(verdict == "UNSUPPORTED");
  play({
    {"2002: 200 a1", "2002: ACK; gateway: 200 a1", "2002 Established[c1]"},
    {"gateway: ACK", ""},
    {"SendDtmf 2002 c1 1#", "gateway: INFO Signal=1", "2002 DTMFSent[c1]"},
    {"gateway: 200 to INFO", "gateway: INFO Signal=#"},
    {"gateway: 200 to INFO", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "M15: RedirectCall takes the call from a "
                                   "ringing phone to another") {
  play({
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"2002: 180", "gateway: 180", "2002 Ringing[c1]"},
    {"RedirectCall 2002 c1 2003", "2002: CANCEL; 2003: INVITE o1",
     "2002 Released[c1](Redirected)"},
    {"2002: 487", ""},
    {"2003: 180", "gateway: 180", "2003 Ringing[c1](Redirected)"},
    {"2003: 200 a1", "2003: ACK; gateway: 200 a1", "2003 Established[c1]"},
    {"gateway: ACK", ""},
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "M1: a client routes a call that waits on a "
                                   "routing point") {
  play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 2002", "2002: INVITE o1"},
    {"2002: 180", "gateway: 180",
     "9 RouteUsed[c1](Redirected), 9 Diverted[c1](Redirected), "
     "2002 Ringing[c1]"},
    {"2002: 200 a1", "2002: ACK; gateway: 200 a1", "2002 Established[c1]"},
    {"gateway: ACK", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "M12: a call whose target is busy stays on "
                                   "the routing point and is routed again") {
  play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 2002", "2002: INVITE o1"},
    {"2002: 486", "", "9 Error[c1](BUSY)"},
    {"RouteCall 9 c1 2003", "2003: INVITE o1"},
    {"2003: 200 a1", "2003: ACK; gateway: 200 a1",
     "9 RouteUsed[c1](Redirected), 9 Diverted[c1](Redirected), "
     "2003 Ringing[c1], 2003 Established[c1]"},
    {"gateway: ACK", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "a call that is told to keep waiting has "
                                   "router-timeout from then on") {
  play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"after 9", ""},
    {"KeepWaiting 9 c1", ""},
    {"after 9", ""},
    {"KeepWaiting 9 c1", ""},
    {"after 9", ""},
    {"RouteCall 9 c1 2002", "2002: INVITE o1"},
    {"KeepWaiting 9 c1", ""},
  });
  CHECK(verdict == "INVALID_CALL_STATE");
  play({
    {"2002: 486", "", "9 Error[c1](BUSY)"},
    {"KeepWaiting 2002 c1", ""},
  });
  CHECK(verdict == "INVALID_CALL_STATE");
  play({
    {"after 9", ""},
    {"KeepWaiting 9 c1", ""},
    {"after 9", ""},
    {"after 1", "gateway: 480", "9 Released[c1](NoAnswer)"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "a client turns a call on a routing point "
                                   "away") {
  play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 reject", "gateway: 486", "9 Released[c1](Busy)"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "M9: MakeCall to a busy phone: the server "
                                   "clears the caller") {
  play({
    {"MakeCall 2001 2002", "2001: INVITE"},
    {"2001: 200 o1", "2002: INVITE o1", "2001 Dialing[c1]"},
    {"2002: 486", "2001: ACK o1(held); 2001: BYE",
     "2001 DestinationBusy[c1](Busy), 2001 Released[c1](Busy)"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "MakeCall from a phone that does not answer "
                                   "ends in an error to the client") {
  play({
    {"MakeCall 2001 2002", "2001: INVITE"},
    {"2001: 486", "", "2001 Error[c1](BUSY)"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "MakeCall from a phone that is not there "
                                   "fails at once, and says why") {
  play({{"MakeCall 2009 2002", "", "2009 Error[c1](NOT_REGISTERED)"}});
  CHECK(verdict == "accepted");
}

TEST_CASE_FIXTURE(fragile_office, "MakeCall from a phone that cannot be used "
                                  "fails at once, and says why") {
  play({
    {"MakeCall 2001 2002", "2001: INVITE"},
    {"MakeCall 2001 2003", "", "2001 Error[c2](BUSY)"},
    {"2001: 503", "", "2001 Error[c1](REJECTED), 2001 DNOutOfService"},
    {"MakeCall 2001 2002", "", "2001 Error[c3](OUT_OF_SERVICE)"},
    {"after 60", "", "2001 DNBackInService"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "a client takes a call back before the "
                                   "caller's phone has answered") {
  play({
    {"MakeCall 2001 2002", "2001: INVITE"},
    {"2001: 180", ""},
    {"ReleaseCall 2001 c1", "2001: CANCEL", "2001 Error[c1](CANCELLED)"},
    {"2001: 487", ""},
  });
}

TEST_CASE_FIXTURE(reinvite_office,
                  "requests that make no sense now are refused "
                  "and change nothing") {
  inbound();
  constexpr std::pair<const char*, const char*> rows[] = {
    {"MakeCall 7777 2002", "UNKNOWN_DN"},
    {"MakeCall gateway 2002", "INVALID_CALLING_DN"},
    {"MakeCall 2001 7777", "INVALID_CALLED_DN"},
    {"HoldCall 2001 c1", "PARTY_NOT_ON_CALL"},
    {"RetrieveCall 2002 c1", "INVALID_CALL_STATE"},
    {"AnswerCall 2002 c1", "INVALID_CALL_STATE"},
    {"RedirectCall 2002 c1 2003", "INVALID_CALL_STATE"},
    {"RouteCall 9 c1 2003", "INVALID_CALL_STATE"},
    {"InitiateTransfer 2002 c1 7777", "INVALID_CALLED_DN"},
    {"CompleteTransfer 2002 c1 c1", "INVALID_CALL_STATE"},
    {"SingleStepTransfer 2001 c1 2003", "PARTY_NOT_ON_CALL"},
    {"SendDtmf 2002 c1 x", "INVALID_ARGUMENT"},
  };
  for (auto& [what, why] : rows) {
    INFO(std::string{what});
    play({{what, ""}});
    CHECK(verdict == why);
  }
  play({
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"gateway: CANCEL", "gateway: 487; 2002: CANCEL"},
    {"2002: 487", ""},
    {"ReleaseCall 2002 c1", ""},
  });
  CHECK(verdict == "UNKNOWN_CALL");
}

TEST_CASE_FIXTURE(reinvite_office, "a phone that refuses what it is offered is "
                                   "asked once, and the call goes on") {
  inbound();
  play({
    {"HoldCall 2002 c1",
     "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"gateway: 488 to re-INVITE", ""},
    {"2002: 200 to re-INVITE h2", "2002: ACK", "2002 Held[c1]"},
    {"RetrieveCall 2002 c1", "gateway: re-INVITE"},
    {"gateway: 200 to re-INVITE o3", "2002: re-INVITE o3"},
    {"2002: 488 to re-INVITE", "gateway: ACK o3(held)",
     "2002 Error[c1](UNSUPPORTED)"},
    {"after 10", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "digits that are not taken are an error to "
                                   "who sent them") {
  inbound();
  play({
    {"SendDtmf 2002 c1 12", "gateway: INFO Signal=1", "2002 DTMFSent[c1]"},
    {"gateway: 415 to INFO", "", "2002 Error[c1](UNSUPPORTED)"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "both parties of a call may have put each "
                                   "other on hold") {
  play({
    {"2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing[c1]"},
    {"2002: 200 a1", "2002: ACK; 2001: 200 a1",
     "2002 Ringing[c1], 2001 Established[c1], 2002 Established[c1]"},
    {"2001: ACK", ""},
    {"HoldCall 2002 c1", "2001: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"2001: 200 to re-INVITE h1", "2001: ACK"},
    {"2002: 200 to re-INVITE h2", "2002: ACK", "2002 Held[c1]"},
    {"HoldCall 2001 c1", "", "2001 Held[c1]"},
    {"RetrieveCall 2002 c1", "", "2002 Retrieved[c1]"},
    // A phone that offers something meanwhile is answered with the hold.
    {"2002: re-INVITE o5", "2002: 200 to re-INVITE o5(held)"},
    {"2002: ACK", ""},
    {"RetrieveCall 2001 c1", "2001: re-INVITE"},
    {"2001: 200 to re-INVITE o6", "2002: re-INVITE o6"},
    {"2002: 200 to re-INVITE a6", "2002: ACK; 2001: ACK a6",
     "2001 Retrieved[c1]"},
    {"2001: BYE", "2001: 200 to BYE; 2002: BYE",
     "2001 Released[c1], 2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "events carry the id of the request that "
                                   "caused them, and of no other") {
  inbound();
  play({{"RetrieveCall 2002 c1", ""}});
  CHECK(verdict == "INVALID_CALL_STATE");
  play(
    {{"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"}});
  for (auto& x : kept.events)
    CHECK(x.request.empty());
}

TEST_CASE_FIXTURE(reinvite_office,
                  "ClearCall ends a call that is being routed") {
  play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 2002", "2002: INVITE o1"},
    {"ClearCall 9 c1", "gateway: 503; 2002: CANCEL",
     "9 Released[c1](AllTrunksBusy)"},
    {"2002: 487", ""},
  });
}

TEST_CASE("a stranger's call gives back the devices that it tried") {
  played_office x{phones_with({{option::reject_call_incall, true}})};
  x.play({
    {"stranger: INVITE 9 o1", "stranger: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 2002", "2002: INVITE o1"},
    {"2002: 486", "", "9 Error[c1](BUSY)"},
    {"RouteCall 9 c1 2002", "2002: INVITE o1"},
    {"2002: 200 a1", "2002: ACK; stranger: 200 a1",
     "9 RouteUsed[c1](Redirected), 9 Diverted[c1](Redirected), "
     "2002 Ringing[c1], 2002 Established[c1]"},
    {"stranger: ACK", ""},
    {"2002: BYE", "2002: 200 to BYE; stranger: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(broadsoft_office, "a phone that does not take the order to "
                                    "hold ends the consultation") {
  inbound();
  play({
    {"InitiateTransfer 2002 c1 2003", "2002: NOTIFY hold"},
    {"2002: 489 to NOTIFY", "", "2002 Error[c1](REJECTED)"},
    {"InitiateTransfer 2002 c1 2004", "2002: NOTIFY hold"},
    {"2002: 200 to NOTIFY", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
  CHECK(verdict == "accepted");
}

TEST_CASE_FIXTURE(broadsoft_office,
                  "a phone that takes the order to hold, or to retrieve, and "
                  "does nothing leaves the call as it was") {
  inbound();
  play({
    {"InitiateTransfer 2002 c1 2003", "2002: NOTIFY hold"},
    {"2002: 200 to NOTIFY", ""},
    {"after 31", ""},
    {"after 2", "", "2002 Error[c1](TIMEOUT)"},
    {"HoldCall 2002 c1", "2002: NOTIFY hold"},
    {"2002: 200 to NOTIFY", ""},
    {"2002: re-INVITE hold2", "gateway: re-INVITE hold2"},
    {"gateway: 200 to re-INVITE a2", "gateway: ACK; 2002: 200 to re-INVITE a2",
     "2002 Held[c1]"},
    {"2002: ACK", ""},
    {"after 33", ""},
    {"RetrieveCall 2002 c1", "2002: NOTIFY talk"},
    {"2002: 408 to NOTIFY", "", "2002 Error[c1](TIMEOUT)"},
    {"after 33", ""},
    {"RetrieveCall 2002 c1", "2002: NOTIFY talk"},
    {"after 33", "", "2002 Error[c1](TIMEOUT)"},
    {"2002: 408 to NOTIFY", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office,
                  "a phone that is alone may ask for an offer") {
  inbound();
  play({
    {"HoldCall 2002 c1",
     "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"2002: 200 to re-INVITE h2", "2002: ACK", "2002 Held[c1]"},
    {"gateway: re-INVITE", "gateway: 200 to re-INVITE a1(held)"},
    {"gateway: ACK h5", ""},
    {"RetrieveCall 2002 c1", "gateway: re-INVITE"},
    {"gateway: 200 to re-INVITE o6", "2002: re-INVITE o6"},
    {"2002: 200 to re-INVITE a6", "2002: ACK; gateway: ACK a6",
     "2002 Retrieved[c1]"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}
