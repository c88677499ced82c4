#include "test/services/scratch_folder.hpp"
#include "test/services/strategy_client.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>
#include <sstream>

using namespace strowger;
using namespace strowger::test;
using namespace std::chrono_literals;

namespace {

/// What has to wait for its turn does so for the rest of the test.
services::control::feed_limits patient() {
  services::control::feed_limits result;
  result.news_batch_for = 1h;
  return result;
}

void ask_about(live_switch& host, uint64_t call) {
  model::journal_event x;
  x.type = model::event_type::route_request;
  x.call = {call};
  x.this_dn = "9";
  host.say(x);
}

std::string id_of(const api::StrategyNews& x) {
  return x.request().call().call_id();
}

std::vector<std::string> targets(live_switch& host) {
  return host.on_switch([&](exchange&) {
    std::vector<std::string> result;
    for (auto& x : host.paper().commands)
      if (auto* invite = std::get_if<model::invite>(&x.what))
        result.push_back(invite->target.uri);
    return result;
  });
}

/// "used r1", "failed r2 BUSY", "request".
std::string word(const api::StrategyNews& x) {
  if (x.has_used())
    return "used " + x.used().request_id();
  if (x.has_failed())
    return "failed " + x.failed().request_id() + " " + x.failed().reason();
  return x.has_withdrawn() ? "withdrawn" : "request";
}

} // namespace

TEST_CASE("a lone request leaves in its turn; those that come soon after it "
          "come in one message, in their order, the stream's end being no "
          "reason to lose them") {
  live_switch host{office(), {}, patient()};
  strategy desk{host.address()};
  desk.serve();
  call_in(host);
  auto first = desk.read();
  REQUIRE(first.news_size() == 1);
  CHECK(first.news(0).has_request());
  std::vector<std::string> calls;
  for (int i = 0; i < 5; ++i)
    calls.push_back(services::control::to_text(call_in(host).id));
  desk.close();
  auto rest = desk.read();
  std::vector<std::string> asked;
  for (auto& x : rest.news())
    asked.push_back(id_of(x));
  CHECK(asked == calls);
  CHECK(desk.finish().ok());
}

TEST_CASE("a message of the switch has 256 news at most, and as many leave "
          "without waiting") {
  live_switch host{office(), {}, patient()};
  strategy desk{host.address()};
  desk.serve();
  ask_about(host, 1);
  CHECK(desk.read().news_size() == 1);
  for (uint64_t i = 2; i <= 600; ++i)
    ask_about(host, i);
  uint64_t last = 1;
  auto check = [&](const api::ServeResponse& x) {
    CHECK(x.news_size() <= 256);
    for (auto& y : x.news())
      CHECK(id_of(y) == services::control::to_text(model::call_id{++last}));
  };
  while (last < 513)
    check(desk.read());
  CHECK(last == 513);
  desk.close();
  check(desk.read());
  CHECK(last == 600);
}

TEST_CASE("news wait for a write that is under way and go out together, no "
          "message being larger than clients take") {
  services::control::feed_limits hasty;
  hasty.news_batch_for = 0ms;
  live_switch host{office(), {}, hasty};
  strategy desk{host.address()};
  desk.serve();
  model::journal_event x;
  x.type = model::event_type::route_request;
  x.this_dn = "9";
  x.user_data = std::make_shared<model::user_data>(
    model::user_data{{"note", {std::string(60'000, 'x')}}});
  for (uint64_t i = 1; i <= 200; ++i) {
    x.call = {i};
    host.say(x);
  }
  auto most = 0;
  for (uint64_t seen = 0; seen < 200;) {
    auto message = desk.read();
    REQUIRE(message.news_size() > 0);
    most = std::max(most, message.news_size());
    CHECK(message.ByteSizeLong() < 300 * 1024);
    for (auto& y : message.news())
      CHECK(id_of(y) == services::control::to_text(model::call_id{++seen}));
  }
  CHECK(most > 1);
}

TEST_CASE("instructions of one message are carried out in their order, and "
          "those that make no sense fail alone") {
  live_switch host{office()};
  strategy desk{host.address()};
  desk.serve();
  std::vector<std::string> calls;
  for (int i = 0; i < 3; ++i) {
    call_in(host);
    calls.push_back(id_of(desk.next()));
  }
  std::string all;
  for (auto& x : {
         "user_data { request_id: 'r0' call_id: '" + calls[0]
           + "' user_data { pairs { key: 'a' value { text: 'b' } } } }",
         strategy::instruction(calls[0], "r1", "destination: '2001'"),
         strategy::instruction(calls[1], "r2", ""), // no destination
         strategy::instruction("0123456789abcdef", "r3", "destination: '2001'"),
         strategy::instruction(calls[2], "r4", "destination: '2002'"),
         strategy::instruction(calls[2], "r5", "destination: '2001'"), // twice
       })
    all += "instructions { " + x + " } ";
  desk.say(all);
  rings(host, 2);
  CHECK(
    targets(host)
    == std::vector<std::string>{"sip:2001@192.0.2.1", "sip:2002@192.0.2.1"});
  std::vector<std::string> failed;
  while (failed.size() < 3)
    failed.push_back(word(desk.next()));
  CHECK(failed[0] == "failed r2 INVALID_ARGUMENT");
  CHECK(failed[1] == "failed r3 UNKNOWN_CALL");
  CHECK(failed[2].starts_with("failed r5 "));
  auto data = host.on_switch([&](exchange& x) {
    auto id = services::control::parse_call_id(calls[0]);
    return x.events().ledger().find(*id)->user_data;
  });
  REQUIRE(data);
  CHECK(data->size() == 1);
}

TEST_CASE("what a strategy was to be told when it died is in the audit log") {
  scratch_folder folder;
  services::config::control_settings settings;
  settings.audit = folder.file("audit.jsonl");
  auto host = std::make_unique<live_switch>(office(), settings, patient());
  REQUIRE(host->error() == "");
  strategy desk{host->address()};
  desk.serve();
  call_in(*host);
  auto first = id_of(desk.next());
  // The second request is not told yet, but is known.
  auto second = services::control::to_text(call_in(*host).id);
  desk.say("instructions { "
           + strategy::instruction(first, "r1", "destination: '7777'")
           + " } instructions { "
           + strategy::instruction(second, "r2", "destination: '2001'") + " }");
  rings(*host, 1); // by then the first one has failed
  desk.kill();
  host.reset();
  std::vector<std::string> lines;
  std::istringstream in{read_file(folder.file("audit.jsonl"))};
  for (std::string line; std::getline(in, line);)
    if (auto x = nlohmann::json::parse(line); x.contains("instruction"))
      lines.push_back(x["request_id"].get<std::string>() + " "
                      + x["reason"].get<std::string>());
  CHECK(lines == std::vector<std::string>{"r1 INVALID_CALLED_DN", "r2 "});
}
