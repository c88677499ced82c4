#include "test/services/control_client.hpp"
#include "test/services/live_switch.hpp"
#include "test/sim/dice.hpp"

#include <caf/send.hpp>

#include <doctest/doctest.h>
#include <prometheus/metric_family.h>

using namespace strowger;
using namespace strowger::test;
using namespace std::chrono_literals;
using model::event_type;

namespace {

model::directory_builder ten_phones() {
  model::directory_builder b{"paper"};
  for (int i = 0; i < 10; ++i) {
    model::option_values contact;
    contact.set(model::option::contact,
                "sip:192.0.2.1:" + std::to_string(6000 + i));
    b.add("200" + std::to_string(i), model::dn_type::extension, contact);
  }
  b.add("800", model::dn_type::routing_point);
  return b;
}

model::journal_event make(event_type type, uint64_t call, std::string dn) {
  model::journal_event x;
  x.type = type;
  x.call = {call};
  x.this_dn = std::move(dn);
  x.dnis = "2002";
  return x;
}

/// What calls of phones bring, in any order.
model::journal_event random_event(sim::dice& dice) {
  auto type = dice.pick(
    {event_type::dialing, event_type::ringing, event_type::established,
     event_type::held, event_type::retrieved, event_type::released,
     event_type::abandoned, event_type::dnd_on, event_type::dnd_off,
     event_type::attached_data_changed});
  auto x = make(type, 1 + dice.below(30),
                "200" + std::to_string(dice.below(10)));
  x.other_dn = "200" + std::to_string(dice.below(10));
  x.at = model::time_point{std::chrono::seconds{dice.below(1000)}};
  if (dice.chance(30))
    x.user_data = std::make_shared<model::user_data>(model::user_data{
      {"number", {static_cast<int64_t>(dice.below(99))}},
      {"list", {model::user_data{{"text", {std::string{"a"}}}}}}});
  return x;
}

uint64_t say_some(live_switch& host, sim::dice& dice, int n) {
  return host.on_switch([&](exchange& x) {
    for (int i = 0; i < n; ++i)
      x.events().append(random_event(dice));
    return x.events().last();
  });
}

api::SubscribeRequest resume(const subscriber& from) {
  api::SubscribeRequest request;
  request.mutable_resume_after()->set_journal_id(from.journal_id);
  request.mutable_resume_after()->set_sequence(from.position);
  return request;
}

/// What a newcomer is told now.
std::string snapshot_of(live_switch& host) {
  subscriber newcomer{host.address()};
  REQUIRE(newcomer.read_to(0));
  return newcomer.state.text();
}

} // namespace

TEST_CASE("a call on the wire reaches a subscriber as T-Library events") {
  live_switch host{ten_phones().build()};
  REQUIRE(host.error() == "");
  subscriber desk{host.address()};
  REQUIRE(desk.read_to(0));
  CHECK(desk.state.dns.size() == 11);
  CHECK(desk.state.calls.empty());
  auto call = host.on_switch([](exchange& x) {
    model::offered invite;
    invite.source = "2001";
    invite.called = "2002";
    invite.body = {"application/sdp", "v=0\r\n"};
    return x.open(std::move(invite));
  });
  model::responded ringing;
  ringing.leg = 1;
  ringing.method = model::method::invite;
  ringing.status = 180;
  host.on_switch(
    [&](exchange&) { caf::anon_send(call.handle, model::responded{ringing}); });
  while (desk.latest.type() != api::EVENT_TYPE_RINGING)
    REQUIRE(desk.read());
  CHECK(desk.latest.this_dn() == "2002");
  CHECK(desk.latest.other_dn() == "2001");
  CHECK(desk.latest.call_type() == api::CALL_TYPE_INTERNAL);
  CHECK(desk.latest.dnis() == "2002");
  REQUIRE(desk.state.calls.size() == 1);
  CHECK(desk.state.calls.begin()->second.parties_size() == 2);
  CHECK(desk.state.text() == snapshot_of(host));
}

TEST_CASE(
  "whenever a subscriber comes, snapshot and events make the state that "
  "the switch is in") {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    sim::dice dice{seed};
    live_switch host{ten_phones().build()};
    say_some(host, dice, static_cast<int>(dice.below(200)));
    subscriber desk{host.address()};
    uint64_t last = 0;
    for (int i = 0; i < 5; ++i)
      last = say_some(host, dice, static_cast<int>(dice.below(100)));
    REQUIRE(desk.read_to(last));
    CHECK(desk.state.text() == snapshot_of(host));
  }
}

