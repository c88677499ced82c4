#include "test/model/agent_script.hpp"

#include <doctest/doctest.h>

using namespace strowger;
using namespace strowger::test;

TEST_CASE("after-call work precedes EventReleased and ends in ready (M28)") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"ring 1 2001 queue=9 type=inbound", "*"},
    {"answer 1 2001 queue=9 type=inbound", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 60", "+20s ready"},
  });
  CHECK(s.desk.next_deadline() == model::never);
}

TEST_CASE("only what was established is followed by after-call work") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"ring 1 2001 queue=9", "*"},
    {"release 1 2001", "*"},
    {"ring 2 2001 queue=9", "*"},
    {"abandon 2 2001", "*"},
    {"release 2 2001", "*"},
    {"state 2001", "ready"},
  });
}

TEST_CASE("nobody wraps up where no agent is") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({{"ring 1 2001 queue=9", "*"},
          {"answer 1 2001 queue=9", "*"},
          {"release 1 2001", "*"}});
  CHECK(s.desk.next_deadline() == model::never);
}

TEST_CASE("wrap-up-time: agent login, DN, queue, switch; 0 is none") {
  struct {
    option_words options;
    const char* result;
  } const rows[] = {
    {{}, "*"},
    {{{"wrap-up-time", "5"}}, "not_ready(AfterCallWork 5s), *"},
    {{{"wrap-up-time", "5"}, {"9/wrap-up-time", "6"}},
     "not_ready(AfterCallWork 6s), *"},
    {{{"9/wrap-up-time", "6"}, {"2001/wrap-up-time", "7"}},
     "not_ready(AfterCallWork 7s), *"},
    {{{"2001/wrap-up-time", "7"}, {"ada/wrap-up-time", "8"}},
     "not_ready(AfterCallWork 8s), *"},
    {{{"wrap-up-time", "5"}, {"ada/wrap-up-time", "0"}}, "*"},
    {{{"wrap-up-time", "1000"}}, "not_ready(AfterCallWork untimed), *"},
    {{{"wrap-up-time", "1000"}, {"untimed-wrap-up-value", "5"}},
     "not_ready(AfterCallWork 1000s), *"},
    {{{"wrap-up-time", "5"}, {"untimed-wrap-up-value", "5"}},
     "not_ready(AfterCallWork untimed), *"},
  };
  for (auto& row : rows) {
    agent_script s{row.options};
    s.play({{"login ada 2001", "login, ready"},
            {"ring 1 2001 queue=9", "*"},
            {"answer 1 2001 queue=9", "*"},
            {"release 1 2001", row.result}});
  }
}

TEST_CASE("EventEstablished tells how much after-call work will follow") {
  agent_script s{{{"wrap-up-time", "5"}, {"9/wrap-up-time", "1000"}}};
  s.play({{"login ada 2001", "login, ready"}, {"answer 1 2001 queue=9", "*"}});
  CHECK(s.seen.business == model::business_call::business);
  CHECK(s.seen.wrap_up_s == model::untimed_s);
  s.play({{"answer 2 2001 queue=8", "*"}});
  CHECK(s.seen.wrap_up_s == 5);
  s.play({{"answer 3 2001", "*"}});
  CHECK(!s.seen.wrap_up_s);
}

TEST_CASE("untimed after-call work ends when the agent says so") {
  agent_script s{{{"wrap-up-time", "1000"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(AfterCallWork untimed), *"},
    {"wait 100000", ""},
    {"ready 2001", "ready"},
  });
}

TEST_CASE("no after-call work while another business call is active") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"answer 2 2001 queue=9", "*"},
    {"answer 3 2001", "*"},       // private: does not count
    {"ring 4 2001 queue=9", "*"}, // nor does one that only rings
    {"release 1 2001", "*"},
    {"release 2 2001", "not_ready(AfterCallWork 20s), *"},
    {"release 3 2001", "*"},
    {"wait 20", "+20s ready"},
  });
}

