#include "actors/crowd.hpp"
#include "test/actors/paper_wire.hpp"

#include <caf/send.hpp>

#include <doctest/doctest.h>

#include <chrono>

/// Crowds of simulated users on a paper wire, in virtual time.
using namespace strowger;
using namespace std::chrono_literals;
using traffic::outcome;

namespace {

struct paper_registrar final : registering_wire {
  std::vector<registration_order> orders;
  registration_listener asker;
  std::vector<subscription_order> watches;
  subscription_listener watcher;

  void send(registration_order&& x, registration_listener who) override {
    orders.push_back(std::move(x));
    asker = std::move(who);
  }
  void send(subscription_order&& x, subscription_listener who) override {
    watches.push_back(std::move(x));
    watcher = std::move(who);
  }
};

std::shared_ptr<const model::directory> lab() {
  model::directory_builder b{"lab"};
  b.set(model::option::sip_address, std::string{"192.0.2.1"});
  return b.build();
}

/// Users 2001 to 2004, who call 1001, evenly spaced, two a second.
traffic::scenario callers() {
  traffic::scenario x;
  x.target = "192.0.2.9:5060";
  auto& who = x.populations.emplace_back();
  who.name = "callers";
  for (auto* number : {"2001", "2002", "2003", "2004"})
    who.users.push_back({number, {}});
  auto& calls = who.calls.emplace();
  calls.numbers = {"1001"};
  calls.arrivals.what = traffic::arrival_law::constant{2};
  calls.talk = traffic::duration_law{traffic::duration_law::fixed{3}};
  return x;
}

struct crowded : test::turntable {
  explicit crowded(traffic::scenario x)
    : script(std::move(x)),
      users(system, reactor, script, script.populations.front(), lab()) {
    users.attach(paper, registrar);
  }
  ~crowded() {
    users.shut_down();
    reactor.run();
  }

  size_t invites() const {
    size_t result = 0;
    for (auto& x : paper.commands)
      result += std::holds_alternative<model::invite>(x.what);
    return result;
  }

  traffic::scenario script;
  test::paper_wire paper;
  paper_registrar registrar;
  crowd users;
};

struct calling : crowded {
  calling() : crowded(callers()) {
    // nop
  }
};

} // namespace

TEST_CASE_FIXTURE(calling, "calls start when the law of arrivals says so, by "
                           "users in turn") {
  users.start_calling(reactor.now());
  pass(1900ms);
  CHECK(invites() == 4);
  auto* last = paper.last<model::invite>();
  REQUIRE(last);
  CHECK(last->target.uri == "sip:1001@192.0.2.9:5060");
  CHECK(last->caller.user == "2004");
  CHECK(paper.adopted.size() == 4);
  auto all = users.take_counts();
  auto& counts = crowd::of(all, call_side::caller, run_window::warm_up);
  CHECK(counts.attempts == 4);
  CHECK(counts.in_progress == 4);
  CHECK(counts.unbalanced().value_or("") == "");
}

TEST_CASE_FIXTURE(calling, "nobody calls after the end, nor beyond the limit") {
  users.call_until(reactor.now() + 1s);
  users.start_calling(reactor.now());
  pass(5s);
  CHECK(invites() == 2);
}

TEST_CASE_FIXTURE(calling, "a new rate holds from the next start on, without a "
                           "hole or a burst") {
  CHECK(users.rate_per_s() == 0);
  users.set_rate(100); // nobody calls yet
  users.start_calling(reactor.now());
  pass(1900ms); // 0, 0.5, 1 and 1.5 s; 0.8 of the way to the next
  CHECK(users.rate_per_s() == doctest::Approx(2));
  users.set_rate(10);
  CHECK(users.rate_per_s() == doctest::Approx(10));
  pass(10ms);
  CHECK(invites() == 4);
  pass(20ms); // what was left of the way, at the new rate
  CHECK(invites() == 5);
  pass(1s);
  CHECK(invites() == 15);
  users.set_rate(0);
  pass(10s);
  CHECK(invites() == 15);
  users.set_rate(2);
  pass(600ms);
  CHECK(invites() >= 16);
  CHECK(invites() <= 17);
}

TEST_CASE_FIXTURE(calling, "a limit of calls is kept") {
  users.limit_calls(3);
  users.start_calling(reactor.now());
  pass(5s);
  CHECK(invites() == 3);
  CHECK(users.out_of_calls());
}

TEST_CASE_FIXTURE(calling, "a crowd that nobody answers for refuses calls") {
  CHECK_FALSE(users.admit().granted);
  CHECK(users.admit().status == 480);
}

TEST_CASE("users who call in turn call again after their last call") {
  auto script = callers();
  auto& calls = *script.populations.front().calls;
  calls.arrivals.what = traffic::arrival_law::users{};
  calls.pause = traffic::duration_law{traffic::duration_law::fixed{1}};
  crowded host{script};
  host.users.start_calling(host.reactor.now());
  host.pass(1s);
  REQUIRE(host.invites() == 4);
  host.pass(10s);
  CHECK(host.invites() == 4); // they are still calling
}

