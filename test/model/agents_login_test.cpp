#include "test/model/agent_script.hpp"

#include <doctest/doctest.h>

using namespace strowger;
using namespace strowger::test;

TEST_CASE("an agent logs in, changes state, logs out") {
  agent_script s;
  s.play({
    {"login ada 2001", "login, ready"},
    {"not_ready 2001", "not_ready"},
    {"not_ready 2001 mode=AuxWork reason=lunch", "not_ready(AuxWork lunch)"},
    {"ready 2001", "ready"},
    {"ready 2001 mode=AutoIn", "ready(AutoIn)"},
    {"logout 2001", "logout"},
    {"state 2001", "logged_out"},
    {"login ada 2002", "2002:login, 2002:ready"},
  });
  CHECK(s.desk.size() == 1);
}

TEST_CASE("events of an agent carry who, where, for which queue and request") {
  agent_script s;
  model::agent_demand x;
  x.agent = "ada";
  x.dn = "2001";
  x.queue = "8";
  x.request = "r1";
  std::vector<model::journal_event> out;
  REQUIRE(s.desk.perform(x, s.context(), out).accepted());
  REQUIRE(out.size() == 2);
  for (auto& e : out) {
    CHECK(e.this_dn == "2001");
    CHECK(e.this_queue == "8");
    CHECK(e.request == "r1");
    CHECK(e.details->agent == "ada");
    CHECK(e.call == model::call_id{});
  }
}

TEST_CASE("the work mode of a login is the first state") {
  struct {
    const char *option, *line, *result;
  } const rows[] = {
    {"ready", "login ada 2001", "login, ready"},
    {"not-ready", "login ada 2001", "login, not_ready"},
    {"not-ready", "login ada 2001 mode=AutoIn", "login, ready(AutoIn)"},
    {"ready", "login ada 2001 mode=ManualIn", "login, ready(ManualIn)"},
    {"ready", "login ada 2001 mode=AuxWork reason=x",
     "login, not_ready(AuxWork x)"},
    {"ready", "login ada 2001 mode=WalkAway", "login, not_ready(WalkAway)"},
    {"ready", "login ada 2001 mode=AfterCallWork wrap=9",
     "login, not_ready(AfterCallWork 9s)"},
    {"ready", "login ada 2001 mode=LegalGuard", "INVALID_ARGUMENT"},
  };
  for (auto& row : rows) {
    CAPTURE(row.line);
    agent_script s{{{"emulated-login-state", row.option}}};
    s.play({{row.line, row.result}});
  }
}

TEST_CASE("agent-strict-id says who may log in") {
  struct {
    const char *option, *line, *result;
  } const rows[] = {
    {"false", "login stranger 2001", "login, ready"},
    {"false", "login ada 2001 password=wrong", "login, ready"},
    {"true", "login stranger 2001", "UNKNOWN_AGENT"},
    {"true", "login ada 2001 password=wrong", "login, ready"},
    {"passwd", "login stranger 2001", "UNKNOWN_AGENT"},
    {"passwd", "login ada 2001 password=wrong", "WRONG_PASSWORD"},
    {"passwd", "login ada 2001", "WRONG_PASSWORD"},
    {"passwd", "login ada 2001 password=s3cret", "login, ready"},
    {"passwd", "login bob 2001", "login, ready"}, // has no password
  };
  for (auto& row : rows) {
    CAPTURE(row.option);
    agent_script s{{{"agent-strict-id", row.option}}};
    s.play({{row.line, row.result}});
  }
}

