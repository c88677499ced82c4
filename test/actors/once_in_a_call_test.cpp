#include "test/actors/call_control_office.hpp"

using namespace strowger;
using namespace strowger::test;

// Events name parties by their DN: a DN that is twice in a call has one name
// for two parties.
TEST_CASE_FIXTURE(reinvite_office, "a phone that calls itself is busy") {
  play({
    {"2001: INVITE 2001 o1", "2001: 486",
     "2001 Dialing[c1], 2001 DestinationBusy[c1](Busy), "
     "2001 Released[c1](Busy)"},
  });
}

TEST_CASE_FIXTURE(reinvite_office,
                  "a single-step transfer to a DN in the call finds it busy") {
  between_phones();
  play({
    {"SingleStepTransfer 2002 c1 2001", "", "2002 Error[c1](BUSY)"},
    {"SingleStepTransfer 2002 c1 2002", "", "2002 Error[c1](BUSY)"},
    {"2001: BYE", "2001: 200 to BYE; 2002: BYE",
     "2001 Released[c1], 2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office, "a transfer that would join a phone with "
                                   "itself fails, and both calls stay") {
  between_phones();
  play({
    {"InitiateTransfer 2002 c1 2001",
     "2001: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
    {"2001: 200 to re-INVITE h1", "2001: ACK"},
    {"2002: 200 to re-INVITE h2", "2002: ACK; 2002': INVITE", "2002 Held[c1]"},
    {"2002': 200 o2", "2001': INVITE o2", "2002 Dialing[c2]"},
    {"2001': 200 a2", "2001': ACK; 2002': ACK a2",
     "2001 Ringing[c2], 2002 Established[c2], 2001 Established[c2]"},
    {"CompleteTransfer 2002 c1 c2", "", "2002 Error[c1](INVALID_CALLED_DN)"},
    {"2001': BYE", "2001': 200 to BYE; 2002': BYE",
     "2001 Released[c2], 2002 Released[c2]"},
    {"2001: BYE", "2001: 200 to BYE; 2002: BYE",
     "2001 Released[c1], 2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(reinvite_office,
                  "a caller cannot pick up the phone that it calls") {
  play({
    {"2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing[c1]"},
    {"2002: 180", "2001: 180", "2002 Ringing[c1]"},
    {"2001: INVITE 2002 o2 replaces 2002", "2001': 486"},
    {"2002: 486", "2001: 486",
     "2002 Released[c1](Busy), 2001 DestinationBusy[c1](Busy), "
     "2001 Released[c1](Busy)"},
  });
}
