#include "test/actors/call_control_office.hpp"

#include <caf/send.hpp>

using namespace strowger;
using namespace strowger::test;
using model::agent_verb;
using model::business_call;
using model::event_type;

namespace {

/// An office of these phones, of which 2004 is probed; ada and bob are sales,
/// 2001 and 2002 the floor. Calls over the routing point 9 are business.
std::shared_ptr<const model::directory>
sales_office(std::initializer_list<std::pair<option, model::option_value>> app,
             std::initializer_list<std::string> numbers) {
  model::directory_builder b{"sales"};
  for (auto& [id, value] : app)
    b.set(id, value);
  for (auto& number : numbers) {
    model::option_values values;
    values.set(option::contact, "sip:" + number + "@" + number);
    values.set(option::refer_enabled, false);
    if (number == "2004")
      values.set(option::oos_check, int64_t{10});
    if (number == "2002")
      values.set(option::reject_call_notready, true);
    b.add(number, model::dn_type::extension, std::move(values));
  }
  model::option_values gateway;
  gateway.set(option::contact, std::string{"sip:gateway"});
  gateway.set(option::prefix, std::vector<std::string>{"1"});
  b.add("gateway", model::dn_type::trunk, std::move(gateway));
  b.add("9", model::dn_type::routing_point);
  model::agent_group sales;
  sales.name = "sales";
  for (auto login : {"ada", "bob"}) {
    model::agent_login x;
    x.login = login;
    x.options = std::make_shared<const model::option_values>();
    b.staff().add(std::move(x));
    sales.agents.emplace_back(login);
  }
  model::place desk;
  desk.name = "window";
  for (auto& number : numbers)
    if (number < "2003")
      desk.dns.push_back(number);
  model::place_group floor;
  floor.name = "floor";
  floor.places = {"window"};
  b.staff().add(std::move(sales)).add(std::move(desk)).add(std::move(floor));
  auto config = b.build();
  REQUIRE(config);
  return config;
}

struct sales : played_office {
  struct clerk final : event_follower {
    void event(uint64_t, const model::journal_event&) override {
      // nop
    }
  } clerk;

  explicit sales(
    std::initializer_list<std::pair<option, model::option_value>> app
    = {{option::wrap_up_time, int64_t{20}}},
    std::initializer_list<std::string> numbers = {"2001", "2002", "2003"})
    : played_office(sales_office(app, numbers)) {
    exchange.events().follow(clerk); // as a control plane does
  }

  /// The verdict on a request about an agent.
  std::string request(agent_verb verb, std::string dn, std::string agent = {},
                      std::string client = {}) {
    model::agent_demand x;
    x.verb = verb;
    x.dn = std::move(dn);
    x.agent = std::move(agent);
    x.client = std::move(client);
    x.request = "r1";
    std::string result = "nobody answered";
    exchange.submit_agent(std::move(x), [&](model::verdict&& y) {
      result = y.accepted() ? "accepted" : std::string{to_string(y.why)};
    });
    return result;
  }

  void log_in(std::string agent, std::string dn) {
    REQUIRE(request(agent_verb::login, dn, std::move(agent)) == "accepted");
    if (exchange.agents().at_dn(dn)->posture.state != model::agent_state::ready)
      REQUIRE(request(agent_verb::ready, dn) == "accepted");
    seen();
  }

  std::string seen() {
    return new_events();
  }

  /// A call over the routing point that 2001 talks in.
  void talk_business() {
    play({
      {"gateway: INVITE 9 o1", "gateway: 180",
       "9 Queued[c1], 9 RouteRequest[c1]"},
      {"RouteCall 9 c1 agent:ada", "2001: INVITE o1"},
      {"2001: 200 a1", "2001: ACK; gateway: 200 a1",
       "9 RouteUsed[c1](Redirected), 9 Diverted[c1](Redirected), "
       "2001 Ringing[c1], 2001 Established[c1]"},
      {"gateway: ACK", ""},
    });
  }

  const model::journal_event& last(event_type type) const {
    for (auto i = kept.events.rbegin(); i != kept.events.rend(); ++i)
      if (i->type == type)
        return *i;
    FAIL("no such event");
    return kept.events.front();
  }
};

} // namespace

