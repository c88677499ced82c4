#include "test/model/call_office.hpp"

using namespace strowger;
using fixture = test::office_fixture;

// -- offers and answers -------------------------------------------------------

TEST_CASE_FIXTURE(fixture, "an INVITE without offer carries the called side's "
                           "offer back and the answer in the ACK") {
  play({
    {"A: INVITE 2002", "B: INVITE 2002@2002", "2001 Dialing"},
    {"B: 200 o1", "A: 200 o1",
     "2002 Ringing, 2001 Established, 2002 Established"},
    {"A: ACK a1", "B: ACK a1"},
    {"A: BYE", "A: 200 to BYE; B: BYE", "2001 Released, 2002 Released"},
    {"B: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "a reliable provisional and its PRACK pass through, "
                           "with the offer one way and the answer the other") {
  call.caller_100rel = true;
  play({
    {"A: INVITE 2002", "B: INVITE 2002@2002", "2001 Dialing"},
    {"B: rel 183 o1", "A: rel 183 o1", "2002 Ringing"},
    {"A: PRACK a1", "B: PRACK a1"},
    {"B: 200 to PRACK", "A: 200 to PRACK"},
    {"B: 200", "B: ACK; A: 200", "2001 Established, 2002 Established"},
    {"A: ACK", ""},
    {"B: BYE", "B: 200 to BYE; A: BYE", "2002 Released, 2001 Released"},
    {"A: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "offers that meet get 491, and both sides may try "
                           "again") {
  connect();
  play({
    {"A: re-INVITE o2", "B: re-INVITE o2"},
    {"B: re-INVITE o3", "B: 491 to re-INVITE"},
    {"A: UPDATE o4", "A: 500 to UPDATE"},
    {"B: 491 to re-INVITE", "A: 491 to re-INVITE"},
    {"B: re-INVITE o5", "A: re-INVITE o5"},
    {"A: 200 to re-INVITE a5", "A: ACK; B: 200 to re-INVITE a5"},
    {"B: ACK", ""},
    {"A: INFO x", "B: INFO x"},
    {"B: 200 to INFO", "A: 200 to INFO"},
    {"A: BYE", "A: 200 to BYE; B: BYE", "2001 Released, 2002 Released"},
    {"B: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "a re-INVITE whose far end has vanished ends the "
                           "call") {
  connect();
  play({
    {"A: re-INVITE o2", "B: re-INVITE o2"},
    {"B: 481 to re-INVITE", "A: 481 to re-INVITE; A: BYE",
     "2002 Released(RemoteRelease), 2001 Released(RemoteRelease)"},
    {"A: 200 to BYE", ""},
  });
}

// -- session timers -----------------------------------------------------------

TEST_CASE_FIXTURE(fixture, "a session that the caller does not refresh in time "
                           "is released on both sides") {
  call.caller_session = {120, 90, model::refresher::uac, true, false};
  connect();
  play({
    {"after 87", ""},
    {"after 1", "A: BYE; B: BYE",
     "2001 Released(RemoteRelease), 2002 Released(RemoteRelease)"},
    {"A: lost to BYE", ""},
    {"B: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture, "a refresh keeps the session alive without "
                           "disturbing the other leg") {
  call.caller_session = {120, 90, model::refresher::uac, true, false};
  connect();
  play({
    {"after 60", ""},
    {"A: re-INVITE o1", "A: 200 to re-INVITE a1"},
    {"A: ACK", ""},
    {"after 60", ""},
    {"A: UPDATE", "A: 200 to UPDATE"},
    {"after 60", ""},
    {"B: BYE", "B: 200 to BYE; A: BYE", "2002 Released, 2001 Released"},
    {"A: 200 to BYE", ""},
  });
}

TEST_CASE_FIXTURE(fixture,
                  "an interval that is too small is refused with 422") {
  call.caller_session = {30, 0, model::refresher::none, true, false};
  play({{"A: INVITE 2002 o1", "A: 422"}});
}