TEST_CASE("a subscriber that is killed and resumes has event by event what one "
          "has that stayed") {
  services::control::feed_limits limits;
  limits.replay_events = 7; // so that replays come in pieces
  sim::dice dice{4711};
  live_switch host{ten_phones().build(), {}, limits};
  subscriber stayed{host.address()};
  REQUIRE(stayed.read_to(0));
  std::vector<std::string> pieced;
  api::SubscribeRequest request;
  auto restarted = std::make_unique<subscriber>(host.address());
  REQUIRE(restarted->read_to(0));
  auto journal = restarted->journal_id;
  uint64_t last = 0;
  for (int round = 0; round < 50; ++round) {
    last = say_some(host, dice, 1 + static_cast<int>(dice.below(60)));
    // Somewhere in the middle, now and then not at all.
    auto stop = restarted->position + dice.below(40);
    REQUIRE(restarted->read_to(std::min(stop, last)));
    for (auto& x : restarted->events)
      pieced.push_back(x);
    request = resume(*restarted);
    auto at = restarted->position;
    restarted = std::make_unique<subscriber>(host.address(), request);
    restarted->resumed = true;
    restarted->journal_id = journal;
    restarted->position = at;
    say_some(host, dice, static_cast<int>(dice.below(20)));
  }
  last = say_some(host, dice, 1);
  REQUIRE(restarted->read_to(last));
  for (auto& x : restarted->events)
    pieced.push_back(x);
  REQUIRE(stayed.read_to(last));
  CHECK(stayed.events.size() == last);
  CHECK(pieced == stayed.events);
  CHECK(restarted->resyncs.empty());
}

TEST_CASE("what the journal does not hold any more is said, and a snapshot "
          "follows") {
  auto b = ten_phones();
  b.set(model::option::journal_size, int64_t{64});
  live_switch host{b.build()};
  sim::dice dice{1};
  subscriber first{host.address()};
  REQUIRE(first.read_to(0));
  struct row {
    uint64_t sequence;
    const char* journal;
    api::ResyncReason reason;
  };
  auto last = say_some(host, dice, 200);
  const row rows[] = {
    {100, nullptr, api::RESYNC_REASON_JOURNAL_EXPIRED},
    {201, nullptr, api::RESYNC_REASON_UNKNOWN_SEQUENCE},
    {200, "0000000000000001", api::RESYNC_REASON_SWITCH_RESTARTED},
  };
  for (auto& x : rows) {
    api::SubscribeRequest request;
    auto& at = *request.mutable_resume_after();
    at.set_journal_id(x.journal ? x.journal : first.journal_id);
    at.set_sequence(x.sequence);
    subscriber late{host.address(), request};
    REQUIRE(late.read_to(last));
    REQUIRE(late.resyncs.size() == 1);
    CHECK(late.resyncs.front().reason() == x.reason);
    CHECK(late.state.text() == snapshot_of(host));
  }
  // The oldest one that is still there, and the newest: nothing is missing.
  for (auto sequence : {last - 64, last}) {
    api::SubscribeRequest request;
    auto& at = *request.mutable_resume_after();
    at.set_journal_id(first.journal_id);
    at.set_sequence(sequence);
    subscriber back{host.address(), request};
    back.resumed = true;
    auto end = say_some(host, dice, 0);
    back.position = sequence;
    REQUIRE(back.read_to(end));
    CHECK(back.resyncs.empty());
    CHECK(back.events.size() == end - sequence);
  }
}

TEST_CASE("a subscriber that does not read loses its queue, is told so, and "
          "then has the state again") {
  services::control::feed_limits limits;
  limits.queue.events = 500;
  live_switch host{ten_phones().build(), {}, limits};
  sim::dice dice{5};
  subscriber lazy{host.address()};
  subscriber keen{host.address()};
  REQUIRE(lazy.read_to(0));
  REQUIRE(keen.read_to(0));
  // More than the buffers of two sockets and of HTTP/2 hold.
  uint64_t last = 0;
  for (int i = 0; i < 200; ++i)
    last = say_some(host, dice, 1000);
  REQUIRE(keen.read_to(last));
  while (lazy.resyncs.empty())
    REQUIRE(lazy.read());
  CHECK(lazy.resyncs.front().reason() == api::RESYNC_REASON_SLOW_SUBSCRIBER);
  last = say_some(host, dice, 10);
  REQUIRE(lazy.read_to(last));
  CHECK(lazy.state.text() == snapshot_of(host));
}