TEST_CASE("who asked for a break during the call gets it afterwards") {
  agent_script s{{{"wrap-up-time", "20"}, {"legal-guard-time", "5"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"not_ready 2001 mode=AuxWork reason=lunch", "not_ready(AuxWork lunch)"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 60", "+20s not_ready(AuxWork lunch)"},
  });
}

TEST_CASE("legal guard stands between after-call work and ready") {
  agent_script s{{{"wrap-up-time", "20"}, {"legal-guard-time", "5"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 22", "+20s not_ready(LegalGuard)"},
    {"ready 2001", "INVALID_CALL_STATE"},
    {"wait 10", "+3s ready"},
    // Whoever ends the work by hand needs no guard.
    {"answer 2 2001 queue=9", "*"},
    {"release 2 2001", "not_ready(AfterCallWork 20s), *"},
    {"ready 2001", "ready"},
    {"wait 60", ""},
  });
}

TEST_CASE("legal guard follows a business call without after-call work") {
  agent_script s{{{"legal-guard-time", "5"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(LegalGuard), *"},
    {"not_ready 2001 mode=AuxWork", "not_ready(AuxWork)"},
    {"wait 60", ""},
    {"answer 2 2001 queue=9", "*"},
    {"release 2 2001", "*"}, // was not about to become ready
    {"answer 3 2001", "*"},
    {"ready 2001", "ready"},
    {"release 3 2001", "*"}, // private
  });
}

// -- calls during after-call work ---------------------------------------------

TEST_CASE("a private call does not pause after-call work, a work call does") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 5", ""},
    {"ring 2 2001", "*"}, // comes in: private
    {"answer 2 2001", "*"},
    {"class 2 2001", "private"},
    {"wait 5", ""},
    {"dial 3 2001", "*"}, // made: 10 s are left
    {"class 3 2001", "work"},
    {"wait 1000", ""},
    {"answer 3 2001", "*"},
    {"class 3 2001", "work"},
    {"dial 4 2001", "*"},
    {"release 3 2001", "*"}, // no work after work
    {"wait 1000", ""},
    {"release 4 2001", "*"},
    {"wait 30", "+10s ready"},
    {"release 2 2001", "*"},
  });
}

TEST_CASE("a work call holds legal guard up, which then begins anew") {
  agent_script s{{{"wrap-up-time", "20"}, {"legal-guard-time", "5"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 23", "+20s not_ready(LegalGuard)"},
    {"dial 2 2001", "*"},
    {"class 2 2001", "work"},
    {"wait 100", ""},
    {"release 2 2001", "*"},
    {"wait 10", "+5s ready"},
  });
}

TEST_CASE("a business call ends after-call work, which comes after it anew") {
  agent_script s{{{"wrap-up-time", "20"}, {"legal-guard-time", "5"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 5", ""},
    {"ring 2 2001 queue=9", "*"},
    {"wait 5", ""},
    {"answer 2 2001 queue=9", "ready, *"},
    {"wait 100", ""},
    {"release 2 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 22", "+20s not_ready(LegalGuard)"},
    {"answer 3 2001 queue=9", "ready, *"},
    {"release 3 2001", "not_ready(AfterCallWork 20s), *"},
  });
}

TEST_CASE(
  "backwds-compat-acw-behavior: the clock of after-call work never stops") {
  agent_script s{
    {{"wrap-up-time", "20"}, {"backwds-compat-acw-behavior", "true"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 5", ""},
    {"dial 2 2001", "*"},
    {"answer 2 2001", "*"},
    {"class 2 2001", "private"},
    {"answer 3 2001 queue=9", "*"},
    {"wait 5", ""},
    {"release 3 2001", "not_ready(AfterCallWork 20s), *"}, // from the beginning
    {"wait 5", ""},
    {"answer 4 2001 queue=9", "*"},
    {"wait 20", "+15s ready"},
    {"release 4 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 20", "+20s ready"},
  });
}

TEST_CASE("after-call work that begins during a work call waits for its end") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"dial 2 2001", "*"},
    {"answer 3 2001 queue=9", "ready, *"},
    {"release 3 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 100", ""},
    {"release 2 2001", "*"},
    {"wait 100", "+20s ready"},
  });
}

// -- after-call work by request -----------------------------------------------

TEST_CASE(
  "timed-acw-in-idle, acw-in-idle-force-ready: work asked for while idle") {
  struct {
    const char *timed, *force, *line, *shown, *later;
  } const rows[] = {
    {"true", "true", "not_ready 2001 mode=AfterCallWork",
     "not_ready(AfterCallWork 20s)", "+20s ready"},
    {"true", "false", "not_ready 2001 mode=AfterCallWork",
     "not_ready(AfterCallWork 20s)", "+20s not_ready(AuxWork tea)"},
    {"false", "true", "not_ready 2001 mode=AfterCallWork",
     "not_ready(AfterCallWork untimed)", ""},
    {"false", "true", "not_ready 2001 mode=AfterCallWork wrap=7",
     "not_ready(AfterCallWork 7s)", "+7s ready"},
    {"true", "true", "not_ready 2001 mode=AfterCallWork wrap=-1",
     "not_ready(AfterCallWork untimed)", ""},
  };
  for (auto& row : rows) {
    CAPTURE(row.line);
    agent_script s{{{"wrap-up-time", "20"},
                    {"timed-acw-in-idle", row.timed},
                    {"acw-in-idle-force-ready", row.force}}};
    s.play(
      {{"login ada 2001", "login, ready"},
       {"not_ready 2001 mode=AuxWork reason=tea", "not_ready(AuxWork tea)"},
       {row.line, row.shown},
       {"wait 100000", row.later}});
  }
}

