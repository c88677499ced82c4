#include "test/model/agent_script.hpp"

#include <doctest/doctest.h>

using namespace strowger;
using namespace strowger::test;
using namespace std::literals;

namespace {

std::string longest_idle(const agent_script& s,
                         std::vector<std::string> exclude = {}) {
  auto group = s.config->staff().groups().find("sales");
  REQUIRE(group);
  return s.desk.longest_idle(*group, exclude).value_or("nobody");
}

std::string longest_idle_place(const agent_script& s) {
  auto& staff = s.config->staff();
  auto group = staff.place_groups().find("floor");
  REQUIRE(group);
  return s.desk.longest_idle(*group, staff).value_or("nobody");
}

} // namespace

TEST_CASE("a call goes to whoever is ready and idle for the longest time") {
  agent_script s;
  CHECK(longest_idle(s) == "nobody");
  s.play({{"login cyd 2003", "2003:login, 2003:ready"},
          {"login bob 2002", "2002:login, 2002:ready"},
          {"wait 1"},
          {"login ada 2001", "login, ready"}});
  CHECK(longest_idle(s) == "2003"); // equals: who logged in first
  CHECK(longest_idle(s, {"2003"}) == "2002");
  CHECK(longest_idle(s, {"2003", "2002", "2001"}) == "nobody");
  s.play({{"ring 1 2003", "*"}});
  CHECK(longest_idle(s) == "2002");
  s.play({{"answer 1 2003", "*"}, {"wait 10"}, {"release 1 2003", "*"}});
  CHECK(longest_idle(s) == "2002");
  s.play({{"not_ready 2002", "2002:not_ready"}});
  CHECK(longest_idle(s) == "2001");
  s.play({{"ready 2002", "2002:ready"}, {"ready 2001", "ready"}});
  CHECK(longest_idle(s) == "2001"); // was ready before: its turn is kept
  s.play({{"out 2001", "*"}});
  CHECK(longest_idle(s) == "2003");
  s.play({{"dnd 2003", "*"}});
  CHECK(longest_idle(s) == "2002");
  s.play({{"back 2001", "*"}});
  CHECK(longest_idle(s) == "2001");
  s.play({{"logout 2001", "logout"}, {"no_dnd 2003", "*"}});
  CHECK(longest_idle(s) == "2003");
}

TEST_CASE("a place group looks at its DNs, whoever is there") {
  agent_script s;
  s.play({{"login stranger 2002", "2002:login, 2002:ready"},
          {"login cyd 2003", "2003:login, 2003:ready"}});
  CHECK(longest_idle(s) == "2003");
  CHECK(longest_idle_place(s) == "2002");
  s.play({{"not_ready 2002", "2002:not_ready"}});
  CHECK(longest_idle_place(s) == "nobody");
}

TEST_CASE("the members of a group are shown with their states") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({{"login cyd 2003 queue=8", "2003:login, 2003:ready"},
          {"login ada 2001", "login, ready"},
          {"answer 1 2001 queue=9", "*"},
          {"answer 2 2001", "*"},
          {"wait 3"},
          {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
          {"reserve 2003 ms=5000", "2003:reserved(5000ms)"}});
  auto all = s.desk.members(*s.config->staff().groups().find("sales"));
  REQUIRE(all.size() == 3);
  CHECK(all[0].agent == "ada");
  CHECK(all[0].dn == "2001");
  CHECK(all[0].posture.mode == model::work_mode::after_call_work);
  CHECK(all[0].since == s.now);
  CHECK(all[0].rest_ends == s.now + 20s);
  CHECK(all[0].calls == 1);
  CHECK(all[1].agent == "bob");
  CHECK(all[1].dn == "");
  CHECK(all[1].posture.state == model::agent_state::logged_out);
  CHECK(all[2].queue == "8");
  CHECK(all[2].posture.state == model::agent_state::ready);
  CHECK(all[2].reserved_until == s.now + 5s);
  auto logged_in = s.desk.all();
  REQUIRE(logged_in.size() == 2);
  CHECK(logged_in[0].agent == "cyd");
  CHECK(logged_in[1].agent == "ada");
  REQUIRE(s.desk.find("ada"));
  CHECK(s.desk.find("ada")->dn == "2001");
  CHECK(!s.desk.find("bob"));
  CHECK(!s.desk.at_dn("2002"));
}

// -- reservation --------------------------------------------------------------

TEST_CASE("a reservation keeps other calls away until it ends") {
  agent_script s;
  s.play({{"login ada 2001", "login, ready"},
          {"reserve 2001 ms=5000", "reserved(5000ms)"}});
  CHECK(longest_idle(s) == "nobody");
  s.play({{"wait 4", ""}, {"wait 10", "+1s reserved(0ms)"}});
  CHECK(longest_idle(s) == "2001");
  s.play({{"reserve 2001 ms=5000", "reserved(5000ms)"},
          {"cancel 2001", "reserved(0ms)"}});
  CHECK(longest_idle(s) == "2001");
  s.play({{"reserve 2001 ms=5000", "reserved(5000ms)"},
          {"ring 1 2001", "*, reserved(0ms)"}, // the call has come
          {"abandon 1 2001", "*"}});
  CHECK(longest_idle(s) == "2001");
  s.play({{"reserve 2001 ms=5000", "reserved(5000ms)"},
          {"logout 2001", "logout"},
          {"login ada 2001", "login, ready"},
          {"wait 10", ""}});
}

