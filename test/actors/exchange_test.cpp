#include "actors/exchange.hpp"
#include "test/actors/paper_wire.hpp"

#include <caf/send.hpp>

#include <doctest/doctest.h>

using namespace strowger;
using namespace std::chrono_literals;
using model::option;

namespace {

using setting = std::pair<option, model::option_value>;

model::option_values options(std::initializer_list<setting> xs) {
  model::option_values values;
  for (auto& [id, value] : xs)
    values.set(id, value);
  return values;
}

model::directory_builder phones(std::initializer_list<const char*> numbers) {
  model::directory_builder b{"paper"};
  for (auto* n : numbers)
    b.add(n, model::dn_type::extension,
          options({{option::contact, "sip:192.0.2.1:" + std::string{n}}}));
  return b;
}

struct fixture : test::paper_switch {
  fixture() {
    exchange.configure(phones({"2001", "2002"}).build());
    settle();
  }

  opened dial(const char* from, const char* to) {
    model::offered x;
    x.source = from;
    x.may_call_out = true;
    x.called = to;
    x.body = {"application/sdp", "v=0\r\n"};
    x.received_at = reactor.now();
    auto call = exchange.open(std::move(x));
    settle();
    return call;
  }

  template <class Message>
  void say(const opened& call, Message x) {
    caf::anon_send(call.handle, std::move(x));
    settle();
  }

  void respond(const opened& call, uint16_t status, model::txn_number txn = 0,
               model::method method = model::method::invite) {
    model::responded x;
    x.leg = 1;
    x.txn = txn;
    x.method = method;
    x.status = status;
    say(call, std::move(x));
  }

  opened connect() {
    auto call = dial("2001", "2002");
    respond(call, 180);
    respond(call, 200);
    say(call, model::acked{});
    return call;
  }

  void hang_up(const opened& call) {
    model::requested bye;
    bye.txn = 1;
    bye.method = model::method::bye;
    say(call, std::move(bye));
    respond(call, 200, 1, model::method::bye);
  }

