#include "test/actors/call_control_office.hpp"

/// Phones that transfer by REFER with Replaces, and hang up as soon as that is
/// accepted (RFC 5589 §7): the others wait for each other.
using namespace strowger;
using namespace strowger::test;

namespace {

struct attended_office : refer_office {
  /// 2002 holds the caller from outside and talks to 2003 in c2.
  void consult_by_phone() {
    hold();
    play({
      {"2002: INVITE 2003 o3", "2003: INVITE o3", "2002 Dialing[c2]"},
      {"2003: 180", "2002': 180", "2003 Ringing[c2]"},
      {"2003: 200 a3", "2003: ACK; 2002': 200 a3",
       "2002 Established[c2], 2003 Established[c2]"},
      {"2002': ACK", ""},
    });
  }

  void hold() {
    inbound();
    play({
      {"2002: re-INVITE hold2", "gateway: re-INVITE hold2"},
      {"gateway: 200 to re-INVITE a2",
       "gateway: ACK; 2002: 200 to re-INVITE a2", "2002 Held[c1]"},
      {"2002: ACK", ""},
    });
  }

  /// The target is in the midst of an offer and answer; the transfer waits.
  void refer_in_glare() {
    consult_by_phone();
    play({
      {"2003: re-INVITE o4", "2002': re-INVITE o4"},
      {"2002: REFER 2003 replaces 2002'",
       "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying"},
    });
  }

  void hang_up_first_call() {
    play({
      {"2002: BYE", "2002: 200 to BYE; gateway: re-INVITE hold2(held)"},
      {"gateway: 200 to re-INVITE h3", "gateway: ACK"},
    });
  }

  /// The caller from outside and the target hear each other.
  void join_with(const std::string& t) {
    auto offered = t + ": re-INVITE o5";
    auto answers = t + ": 200 to re-INVITE a5";
    auto answered = t + ": ACK; gateway: ACK a5";
    play({
      {"gateway: 200 to re-INVITE o5", offered.c_str()},
      {answers.c_str(), answered.c_str()},
    });
  }

  /// 2002 has called 2009, which rings at two places, transfers to it and hangs
  /// up.
  void refer_to_fork() {
    for (std::string host : {"desk", "mobile"}) {
      enrolment x{0, "2009", {}};
      x.request.call_id = host;
      x.request.cseq = 1;
      x.request.contacts.push_back({"sip:2009@" + host, {}});
      x.request.expires = 3600;
      exchange.enrol(std::move(x));
    }
    settle();
    new_events();
    hold();
    play({
      {"2002: INVITE 2009 o3", "desk: INVITE o3; mobile: INVITE o3",
       "2002 Dialing[c2]"},
      {"desk: 180", "2002': 180", "2009 Ringing[c2]"},
      {"mobile: 180", ""},
      {"2002: REFER 2009 replaces 2002'",
       "2002: 202 to REFER; 2002: NOTIFY refer SIP/2.0 100 Trying"},
    });
    hang_up_first_call();
  }
};

} // namespace