TEST_CASE("whoever is called rings and answers; at the end all are hung up") {
  traffic::scenario script;
  script.target = "192.0.2.9:5060";
  auto& who = script.populations.emplace_back();
  who.name = "phones";
  who.answers.emplace().answer_after = traffic::duration_law{
    traffic::duration_law::fixed{2}};
  crowded host{script};
  REQUIRE(host.users.admit().granted);
  model::offered x;
  x.called = "1001";
  x.received_at = host.reactor.now();
  auto made = host.users.open(std::move(x));
  host.pass(2s);
  auto* answer = host.paper.last<model::respond>();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body.is_sdp());
  caf::anon_send(made.handle, model::acked{});
  host.pass(1s);
  auto all = host.users.take_counts();
  auto& counts = crowd::of(all, call_side::callee, run_window::warm_up);
  CHECK(counts[outcome::answered] == 1);
  CHECK(counts.up == 1);
  host.users.clear();
  host.pass(1ms);
  auto* bye = host.paper.last<model::request>();
  REQUIRE(bye);
  CHECK(bye->method == model::method::bye);
  model::responded ok;
  ok.txn = bye->txn;
  ok.method = model::method::bye;
  ok.status = 200;
  caf::anon_send(made.handle, std::move(ok));
  host.pass(1ms);
  CHECK(host.users.idle());
  CHECK(host.paper.closed == std::vector{made.id});
}

TEST_CASE("a call in place of another one is answered, and ends that one") {
  traffic::scenario script;
  script.target = "192.0.2.9:5060";
  auto& who = script.populations.emplace_back();
  who.name = "phones";
  who.answers.emplace();
  crowded host{script};
  auto first = host.users.open({});
  caf::anon_send(first.handle, model::acked{});
  host.pass(1s);
  model::offered x;
  x.replaces = model::leg_name{first.id, 0};
  auto second = host.users.open(std::move(x));
  host.pass(1ms);
  CHECK(host.users.in_flight() == 2); // the BYE has no answer yet
  auto* bye = host.paper.last<model::request>();
  REQUIRE(bye);
  CHECK(bye->method == model::method::bye);
  auto& last = host.paper.commands.back();
  CHECK(last.call == first.id);
  auto all = host.users.take_counts();
  auto& counts = crowd::of(all, call_side::callee, run_window::warm_up);
  CHECK(counts[outcome::answered] == 2);
  CHECK(second.id != first.id);
}

TEST_CASE("users register with their passwords, and count") {
  auto script = callers();
  auto& who = script.populations.front();
  who.users[0].password = "own";
  who.registers.emplace().password = "shared";
  who.registers->spread = 0ms;
  crowded host{script};
  host.users.start_registering();
  host.pass(1ms);
  REQUIRE(host.registrar.orders.size() == 4);
  CHECK(host.registrar.orders[0].login.password == "own");
  CHECK(host.registrar.orders[1].login.password == "shared");
  CHECK(host.registrar.orders[1].registrar == "sip:192.0.2.9:5060");
  CHECK_FALSE(host.users.has_registered());
  CHECK_FALSE(host.users.idle()); // what is sent will be counted elsewhere
  for (uint32_t i = 0; i < 4; ++i)
    caf::anon_send(host.registrar.asker, registered{i, 200, 3600});
  host.pass(1ms);
  CHECK(host.users.has_registered());
  CHECK(host.users.idle());
  auto all = host.users.take_counts();
  auto& counts = crowd::of(all, call_side::caller, run_window::steady);
  CHECK(counts.registrations.succeeded == 4);
  host.pass(3570s);
  CHECK(host.registrar.orders.size() == 8); // before they expire
}

TEST_CASE("users subscribe, and what becomes of it is counted by what the "
          "notifier says") {
  using news = subscription_news::kind;
  auto script = callers();
  auto& how = script.populations.front().subscribes.emplace();
  how.event = "dialog";
  how.accept = "application/dialog-info+xml";
  how.spread = 4s;
  how.numbers = {"1001", "1002", "1003"};
  crowded host{script};
  auto start = host.reactor.clock_now();
  host.users.start_subscribing();
  auto& orders = host.registrar.watches;
  REQUIRE(orders.size() == 4);
  CHECK(orders[3].watched == "1001"); // in turn
  CHECK(orders[3].number == "2004");
  CHECK(orders[3].hop == "sip:192.0.2.9:5060");
  CHECK(orders[3].first == start + 3s);
  auto tell = [&](uint32_t user, news what, uint16_t status = 0) {
    caf::anon_send(host.registrar.watcher,
                   subscription_news{user, what, status, start});
  };
  for (uint32_t i = 0; i < 4; ++i)
    tell(i, news::sent);
  host.pass(20ms);
  tell(0, news::answered, 200);
  tell(0, news::notified);
  tell(1, news::answered, 489);
  tell(2, news::answered, 0);
  host.pass(1ms);
  auto all = host.users.take_counts();
  auto& counts = crowd::of(all, call_side::caller, run_window::steady);
  CHECK(counts.subscriptions.attempts == 4);
  CHECK(counts.subscriptions.succeeded == 1);
  CHECK(counts.subscriptions.in_progress == 1);
  CHECK(counts.subscriptions.failed_by_status
        == std::map<uint16_t, uint64_t>{{0, 1}, {489, 1}});
  CHECK(counts[traffic::latency::subscription].max_us() == 20'000);
  CHECK(counts.notifications == 1);
  CHECK(counts.unbalanced().value_or("") == "");
}

TEST_CASE_FIXTURE(calling, "a crowd may end while its calls have mail") {
  users.start_calling(reactor.now());
  pass(600ms);
  REQUIRE(paper.adopted.size() == 2);
}
