#include "actors/group_strategy.hpp"
#include "test/actors/paper_wire.hpp"

#include <caf/send.hpp>

#include <doctest/doctest.h>

#include <map>

using namespace strowger;
using namespace std::chrono_literals;
using model::event_type;
using model::option;

namespace {

std::shared_ptr<const model::directory> office() {
  model::directory_builder b{"paper"};
  for (std::string n : {"2001", "2002", "2999"}) {
    model::option_values values;
    values.set(option::contact, "sip:192.0.2.1:" + n);
    b.add(n, model::dn_type::extension, std::move(values));
  }
  model::option_values patient;
  patient.set(option::router_timeout, int64_t{60});
  patient.set(option::default_dn, std::vector<std::string>{"2999"});
  b.add("9", model::dn_type::routing_point, std::move(patient));
  return b.build();
}

/// A strategy that writes down what it is told.
struct written_client final : routing_client {
  std::vector<std::string> said;

  void take(const model::route_notice& x) override {
    said.push_back(word(x));
  }
  static std::string word(const model::route_notice& x) {
    if (auto* y = std::get_if<model::route_request>(&x.what))
      return "request from " + y->ani;
    if (auto* y = std::get_if<model::route_used>(&x.what))
      return "used " + y->request + " " + y->destination;
    if (auto* y = std::get_if<model::route_failed>(&x.what))
      return "failed " + y->request + " " + std::string{to_string(y->why)};
    return "withdrawn";
  }
  std::string next() {
    if (said.empty())
      return "";
    auto x = said.front();
    said.erase(said.begin());
    return x;
  }
};

struct routed_switch : test::paper_switch {
  routed_switch() {
    exchange.configure(office());
    settle();
  }

  opened call_in() {
    model::offered x;
    x.caller.user = "0301";
    x.called = "9";
    x.body = {"application/sdp", "v=0\r\n"};
    x.received_at = reactor.now();
    auto call = exchange.open(std::move(x));
    settle();
    return call;
  }
  void respond(const opened& call, model::leg_number leg, uint16_t status) {
    model::responded x;
    x.leg = leg;
    x.status = status;
    x.method = model::method::invite;
    caf::anon_send(call.handle, std::move(x));
    settle();
  }
  routing_instruction to(const opened& call, std::string destination) {
    routing_instruction x;
    x.call = call.id;
    x.point = "9";
    x.request = "r" + std::to_string(++requests);
    x.destination = std::move(destination);
    return x;
  }
  std::string rings() {
    auto* x = paper.last<model::invite>();
    return x ? x->target.uri.substr(4, 4) : "nobody";
  }
  model::route_client serve(std::shared_ptr<routing_client> x) {
    auto who = exchange.routing().open(std::move(x), {{"9"}, 10, false});
    settle();
    return who;
  }
  uint64_t outcomes(model::fault x) {
    return reactor.counters().instructions[static_cast<size_t>(x)].read();
  }

  int requests = 0;
};

} // namespace

TEST_CASE_FIXTURE(routed_switch, "an instruction takes a waiting call to its "
                                 "destination, with what it attaches") {
  auto desk = std::make_shared<written_client>();
  auto me = serve(desk);
  auto call = call_in();
  CHECK(desk->next() == "request from 0301");
  CHECK(reactor.counters().routing_open.read() == 1);
  pass(2s);
  auto x = to(call, "2001");
  x.pairs = {{"skill", {std::string{"sales"}}}};
  reactor.post([&] { exchange.routing().instruct(me, std::move(x)); });
  settle();
  CHECK(rings() == "2001");
  CHECK(desk->next() == "");
  respond(call, 1, 180);
  CHECK(desk->next() == "used r1 2001");
  CHECK(outcomes(model::fault::none) == 1);
  CHECK(reactor.counters().strategy_answer.sum_s() == doctest::Approx(2));
  auto ringing = kept.events.back();
  CHECK(ringing.type == event_type::ringing);
  REQUIRE(ringing.user_data);
  CHECK(ringing.user_data->front().first == "skill");
  CHECK(reactor.counters().routing_open.read() == 0);
}

TEST_CASE_FIXTURE(routed_switch, "a call that could not be delivered is asked "
                                 "about again") {
  auto desk = std::make_shared<written_client>();
  auto me = serve(desk);
  auto call = call_in();
  desk->next();
  struct row {
    std::string destination;
    uint16_t status;
    const char* outcome;
  };
  model::leg_number leg = 0;
  for (auto& x : {row{"2001", 486, "BUSY"}, row{"2002", 603, "REJECTED"},
                  row{"nobody", 0, "INVALID_CALLED_DN"}}) {
    exchange.routing().instruct(me, to(call, x.destination));
    settle();
    if (x.status != 0)
      respond(call, ++leg, x.status);
    auto id = std::to_string(requests);
    CHECK(desk->next() == "failed r" + id + " " + x.outcome);
    CHECK(desk->next() == "");
    pass(1s);
    CHECK(desk->next() == "request from 0301");
  }
  pass(60s);
  CHECK(rings() == "2999");
  respond(call, ++leg, 180);
  CHECK(desk->next() == "withdrawn");
}

