#include "test/actors/call_control_office.hpp"

#include <caf/send.hpp>

/// REFER of phones and to phones: semantics 6.2, 6.4 and 6.5.
using namespace strowger;
using namespace strowger::test;

TEST_CASE_FIXTURE(refer_office, "MakeCall by REFER: the phone's INVITE belongs "
                                "to the call that asked for it") {
  play({
    {"MakeCall 2001 2002", "2001: REFER sip:2002@"},
    {"2001: 202 to REFER", ""},
    {"2001: NOTIFY 100", "2001: 200 to NOTIFY"},
    {"2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing[c1]"},
    {"2002: 180", "2001': 180", "2002 Ringing[c1]"},
    {"2002: 200 a1", "2002: ACK; 2001': 200 a1",
     "2001 Established[c1], 2002 Established[c1]"},
    {"2001': ACK", ""},
    {"2001: NOTIFY 200", "2001: 200 to NOTIFY"},
    {"2001': BYE", "2001': 200 to BYE; 2002: BYE",
     "2001 Released[c1], 2002 Released[c1]"},
  });
  CHECK(kept.events.front().type == model::event_type::call_created);
}

TEST_CASE_FIXTURE(refer_office, "MakeCall by REFER fails if the phone does not "
                                "take REFER") {
  play({
    {"MakeCall 2001 2002", "2001: REFER sip:2002@"},
    {"2001: 405 to REFER", "", "2001 Error[c1](UNSUPPORTED)"},
  });
}

TEST_CASE_FIXTURE(refer_office, "MakeCall by REFER fails if the phone reports "
                                "that it will not call") {
  play({
    {"MakeCall 2001 2002", "2001: REFER sip:2002@"},
    {"2001: 202 to REFER", ""},
    {"2001: NOTIFY 603", "2001: 200 to NOTIFY", "2001 Error[c1](REJECTED)"},
  });
}

