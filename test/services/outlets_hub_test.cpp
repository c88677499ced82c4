#include "actors/model/bindings.hpp"
#include "services/serve/outlets_hub.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace strowger;
using namespace strowger::services;
using namespace std::chrono_literals;

namespace {

constexpr auto start = model::time_point{5h};
const wall_clock noon{start, wall_time{1'795'262'400s}}; // 2026-11-21, 12:00

model::call_record answered_call() {
  return {
    .call = {0xa1b2c3d4e5f6},
    .call_type = model::call_type::outbound,
    .result = model::call_result::answered,
    .released_by = model::releaser::called,
    .status = 200,
    .origin = {"2001", "2001", "udp:127.0.0.1:5070", "abc@phone"},
    .destination = {"gateway", "12345", "udp:127.0.0.1:5090", "xyz@switch"},
    .started = start,
    .invited = start + 1ms,
    .alerted = start + 250ms,
    .answered = start + 4s,
    .ended = start + 64s,
  };
}

struct hub_fixture {
  scratch_folder folder;
  log_output log;
  std::shared_ptr<line_writer> records;
  std::shared_ptr<store> database;

  outlets_hub make(const std::string& level) {
    log = open_log({.level = level, .file = folder.file("log")});
    REQUIRE_MESSAGE(log.logger, log.error);
    records = line_writer::open(folder.file("cdr.jsonl")).writer;
    database = store::open(folder.file("store.sqlite")).database;
    REQUIRE(records);
    REQUIRE(database);
    return {log.logger, records, database, noon};
  }
  /// The lines of the log, less their times.
  std::vector<std::string> lines() {
    log.writer->flush();
    std::vector<std::string> result;
    std::istringstream in{read_file(folder.file("log"))};
    for (std::string line; std::getline(in, line);)
      result.push_back(line.substr(line.find(' ') + 1));
    return result;
  }
};

} // namespace

TEST_CASE_FIXTURE(hub_fixture,
                  "a call that ends leaves one record and one line of info") {
  auto hub = make("info");
  hub.record(answered_call());
  records->flush();
  auto record = nlohmann::json::parse(read_file(folder.file("cdr.jsonl")));
  CHECK(record["call"] == "0000a1b2c3d4e5f6");
  CHECK(record["talk_ms"] == 60'000);
  CHECK(lines()
        == std::vector<std::string>{
          "info call=0000a1b2c3d4e5f6 ended result=answered status=200 "
          "released_by=called type=outbound from=2001 from_device=2001 "
          "to=12345 to_device=gateway ring_ms=3750 talk_ms=60000"});
}

TEST_CASE_FIXTURE(hub_fixture,
                  "events are lines of debug, with the call id of their call") {
  model::journal_event ringing;
  ringing.type = model::event_type::ringing;
  ringing.call_type = model::call_type::internal;
  ringing.call = {0x12};
  ringing.this_dn = "2002";
  ringing.this_role = model::dn_role::destination;
  ringing.other_dn = "2001";
  ringing.ani = "Ada L";
  SUBCASE("shown at debug") {
    auto hub = make("debug");
    CHECK(hub.wants(severity::debug));
    hub.event(77, ringing);
    CHECK(lines()
          == std::vector<std::string>{
            "debug call=0000000000000012 EventRinging sequence=77 "
            "type=internal state=Ok this_dn=2002 this_role=Destination "
            "other_dn=2001 ani=\"Ada L\""});
  }
  SUBCASE("not shown at info") {
    auto hub = make("info");
    CHECK_FALSE(hub.wants(severity::debug));
    hub.event(77, ringing);
    CHECK(lines().empty());
  }
}

TEST_CASE_FIXTURE(hub_fixture, "lines outside calls have no call id") {
  auto hub = make("warning");
  hub.log(severity::info, {}, "not wanted");
  hub.log(severity::warning, {}, "trunk out of service trunk=gateway");
  hub.log(severity::error, {255}, "something broke");
  CHECK(
    lines()
    == std::vector<std::string>{"warning trunk out of service trunk=gateway",
                                "error call=00000000000000ff something broke"});
}

TEST_CASE_FIXTURE(hub_fixture,
                  "bindings come back from the store as they were, "
                  "to the second") {
  auto hub = make("info");
  model::binding x;
  x.contact_uri = "sip:2001@192.0.2.1:5070";
  x.params = ";+x=1";
  x.received = "udp:192.0.2.1:40000";
  x.call_id = "abc";
  x.cseq = 7;
  x.path = "<sip:proxy;lr>";
  x.q_thousandths = 500;
  x.expires = start + 3600s;
  x.updated = start;
  x.user_agent = "phone/1";
  hub.bindings("2001", {x});
  REQUIRE(database->flush() == "");
  auto loaded = database->load_bindings();
  REQUIRE(loaded.rows.size() == 1);
  CHECK(loaded.rows[0].dn == "2001");
  // Half an hour later, in a process whose own clock began elsewhere.
  wall_clock later{model::time_point{90h}, wall_time{1'795'264'200s}};
  auto back = to_binding(loaded.rows[0], later, model::time_point{90h});
  CHECK(back.expires == model::time_point{90h} + 1800s);
  back.expires = x.expires;
  back.updated = x.updated;
  CHECK(back == x);
  hub.bindings("2001", {});
  REQUIRE(database->flush() == "");
  CHECK(database->load_bindings().rows.empty());
}

TEST_CASE("without records and store nothing is kept and nothing breaks") {
  scratch_folder folder;
  auto log = open_log({.level = "off", .file = folder.file("log")});
  REQUIRE(log.logger);
  outlets_hub hub{log.logger, nullptr, nullptr, noon};
  hub.record(answered_call());
  hub.bindings("2001", {});
  hub.log(severity::error, {}, "x");
  log.writer->flush();
  CHECK(read_file(folder.file("log")).empty());
}