TEST_CASE("a filter lets through what it names, in snapshot and events") {
  live_switch host{ten_phones().build()};
  host.say(make(event_type::ringing, 1, "2001"));
  host.say(make(event_type::ringing, 1, "2002"));
  host.say(make(event_type::queued, 2, "800"));
  struct row {
    const char* filter;
    std::vector<std::string> dns;
    std::vector<std::string> calls; // "id:parties"
    std::vector<std::string> events;
  };
  const row rows[] = {
    {"dns: '2001'", {"2001"}, {"1:1"}, {"RINGING 2001", "DND_ON 2001"}},
    {"call_ids: '0000000000000001'",
     {},
     {"1:2"},
     {"RINGING 2001", "HELD 2002"}},
    {"dn_types: DN_TYPE_ROUTING_POINT", {"800"}, {"2:1"}, {"QUEUED 800"}},
    {"dns: '2001' kinds: EVENT_KIND_DN", {"2001"}, {"1:1"}, {"DND_ON 2001"}},
  };
  for (auto& x : rows) {
    CAPTURE(x.filter);
    api::SubscribeRequest request;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(
      x.filter, request.mutable_filter()));
    subscriber desk{host.address(), request};
    REQUIRE(desk.read_to(0));
    std::vector<std::string> dns, calls, events;
    for (auto& [number, dn] : desk.state.dns)
      dns.push_back(number);
    for (auto& [id, call] : desk.state.calls)
      calls.push_back(id.substr(15) + ":"
                      + std::to_string(call.parties_size()));
    CHECK(dns == x.dns);
    CHECK(calls == x.calls);
    host.say(make(event_type::ringing, 1, "2001"));
    host.say(make(event_type::held, 1, "2002"));
    host.say(make(event_type::dnd_on, 0, "2001"));
    host.say(make(event_type::queued, 2, "800"));
    while (events.size() < x.events.size()) {
      desk.events.clear();
      REQUIRE(desk.read());
      for (auto& bytes : desk.events) {
        api::Event event;
        REQUIRE(event.ParseFromString(bytes));
        auto name = api::EventType_Name(event.type()).substr(11);
        events.push_back(name + " " + event.this_dn());
      }
    }
    CHECK(events == x.events);
  }
}

TEST_CASE("a filter that makes no sense is refused with its reason") {
  live_switch host{ten_phones().build()};
  struct row {
    const char* request;
    grpc::StatusCode code;
    const char* reason;
  };
  const row rows[] = {
    {"filter { dns: '9999' }", grpc::NOT_FOUND, "UNKNOWN_DN"},
    {"filter { call_ids: '00000000000000ff' }", grpc::NOT_FOUND,
     "UNKNOWN_CALL"},
    {"filter { call_ids: 'ff' }", grpc::INVALID_ARGUMENT, "INVALID_ARGUMENT"},
    {"filter { kinds: EVENT_KIND_UNSPECIFIED }", grpc::INVALID_ARGUMENT,
     "INVALID_ARGUMENT"},
    {"filter { dn_types: DN_TYPE_UNSPECIFIED }", grpc::INVALID_ARGUMENT,
     "INVALID_ARGUMENT"},
    {"resume_after { sequence: 5 }", grpc::INVALID_ARGUMENT,
     "INVALID_ARGUMENT"},
  };
  for (auto& x : rows) {
    CAPTURE(x.request);
    api::SubscribeRequest request;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(x.request, &request));
    subscriber desk{host.address(), request};
    auto outcome = desk.finish();
    CHECK(outcome.error_code() == x.code);
    CHECK(reason_in(outcome) == x.reason);
  }
}

TEST_CASE("a large switch is told in parts that a client can take") {
  model::directory_builder b{"large"};
  model::dn phone;
  phone.options = std::make_shared<model::option_values>();
  b.add_range(30000, 69999, 0, phone);
  live_switch host{b.build()};
  host.on_switch([](exchange& x) {
    auto data = std::make_shared<model::user_data>(
      model::user_data{{"note", {std::string(60'000, 'x')}}});
    for (uint64_t id = 1; id <= 50; ++id) {
      auto event = make(event_type::ringing, id, "30000");
      event.user_data = data;
      x.events().append(std::move(event));
    }
  });
  subscriber desk{host.address()};
  REQUIRE(desk.read_to(50));
  CHECK(desk.state.dns.size() == 40'000);
  CHECK(desk.state.calls.size() == 50);
  CHECK(desk.messages > 5);
}

TEST_CASE("streams end with UNAVAILABLE when the switch stops, and who went "
          "away before is forgotten") {
  std::unique_ptr<subscriber> stayed;
  auto host = std::make_unique<live_switch>(ten_phones().build());
  for (int i = 0; i < 10; ++i) {
    subscriber brief{host->address()};
    REQUIRE(brief.read_to(0));
  }
  stayed = std::make_unique<subscriber>(host->address());
  REQUIRE(stayed->read_to(0));
  auto metrics = host->plane().metrics();
  auto subscribers = [&] {
    for (auto& family : metrics->Collect())
      if (family.name == "strowger_control_subscribers")
        return family.metric.front().gauge.value;
    return -1.0;
  };
  sim::dice dice{1};
  while (subscribers() != 1)
    say_some(*host, dice, 1);
  host.reset();
  CHECK(stayed->finish().error_code() == grpc::UNAVAILABLE);
}
