#include "test/actors/call_control_office.hpp"

/// Callers that are moved by REFER in their own dialog, and calls that leave
/// the switch (`oosp-transfer-enabled`): semantics 6.5, 6.6 and M35.
using namespace strowger;
using namespace strowger::test;

TEST_CASE_FIXTURE(referring_gateway_office,
                  "M21: a caller whose device takes REFER calls the new party "
                  "itself") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
    {"gateway: 202 to REFER", ""},
    {"gateway: NOTIFY 100", "gateway: 200 to NOTIFY"},
    {"gateway: INVITE 2003 o2", "2003: INVITE o2"},
    {"2003: 180", "gateway': 180", "2003 Ringing[c1]"},
    {"2003: 200 a2", "2003: ACK; gateway': 200 a2; 2002: BYE",
     "2003 Established[c1], 2002 Released[c1](Transferred)"},
    {"gateway': ACK", ""},
    {"gateway: NOTIFY 200", "gateway: 200 to NOTIFY; gateway: BYE"},
    {"gateway': BYE", "gateway': 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "M21 by REFER: if the new party is busy, the call is as it "
                  "was") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
    {"gateway: 202 to REFER", ""},
    {"gateway: INVITE 2003 o2", "2003: INVITE o2"},
    {"2003: 486", "gateway': 486", "2002 Error[c1](BUSY)"},
    {"gateway: NOTIFY 486", "gateway: 200 to NOTIFY"},
    {"SingleStepTransfer 2002 c1 2004", "gateway: REFER sip:2004@"},
    {"gateway: 603 to REFER", "", "2002 Error[c1](REJECTED)"},
    {"2002: BYE", "2002: 200 to BYE; gateway: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "a device that does not know REFER is moved by re-INVITE") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
    {"gateway: 405 to REFER", "2003: INVITE"},
    {"2003: 200 o2", "2002: BYE; gateway: re-INVITE o2",
     "2003 Ringing[c1], 2003 Established[c1], 2002 Released[c1](Transferred)"},
    {"gateway: 200 to re-INVITE a2", "gateway: ACK; 2003: ACK a2"},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "a caller that says by NOTIFY that it will not call stays") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
    {"gateway: 202 to REFER", ""},
    {"gateway: NOTIFY 480", "gateway: 200 to NOTIFY",
     "2002 Error[c1](NO_ANSWER)"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "a caller that takes its new call back stays") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
    {"gateway: 202 to REFER", ""},
    {"gateway: INVITE 2003 o2", "2003: INVITE o2"},
    {"2003: 180", "gateway': 180", "2003 Ringing[c1]"},
    {"gateway': CANCEL", "2003: CANCEL; gateway': 487",
     "2003 Released[c1](NoAnswer), 2002 Error[c1](NO_ANSWER)"},
    {"2003: 487", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "a caller that hangs up its first dialog at once goes on "
                  "with the new one") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
    {"gateway: 202 to REFER", ""},
    {"gateway: INVITE 2003 o2", "2003: INVITE o2"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: re-INVITE o1(held)"},
    {"2002: 200 to re-INVITE h2", "2002: ACK"},
    {"2003: 200 a2", "2003: ACK; gateway': 200 a2; 2002: BYE",
     "2003 Ringing[c1], 2003 Established[c1], 2002 Released[c1](Transferred)"},
    {"gateway': ACK", ""},
    {"2003: BYE", "2003: 200 to BYE; gateway': BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "whoever transfers may hang up before the caller has moved") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
    {"2002: BYE", "2002: 200 to BYE; gateway: re-INVITE a1(held)",
     "2002 Released[c1]"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"gateway: 202 to REFER", ""},
    {"gateway: INVITE 2003 o2", "2003: INVITE o2"},
    {"2003: 200 a2", "2003: ACK; gateway': 200 a2",
     "2003 Ringing[c1], 2003 Established[c1]"},
    {"gateway': ACK", ""},
    {"gateway: NOTIFY 200", "gateway: 200 to NOTIFY; gateway: BYE"},
    {"gateway': BYE", "gateway': 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "a call that was moved by REFER can be moved again") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
    {"gateway: 202 to REFER", ""},
    {"gateway: INVITE 2003 o2", "2003: INVITE o2"},
    {"2003: 200 a2", "2003: ACK; gateway': 200 a2; 2002: BYE",
     "2003 Ringing[c1], 2003 Established[c1], 2002 Released[c1](Transferred)"},
    {"gateway': ACK", ""},
    // The last NOTIFY of the first move never came.
    {"SingleStepTransfer 2003 c1 2004",
     "gateway: BYE; gateway': REFER sip:2004@"},
    {"gateway': 603 to REFER", "", "2003 Error[c1](REJECTED)"},
    {"gateway': BYE", "gateway': 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "a caller that has moved, and never says so by NOTIFY, loses "
                  "its old dialog all the same") {
  move_caller();
  play({
    {"after 31", ""},
    {"gateway: NOTIFY 100", "gateway: 200 to NOTIFY"},
    {"after 2", "gateway: BYE"},
    {"2003: BYE", "2003: 200 to BYE; gateway': BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "the last NOTIFY of a caller that has moved may meet our "
                  "BYE, or come without its old dialog") {
  move_caller();
  auto_bye = false;
  play({
    {"after 33", "gateway: BYE"},
    {"gateway: NOTIFY 200", "gateway: 200 to NOTIFY"},
    {"gateway: 481 to BYE", ""},
    {"2003: BYE", "2003: 200 to BYE; gateway': BYE", "2003 Released[c1]"},
    {"gateway': 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "a caller that has let go of its old dialog, and says so "
                  "only when asked, is not lost") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
    {"gateway: 202 to REFER", ""},
    {"gateway: INVITE 2003 o2", "2003: INVITE o2"},
    {"2002: BYE", "2002: 200 to BYE; gateway: re-INVITE a1(held)",
     "2002 Released[c1]"},
    {"gateway: 481 to re-INVITE", ""},
    {"2003: 200 a2", "2003: ACK; gateway': 200 a2",
     "2003 Ringing[c1], 2003 Established[c1]"},
    {"gateway': ACK", ""},
    {"2003: BYE", "2003: 200 to BYE; gateway': BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "a phone's blind transfer moves the caller by REFER, too") {
  inbound();
  play({
    {"2002: REFER 2003",
     "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
     "gateway: REFER sip:2003@"},
    {"2002: 200 to NOTIFY", ""},
    {"gateway: 202 to REFER", ""},
    {"gateway: INVITE 2003 o2", "2003: INVITE o2"},
    {"2003: 200 a2",
     "2003: ACK; gateway': 200 a2; 2002: NOTIFY refer SIP/2.0 200 OK; "
     "2002: BYE",
     "2003 Ringing[c1], 2003 Established[c1], 2002 Released[c1](Transferred)"},
    {"gateway': ACK", ""},
    {"gateway: NOTIFY 200", "gateway: 200 to NOTIFY; gateway: BYE"},
    {"gateway': BYE", "gateway': 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

// -- oosp-transfer-enabled ----------------------------------------------------

TEST_CASE_FIXTURE(oosp_office, "a caller that is transferred outside is "
                               "referred there, past the switch") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 1555", "gateway: REFER sip:1555@gateway"},
    {"gateway: 202 to REFER", ""},
    {"gateway: NOTIFY 100", "gateway: 200 to NOTIFY"},
    {"gateway: NOTIFY 200", "gateway: 200 to NOTIFY; 2002: BYE; gateway: BYE",
     "2002 Released[c1](Transferred)"},
  });
}

TEST_CASE_FIXTURE(oosp_office, "a caller that is referred outside may hang up "
                               "at once") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 1555", "gateway: REFER sip:1555@gateway"},
    {"gateway: 202 to REFER", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE",
     "2002 Released[c1](Transferred)"},
  });
}

TEST_CASE_FIXTURE(oosp_office, "a transfer outside that fails leaves the call "
                               "as it was") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 1555", "gateway: REFER sip:1555@gateway"},
    {"gateway: 202 to REFER", ""},
    {"gateway: NOTIFY 486", "gateway: 200 to NOTIFY", "2002 Error[c1](BUSY)"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(oosp_office, "a transfer inside stays in the switch") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
    {"gateway: 603 to REFER", "", "2002 Error[c1](REJECTED)"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(oosp_office, "M35: a call routed outside before the answer "
                               "leaves by 302") {
  play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 1555", "gateway: 302 sip:1555@gateway",
     "9 RouteUsed[c1](Redirected), 9 Diverted[c1](Redirected)"},
  });
  REQUIRE(kept.records.size() == 1);
  CHECK(kept.records.front().result == model::call_result::redirected);
  CHECK(kept.records.front().status == 302);
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "without oosp-transfer-enabled a call routed outside stays") {
  play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 1555", "gateway': INVITE o1"},
    {"gateway': 486", "", "9 Error[c1](BUSY)"},
    {"gateway: CANCEL", "gateway: 487", "9 Abandoned[c1]"},
  });
}

// -- which call ---------------------------------------------------------------

TEST_CASE_FIXTURE(referring_gateway_office,
                  "of two callers that move to the same number, each gets the "
                  "call that it came from") {
  inbound();
  play({
    {"gateway: INVITE 2003 o2", "2003: INVITE o2"},
    {"2003: 200 a2", "2003: ACK; gateway': 200 a2",
     "2003 Ringing[c2], 2003 Established[c2]"},
    {"gateway': ACK", ""},
    {"SingleStepTransfer 2002 c1 2004", "gateway: REFER sip:2004@"},
    {"SingleStepTransfer 2003 c2 2004", "gateway': REFER sip:2004@"},
  });
  play({
    {"gateway: INVITE 2004 o3 asked c2", "2004: INVITE o3"},
    {"2004: 200 a3", "2004: ACK; gateway'': 200 a3; 2003: BYE",
     "2004 Ringing[c2], 2004 Established[c2], 2003 Released[c2](Transferred)"},
    {"gateway'': ACK", ""},
    {"gateway'': BYE", "gateway'': 200 to BYE; gateway': BYE; 2004: BYE",
     "2004 Released[c2]"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(referring_gateway_office,
                  "a phone that hangs up right after its blind transfer has "
                  "transferred to whom it named") {
  inbound();
  play({
    {"2002: REFER 2003",
     "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
     "gateway: REFER sip:2003@"},
    {"2002: BYE", "2002: 200 to BYE; gateway: re-INVITE a1(held)",
     "2002 Released[c1](Transferred)"},
  });
  CHECK(kept.events.back().third_party_dn == "2003");
  play({
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"gateway: 603 to REFER", "gateway: BYE"},
  });
}