TEST_CASE("only a higher priority takes a reservation away") {
  agent_script s;
  s.play({
    {"login ada 2001", "login, ready"},
    {"reserve 2001 ms=5000 priority=5 client=a", "reserved(5000ms)"},
    {"reserve 2001 ms=9000 priority=5 client=b", "BUSY"},
    {"reserve 2001 ms=9000 priority=4 client=b", "BUSY"},
    {"reserve 2001 ms=6000 priority=1 client=a", "reserved(6000ms)"},
    {"reserve 2001 ms=9000 priority=2 client=b", "reserved(9000ms)"},
    {"reserve 2001 ms=1000 priority=2", "BUSY"},
    {"wait 20", "+9s reserved(0ms)"},
    {"reserve 2001 ms=1000 priority=-7", "reserved(1000ms)"},
  });
}

// -- no answer, phones, refusals ----------------------------------------------

TEST_CASE("who does not answer is punished as told (M13, M14)") {
  struct {
    const char *state, *shown, *action, *result, *later;
  } const rows[] = {
    {"ready 2001", "ready", "none", "", ""},
    {"ready 2001", "ready", "notready", "not_ready", ""},
    {"ready 2001", "ready", "logout", "logout", ""},
    {"not_ready 2001 mode=AuxWork", "not_ready(AuxWork)", "notready", "", ""},
    {"not_ready 2001 mode=AuxWork", "not_ready(AuxWork)", "logout", "logout",
     ""},
    {"not_ready 2001 mode=AfterCallWork wrap=9", "not_ready(AfterCallWork 9s)",
     "none", "", "+9s ready"},
    {"not_ready 2001 mode=AfterCallWork wrap=9", "not_ready(AfterCallWork 9s)",
     "notready", "", "+9s not_ready"},
  };
  for (auto& row : rows) {
    CAPTURE(row.state);
    CAPTURE(row.action);
    agent_script s;
    auto penalise = std::string("penalise 2001 ") + row.action;
    s.play({{penalise.c_str(), ""}, // nobody there
            {"login ada 2001", "login, ready"},
            {row.state, row.shown},
            {"ring 1 2001", "*"},
            {penalise.c_str(), row.result},
            {"release 1 2001", "*"},
            {"wait 60", row.later}});
  }
}

TEST_CASE("no-answer-action: agent login, DN, then agent-no-answer-action") {
  using model::agent_penalty;
  struct {
    option_words options;
    agent_penalty action;
  } const rows[] = {
    {{}, agent_penalty::none},
    {{{"agent-no-answer-action", "logout"}}, agent_penalty::logout},
    {{{"agent-no-answer-action", "logout"},
      {"2001/no-answer-action", "notready"}},
     agent_penalty::not_ready},
    {{{"2001/no-answer-action", "notready"}, {"ada/no-answer-action", "none"}},
     agent_penalty::none},
  };
  for (auto& row : rows) {
    agent_script s{row.options};
    s.play({{"login ada 2001", "login, ready"}});
    CHECK(s.desk.no_answer_action("2001", *s.config) == row.action);
  }
}

TEST_CASE("a private call of the phone makes the agent not ready (M33)") {
  agent_script s;
  s.play({
    {"busy 2001", ""}, // nobody logged in
    {"free 2001", ""},
    {"login ada 2001", "login, ready"},
    {"free 2001", ""},
    {"busy 2001", "not_ready"},
    {"busy 2001", ""},
    {"free 2001", "ready"},
    {"busy 2001", "not_ready"},
    {"not_ready 2001 mode=AuxWork", "not_ready(AuxWork)"},
    {"free 2001", ""}, // the agent has decided otherwise
    {"busy 2001", ""},
    {"free 2001", ""},
  });
}

TEST_CASE(
  "a call of the switch that the phone's registrar reports, too, leaves "
  "the agent as it would have without (M33)") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"ring 1 2001 queue=9 type=inbound", "*"},
    {"busy 2001", "not_ready"},
    {"answer 1 2001 queue=9 type=inbound", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"free 2001", ""}, // which comes after our own event
    {"wait 60", "+20s ready"},
    {"ring 2 2001 queue=9 type=inbound", "*"},
    {"busy 2001", "not_ready"},
    {"penalise 2001 notready", ""}, // there was no answer
    {"release 2 2001", "*"},
    {"free 2001", ""},
  });
}

TEST_CASE("reject-call-notready and reject-call-incall refuse by state") {
  for (auto notready : {"true", "false"})
    for (auto incall : {"true", "false"}) {
      agent_script s{{{"2001/reject-call-notready", notready},
                      {"2001/reject-call-incall", incall}}};
      auto refuses = [&](const char* dn) {
        return s.desk.refuses_call(dn, *s.config);
      };
      auto by_state = notready == "true"s;
      auto by_call = incall == "true"s;
      CHECK(!refuses("2001"));
      s.play({{"login ada 2001", "login, ready"}});
      CHECK(!refuses("2001"));
      s.play({{"not_ready 2001 mode=AfterCallWork",
               "not_ready(AfterCallWork untimed)"}});
      CHECK(refuses("2001") == by_state);
      s.play({{"ready 2001", "ready"}, {"ring 1 2001", "*"}});
      CHECK(refuses("2001") == by_call);
      s.play({{"ring 2 2002", "*"}});
      CHECK(!refuses("2002"));
      CHECK(!refuses("5555"));
    }
}
