#include "test/model/route_desk_script.hpp"

#include <doctest/doctest.h>

using namespace strowger;
using namespace strowger::model;
using namespace strowger::test;
using namespace std::chrono_literals;

TEST_CASE("clients share the calls of a routing point: who has least gets the "
          "next one, equals take turns") {
  played_desk x;
  x.comes({"9"});
  x.comes({"9"});
  x.comes({"9", "7"});
  CHECK(x.arrives(1) == "1: request c1");
  CHECK(x.arrives(2) == "2: request c2");
  CHECK(x.arrives(3) == "3: request c3");
  CHECK(x.tell(event_type::abandoned, 2) == "2: withdrawn c2 abandoned");
  CHECK(x.arrives(4) == "2: request c4");
  CHECK(x.arrives(5) == "3: request c5");
  CHECK(x.arrives(6, "7") == "3: request c6");
  CHECK(x.arrives(7) == "1: request c7");
  CHECK(x.arrives(8) == "2: request c8");
}

TEST_CASE("with route-request-policy standby one client works, and the next "
          "takes over") {
  played_desk x;
  x.comes({"8"}, 2);
  x.comes({"8"});
  CHECK(x.arrives(1, "8") == "1: request c1");
  CHECK(x.arrives(2, "8") == "1: request c2");
  CHECK(x.arrives(3, "8") == "2: request c3"); // the first is full
  CHECK(x.goes(1) == "2: request c1 again1, 2: request c2 again1");
  CHECK(x.arrives(4, "8") == "2: request c4");
  x.comes({"8"});
  CHECK(x.arrives(5, "8") == "2: request c5");
}

TEST_CASE("a spare client gets what nobody else takes") {
  for (std::string point : {"9", "8"}) {
    CAPTURE(point);
    played_desk x;
    x.comes({point}, 10, true);
    CHECK(x.arrives(1, point) == "1: request c1");
    CHECK(x.comes({point}, 1) == "");
    CHECK(x.arrives(2, point) == "2: request c2");
    CHECK(x.arrives(3, point) == "1: request c3");
    CHECK(x.goes(2) == "1: request c2 again1");
  }
}

TEST_CASE("calls wait for a client in the order in which they came") {
  played_desk x;
  CHECK(x.arrives(1) == "");
  CHECK(x.arrives(2, "7") == "");
  CHECK(x.arrives(3) == "");
  CHECK(x.tell(event_type::abandoned, 3) == "");
  CHECK(x.arrives(4) == "");
  CHECK(x.desk.unclaimed_requests() == 3);
  CHECK(x.comes({"9", "7"}, 2) == "1: request c1, 1: request c2");
  CHECK(x.desk.open_requests() == 2);
  CHECK(x.comes({"7"}) == "");
  CHECK(x.routed(2, "2001", "7") == "1: withdrawn c2 default, 1: request c4");
  CHECK(x.desk.unclaimed_requests() == 0);
}

TEST_CASE("an instruction is told as used to whoever gave it") {
  played_desk x;
  x.comes({"9"});
  x.comes({"9"});
  x.arrives(1);
  CHECK(x.instructs(1, 1, "a") == "");
  CHECK(x.instructs(2, 1, "b") == "INVALID_CALL_STATE"); // under way
  CHECK(x.routed(1, "2001") == "1: used c1 a->2001");
  CHECK(x.tell(event_type::diverted, 1) == "");
  x.arrives(2);
  CHECK(x.instructs(1, 2, "b") == "");
  CHECK(x.routed(2, "2002") == "1: used c2 b->2002, 2: withdrawn c2 elsewhere");
}

TEST_CASE("an instruction that makes no sense is refused and costs nothing") {
  played_desk x;
  x.comes({"9"});
  x.comes({"7"});
  x.arrives(1);
  CHECK(x.instructs(1, 2, "a") == "UNKNOWN_CALL");
  CHECK(x.instructs(1, 1, "a", "7") == "INVALID_CALL_STATE");
  CHECK(x.instructs(2, 1, "a") == "INVALID_ARGUMENT");
  CHECK(x.instructs(1, 1, "a") == "");
}

TEST_CASE("after a failure the same client is asked again, unless it routes "
          "the call anyway") {
  for (auto why : {fault::busy, fault::no_answer, fault::timeout}) {
    played_desk x;
    x.comes({"9"});
    x.comes({"9"});
    x.arrives(1);
    auto reason = std::string{to_string(why)};
    CAPTURE(reason);
    x.instructs(1, 1, "a");
    CHECK(x.fails(1, why) == "1: failed c1 a " + reason);
    CHECK(x.passes(999ms) == "");
    CHECK(x.desk.next_deadline() == x.now + 1ms);
    CHECK(x.passes(1ms) == "1: request c1 again1");
    x.instructs(1, 1, "b");
    x.fails(1, why);
    CHECK(x.instructs(1, 1, "c") == "");
    CHECK(x.desk.next_deadline() == never);
    CHECK(x.routed(1, "2001") == "1: used c1 c->2001");
  }
}