TEST_CASE_FIXTURE(sales, "M28: after-call work is numbered before the release, "
                         "and ends by itself") {
  log_in("ada", "2001");
  talk_business();
  auto& talk = last(event_type::established);
  REQUIRE(talk.details);
  CHECK(talk.details->business == business_call::business);
  CHECK(talk.details->wrap_up_s == 20);
  play({
    {"gateway: BYE", "gateway: 200 to BYE; 2001: BYE",
     "2001 AgentNotReady(AfterCallWork), 2001 Released[c1]"},
    {"after 19", ""},
    {"after 1", "", "2001 AgentReady"},
    {"after 100", ""},
  });
  CHECK(last(event_type::agent_not_ready).details->wrap_up_s == 20);
  CHECK(last(event_type::released).details->business
        == business_call::business);
  for (size_t i = 0; i < kept.numbers.size(); ++i)
    REQUIRE(kept.numbers[i] == i + 1);
}

TEST_CASE_FIXTURE(sales, "BusinessCallType of MakeCall comes before what the "
                         "options say of such calls") {
  exchange.configure(sales_office(
    {{option::wrap_up_time, int64_t{20}}, {option::outbound_bsns_calls, true}},
    {"2001", "2002", "2003"}));
  log_in("ada", "2001");
  play({
    {"MakeCall 2001 2003 business", "2001: INVITE"},
    {"2001: 200 o1", "2003: INVITE o1", "2001 Dialing[c1]"},
    {"2003: 200 a1", "2003: ACK; 2001: ACK a1",
     "2003 Ringing[c1], 2001 Established[c1], 2003 Established[c1]"},
    {"ReleaseCall 2001 c1", "2001: BYE; 2003: BYE",
     "2001 AgentNotReady(AfterCallWork), 2001 Released[c1], "
     "2003 Released[c1]"},
    {"after 20", "", "2001 AgentReady"},
    {"MakeCall 2001 1555 private", "2001: INVITE"},
    {"2001: 200 o2", "gateway: INVITE o2", "2001 Dialing[c2]"},
    {"gateway: 200 a2", "gateway: ACK; 2001: ACK a2", "2001 Established[c2]"},
    {"ReleaseCall 2001 c2", "2001: BYE; gateway: BYE", "2001 Released[c2]"},
  });
  CHECK(last(event_type::released).details->business
        == business_call::personal);
}

TEST_CASE_FIXTURE(sales, "a deadline goes before what happens at the same "
                         "moment, however messages come") {
  log_in("ada", "2001");
  talk_business();
  play({{"gateway: BYE", "gateway: 200 to BYE; 2001: BYE",
         "2001 AgentNotReady(AfterCallWork), 2001 Released[c1]"}});
  clock.advance(std::chrono::seconds{20});
  reactor.post([this] { request(agent_verb::not_ready, "2001"); });
  settle();
  CHECK(seen() == "2001 AgentReady, 2001 AgentNotReady");
}

TEST_CASE_FIXTURE(sales, "an office without agents hears no word of them") {
  play({
    {"gateway: INVITE 2001 o1", "2001: INVITE o1"},
    {"2001: 200 a1", "2001: ACK; gateway: 200 a1",
     "2001 Ringing[c1], 2001 Established[c1]"},
    {"gateway: ACK", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2001: BYE", "2001 Released[c1]"},
  });
  for (auto& x : kept.events)
    CHECK_FALSE(x.details);
  CHECK(request(agent_verb::ready, "2001") == "NOT_LOGGED_IN");
  CHECK(request(agent_verb::login, "2009", "ada") == "UNKNOWN_DN");
}

TEST_CASE_FIXTURE(sales, "a desk that opens knows the calls under way") {
  play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 2001", "2001: INVITE o1"},
    {"2001: 200 a1", "2001: ACK; gateway: 200 a1",
     "9 RouteUsed[c1](Redirected), 9 Diverted[c1](Redirected), "
     "2001 Ringing[c1], 2001 Established[c1]"},
    {"gateway: ACK", ""},
  });
  CHECK(request(agent_verb::login, "2001", "ada") == "INVALID_CALL_STATE");
  log_in("bob", "2002");
  CHECK(request(agent_verb::login, "2001", "ada") == "INVALID_CALL_STATE");
  play({
    {"gateway: BYE", "gateway: 200 to BYE; 2001: BYE", "2001 Released[c1]"},
  });
  CHECK(request(agent_verb::login, "2001", "ada") == "accepted");
}