TEST_CASE("a refused request names its fault and changes nothing") {
  agent_script s;
  s.play({
    {"logout 2001", "NOT_LOGGED_IN"},
    {"ready 2001", "NOT_LOGGED_IN"},
    {"not_ready 2001", "NOT_LOGGED_IN"},
    {"reserve 2001 ms=1", "NOT_LOGGED_IN"},
    {"login ada 5555", "UNKNOWN_DN"},
    {"ready 5555", "UNKNOWN_DN"},
    {"login ada 9", "INVALID_ARGUMENT"},
    {"login ada g", "INVALID_ARGUMENT"},
    {"login ada 2001 queue=5555", "UNKNOWN_DN"},
    {"login ada 2001 queue=2002", "INVALID_ARGUMENT"},
    {"login ada 2001 queue=8", "login, ready"},
    {"login ada 2001", "ALREADY_LOGGED_IN"},
    {"login bob 2001", "ALREADY_LOGGED_IN"},
    {"login ada 2002", "AGENT_IN_USE"},
    {"ready 2001 agent=bob", "NOT_LOGGED_IN"},
    {"ready 2001 mode=AuxWork", "INVALID_ARGUMENT"},
    {"not_ready 2001 mode=AutoIn", "INVALID_ARGUMENT"},
    {"not_ready 2001 mode=LegalGuard", "INVALID_ARGUMENT"},
    {"not_ready 2001 mode=AfterCallWork wrap=-2", "INVALID_ARGUMENT"},
    {"not_ready 2001 mode=AfterCallWork wrap=86401", "INVALID_ARGUMENT"},
    {"cancel 2001", "INVALID_CALL_STATE"},
    {"reserve 2001 ms=0", "INVALID_ARGUMENT"},
    {"reserve 2001 ms=3600001", "INVALID_ARGUMENT"},
    {"state 2001", "ready"},
    {"login bob 2004", "2004:login, 2004:ready"},
  });
  auto big = "not_ready 2001 reason=" + std::string(256, 'x');
  CHECK(s.play(std::string_view{big}) == "INVALID_ARGUMENT");
  model::agent_demand nobody;
  nobody.verb = model::agent_verb::ready;
  std::vector<model::journal_event> out;
  CHECK(s.desk.perform(nobody, s.context(), out).why
        == model::fault::invalid_argument);
  nobody.agent = "cyd";
  CHECK(s.desk.perform(nobody, s.context(), out).why
        == model::fault::not_logged_in);
  nobody.agent = "bob";
  CHECK(s.desk.perform(nobody, s.context(), out).accepted());
  CHECK(out.front().this_dn == "2004");
}

TEST_CASE(
  "agent-emu-login-on-call: request, agent, DN, switch, in that order") {
  struct {
    option_words options;
    const char* argument;
    bool allowed;
  } const rows[] = {
    {{}, "", false},
    {{}, "on_call=true", true},
    {{{"agent-emu-login-on-call", "true"}}, "", true},
    {{{"agent-emu-login-on-call", "true"}}, "on_call=false", false},
    {{{"2001/agent-emu-login-on-call", "true"}}, "", true},
    {{{"agent-emu-login-on-call", "true"},
      {"2001/agent-emu-login-on-call", "false"}},
     "",
     false},
    {{{"ada/agent-emu-login-on-call", "true"},
      {"2001/agent-emu-login-on-call", "false"}},
     "",
     true},
  };
  for (auto& row : rows) {
    agent_script s{row.options};
    std::string argument = row.argument;
    CAPTURE(argument);
    s.play({{"ring 1 2001", "*"}});
    auto in = "login ada 2001 " + argument;
    CHECK(s.play(std::string_view{in})
          == (row.allowed ? "login, ready" : "INVALID_CALL_STATE"));
    s.play({{"abandon 1 2001", "*"}});
    if (!row.allowed)
      s.play({{"login ada 2001", "login, ready"}});
    s.play({{"dial 2 2001", "*"}});
    auto out = "logout 2001 " + argument;
    CHECK(s.play(std::string_view{out})
          == (row.allowed ? "logout" : "INVALID_CALL_STATE"));
  }
}

