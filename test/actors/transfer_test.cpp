#include "test/actors/call_control_office.hpp"

/// Consultation and transfer: the call models M18 to M21, M26 and M27.
using namespace strowger;
using namespace strowger::test;

TEST_CASE_FIXTURE(reinvite_office, "M18: two-step transfer by re-INVITE, with "
                                   "a dialog for each call") {
  consult();
  play({
    {"CompleteTransfer 2002 c1 c2", "2002': BYE; 2002: BYE; gateway: re-INVITE",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2003 PartyChanged[c1](Transferred)"},
    {"gateway: 200 to re-INVITE o3", "2003: re-INVITE o3"},
    {"2003: 200 to re-INVITE a3", "2003: ACK; gateway: ACK a3"},
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "M19: a transfer completed while the target "
                                   "rings, by blind-transfer-enabled") {
  inbound();
  play({
    {"InitiateTransfer 2002 c1 2003",
     "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"2002: 200 to re-INVITE h2", "2002: ACK; 2002': INVITE", "2002 Held[c1]"},
    {"2002': 200 o2", "2003: INVITE o2", "2002 Dialing[c2]"},
    {"2003: 180", "", "2003 Ringing[c2]"},
    {"CompleteTransfer 2002 c1 c2",
     "2002': ACK o2(held); 2002': BYE; 2002: BYE",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2003 PartyChanged[c1](Transferred)"},
    {"2003: 200 a2", "2003: ACK; gateway: re-INVITE", "2003 Established[c1]"},
    {"gateway: 200 to re-INVITE o3", "2003: re-INVITE o3"},
    {"2003: 200 to re-INVITE a3", "2003: ACK; gateway: ACK a3"},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(single_dialog_office,
                  "M19: without blind-transfer-enabled the target has to "
                  "answer first") {
  inbound();
  play({
    {"InitiateTransfer 2002 c1 2003",
     "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"2002: 200 to re-INVITE h2", "2002: ACK; 2003: INVITE",
     "2002 Held[c1], 2002 Dialing[c2]"},
    {"2003: 180", "", "2003 Ringing[c2]"},
    {"CompleteTransfer 2002 c1 c2", "", "2002 Error[c1](INVALID_CALL_STATE)"},
    {"2003: 486", "",
     "2003 Released[c2](Busy), 2002 DestinationBusy[c2](Busy), "
     "2002 Released[c2](Busy)"},
    {"RetrieveCall 2002 c1", "gateway: re-INVITE"},
    {"gateway: 200 to re-INVITE o3", "2002: re-INVITE o3"},
    {"2002: 200 to re-INVITE a3", "2002: ACK; gateway: ACK a3",
     "2002 Retrieved[c1]"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(single_dialog_office, "M18: two-step transfer with one "
                                        "dialog for both calls") {
  consult_in_one_dialog();
  play({
    {"CompleteTransfer 2002 c1 c2", "2002: BYE; gateway: re-INVITE",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2003 PartyChanged[c1](Transferred)"},
    {"gateway: 200 to re-INVITE o3", "2003: re-INVITE o3"},
    {"2003: 200 to re-INVITE a3", "2003: ACK; gateway: ACK a3"},
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "M20: a mute transfer does not wait for an "
                                   "answer") {
  inbound();
  play({
    {"MuteTransfer 2002 c1 2003",
     "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"2002: 200 to re-INVITE h2", "2002: ACK; 2002': INVITE", "2002 Held[c1]"},
    {"2002': 200 o2", "2003: INVITE o2", "2002 Dialing[c2]"},
    {"2003: 180", "2002': ACK o2(held); 2002': BYE; 2002: BYE",
     "2003 Ringing[c2], 2002 Released[c2](Transferred), "
     "2002 Released[c1](Transferred), 2003 PartyChanged[c1](Transferred)"},
    {"2003: 200 a2", "2003: ACK; gateway: re-INVITE", "2003 Established[c1]"},
    {"gateway: 200 to re-INVITE o3", "2003: re-INVITE o3"},
    {"2003: 200 to re-INVITE a3", "2003: ACK; gateway: ACK a3"},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "M26, M27: alternate to the first call and "
                                   "back, then reconnect") {
  consult();
  play({
    {"AlternateCall 2002 c1 c2",
     "2002': re-INVITE a2(held); 2003: re-INVITE o2(held)"},
    {"2003: 200 to re-INVITE h4", "2003: ACK"},
    {"2002': 200 to re-INVITE h3", "2002': ACK; gateway: re-INVITE",
     "2002 Held[c2]"},
    {"gateway: 200 to re-INVITE o5", "2002: re-INVITE o5"},
    {"2002: 200 to re-INVITE a5", "2002: ACK; gateway: ACK a5",
     "2002 Retrieved[c1]"},
    {"ReconnectCall 2002 c2 c1", "gateway: BYE; 2002: BYE; 2002': re-INVITE",
     "2002 Released[c1]"},
    {"2002': 200 to re-INVITE o6", "2003: re-INVITE o6"},
    {"2003: 200 to re-INVITE a6", "2003: ACK; 2002': ACK a6",
     "2002 Retrieved[c2]"},
    {"2003: BYE", "2003: 200 to BYE; 2002': BYE",
     "2003 Released[c2], 2002 Released[c2]"},
  });
}

TEST_CASE_FIXTURE(single_dialog_office, "M26, M27: alternate and reconnect "
                                        "move the one dialog of the phone") {
  consult_in_one_dialog();
  play({
    {"AlternateCall 2002 c1 c2",
     "2002: re-INVITE o2(held); 2003: re-INVITE a2(held)"},
    {"2003: 200 to re-INVITE h4", "2003: ACK"},
    {"2002: 200 to re-INVITE h3", "2002: ACK; gateway: re-INVITE",
     "2002 Held[c2]"},
    {"gateway: 200 to re-INVITE o5", "2002: re-INVITE o5"},
    {"2002: 200 to re-INVITE a5", "2002: ACK; gateway: ACK a5",
     "2002 Retrieved[c1]"},
    {"AlternateCall 2002 c2 c1",
     "gateway: re-INVITE a5(held); 2002: re-INVITE o5(held)"},
    {"gateway: 200 to re-INVITE h6", "gateway: ACK"},
    {"2002: 200 to re-INVITE h7", "2002: ACK; 2002: re-INVITE",
     "2002 Held[c1]"},
    {"2002: 200 to re-INVITE o8", "2003: re-INVITE o8"},
    {"2003: 200 to re-INVITE a8", "2003: ACK; 2002: ACK a8",
     "2002 Retrieved[c2]"},
    {"ReconnectCall 2002 c1 c2", "2003: BYE; gateway: re-INVITE",
     "2002 Released[c2], 2003 Released[c2]"},
    {"gateway: 200 to re-INVITE o9", "2002: re-INVITE o9"},
    {"2002: 200 to re-INVITE a9", "2002: ACK; gateway: ACK a9",
     "2002 Retrieved[c1]"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(single_dialog_office, "a phone with one dialog may alternate "
                                        "as often as it likes") {
  consult_in_one_dialog();
  for (auto i = 0; i < 260; ++i)
    play({
      {"AlternateCall 2002 c1 c2",
       "2002: re-INVITE o2(held); 2003: re-INVITE a2(held)"},
      {"2003: 200 to re-INVITE h4", "2003: ACK"},
      {"2002: 200 to re-INVITE h3", "2002: ACK; gateway: re-INVITE",
       "2002 Held[c2]"},
      {"gateway: 200 to re-INVITE o5", "2002: re-INVITE o5"},
      {"2002: 200 to re-INVITE a5", "2002: ACK; gateway: ACK a5",
       "2002 Retrieved[c1]"},
      {"AlternateCall 2002 c2 c1",
       "gateway: re-INVITE a5(held); 2002: re-INVITE o5(held)"},
      {"gateway: 200 to re-INVITE h6", "gateway: ACK"},
      {"2002: 200 to re-INVITE h7", "2002: ACK; 2002: re-INVITE",
       "2002 Held[c1]"},
      {"2002: 200 to re-INVITE a2", "2003: re-INVITE a2"},
      {"2003: 200 to re-INVITE o2", "2003: ACK; 2002: ACK o2",
       "2002 Retrieved[c2]"},
    });
  play({
    {"SingleStepTransfer 2003 c2 2004", "2004: INVITE"},
    {"2004: 200 o4", "2003: BYE; 2002: re-INVITE o4",
     "2004 Ringing[c2], 2004 Established[c2], 2003 Released[c2](Transferred), "
     "2002 PartyChanged[c2](Transferred)"},
    {"2002: 200 to re-INVITE a4", "2002: ACK; 2004: ACK a4"},
    {"2002: BYE", "2002: 200 to BYE; 2004: BYE; gateway: BYE",
     "2002 Released[c2], 2004 Released[c2], 2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(single_dialog_office, "the phone with one dialog comes back "
                                        "when the consulted party hangs up") {
  consult_in_one_dialog();
  play({
    {"2003: BYE", "2003: 200 to BYE", "2003 Released[c2], 2002 Released[c2]"},
    {"RetrieveCall 2002 c1", "gateway: re-INVITE"},
    {"gateway: 200 to re-INVITE o9", "2002: re-INVITE o9"},
    {"2002: 200 to re-INVITE a9", "2002: ACK; gateway: ACK a9",
     "2002 Retrieved[c1]"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(single_dialog_office, "a phone with one dialog that hangs up "
                                        "leaves both its calls") {
  consult_in_one_dialog();
  play({
    {"2002: BYE", "2002: 200 to BYE; 2003: BYE; gateway: BYE",
     "2002 Released[c2], 2003 Released[c2], 2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(single_dialog_office, "the caller hangs up while the phone "
                                        "consults: the consultation goes on") {
  consult_in_one_dialog();
  play({
    {"gateway: BYE", "gateway: 200 to BYE", "2002 Released[c1]"},
    {"2003: BYE", "2003: 200 to BYE; 2002: BYE",
     "2003 Released[c2], 2002 Released[c2]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "user data are seen by all parties, and go "
                                   "along with a consult call") {
  inbound();
  play({
    {"AttachUserData 2002 c1 account=4711", "", "2002 AttachedDataChanged[c1]"},
    {"DeleteUserData 2002 c1 nothing", ""},
  });
  CHECK(verdict == "INVALID_ARGUMENT");
  REQUIRE(kept.events.back().user_data);
  CHECK(kept.events.back().user_data->front().first == "account");
  play({
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "M21: single-step transfer by re-INVITE") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "2003: INVITE"},
    {"2003: 180", "", "2003 Ringing[c1]"},
    {"2003: 200 o2", "2002: BYE; gateway: re-INVITE o2",
     "2003 Established[c1], 2002 Released[c1](Transferred)"},
    {"gateway: 200 to re-INVITE a2", "gateway: ACK; 2003: ACK a2"},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "M21: a single-step transfer to a busy "
                                   "phone leaves the call as it was") {
  inbound();
  play({
    {"SingleStepTransfer 2002 c1 2003", "2003: INVITE"},
    {"2003: 486", "", "2002 Error[c1](BUSY)"},
    {"2002: BYE", "2002: 200 to BYE; gateway: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office,
                  "M22: a consult call that waits on a routing "
                  "point is transferred, and routed later") {
  inbound();
  play({
    {"InitiateTransfer 2002 c1 9",
     "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"2002: 200 to re-INVITE h2", "2002: ACK; 2002': INVITE", "2002 Held[c1]"},
    {"2002': 200 o2", "", "2002 Dialing[c2], 9 Queued[c2], 9 RouteRequest[c2]"},
    {"CompleteTransfer 2002 c1 c2",
     "2002': ACK o2(held); 2002': BYE; 2002: BYE",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "9 PartyChanged[c1](Transferred)"},
    {"RouteCall 9 c2 2003", ""},
  });
  CHECK(verdict == "UNKNOWN_CALL");
  play({
    {"RouteCall 9 c1 2003", "2003: INVITE"},
    {"2003: 180", "",
     "9 RouteUsed[c1](Redirected), 9 Diverted[c1](Redirected), "
     "2003 Ringing[c1]"},
    {"2003: 200 o3", "gateway: re-INVITE o3", "2003 Established[c1]"},
    {"gateway: 200 to re-INVITE a3", "gateway: ACK; 2003: ACK a3"},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office,
                  "M22: whoever waits with nobody's help after "
                  "a transfer takes the default route, and may "
                  "give up") {
  inbound();
  play({
    {"MuteTransfer 2002 c1 9",
     "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"2002: 200 to re-INVITE h2", "2002: ACK; 2002': INVITE", "2002 Held[c1]"},
    {"2002': 200 o2", "2002': ACK o2(held); 2002': BYE; 2002: BYE",
     "2002 Dialing[c2], 9 Queued[c2], 9 RouteRequest[c2], "
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "9 PartyChanged[c1](Transferred)"},
    {"gateway: BYE", "gateway: 200 to BYE", "9 Abandoned[c1]"},
  });
}

TEST_CASE("M19: a target that rings keeps its no-answer overflow when it is "
          "transferred") {
  played_office x{
    phones_with({{option::refer_enabled, false},
                 {option::sip_hold_rfc3264, true},
                 {option::blind_transfer_enabled, true},
                 {option::no_answer_timeout, int64_t{5}},
                 {option::no_answer_overflow, std::vector<std::string>{"2004"}},
                 {option::nas_private, true}})};
  x.inbound();
  x.play({
    {"InitiateTransfer 2002 c1 2003",
     "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"2002: 200 to re-INVITE h2", "2002: ACK; 2002': INVITE", "2002 Held[c1]"},
    {"2002': 200 o2", "2003: INVITE o2", "2002 Dialing[c2]"},
    {"2003: 180", "", "2003 Ringing[c2]"},
    {"after 2 s", ""},
    {"CompleteTransfer 2002 c1 c2",
     "2002': ACK o2(held); 2002': BYE; 2002: BYE",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2003 PartyChanged[c1](Transferred)"},
    {"after 3 s", "2003: CANCEL; 2004: INVITE",
     "2003 Released[c1](Redirected)"},
    {"2003: 487", ""},
    {"2004: 200 o4", "gateway: re-INVITE o4",
     "2004 Ringing[c1](Redirected), 2004 Established[c1]"},
    {"gateway: 200 to re-INVITE a4", "gateway: ACK; 2004: ACK a4"},
    {"gateway: BYE", "gateway: 200 to BYE; 2004: BYE", "2004 Released[c1]"},
  });
}

TEST_CASE(
  "consult-user-data: joint lists are the same in both calls, inherited "
  "ones a copy") {
  for (std::string how : {"joint", "inherited", "separate"}) {
    CAPTURE(how);
    played_office x{phones_with(
      {{option::refer_enabled, false}, {option::sip_hold_rfc3264, true}},
      {{option::consult_user_data, how}})};
    x.inbound();
    x.play({{"AttachUserData 2002 c1 account=4711", "",
             "2002 AttachedDataChanged[c1]"}});
    x.consult_from_2002();
    auto joint = how == "joint";
    x.play({
      {"AttachUserData 2003 c2 wish=refund", "",
       joint ? "2002 AttachedDataChanged[c2], 2003 AttachedDataChanged[c2], "
               "2002 AttachedDataChanged[c1]"
             : "2002 AttachedDataChanged[c2], 2003 AttachedDataChanged[c2]"},
      {"AttachUserData 2002 c1 tone=kind", "",
       joint ? "2002 AttachedDataChanged[c1], 2002 AttachedDataChanged[c2], "
               "2003 AttachedDataChanged[c2]"
             : "2002 AttachedDataChanged[c1]"},
    });
    CHECK(x.kept.events.back().user_data->size() == (joint ? 3 : 2));
    x.play({
      {"ReleaseCall 2002 c2", "2002': BYE; 2003: BYE",
       "2002 Released[c2], 2003 Released[c2]"},
      {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
    });
  }
}

TEST_CASE(
  "a target that is transferred to a call that is over is released, and "
  "nothing is left of either") {
  played_office x{phones_with({{option::dual_dialog_enabled, false},
                               {option::refer_enabled, false},
                               {option::sip_hold_rfc3264, true},
                               {option::blind_transfer_enabled, true}})};
  x.inbound();
  x.play({
    {"MuteTransfer 2002 c1 2003",
     "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"2002: 200 to re-INVITE h2", "2002: ACK; 2003: INVITE",
     "2002 Held[c1], 2002 Dialing[c2]"},
    {"gateway: BYE", "gateway: 200 to BYE", "2002 Released[c1]"},
    {"2003: 180", "2002: BYE; 2003: CANCEL",
     "2003 Ringing[c2], 2002 Released[c2](Transferred), "
     "2002 Error[c1](INVALID_CALL_STATE), 2003 Abandoned[c2]"},
    {"2003: 487", ""},
  });
  CHECK(x.reactor.counters().calls_in_progress.read() == 0);
}

TEST_CASE_FIXTURE(reinvite_office, "M21: a party that holds is taken back when "
                                   "it is transferred") {
  play({
    {"2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing[c1]"},
    {"2002: 200 a1", "2002: ACK; 2001: 200 a1",
     "2002 Ringing[c1], 2001 Established[c1], 2002 Established[c1]"},
    {"2001: ACK", ""},
    {"HoldCall 2001 c1", "2001: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"2001: 200 to re-INVITE h1", "2001: ACK", "2001 Held[c1]"},
    {"2002: 200 to re-INVITE h2", "2002: ACK"},
    {"SingleStepTransfer 2002 c1 2003", "2003: INVITE"},
    {"2003: 200 o3", "2002: BYE; 2001: re-INVITE o3",
     "2003 Ringing[c1], 2003 Established[c1], 2002 Released[c1](Transferred), "
     "2001 PartyChanged[c1](Transferred)"},
    {"2001: 200 to re-INVITE a3", "2001: ACK; 2003: ACK a3",
     "2001 Retrieved[c1]"},
    {"2001: BYE", "2001: 200 to BYE; 2003: BYE",
     "2001 Released[c1], 2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(single_dialog_office, "whoever transfers one of two calls in "
                                        "one step keeps the phone for the "
                                        "other") {
  consult_in_one_dialog();
  play({
    {"SingleStepTransfer 2002 c2 2004", "2004: INVITE"},
    {"2004: 200 o4", "2003: re-INVITE o4",
     "2004 Ringing[c2], 2004 Established[c2], 2002 Released[c2](Transferred), "
     "2003 PartyChanged[c2](Transferred)"},
    {"2003: 200 to re-INVITE a4", "2003: ACK; 2004: ACK a4"},
    {"RetrieveCall 2002 c1", "gateway: re-INVITE"},
    {"gateway: 200 to re-INVITE o5", "2002: re-INVITE o5"},
    {"2002: 200 to re-INVITE a5", "2002: ACK; gateway: ACK a5",
     "2002 Retrieved[c1]"},
    {"2002: BYE", "2002: 200 to BYE; gateway: BYE", "2002 Released[c1]"},
    {"2003: BYE", "2003: 200 to BYE; 2004: BYE",
     "2003 Released[c2], 2004 Released[c2]"},
  });
}