TEST_CASE(
  "work asked for while ready goes back to ready, through legal guard") {
  for (auto force : {"true", "false"}) {
    agent_script s{
      {{"legal-guard-time", "5"}, {"acw-in-idle-force-ready", force}}};
    s.play({{"login ada 2001", "login, ready"},
            {"not_ready 2001 mode=AfterCallWork wrap=7",
             "not_ready(AfterCallWork 7s)"},
            {"wait 100", "+7s not_ready(LegalGuard), +12s ready"}});
  }
}

TEST_CASE("where no option says how long, asked-for work is untimed") {
  agent_script s;
  s.play({{"login ada 2001", "login, ready"},
          {"not_ready 2001 mode=AfterCallWork",
           "not_ready(AfterCallWork untimed)"}});
}

TEST_CASE("during after-call work a request makes it longer, never shorter") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"wait 5", ""},
    {"not_ready 2001 mode=AfterCallWork", "not_ready(AfterCallWork 15s)"},
    {"not_ready 2001 mode=AfterCallWork wrap=0",
     "not_ready(AfterCallWork 15s)"},
    {"not_ready 2001 mode=AfterCallWork wrap=10",
     "not_ready(AfterCallWork 25s)"},
    {"dial 2 2001", "*"},
    {"not_ready 2001 mode=AfterCallWork wrap=5",
     "not_ready(AfterCallWork 30s)"},
    {"wait 50", ""},
    {"release 2 2001", "*"},
    {"wait 29", ""},
    {"not_ready 2001 mode=AfterCallWork wrap=86400",
     "not_ready(AfterCallWork 86400s)"},
    {"not_ready 2001 mode=AfterCallWork wrap=-1",
     "not_ready(AfterCallWork untimed)"},
    {"not_ready 2001 mode=AfterCallWork wrap=10",
     "not_ready(AfterCallWork untimed)"},
    {"wait 100000", ""},
    {"not_ready 2001 mode=AuxWork", "not_ready(AuxWork)"},
  });
}

TEST_CASE("work asked for during a call begins when the call is over") {
  struct {
    const char *call, *line, *result;
  } const rows[] = {
    {"answer 1 2001 queue=9", "not_ready 2001 mode=AfterCallWork",
     "not_ready(AfterCallWork 20s), *"},
    {"answer 1 2001 queue=9", "not_ready 2001 mode=AfterCallWork wrap=7",
     "not_ready(AfterCallWork 7s), *"},
    {"answer 1 2001 queue=9", "not_ready 2001 mode=AfterCallWork wrap=0", "*"},
    {"answer 1 2001 queue=9", "not_ready 2001 mode=AfterCallWork wrap=-1",
     "not_ready(AfterCallWork untimed), *"},
    {"answer 1 2001", "not_ready 2001 mode=AfterCallWork",
     "not_ready(AfterCallWork 20s), *"}, // a private call
  };
  for (auto& row : rows) {
    CAPTURE(row.line);
    agent_script s{{{"wrap-up-time", "20"}}};
    s.play({{"login ada 2001", "login, ready"},
            {row.call, "*"},
            {row.line, ""},
            {"state 2001", "ready"},
            {"release 1 2001", row.result}});
  }
}

TEST_CASE("ready takes the wish for after-call work back") {
  agent_script s;
  s.play({{"login ada 2001", "login, ready"},
          {"answer 1 2001", "*"},
          {"not_ready 2001 mode=AfterCallWork wrap=7", ""},
          {"ready 2001", "ready"},
          {"release 1 2001", "*"}});
}

TEST_CASE(
  "the request that asked for work stands in the event of its beginning") {
  agent_script s;
  s.play({{"login ada 2001", "login, ready"},
          {"answer 1 2001", "*"},
          {"not_ready 2001 mode=AfterCallWork wrap=7 request=r7", ""},
          {"release 1 2001", "not_ready(AfterCallWork 7s), *"}});
  CHECK(s.seen.before.front().request == "r7");
}

TEST_CASE("a logout during after-call work ends everything") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({{"login ada 2001", "login, ready"},
          {"answer 1 2001 queue=9", "*"},
          {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
          {"logout 2001", "logout"},
          {"wait 100", ""},
          {"login ada 2001", "login, ready"},
          {"wait 100", ""}});
}