TEST_CASE_FIXTURE(attended_office, "a transfer waits for the offer and answer "
                                   "of the target") {
  refer_in_glare();
  play({
    {"2002': 200 to re-INVITE a4",
     "2002': ACK; 2003: 200 to re-INVITE a4; 2002': BYE; "
     "2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; gateway: re-INVITE",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2003 PartyChanged[c1](Transferred)"},
    {"2003: ACK", ""},
  });
  join_with("2003");
  play({
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(attended_office, "who transfers may hang up its first call "
                                   "before the target is ready") {
  refer_in_glare();
  hang_up_first_call();
  play({
    {"2002': 200 to re-INVITE a4",
     "2002': ACK; 2003: 200 to re-INVITE a4; 2002': BYE; gateway: re-INVITE",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2003 PartyChanged[c1](Transferred)"},
    {"2003: ACK", ""},
  });
  join_with("2003");
  play({
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(attended_office, "who transfers may hang up its second call "
                                   "before the target is ready") {
  refer_in_glare();
  play({
    {"2002': BYE",
     "2002': 200 to BYE; 2003: 487 to re-INVITE; 2003: re-INVITE o3(held)"},
    {"2003: ACK", ""},
    {"2003: 200 to re-INVITE h4",
     "2003: ACK; 2002: NOTIFY refer SIP/2.0 200 OK; 2002: BYE; "
     "gateway: re-INVITE",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2003 PartyChanged[c1](Transferred)"},
  });
  join_with("2003");
  play({
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(attended_office, "who transfers may hang up both calls "
                                   "before the target is ready") {
  refer_in_glare();
  hang_up_first_call();
  play({
    {"2002': BYE",
     "2002': 200 to BYE; 2003: 487 to re-INVITE; 2003: re-INVITE o3(held)"},
    {"2003: ACK", ""},
    {"2003: 200 to re-INVITE h4", "2003: ACK; gateway: re-INVITE",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2003 PartyChanged[c1](Transferred)"},
  });
  join_with("2003");
  play({
    {"2003: BYE", "2003: 200 to BYE; gateway: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(attended_office, "who has hung up is released when the "
                                   "target hangs up, too") {
  refer_in_glare();
  hang_up_first_call();
  play({
    {"2003: BYE",
     "2003: 200 to BYE; 2003: 487 to re-INVITE; 2002': BYE; gateway: BYE",
     "2003 Released[c2], 2002 Released[c2], 2002 Error[c1](CANCELLED), "
     "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(attended_office, "who has hung up is released when the "
                                   "party that waits hangs up, too") {
  refer_in_glare();
  hang_up_first_call();
  play({
    {"gateway: BYE", "gateway: 200 to BYE", "2002 Released[c1]"},
    {"2002': 200 to re-INVITE a4",
     "2002': ACK; 2003: 200 to re-INVITE a4; 2002': BYE; 2003: BYE",
     "2002 Released[c2](Transferred), 2002 Error[c1](INVALID_CALL_STATE), "
     "2003 Released[c2]"},
  });
}

TEST_CASE_FIXTURE(attended_office, "a target that waits for a transfer is "
                                   "given to nobody else") {
  refer_in_glare();
  hang_up_first_call();
  play({
    {"2004: INVITE 2001 o7", "2001: INVITE o7", "2004 Dialing[c3]"},
    {"2001: 200 a7", "2001: ACK; 2004: 200 a7",
     "2001 Ringing[c3], 2004 Established[c3], 2001 Established[c3]"},
    {"2004: ACK", ""},
    {"2001: REFER 2003 replaces 2002'",
     "2001: 202 to REFER; "
     "2001: NOTIFY refer SIP/2.0 100 Trying; "
     "2001: NOTIFY refer SIP/2.0 603 Failed",
     "2001 Error[c3](INVALID_CALL_STATE)"},
    {"2001: BYE", "2001: 200 to BYE; 2004: BYE",
     "2001 Released[c3], 2004 Released[c3]"},
    {"2003: BYE",
     "2003: 200 to BYE; 2003: 487 to re-INVITE; 2002': BYE; gateway: BYE",
     "2003 Released[c2], 2002 Released[c2], 2002 Error[c1](CANCELLED), "
     "2002 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(attended_office, "a target that rings at two places is "
                                   "transferred when one answers, though who "
                                   "transfers has hung up") {
  refer_to_fork();
  play({
    {"desk: 200 a3",
     "mobile: CANCEL; desk: ACK; 2002': 200 a3; gateway: re-INVITE",
     "2002 Established[c2], 2009 Established[c2], "
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2009 PartyChanged[c1](Transferred)"},
    {"mobile: 487", ""},
    {"2002': ACK", "2002': BYE"},
  });
  join_with("desk");
  play({
    {"desk: BYE", "desk: 200 to BYE; gateway: BYE", "2009 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(attended_office, "a target that rings at two places and "
                                   "takes the call at none ends it") {
  refer_to_fork();
  play({
    {"desk: 486", "2002': 487",
     "2002 Released[c2](Transferred), 2002 Released[c1](Transferred), "
     "2009 PartyChanged[c1](Transferred)"},
    {"mobile: 486", "gateway: BYE", "2009 Released[c1](Busy)"},
  });
}