TEST_CASE_FIXTURE(routed_switch, "instructions that cannot be carried out fail "
                                 "with their reason") {
  auto desk = std::make_shared<written_client>();
  auto me = serve(desk);
  auto call = call_in();
  desk->next();
  auto instruct = [&](routing_instruction x) {
    exchange.routing().instruct(me, std::move(x));
    settle();
    return desk->next();
  };
  auto x = to(call, "2001");
  x.route = model::route_type::announcement;
  CHECK(instruct(x) == "failed r1 UNSUPPORTED");
  x = to(call, "bob");
  x.route = model::route_type::agent_id;
  CHECK(instruct(x) == "failed r2 UNKNOWN_AGENT");
  x = to(call, "2001");
  x.pairs = {{"large", {std::string(100'000, 'x')}}};
  CHECK(instruct(x) == "failed r3 TOO_LARGE");
  x = to(call, "2001");
  x.call.value += 1;
  CHECK(instruct(x) == "failed r4 UNKNOWN_CALL");
  exchange.routing().attach(me, {12345}, "r5", {});
  settle();
  CHECK(desk->next() == "failed r5 UNKNOWN_CALL");
  CHECK(rings() == "nobody");
  CHECK(instruct(to(call, "2002")) == "");
  CHECK(rings() == "2002");
  CHECK(instruct(to(call, "2001")) == "failed r6 INVALID_CALL_STATE");
}

TEST_CASE_FIXTURE(routed_switch, "a strategy that has nobody keeps callers "
                                 "waiting beyond router-timeout") {
  auto desk = std::make_shared<written_client>();
  auto me = serve(desk);
  auto call = call_in();
  CHECK(desk->next() == "request from 0301");
  auto told = 0;
  for (auto i = 0; i < 5; ++i) {
    pass(50s);
    exchange.routing().keep_waiting(me, call.id, "9", "w", [&] { ++told; });
    settle();
  }
  CHECK(told == 5);
  CHECK(desk->next() == "");
  CHECK(rings() == "nobody");
  exchange.routing().keep_waiting(me, call.id, "8", "w1");
  settle();
  CHECK(desk->next() == "failed w1 INVALID_CALL_STATE");
  exchange.routing().keep_waiting(me, {12345}, "9", "w2");
  settle();
  CHECK(desk->next() == "failed w2 UNKNOWN_CALL");
  pass(60s);
  CHECK(rings() == "2999"); // the default
  respond(call, 1, 180);
  CHECK(desk->next() == "withdrawn");
}

TEST_CASE_FIXTURE(routed_switch, "OVERWRITE_DNIS says what was dialled, but "
                                 "not if the instruction is refused") {
  auto desk = std::make_shared<written_client>();
  auto me = serve(desk);
  auto route = [&](const opened& call, const char* where, const char* dnis) {
    auto x = to(call, where);
    x.route = model::route_type::overwrite_dnis;
    x.dnis = dnis;
    exchange.routing().instruct(me, std::move(x));
    settle();
  };
  auto rung_with = [&](const opened& call) {
    respond(call, 1, 180);
    CHECK(kept.events.back().type == event_type::ringing);
    return kept.events.back().dnis;
  };
  auto call = call_in();
  CHECK(desk->next() == "request from 0301");
  route(call, "7777", "4000");
  CHECK(desk->next() == "failed r1 INVALID_CALLED_DN");
  exchange.routing().instruct(me, to(call, "2001"));
  settle();
  CHECK(rung_with(call) == "9");
  auto other = call_in();
  route(other, "2002", "4000");
  CHECK(rung_with(other) == "4000");
}

TEST_CASE_FIXTURE(routed_switch, "a rejected caller hears busy, and the "
                                 "instruction is used") {
  auto desk = std::make_shared<written_client>();
  auto me = serve(desk);
  auto call = call_in();
  desk->next();
  auto x = to(call, "");
  x.route = model::route_type::reject;
  exchange.routing().instruct(me, x);
  settle();
  CHECK(desk->next() == "used r1 ");
  REQUIRE(kept.records.size() == 1);
  CHECK(kept.records[0].status == 486);
}

TEST_CASE_FIXTURE(routed_switch, "without a client the default route works as "
                                 "ever, and a late client is asked") {
  auto early = call_in();
  pass(60s);
  CHECK(rings() == "2999");
  respond(early, 1, 200);
  auto call = call_in();
  CHECK(reactor.counters().routing_unclaimed.read() == 1);
  auto desk = std::make_shared<written_client>();
  auto me = serve(desk);
  CHECK(desk->next() == "request from 0301");
  exchange.routing().close(me);
  CHECK(reactor.counters().routing_unclaimed.read() == 1);
  exchange.routing().instruct(me, to(call, "2001"));
  settle();
  CHECK(desk->next() == "");
}

TEST_CASE_FIXTURE(routed_switch, "the built-in strategy routes to agents as "
                                 "they become ready, and overflows") {
  std::vector<std::string> ready;
  group_strategy strategy{
    system,
    reactor,
    exchange.routing(),
    exchange.events(),
    {"sales", {"9"}, "sales-agents", 30, "2999"},
    [&](std::string_view group, std::span<const std::string> exclude) {
      CHECK(group == "sales-agents");
      for (auto& x : ready)
        if (std::ranges::find(exclude, x) == exclude.end())
          return std::optional{x};
      return std::optional<std::string>{};
    }};
  auto call = call_in();
  CHECK(rings() == "nobody");
  ready = {"2001", "2002"};
  model::journal_event now_ready;
  now_ready.type = event_type::agent_ready;
  now_ready.this_dn = "2001";
  exchange.events().append(std::move(now_ready));
  settle();
  CHECK(rings() == "2001");
  respond(call, 1, 486);
  CHECK(rings() == "2002");
  respond(call, 2, 200);
  CHECK(outcomes(model::fault::none) == 1);
  ready = {};
  auto late = call_in();
  pass(29s);
  CHECK(rings() == "2002");
  pass(1s);
  CHECK(rings() == "2999");
  respond(late, 1, 200);
  CHECK(outcomes(model::fault::none) == 2);
}
