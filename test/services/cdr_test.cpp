#include "services/cdr/cdr.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace strowger;
using namespace strowger::services;
using namespace std::chrono_literals;

namespace {

constexpr auto start = model::time_point{5h};
const wall_clock noon{start, wall_time{1'795'262'400s}}; // 2026-11-21, 12:00

std::string line(const model::call_record& x) {
  cdr_format format{noon};
  text_buffer out;
  format.append(out, x);
  return fmt::to_string(out);
}

model::call_record answered_call() {
  return {
    .call = {0xa1b2c3d4e5f6},
    .call_type = model::call_type::outbound,
    .result = model::call_result::answered,
    .released_by = model::releaser::called,
    .status = 200,
    .redirections = 1,
    .origin = {"2001", "2001", "udp:127.0.0.1:5070", "abc@phone"},
    .destination = {"gateway", "12345", "udp:127.0.0.1:5090", "xyz@switch"},
    .started = start,
    .invited = start + 1ms,
    .alerted = start + 250ms,
    .answered = start + 4s,
    .ended = start + 64s + 5ms,
  };
}

model::call_record unanswered_call(model::call_result result) {
  auto x = answered_call();
  x.result = result;
  x.answered = model::never;
  return x;
}

} // namespace

TEST_CASE("the record of an answered call, to the letter") {
  CHECK(line(answered_call())
        == R"({"call":"0000a1b2c3d4e5f6","type":"outbound",)"
           R"("result":"answered","released_by":"called","status":200,)"
           R"("redirections":1,"origin":{"device":"2001","number":"2001",)"
           R"("address":"udp:127.0.0.1:5070","sip_call_id":"abc@phone"},)"
           R"("destination":{"device":"gateway","number":"12345",)"
           R"("address":"udp:127.0.0.1:5090","sip_call_id":"xyz@switch"},)"
           R"("started":"2026-11-21T12:00:00.000Z",)"
           R"("invited":"2026-11-21T12:00:00.001Z",)"
           R"("alerted":"2026-11-21T12:00:00.250Z",)"
           R"("answered":"2026-11-21T12:00:04.000Z",)"
           R"("ended":"2026-11-21T12:01:04.005Z",)"
           R"("setup_ms":4000,"ring_ms":3750,"talk_ms":60005})"
           "\n");
}

TEST_CASE("times that never came are null, and durations 0") {
  auto x = unanswered_call(model::call_result::invalid);
  x.invited = x.alerted = model::never;
  auto parsed = nlohmann::json::parse(line(x));
  CHECK(parsed["invited"].is_null());
  CHECK(parsed["alerted"].is_null());
  CHECK(parsed["answered"].is_null());
  CHECK(parsed["setup_ms"].is_null());
  CHECK(parsed["ring_ms"] == 0);
  CHECK(parsed["talk_ms"] == 0);
  CHECK(parsed["result"] == "invalid");
}

TEST_CASE("a call that rang in vain rang until it ended") {
  auto parsed = nlohmann::json::parse(
    line(unanswered_call(model::call_result::no_answer)));
  CHECK(parsed["ring_ms"] == 64'005 - 250);
  CHECK(parsed["talk_ms"] == 0);
}

TEST_CASE("a call answered without ringing has not rung") {
  auto x = answered_call();
  x.alerted = model::never;
  CHECK(nlohmann::json::parse(line(x))["ring_ms"] == 0);
}

TEST_CASE("every type, result and releaser has a word of its own") {
  std::string seen;
  for (size_t i = 0; i < model::call_type_count; ++i)
    for (size_t j = 0; j < model::call_result_count; ++j)
      for (auto by : {model::releaser::caller, model::releaser::called,
                      model::releaser::switch_itself}) {
        auto x = answered_call();
        x.call_type = static_cast<model::call_type>(i);
        x.result = static_cast<model::call_result>(j);
        x.released_by = by;
        auto parsed = nlohmann::json::parse(line(x));
        auto words = parsed["type"].get<std::string>() + "/"
                     + parsed["result"].get<std::string>() + "/"
                     + parsed["released_by"].get<std::string>() + "\n";
        CHECK(seen.find(words) == seen.npos);
        seen += words;
      }
}

TEST_CASE("what a peer put into its Call-ID does not spoil the line") {
  auto x = answered_call();
  x.origin.sip_call_id = "a\"},\n\xff{\"b";
  auto text = line(x);
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(nlohmann::json::parse(text)["origin"]["sip_call_id"]
        == "a\"},\n\xef\xbf\xbd{\"b");
}
