#include "test/model/agent_script.hpp"

#include <doctest/doctest.h>

using namespace strowger;
using namespace strowger::test;

TEST_CASE("calls of a type are business by option, and only for agents") {
  struct {
    const char *option, *type;
  } const rows[] = {
    {"inbound-bsns-calls", "inbound"},
    {"outbound-bsns-calls", "outbound"},
    {"internal-bsns-calls", "internal"},
    {"unknown-bsns-calls", "unknown"},
  };
  for (auto& row : rows)
    for (auto& other : rows) {
      CAPTURE(row.option);
      CAPTURE(other.type);
      auto business = &row == &other;
      agent_script s{{{row.option, "true"}, {"wrap-up-time", "20"}}};
      auto answer = std::string("answer 1 2001 type=") + other.type;
      auto elsewhere = std::string("answer 2 2002 type=") + other.type;
      s.play(
        {{"login ada 2001", "login, ready"},
         {"ring 1 2001", "*"},
         {"class 1 2001", "unknown"},
         {answer.c_str(), "*"},
         {"class 1 2001", business ? "business" : "private"},
         {"release 1 2001", business ? "not_ready(AfterCallWork 20s), *" : "*"},
         {elsewhere.c_str(), "*"},
         {"class 2 2002", "private"}});
    }
}

TEST_CASE("by default no type of call is business") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({{"login ada 2001", "login, ready"}});
  for (auto type : {"inbound", "outbound", "internal", "unknown", "consult"}) {
    auto answer = std::string("answer 1 2001 type=") + type;
    s.play({{answer.c_str(), "*"},
            {"class 1 2001", "private"},
            {"release 1 2001", "*"}});
  }
}

TEST_CASE(
  "bsns-call-dev-types: who distributes decides; signs change the default") {
  struct {
    const char *option, *queue, *kind;
  } const rows[] = {
    {"", "9", "business"},        {"", "8", "business"},
    {"", "7", "business"},        {"", "6", "business"},
    {"", "2003", "private"},      {"", "5555", "private"},
    {"-rp", "9", "private"},      {"-rp", "7", "private"},
    {"-rp", "8", "business"},     {"-acdq", "8", "private"},
    {"-acdq", "9", "business"},   {"-xrp", "6", "private"},
    {"-xrp", "9", "business"},    {"+rp", "8", "business"},
    {"-rp,+rp", "9", "business"}, {"-rpq", "9", "business"},
  };
  for (auto& row : rows) {
    CAPTURE(row.option);
    CAPTURE(row.queue);
    auto s = *row.option == '\0'
               ? agent_script{}
               : agent_script{{{"bsns-call-dev-types", row.option}}};
    auto answer = std::string("answer 1 2001 queue=") + row.queue;
    s.play({{"login ada 2001", "login, ready"},
            {answer.c_str(), "*"},
            {"class 1 2001", row.kind}});
  }
}

TEST_CASE("bsns-call-type of the distributing DN wins") {
  struct {
    option_words options;
    const char *queue, *kind;
  } const rows[] = {
    {{{"9/bsns-call-type", "private"}}, "9", "private"},
    {{{"9/bsns-call-type", "private"}, {"inbound-bsns-calls", "true"}},
     "9",
     "private"},
    {{{"9/bsns-call-type", "ignore"}}, "9", "private"},
    {{{"9/bsns-call-type", "ignore"}, {"inbound-bsns-calls", "true"}},
     "9",
     "business"},
    {{{"9/bsns-call-type", "business"}, {"bsns-call-dev-types", "-rp"}},
     "9",
     "business"},
    {{{"2003/bsns-call-type", "business"}}, "2003", "business"},
  };
  for (auto& row : rows) {
    agent_script s{row.options};
    auto answer = std::string("answer 1 2001 type=inbound queue=") + row.queue;
    s.play({{"login ada 2001", "login, ready"},
            {answer.c_str(), "*"},
            {"class 1 2001", row.kind}});
  }
}

TEST_CASE("a request says what a call is, whatever the rules say") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"classify 1 business", ""},
    {"answer 1 2001", "*"},
    {"class 1 2001", "business"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"classify 2 private", ""},
    {"ready 2001", "ready"},
    {"answer 2 2001 queue=9", "*"},
    {"release 2 2001", "*"},
  });
}

TEST_CASE("what turns out to be private does not hold after-call work up") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"dial 2 2001", "*"},
    {"wait 100", ""},
    {"classify 2 private", ""},
    {"answer 2 2001", "*"},
    {"wait 100", "+20s ready"},
  });
}