TEST_CASE("who says that a call is to wait on is not asked about it again") {
  played_desk x;
  x.comes({"9"});
  x.comes({"9"});
  x.comes({"8"});
  auto waits = [&](route_client who, uint64_t call, const char* point = "9") {
    return x.desk.keep_waiting(who, {call}, point).why;
  };
  CHECK(waits(1, 1) == fault::unknown_call);
  x.arrives(1);
  CHECK(waits(1, 1, "8") == fault::invalid_call_state);
  CHECK(waits(3, 1) == fault::invalid_argument);
  CHECK(waits(1, 1) == fault::none);
  x.instructs(1, 1, "a");
  CHECK(waits(1, 1) == fault::invalid_call_state);
  x.fails(1, fault::busy);
  CHECK(waits(1, 1) == fault::none);
  CHECK(x.desk.next_deadline() == never);
  CHECK(x.passes(5s) == "");
  // Who gets it next knows that its time has begun anew.
  x.desk.waits_anew({1}, x.now);
  auto began = x.now;
  CHECK(x.passes(3s) == "");
  x.desk.close(1, x.ctx(), x.out);
  REQUIRE(x.out.size() == 1);
  auto& asked = std::get<route_request>(x.out.front().what);
  CHECK(asked.timed == began);
  CHECK(asked.since == began - 5s);
}

TEST_CASE("what the switch refuses fails at once; it is asked again only where "
          "that can help") {
  struct row {
    fault why;
    bool again;
  };
  for (auto [why, again] :
       {row{fault::invalid_called_dn, true}, row{fault::too_large, true},
        row{fault::invalid_call_state, false},
        row{fault::unknown_call, false}}) {
    played_desk x;
    x.comes({"9"});
    x.arrives(1);
    x.instructs(1, 1, "a");
    CHECK(x.refuses(1, 1, "other", why) == "");
    CHECK(x.refuses(1, 1, "a", why)
          == "1: failed c1 a " + std::string{to_string(why)});
    CHECK(x.passes(1s) == (again ? "1: request c1 again1" : ""));
    CHECK(x.instructs(1, 1, "b") == "");
  }
}

TEST_CASE("a caller whom an instruction refuses makes it used, one who hangs "
          "up does not") {
  played_desk x;
  x.comes({"9"});
  x.arrives(1);
  CHECK(x.desk.instruct(1, {{1}, "9", "a", true}).accepted());
  CHECK(x.tell(event_type::released, 1) == "1: used c1 a->");
  x.arrives(2);
  x.desk.instruct(1, {{2}, "9", "b", true});
  CHECK(x.tell(event_type::abandoned, 2) == "1: withdrawn c2 abandoned");
  x.arrives(3);
  CHECK(x.tell(event_type::released, 3) == "1: withdrawn c3 released");
}

TEST_CASE("a client that dies in mid-request loses nothing") {
  played_desk x;
  x.comes({"9"});
  x.arrives(1); // not answered
  x.arrives(2); // an instruction is under way
  x.arrives(3); // has just failed
  x.instructs(1, 2, "a");
  x.instructs(1, 3, "b");
  x.fails(3, fault::busy);
  CHECK(x.comes({"9"}) == "");
  CHECK(x.goes(1) == "2: request c1 again1, 2: request c3 again1");
  CHECK(x.passes(1s) == "");
  CHECK(x.fails(2, fault::no_answer) == "2: request c2 again1");
  CHECK(x.goes(2) == "");
  CHECK(x.desk.unclaimed_requests() == 3);
  CHECK(x.comes({"9"}).find("3: request c1 again2") == 0);
}

TEST_CASE("an instruction of a client that died may still be used") {
  played_desk x;
  x.comes({"9"});
  x.arrives(1);
  x.instructs(1, 1, "a");
  x.goes(1);
  CHECK(x.comes({"9"}) == "");
  CHECK(x.routed(1, "2001") == "");
  CHECK(x.desk.open_requests() + x.desk.unclaimed_requests() == 0);
}

TEST_CASE("a call is asked about with the user data that it has by then, and "
          "with the time since it came") {
  played_desk x;
  auto came = x.now;
  x.arrives(1);
  auto change = x.event(event_type::attached_data_changed, 1, "9");
  change.user_data = std::make_shared<user_data>(
    user_data{{"language", {std::string{"de"}}}});
  x.tell(change);
  x.now += 5s;
  x.desk.open({{"9"}, 10, false}, x.ctx(), x.out);
  REQUIRE(x.out.size() == 1);
  auto& request = std::get<route_request>(x.out[0].what);
  CHECK(request.user_data == change.user_data);
  CHECK(request.since == came);
  CHECK(x.desk.unanswered_for({1}, x.now + 2s) == 2s);
  x.instructs(1, 1, "a");
  CHECK(!x.desk.unanswered_for({1}, x.now));
}

TEST_CASE("a consultation transferred while it waits is asked about under its "
          "new call id") {
  played_desk x;
  x.comes({"9"});
  x.arrives(2);
  auto came = x.now;
  x.now += 3s;
  auto change = x.event(event_type::party_changed, 1, "9");
  change.previous_call = {2};
  CHECK(x.tell(change) == "1: withdrawn c2 elsewhere, 1: request c1");
  CHECK(x.desk.holder_of({2}) == 0);
  CHECK(x.desk.holder_of({1}) == 1);
  x.goes(1);
  x.desk.open({{"9"}, 1, false}, x.ctx(), x.out);
  REQUIRE(x.out.size() == 1);
  CHECK(std::get<route_request>(x.out[0].what).since == came);
}