TEST_CASE_FIXTURE(sales,
                  "what a closed desk knew of calls is not stale when it "
                  "opens again") {
  log_in("ada", "2001");
  play({
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"2002: 180", "gateway: 180", "2002 Ringing[c1]"},
  });
  CHECK(request(agent_verb::logout, "2001") == "accepted");
  CHECK(seen() == "2001 AgentLogout");
  play({
    {"gateway: CANCEL", "gateway: 487; 2002: CANCEL", "2002 Abandoned[c1]"},
    {"2002: 487", ""},
  });
  log_in("bob", "2002");
  CHECK(exchange.agents().available("2002"));
}

TEST_CASE("M34: a phone out of service logs its agent out, if the option says "
          "so") {
  for (auto logs_out : {true, false}) {
    CAPTURE(logs_out);
    sales s{{{option::logout_on_out_of_service, logs_out}}, {"2004"}};
    s.log_in("ada", "2004");
    s.pass(std::chrono::seconds{10});
    REQUIRE(!s.paper.askers.empty());
    caf::anon_send(s.paper.askers.back(), probed{0});
    s.settle();
    CHECK(s.seen()
          == (logs_out ? "2004 DNOutOfService, 2004 AgentLogout"
                       : "2004 DNOutOfService"));
    CHECK(s.exchange.agents().size() == (logs_out ? 0 : 1));
    CHECK_FALSE(s.exchange.agents().available("2004"));
  }
}

TEST_CASE_FIXTURE(sales,
                  "M33: a phone that is busy elsewhere is not ready, and "
                  "nothing else is said") {
  log_in("ada", "2001");
  exchange.phone_busy("2001", true);
  CHECK(seen() == "2001 AgentNotReady");
  exchange.phone_busy("2001", false);
  CHECK(seen() == "2001 AgentReady");
}

TEST_CASE_FIXTURE(sales, "reject-call-notready: an agent who is not ready is "
                         "busy") {
  play({
    {"2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing[c1]"},
    {"2001: CANCEL", "2001: 487; 2002: CANCEL", "2001 Released[c1]"},
    {"2002: 487", ""},
  });
  log_in("bob", "2002");
  REQUIRE(request(agent_verb::not_ready, "2002") == "accepted");
  CHECK(seen() == "2002 AgentNotReady");
  play({{"2001: INVITE 2002 o1", "2001: 486",
         "2001 Dialing[c2], 2001 DestinationBusy[c2](Busy), "
         "2001 Released[c2](Busy)"}});
  // Who has not set the option is called.
  log_in("ada", "2001");
  REQUIRE(request(agent_verb::not_ready, "2001") == "accepted");
  seen();
  play({
    {"gateway: INVITE 2001 o1", "2001: INVITE o1"},
    {"gateway: CANCEL", "gateway: 487; 2001: CANCEL"},
    {"2001: 487", ""},
  });
}

TEST_CASE("M14: an agent who does not answer is made not ready, or logged out, "
          "before the release; the call goes back to its queue") {
  for (std::string action : {"none", "notready", "logout"}) {
    CAPTURE(action);
    sales x{
      {{option::agent_no_answer_timeout, int64_t{5}},
       {option::agent_no_answer_overflow, std::vector<std::string>{"recall"}},
       {option::agent_no_answer_action, action}}};
    x.log_in("ada", "2001");
    auto punished = action == "none"       ? std::string{}
                    : action == "notready" ? "2001 AgentNotReady, "
                                           : "2001 AgentLogout, ";
    auto after = punished
                 + "2001 Released[c1](Redirected), 9 Queued[c1], "
                   "9 RouteRequest[c1]";
    x.play({
      {"gateway: INVITE 9 o1", "gateway: 180",
       "9 Queued[c1], 9 RouteRequest[c1]"},
      {"RouteCall 9 c1 agent:ada", "2001: INVITE o1"},
      {"2001: 180", "gateway: 180",
       "9 RouteUsed[c1](Redirected), 9 Diverted[c1](Redirected), "
       "2001 Ringing[c1]"},
      {"after 4", ""},
      {"after 1", "2001: CANCEL", after.c_str()},
      {"2001: 487", ""},
      {"gateway: CANCEL", "gateway: 487", "9 Abandoned[c1]"},
    });
  }
}

