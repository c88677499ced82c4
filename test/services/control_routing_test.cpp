#include "test/services/scratch_folder.hpp"
#include "test/services/strategy_client.hpp"

#include <caf/send.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace strowger;
using namespace strowger::test;
using model::event_type;

TEST_CASE("a strategy is asked about a call, routes it with user data, and "
          "hears that its route was used") {
  live_switch host{office()};
  REQUIRE(host.error() == "");
  strategy desk{host.address()};
  desk.serve("start { routing_points: ['9', '7'] }");
  auto call = call_in(host);
  auto request = desk.next().request();
  CHECK(request.routing_point() == "9");
  CHECK(request.call().ani() == "0301");
  CHECK(request.call().dnis() == "9");
  CHECK(request.call().parties_size() == 1);
  CHECK(request.attempts() == 0);
  CHECK(request.time_left_ms() > 0);
  CHECK(request.time_left_ms() <= 600'000);
  auto id = request.call().call_id();
  desk.instruct("user_data { request_id: 'u1' call_id: '" + id
                + "' user_data { pairs { key: 'a' value { text: 'b' } } } }");
  desk.route(id, "r1",
             "destination: '2001' "
             "user_data { pairs { key: 'c' value { integer: 7 } } }");
  CHECK(rings(host, 1) == "sip:2001@192.0.2.1");
  respond(host, call, 1, 180);
  auto used = desk.next().used();
  CHECK(used.request_id() == "r1");
  CHECK(used.call_id() == id);
  CHECK(used.routing_point() == "9");
  CHECK(used.destination() == "2001");
  auto data = host.on_switch(
    [&](exchange& x) { return x.events().ledger().find(call.id)->user_data; });
  REQUIRE(data);
  CHECK(data->size() == 2);
  CHECK(desk.finish().ok());
}

TEST_CASE("a call whose destination is busy stays, and is asked about again") {
  live_switch host{office()};
  strategy desk{host.address()};
  desk.serve();
  auto call = call_in(host);
  auto id = desk.next().request().call().call_id();
  desk.route(id, "r1", "destination: '2001'");
  rings(host, 1);
  respond(host, call, 1, 486);
  auto failed = desk.next().failed();
  CHECK(failed.request_id() == "r1");
  CHECK(failed.reason() == "BUSY");
  CHECK(failed.routing_point() == "9");
  desk.route(id, "r2", "destination: 'nowhere'");
  CHECK(desk.next().failed().reason() == "INVALID_CALLED_DN");
  auto again = desk.next().request();
  CHECK(again.attempts() == 1);
  CHECK(again.call().call_id() == id);
  desk.route(id, "r3", "destination: '2002'");
  CHECK(rings(host, 2) == "sip:2002@192.0.2.1");
}

TEST_CASE("a caller who gives up withdraws the request") {
  live_switch host{office()};
  strategy desk{host.address()};
  desk.serve();
  auto call = call_in(host);
  auto id = desk.next().request().call().call_id();
  host.on_switch(
    [&](exchange&) { caf::anon_send(call.handle, model::cancelled{0}); });
  auto gone = desk.next().withdrawn();
  CHECK(gone.call_id() == id);
  CHECK(gone.reason() == api::ROUTE_WITHDRAWN_REASON_ABANDONED);
  desk.route(id, "r1", "destination: '2001'");
  CHECK(desk.next().failed().reason() == "UNKNOWN_CALL");
}

TEST_CASE("instructions that make no sense fail without ending the stream") {
  live_switch host{office()};
  strategy desk{host.address()};
  desk.serve();
  call_in(host);
  auto id = desk.next().request().call().call_id();
  struct row {
    const char* more;
    const char* reason;
  };
  for (auto& x : {
         row{"", "INVALID_ARGUMENT"}, // no destination
         row{"destination: '2001' route_type: ROUTE_TYPE_OVERWRITE_DNIS",
             "INVALID_ARGUMENT"}, // no DNIS
         row{"destination: '2001' user_data { pairs { key: '' } }",
             "INVALID_ARGUMENT"},
         row{"destination: 'x' route_type: ROUTE_TYPE_ANNOUNCEMENT",
             "UNSUPPORTED"},
         row{"destination: 'x' route_type: ROUTE_TYPE_AGENT_ID",
             "UNKNOWN_AGENT"},
       }) {
    CAPTURE(x.more);
    desk.route(id, "r", x.more);
    auto answer = desk.next();
    while (answer.has_request()) // again, after a failure
      answer = desk.next();
    CHECK(answer.failed().reason() == x.reason);
  }
  desk.route(id, "r", "route_type: ROUTE_TYPE_REJECT");
  auto answer = desk.next();
  while (answer.has_request())
    answer = desk.next();
  CHECK(answer.used().destination() == "");
}

TEST_CASE("a stream that cannot be served ends with its reason") {
  live_switch host{office()};
  struct row {
    const char* first;
    grpc::StatusCode code;
    const char* reason;
  };
  for (auto& x : {
         row{"start { routing_points: '404' }", grpc::NOT_FOUND, "UNKNOWN_DN"},
         row{"start { routing_points: '2001' }", grpc::INVALID_ARGUMENT,
             "INVALID_ARGUMENT"},
         row{"start { }", grpc::INVALID_ARGUMENT, "INVALID_ARGUMENT"},
         row{"start { routing_points: '9' requests_max: 100001 }",
             grpc::INVALID_ARGUMENT, "INVALID_ARGUMENT"},
         row{"start { routing_points: '9' } instructions { }",
             grpc::INVALID_ARGUMENT, "INVALID_ARGUMENT"},
         row{"instructions { route { } }", grpc::INVALID_ARGUMENT,
             "INVALID_ARGUMENT"},
         row{"", grpc::INVALID_ARGUMENT, "INVALID_ARGUMENT"},
       }) {
    CAPTURE(x.first);
    strategy desk{host.address()};
    desk.say(x.first);
    CHECK(!desk.read().has_started());
    auto outcome = desk.finish();
    CHECK(outcome.error_code() == x.code);
    CHECK(reason_in(outcome) == x.reason);
  }
  std::string many;
  for (int i = 0; i < 257; ++i)
    many += "instructions { keep_waiting { } } ";
  for (std::string second : {"start { routing_points: '9' }", "",
                             "instructions { }", many.c_str()}) {
    CAPTURE(second);
    strategy desk{host.address()};
    desk.serve();
    desk.say(second);
    CHECK(desk.finish().error_code() == grpc::INVALID_ARGUMENT);
  }
}

TEST_CASE("when a strategy dies its request goes to the next") {
  live_switch host{office()};
  auto first = std::make_unique<strategy>(host.address());
  first->serve();
  strategy second{host.address()};
  call_in(host);
  auto id = first->next().request().call().call_id();
  second.serve();
  first.reset();
  auto request = second.next().request();
  CHECK(request.call().call_id() == id);
  CHECK(request.attempts() == 1);
  second.route(id, "r1", "destination: '2002'");
  CHECK(rings(host, 1) == "sip:2002@192.0.2.1");
}

TEST_CASE("a strategy that does not read is ended, and its requests go on") {
  live_switch host{office()};
  strategy silent{host.address()};
  silent.serve("start { routing_points: '9' requests_max: 10 }");
  auto data = std::make_shared<model::user_data>(
    model::user_data{{"note", {std::string(60'000, 'x')}}});
  auto ended = false;
  uint64_t call = 0;
  while (!ended) {
    model::journal_event x;
    x.type = event_type::route_request;
    x.call = {++call};
    x.this_dn = "9";
    x.user_data = data;
    host.say(x);
    if (call > 5) {
      x.call = {call - 5};
      x.type = event_type::abandoned;
      host.say(x);
    }
    ended = host.on_switch(
      [](exchange& at) { return at.routing().model().clients() == 0; });
    REQUIRE(call < 10'000);
  }
  strategy reader{host.address()};
  reader.serve();
  CHECK(reader.next().has_request());
  auto outcome = silent.finish();
  CHECK(outcome.error_code() == grpc::RESOURCE_EXHAUSTED);
  CHECK(reason_in(outcome) == "SLOW_CLIENT");
}

TEST_CASE("streams of strategies end with UNAVAILABLE when the switch stops") {
  auto host = std::make_unique<live_switch>(office());
  strategy desk{host->address()};
  desk.serve();
  host.reset();
  CHECK(desk.finish().error_code() == grpc::UNAVAILABLE);
}

TEST_CASE(
  "what strategies instruct is in the audit log, with what came of it") {
  scratch_folder folder;
  services::config::control_settings settings;
  settings.tokens = folder.file("tokens");
  settings.audit = folder.file("audit.jsonl");
  std::ofstream{settings.tokens} << "token-of-the-router control router\n";
  auto host = std::make_unique<live_switch>(office(), settings);
  REQUIRE(host->error() == "");
  strategy desk{host->address(), "token-of-the-router"};
  desk.serve();
  auto call = call_in(*host);
  auto id = desk.next().request().call().call_id();
  desk.instruct("user_data { call_id: '" + id
                + "' request_id: 'r1' user_data { "
                  "pairs { key: 'k' value { text: 'secret' } } } }");
  desk.instruct("keep_waiting { call_id: '" + id
                + "' request_id: 'k1' routing_point: '9' }");
  desk.instruct("keep_waiting { call_id: '" + id + "' request_id: 'k2' }");
  CHECK(desk.next().failed().text() == "routing_point: is empty");
  desk.route(id, "r2", "destination: '7777'");
  CHECK(desk.next().failed().reason() == "INVALID_CALLED_DN");
  desk.route(id, "r3", "destination: '2001' route_type: 99");
  CHECK(desk.next().failed().reason() == "INVALID_ARGUMENT");
  desk.route(id, "r4",
             "destination: '2001' dnis: '5' "
             "route_type: ROUTE_TYPE_OVERWRITE_DNIS");
  rings(*host, 1);
  respond(*host, call, 1, 180);
  CHECK(desk.next().used().destination() == "2001");
  call_in(*host);
  auto other = desk.next().request().call().call_id();
  desk.route(other, "r5", "destination: '2002'");
  rings(*host, 2); // nobody knows yet what comes of it
  desk.finish();
  host.reset(); // writes what is left
  std::vector<std::string> lines;
  std::istringstream in{read_file(folder.file("audit.jsonl"))};
  for (std::string line; std::getline(in, line);) {
    auto x = nlohmann::json::parse(line);
    CHECK(x["client"] == "router");
    CHECK(x["method"] == "RoutingService/Serve");
    if (!x.contains("instruction"))
      continue; // that of the stream
    auto word = [&](const char* key) { return x[key].get<std::string>(); };
    CHECK(word("call_id") == (word("request_id") == "r5" ? other : id));
    CHECK(word("peer").find("127.0.0.1") != std::string::npos);
    lines.push_back(word("request_id") + ": " + word("dn") + " "
                    + word("instruction") + " " + word("destination") + ": "
                    + word("code") + " " + word("reason"));
  }
  std::sort(lines.begin(), lines.end());
  CHECK(lines
        == std::vector<std::string>{
          "k1: 9 KEEP_WAITING : OK ",
          "k2:  KEEP_WAITING : INVALID_ARGUMENT INVALID_ARGUMENT",
          "r1:  ATTACH_USER_DATA : OK ",
          "r2: 9 ROUTE 7777: INVALID_ARGUMENT INVALID_CALLED_DN",
          "r3: 9 99 2001: INVALID_ARGUMENT INVALID_ARGUMENT",
          "r4: 9 OVERWRITE_DNIS 2001: OK ",
          "r5: 9 ROUTE 2002: UNKNOWN ",
        });
}