  void check_nothing_left() {
    auto& counters = reactor.counters();
    CHECK(exchange.idle());
    CHECK(counters.calls_in_progress.read() == 0);
    CHECK(reactor.next_deadline() == model::never);
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a call goes through devices, wire and journal, and "
                           "leaves nothing behind") {
  auto call = connect();
  CHECK(reactor.counters().calls_in_progress.read() == 1);
  auto* invite = paper.last<model::invite>();
  REQUIRE(invite);
  CHECK(invite->target.uri == "sip:2002@192.0.2.1:2002");
  hang_up(call);
  check_nothing_left();
  REQUIRE(kept.records.size() == 1);
  CHECK(kept.records.front().result == model::call_result::answered);
  CHECK(paper.closed == std::vector{call.id});
  REQUIRE(kept.events.size() == 8);
  CHECK(kept.events.front().type == model::event_type::call_created);
  CHECK(kept.events.back().type == model::event_type::call_deleted);
}

TEST_CASE_FIXTURE(fixture, "every event has the next sequence number, over all "
                           "calls") {
  hang_up(connect());
  hang_up(connect());
  for (size_t i = 0; i < kept.numbers.size(); ++i)
    CHECK(kept.numbers[i] == i + 1);
  CHECK(exchange.events().last() == kept.numbers.size());
}

TEST_CASE_FIXTURE(fixture, "calls have ids of their own, that grow") {
  auto a = connect();
  auto b = connect();
  CHECK(a.id < b.id);
  hang_up(a);
  hang_up(b);
}

TEST_CASE_FIXTURE(fixture, "a draining switch refuses new calls and keeps the "
                           "ones it has") {
  auto call = connect();
  exchange.drain();
  auto verdict = exchange.admit();
  CHECK_FALSE(verdict.granted);
  CHECK(verdict.why == rejection::drain);
  CHECK(verdict.retry_after_s > 0);
  CHECK_FALSE(exchange.idle());
  hang_up(call);
  check_nothing_left();
}

TEST_CASE_FIXTURE(fixture, "shutdown-sip-reject-code: who is turned away by a "
                           "draining switch, and where to") {
  struct row {
    int64_t code;
    const char* peer;
    uint16_t status;
    const char* contact;
  };
  for (auto& r : {row{480, "", 480, ""}, row{302, "twin", 302, "sip:twin"},
                  row{302, "", 503, ""}}) {
    CAPTURE(r.code);
    auto b = phones({"2001", "2002"});
    b.set(option::shutdown_sip_reject_code, r.code);
    b.add("twin", model::dn_type::trunk,
          {{option::contact, std::string{"sip:twin"}}});
    if (*r.peer)
      b.set(option::dr_peer_trunk, std::string{r.peer});
    exchange.configure(b.build());
    settle();
    exchange.drain();
    CHECK(exchange.admit().status == r.status);
    CHECK(exchange.admit().contact == r.contact);
  }
}

TEST_CASE_FIXTURE(fixture, "clear_all ends calls in every state") {
  auto ringing = dial("2001", "2002");
  respond(ringing, 180);
  auto talking = connect();
  exchange.clear_all("drain");
  settle();
  CHECK(paper.last<model::cancel>());
  respond(ringing, 487);
  model::responded bye;
  bye.method = model::method::bye;
  bye.status = 200;
  bye.txn = 1;
  say(talking, bye);
  bye.leg = 1;
  say(talking, bye);
  check_nothing_left();
  CHECK(kept.records.size() == 2);
}

TEST_CASE_FIXTURE(fixture, "above max-calls new calls are refused") {
  auto b = phones({"2001", "2002"});
  b.set(option::max_calls, int64_t{1});
  exchange.configure(b.build());
  settle();
  CHECK(exchange.admit().granted);
  auto call = connect();
  CHECK_FALSE(exchange.admit().granted);
  CHECK(exchange.admit().why == rejection::calls);
  hang_up(call);
  CHECK(exchange.admit().granted);
}

TEST_CASE_FIXTURE(fixture, "an INVITE that a call has asked for by REFER needs "
                           "no room of its own") {
  auto b = phones({"2001", "2002"});
  b.set(option::max_calls, int64_t{1});
  exchange.configure(b.build());
  model::demand x;
  x.verb = model::verb::make_call;
  x.this_dn = "2001";
  x.destination = "2002";
  model::call_id made;
  exchange.submit(std::move(x), [&](model::verdict&& y) { made = y.call; });
  settle();
  REQUIRE(paper.last<model::refer>());
  exchange.drain();
  CHECK_FALSE(exchange.admit().granted);
  CHECK_FALSE(exchange.awaits("2001", "2003", std::nullopt));
  CHECK_FALSE(exchange.awaits("2002", "2002", std::nullopt));
  CHECK_FALSE(exchange.awaits("2001", "2002", model::call_id{7}));
  CHECK(exchange.awaits("2001", "2002", made));
  CHECK(exchange.awaits("2001", "2002", std::nullopt));
  auto call = dial("2001", "2002");
  CHECK(call.id == made);
  CHECK_FALSE(exchange.awaits("2001", "2002", made));
  exchange.clear_all("the end");
  settle();
  call.leg = 2;
  model::responded gone;
  gone.leg = 2;
  gone.status = 487;
  say(call, std::move(gone));
  check_nothing_left();
}

TEST_CASE_FIXTURE(fixture, "a reload keeps the calls of a DN that it removes") {
  auto call = connect();
  exchange.configure(phones({"2001"}).build());
  settle();
  auto refused = dial("2001", "2002");
  CHECK(paper.last<model::respond>()->status == 404);
  CHECK(reactor.counters().calls_in_progress.read() == 1);
  hang_up(call);
  check_nothing_left();
}

TEST_CASE_FIXTURE(fixture, "a reload that turns a phone into a trunk makes "
                           "another device of it") {
  hang_up(connect());
  auto b = phones({"2001"});
  b.add("2002", model::dn_type::trunk,
        options({{option::contact, std::string{"sip:192.0.2.7"}},
                 {option::prefix, std::vector<std::string>{"1"}}}));
  exchange.configure(b.build());
  settle();
  CHECK(exchange.trunks().has("2002"));
  auto call = dial("2001", "12345");
  CHECK(paper.last<model::invite>()->target.uri.find("192.0.2.7")
        != std::string::npos);
  respond(call, 486);
  check_nothing_left();
}

TEST_CASE_FIXTURE(fixture, "a call that nobody answers ends at its deadline in "
                           "virtual time") {
  auto call = dial("2001", "2002");
  respond(call, 180);
  pass(181s);
  CHECK(paper.last<model::cancel>());
  respond(call, 487);
  check_nothing_left();
}

TEST_CASE_FIXTURE(fixture, "only a DN of this switch can register") {
  enrolment x;
  x.dn = "7777";
  CHECK_FALSE(exchange.enrol(std::move(x)));
}

TEST_CASE_FIXTURE(fixture, "registered phones of before a restart can be "
                           "called") {
  model::binding home;
  home.contact_uri = "sip:2003@192.0.2.3:5062";
  home.expires = reactor.now() + 1h;
  exchange.restore("2003", {home});
  model::directory_builder b{"paper"};
  for (auto* n : {"2001", "2003"})
    b.add(n, model::dn_type::extension);
  exchange.configure(b.build());
  settle();
  auto call = dial("2001", "2003");
  CHECK(paper.last<model::invite>()->target.uri == home.contact_uri);
  respond(call, 486);
  CHECK(exchange.idle());
}