TEST_CASE("inherit-bsns-type: a consultation is business as its main call") {
  for (auto inherits : {true, false})
    for (auto business : {true, false}) {
      agent_script s{{{"inherit-bsns-type", inherits ? "true" : "false"}}};
      s.play({{"login ada 2001", "login, ready"},
              {business ? "answer 1 2001 queue=9" : "answer 1 2001", "*"},
              {"dial 2 2001 type=consult prev=1", "*"},
              {"answer 2 2001 type=consult prev=1", "*"},
              {"class 2 2001", inherits && business ? "business" : "private"}});
    }
}

TEST_CASE("business stays with the call when it is transferred (M18)") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"login bob 2002", "2002:login, 2002:ready"},
    {"answer 1 2001 queue=9", "*"},
    {"dial 2 2001 type=consult prev=1", "*"},
    {"ring 2 2002 type=consult prev=1", "*"},
    {"answer 2 2001 type=consult prev=1", "*"},
    {"answer 2 2002 type=consult prev=1", "*"},
    {"class 2 2002", "private"},
    {"release 2 2001", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"move 1 2002 prev=2", "*"},
    {"delete 2", "*"},
    {"class 1 2002", "business"},
    {"release 1 2002", "2002:not_ready(AfterCallWork 20s), *"},
    {"delete 1", "*"},
    {"class 1 2002", "unknown"},
  });
}

TEST_CASE(
  "a call completed while it rings is business when it is answered (M19)") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"login bob 2002", "2002:login, 2002:ready"},
    {"answer 1 2001 queue=9", "*"},
    {"ring 2 2002 type=consult prev=1", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"move 1 2002 prev=2", "*"},
    {"answer 1 2002 type=inbound", "*"},
    {"release 1 2002", "2002:not_ready(AfterCallWork 20s), *"},
  });
}

TEST_CASE(
  "a consultation that was distributed makes the main call business (M22)") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login bob 2002", "2002:login, 2002:ready"},
    {"answer 2 2002 type=consult prev=1 queue=9", "*"},
    {"move 1 2002 prev=2", "*"},
    {"class 1 2002", "business"},
    {"release 1 2002", "2002:not_ready(AfterCallWork 20s), *"},
  });
}

TEST_CASE("a transfer of private calls makes no business") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login bob 2002", "2002:login, 2002:ready"},
    {"answer 2 2002 type=consult prev=1", "*"},
    {"move 1 2002 prev=2", "*"},
    {"class 1 2002", "private"},
    {"release 1 2002", "*"},
  });
}

TEST_CASE("what comes over as business ends after-call work") {
  agent_script s{{{"wrap-up-time", "20"}}};
  s.play({
    {"login bob 2002", "2002:login, 2002:ready"},
    {"classify 1 business", ""},
    {"not_ready 2002 mode=AfterCallWork wrap=50",
     "2002:not_ready(AfterCallWork 50s)"},
    {"answer 2 2002 type=consult prev=1", "*"},
    {"move 1 2002 prev=2", "2002:ready, *"},
    {"move 1 2002 prev=2", "*"}, // nobody is there any more
    {"release 1 2002", "2002:not_ready(AfterCallWork 20s), *"},
  });
}

TEST_CASE(
  "a business call made during after-call work is no work-related call") {
  agent_script s{{{"wrap-up-time", "20"}, {"outbound-bsns-calls", "true"}}};
  s.play({
    {"login ada 2001", "login, ready"},
    {"answer 1 2001 queue=9", "*"},
    {"release 1 2001", "not_ready(AfterCallWork 20s), *"},
    {"dial 2 2001 type=outbound", "*"},
    {"wait 5", ""},
    {"answer 2 2001 type=outbound", "ready, *"},
    {"class 2 2001", "business"},
    {"release 2 2001", "not_ready(AfterCallWork 20s), *"},
  });
}

TEST_CASE("every event of a call can say what kind of work it is") {
  agent_script s;
  s.play({{"login ada 2001", "login, ready"}, {"ring 1 2001 queue=9", "*"}});
  CHECK(s.seen.business == model::business_call::business);
  s.play({{"answer 1 2001 queue=9", "*"}, {"release 1 2001", "*"}});
  CHECK(s.seen.business == model::business_call::business);
  s.play({{"dial 2 2001", "*"}});
  CHECK(s.seen.business == model::business_call::unknown);
  s.play({{"answer 2 2001", "*"}, {"release 2 2001", "*"}});
  CHECK(s.seen.business == model::business_call::personal);
}