TEST_CASE_FIXTURE(refer_office, "M21: a phone transfers blindly by REFER and "
                                "hangs up at once") {
  inbound();
  play({
    {"2002: REFER 2003",
     "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; 2003: INVITE"},
    {"2002: 200 to NOTIFY", ""},
    {"2002: BYE", "2002: 200 to BYE; gateway: re-INVITE a1(held)",
     "2002 Released[c1](Transferred)"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"2003: 180", "", "2003 Ringing[c1]"},
    {"2003: 200 o2", "gateway: re-INVITE o2", "2003 Established[c1]"},
    {"gateway: 200 to re-INVITE a2", "gateway: ACK; 2003: ACK a2"},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(refer_office,
                  "M21: a phone that waits for the outcome of its "
                  "REFER is told, and released") {
  inbound();
  play({
    {"2002: REFER 2003",
     "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; 2003: INVITE"},
    {"2003: 200 o2",
     "2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; gateway: re-INVITE o2",
     "2003 Ringing[c1], 2003 Established[c1], 2002 Released[c1](Transferred)"},
    {"gateway: 200 to re-INVITE a2", "gateway: ACK; 2003: ACK a2"},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(refer_office, "a blind transfer to a busy phone: the one who "
                                "transfers is told, and keeps the call") {
  inbound();
  play({
    {"2002: REFER 2003",
     "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; 2003: INVITE"},
    {"2003: 486", "2002: NOTIFY refer SIP/2.0 486 Failed",
     "2002 Error[c1](BUSY)"},
    {"2002: BYE", "2002: 200 to BYE; gateway: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(refer_office,
                  "M18: a phone joins its two calls by REFER with "
                  "Replaces") {
  inbound();
  play({
    {"2002: re-INVITE hold2", "gateway: re-INVITE hold2"},
    {"gateway: 200 to re-INVITE a2", "gateway: ACK; 2002: 200 to re-INVITE a2",
     "2002 Held[c1]"},
    {"2002: ACK", ""},
    {"2002: INVITE 2003 o3", "2003: INVITE o3", "2002 Dialing[c2]"},
    {"2003: 180", "2002': 180", "2003 Ringing[c2]"},
    {"2003: 200 a3", "2003: ACK; 2002': 200 a3",
     "2002 Established[c2], 2003 Established[c2]"},
    {"2002': ACK", ""},
    {"2002: REFER 2003 replaces 2002'",
     "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
     "2002': BYE; 2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; "
     "gateway: re-INVITE",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2003 PartyChanged[c1](Transferred)"},
    {"gateway: 200 to re-INVITE o5", "2003: re-INVITE o5"},
    {"2003: 200 to re-INVITE a5", "2003: ACK; gateway: ACK a5"},
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(refer_office, "M19: a phone transfers by REFER with Replaces "
                                "while the target still rings") {
  inbound();
  play({
    {"2002: INVITE 2003 o3", "2003: INVITE o3", "2002 Dialing[c2]"},
    {"2003: 180", "2002': 180", "2003 Ringing[c2]"},
    {"2002: REFER 2003 replaces 2002'",
     "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying; "
     "2002': 487; 2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; "
     "gateway: re-INVITE a1(held)",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2003 PartyChanged[c1](Transferred)"},
    {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
    {"2003: 200 a3", "2003: ACK; gateway: re-INVITE", "2003 Established[c1]"},
    {"gateway: 200 to re-INVITE o5", "2003: re-INVITE o5"},
    {"2003: 200 to re-INVITE a5", "2003: ACK; gateway: ACK a5"},
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(refer_office, "a REFER that leads nowhere is refused and "
                                "changes nothing") {
  inbound();
  play({
    {"2002: REFER 7777", "2002: 404 to REFER"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(refer_office,
                  "an INVITE with Replaces takes the place of the "
                  "party whose dialog it names") {
  inbound();
  play({
    {"2003: INVITE 2002 o3 replaces 2002", "2002: BYE; gateway: re-INVITE o3",
     "2002 Released[c1](Transferred), 2003 Ringing[c1], 2003 Established[c1]"},
    {"gateway: 200 to re-INVITE a3", "gateway: ACK; 2003: 200 a3"},
    {"2003: ACK", ""},
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
  CHECK(kept.records.size() == 1);
}

TEST_CASE_FIXTURE(reinvite_office, "a phone picks up the call that rings at "
                                   "another one by INVITE with Replaces") {
  play({
    {"2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing[c1]"},
    {"2002: 180", "2001: 180", "2002 Ringing[c1]"},
    {"2003: INVITE 2002 o3 replaces 2002",
     "2002: CANCEL; 2001: 200 o1(held); 2003: 200 o3(held)",
     "2002 Released[c1](Redirected), 2003 Ringing[c1], "
     "2001 Established[c1], 2003 Established[c1]"},
    {"2002: 487", ""},
    {"2001: ACK", ""},
    {"2003: ACK", "2001: re-INVITE"},
    {"2001: 200 to re-INVITE o4", "2003: re-INVITE o4"},
    {"2003: 200 to re-INVITE a4", "2003: ACK; 2001: ACK a4"},
    {"2003: BYE", "2003: 200 to BYE; 2001: BYE",
     "2003 Released[c1], 2001 Released[c1]"},
  });
  CHECK(kept.records.size() == 1);
}

TEST_CASE_FIXTURE(reinvite_office, "a call without offers is picked up, too") {
  play({
    {"gateway: INVITE 2002", "2002: INVITE"},
    {"2002: 180", "gateway: 180", "2002 Ringing[c1]"},
    {"2003: INVITE 2002 - replaces 2002",
     "2002: CANCEL; gateway: 200 black-hole; 2003: 200 black-hole",
     "2002 Released[c1](Redirected), 2003 Ringing[c1], 2003 Established[c1]"},
    {"2002: 487", ""},
    {"2003: ACK a1", ""},
    {"gateway: ACK a2", "gateway: re-INVITE"},
    {"gateway: 200 to re-INVITE o4", "2003: re-INVITE o4"},
    {"2003: 200 to re-INVITE a4", "2003: ACK; gateway: ACK a4"},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "an INVITE cannot take the place of a party "
                                   "that does not ring yet") {
  play({
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"2003: INVITE 2002 o3 replaces 2002", "2003: 481"},
    {"2002: 200 a1", "2002: ACK; gateway: 200 a1",
     "2002 Ringing[c1], 2002 Established[c1]"},
    {"gateway: ACK", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(refer_office, "an INVITE with Replaces need not have an "
                                "offer") {
  inbound();
  play({
    {"2003: INVITE 2002 - replaces 2002", "2002: BYE; 2003: 200 black-hole",
     "2002 Released[c1](Transferred), 2003 Ringing[c1], 2003 Established[c1]"},
    {"2003: ACK a9", "gateway: re-INVITE"},
    {"gateway: 200 to re-INVITE o3", "2003: re-INVITE o3"},
    {"2003: 200 to re-INVITE a3", "2003: ACK; gateway: ACK a3"},
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
}

// -- early-only ---------------------------------------------------------------

TEST_CASE_FIXTURE(reinvite_office, "early-only: a call is picked up while it "
                                   "rings, and not once it is answered") {
  play({
    {"gateway: INVITE 2002", "2002: INVITE"},
    {"2002: 180", "gateway: 180", "2002 Ringing[c1]"},
    {"2002: 200 o1", "gateway: 200 o1", "2002 Established[c1]"},
    {"2003: INVITE 2002 o3 replaces 2002 early-only", "2003: 486"},
    {"2003: INVITE 2002 o3 replaces 2002", "2003: 491"},
    {"gateway: ACK a1", "2002: ACK a1"},
    {"2003: INVITE 2002 o3 replaces 2002 early-only", "2003: 486"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office,
                  "early-only: whoever picks up a call that is answered in the "
                  "same instant gets 486, without it takes the call") {
  inbound();
  // Its leg has left for the call that rang when it asked.
  auto arrives = [this](bool early_only) {
    model::leg_moved x;
    x.leg.number = static_cast<model::leg_number>(early_only ? 2 : 3);
    x.leg.incoming = true;
    x.leg.received = std::make_shared<const model::content>(
      model::content{"application/sdp", "v=0\r\ns=o3\r\n"});
    x.leg.media = model::negotiation::offer_received;
    x.who.dn = "2003";
    x.who.internal = true;
    x.who.state = model::party_state::connected;
    x.who.leg = x.leg.number;
    x.use.at = model::use_of_device::stage::returned;
    x.from = {model::call_id{77}, 0};
    x.transferred_by = "2002";
    x.early_only = early_only;
    caf::anon_send(exchange.call(call_of("c1")),
                   model::word_to_call{std::move(x)});
  };
  arrives(true);
  play({
    {"after 0", "?: 486"},
  });
  arrives(false);
  play({
    {"after 0", "2002: BYE; gateway: re-INVITE o3",
     "2002 Released[c1](Transferred), 2003 Ringing[c1], 2003 Established[c1]"},
    {"gateway: BYE", "gateway: 200 to BYE; ?: 487; ?: 487",
     "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office,
                  "a REFER of a caller from outside that fails "
                  "makes no event of a DN that is none of ours") {
  inbound();
  play({
    {"gateway: REFER 2003",
     "gateway: 202 to REFER; gateway: NOTIFY refer SIP/2.0 100 Trying; "
     "2003: INVITE"},
    {"2003: 486", "gateway: NOTIFY refer SIP/2.0 486 Failed"},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c1]"},
  });
}