TEST_CASE("M13: after-routing-timeout-action concerns the agent a call was "
          "routed to") {
  for (std::string action : {"none", "notready", "logout"}) {
    CAPTURE(action);
    sales x{{{option::divert_on_ringing, false},
             {option::after_routing_timeout, int64_t{5}},
             {option::after_routing_timeout_action, action}}};
    x.log_in("ada", "2001");
    auto punished = action == "none"       ? std::string{}
                    : action == "notready" ? ", 2001 AgentNotReady"
                                           : ", 2001 AgentLogout";
    auto after = "2001 Released[c1](NoAnswer), 9 Error[c1](NO_ANSWER)"
                 + punished;
    x.play({
      {"gateway: INVITE 9 o1", "gateway: 180",
       "9 Queued[c1], 9 RouteRequest[c1]"},
      {"RouteCall 9 c1 agent:ada", "2001: INVITE o1"},
      {"2001: 180", "gateway: 180", "2001 Ringing[c1]"},
      {"after 5", "2001: CANCEL", after.c_str()},
      {"2001: 487", ""},
      {"gateway: CANCEL", "gateway: 487", "9 Abandoned[c1]"},
    });
  }
}

TEST_CASE_FIXTURE(sales, "RouteType AgentID goes to where the agent is") {
  play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 agent:ada", ""},
  });
  CHECK(verdict == "NOT_LOGGED_IN");
  play({{"RouteCall 9 c1 agent:eve", ""}});
  CHECK(verdict == "UNKNOWN_AGENT");
  log_in("ada", "2002");
  play({
    {"RouteCall 9 c1 agent:ada", "2002: INVITE o1"},
    {"gateway: CANCEL", "gateway: 487; 2002: CANCEL", "9 Abandoned[c1]"},
    {"2002: 487", ""},
  });
  CHECK(verdict == "accepted");
}

TEST_CASE_FIXTURE(sales, "routing finds the agent who is idle for longest, by "
                         "group and by place") {
  CHECK_FALSE(exchange.longest_idle("sales"));
  log_in("bob", "2002");
  pass(std::chrono::seconds{1});
  log_in("ada", "2001");
  CHECK(exchange.longest_idle("sales") == "2002");
  CHECK(exchange.longest_idle("floor") == "2002");
  std::string tried[] = {"2002"};
  CHECK(exchange.longest_idle("sales", tried) == "2001");
  CHECK_FALSE(exchange.longest_idle("nobody"));
  CHECK(exchange.dn_of_agent("ada") == "2001");
  CHECK_FALSE(exchange.dn_of_agent("eve"));
}

TEST_CASE_FIXTURE(sales, "a DN that leaves the configuration takes its agent's "
                         "login along") {
  log_in("ada", "2001");
  log_in("bob", "2002");
  exchange.configure(sales_office({}, {"2002", "2003"}));
  CHECK(seen() == "2001 AgentLogout");
  CHECK(exchange.agents().size() == 1);
}

TEST_CASE("agent-logout-on-unreg: agents go with the client that logged them "
          "in") {
  sales s{{{option::agent_logout_on_unreg, std::string{"true"}}}};
  s.request(agent_verb::login, "2001", "ada", "desktop-1");
  s.request(agent_verb::login, "2002", "bob", "desktop-2");
  s.seen();
  s.exchange.client_gone("desktop-2");
  CHECK(s.seen() == "2002 AgentLogout");
  CHECK(s.exchange.agents().at_dn("2001"));
}