TEST_CASE(
  "agent-logout-on-unreg: agents leave with the client that logged them in") {
  struct {
    option_words options;
    const char* result;
  } const rows[] = {
    {{}, ""},
    {{{"agent-logout-on-unreg", "true"}}, "logout, 2002:logout"},
    {{{"agent-logout-on-unreg", "emu-only"}}, "logout, 2002:logout"},
    {{{"2002/agent-logout-on-unreg", "true"}}, "2002:logout"},
    {{{"8/agent-logout-on-unreg", "true"}}, "logout"},
    {{{"agent-logout-on-unreg", "true"},
      {"2002/agent-logout-on-unreg", "true"},
      {"bob/agent-logout-on-unreg", "false"}},
     "logout"},
  };
  for (auto& row : rows) {
    agent_script s{row.options};
    s.play({
      {"login ada 2001 client=c1 queue=8", "login, ready"},
      {"login bob 2002 client=c1", "2002:login, 2002:ready"},
      {"login cyd 2003 client=c2", "2003:login, 2003:ready"},
      {"gone c1", row.result},
      {"gone c1", ""},
      {"state 2003", "ready"},
    });
  }
}

TEST_CASE("logout-on-out-of-service: the agent leaves after the DN (M34)") {
  for (auto option : {"true", "false"}) {
    auto leaves = std::string_view{option} == "true";
    agent_script s{{{"logout-on-out-of-service", option}}};
    s.play({
      {"out 2001", "*"},
      {"back 2001", "*"},
      {"login ada 2001", "login, ready"},
      {"out 2001", leaves ? "*, logout" : "*"},
      {"back 2001", "*"},
      {"state 2001", leaves ? "logged_out" : "ready"},
    });
  }
}

TEST_CASE("auto-logout-timeout takes who is idle, auto-logout-ready the rest") {
  struct {
    const char *all, *state, *shown, *later;
  } const rows[] = {
    {"false", "not_ready 2001", "not_ready", "+120s logout"},
    {"false", "not_ready 2001 mode=WalkAway", "not_ready(WalkAway)",
     "+120s logout"},
    {"false", "not_ready 2001 mode=AuxWork", "not_ready(AuxWork)", ""},
    {"false", "not_ready 2001 mode=AfterCallWork",
     "not_ready(AfterCallWork untimed)", ""},
    {"false", "ready 2001", "ready", ""},
    {"true", "ready 2001", "ready", "+120s logout"},
    {"true", "not_ready 2001 mode=AuxWork", "not_ready(AuxWork)",
     "+120s logout"},
  };
  for (auto& row : rows) {
    CAPTURE(row.state);
    agent_script s{
      {{"auto-logout-timeout", "2"}, {"auto-logout-ready", row.all}}};
    s.play({{"login ada 2001", "login, ready"},
            {"wait 30", ""},
            {row.state, row.shown},
            {"wait 100000", row.later}});
  }
}

TEST_CASE("a call, or any request, keeps from the automatic logout") {
  agent_script s{
    {{"auto-logout-timeout", "1"}, {"emulated-login-state", "not-ready"}}};
  s.play({
    {"login ada 2001", "login, not_ready"},
    {"wait 50", ""},
    {"ring 1 2001", "*"},
    {"wait 500", ""},
    {"abandon 1 2001", "*"},
    {"wait 50", ""},
    {"not_ready 2001", "not_ready"},
    {"wait 59", ""},
    {"wait 1", "+1s logout"},
  });
}

TEST_CASE("a new configuration logs agents out whose DN is gone") {
  agent_script s;
  s.play({{"login ada 2001", "login, ready"},
          {"login bob 2004", "2004:login, 2004:ready"},
          {"not_ready 2001", "not_ready"}});
  model::directory_builder b;
  b.add("2001", model::dn_type::extension);
  b.set(model::option::auto_logout_timeout, int64_t{1});
  CHECK(s.reconfigure(b.build()) == "2004:logout");
  s.play({{"wait 60", "+60s logout"}});
  CHECK(s.desk.next_deadline() == model::never);
  CHECK(s.desk.size() == 0);
}
