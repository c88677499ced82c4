#include "actors/device.hpp"
#include "actors/line.hpp"
#include "actors/trunk.hpp"
#include "test/actors/turntable.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace strowger;
using namespace std::chrono_literals;
using namespace std::string_literals;
using model::event_type;
using model::option;

namespace {

// Remembers what devices ask of the wire.
struct silent_wire final : wire {
  std::vector<std::string> probes;
  probe_listener asker;
  std::vector<enrolled> answers;

  void adopt(model::call_id, dialog_user) override {
    FAIL("devices open no calls");
  }
  void perform(model::call_id, model::command&&) override {
    FAIL("devices send no commands");
  }
  void close(model::call_id) override {
    FAIL("devices close no calls");
  }
  void probe(const std::string& uri, probe_listener from) override {
    probes.push_back(uri);
    asker = std::move(from);
  }
  void answer(enrolled&& x) override {
    answers.push_back(std::move(x));
  }
};

struct notes final : outlets {
  std::vector<model::journal_event> events;
  std::vector<std::string> lines;
  std::vector<std::pair<std::string, size_t>> stored;

  void event(uint64_t, const model::journal_event& x) override {
    events.push_back(x);
  }
  void record(const model::call_record&) override {
    FAIL("devices make no call records");
  }
  void bindings(const std::string& dn,
                const std::vector<model::binding>& xs) override {
    stored.emplace_back(dn, xs.size());
  }
  void log(severity, model::call_id, std::string_view text) override {
    lines.emplace_back(text);
  }
  bool wants(severity) const override {
    return true;
  }
};

using answers = std::vector<model::seize_answer>;

seizer::behavior_type caller(seizer::pointer, std::shared_ptr<answers> got) {
  return {
    [got](const model::seized& x) { got->emplace_back(x); },
    [got](const model::refused& x) { got->emplace_back(x); },
    [got](const model::forwarded& x) { got->emplace_back(x); },
  };
}

// Devices on a reactor in virtual time, and a call that seizes them.
struct office : test::turntable {
  silent_wire edge;
  notes out;
  strowger::journal journal{out, reactor.counters()};
  environment env{reactor, journal, out};
  std::shared_ptr<trunk_counters> counters = std::make_shared<trunk_counters>();
  std::shared_ptr<answers> got = std::make_shared<answers>();
  seizer call = system.spawn(caller, got);
  device_actor device;

  office() {
    env.edge = &edge;
    env.agent_at = [](std::string_view) { return model::agent_presence{}; };
  }
  ~office() {
    caf::anon_send_exit(call, caf::exit_reason::user_shutdown);
    if (device)
      caf::anon_send_exit(device, caf::exit_reason::user_shutdown);
    device = nullptr;
    settle();
    edge.asker = nullptr;
  }

  void configure(std::string number, model::dn_type type,
                 model::option_values options, bool persistent = false) {
    model::directory_builder builder;
    builder.set(option::internal_registrar_persistent, persistent);
    builder.add(std::move(number), type, std::move(options));
    env.config = builder.build();
    REQUIRE(env.config);
  }
  void spawn_trunk(model::option_values options) {
    options.set(option::contact, "10.0.0.1"s);
    configure("gw", model::dn_type::trunk, std::move(options));
    device = system.spawn(trunk, &env, "gw"s, counters);
    settle();
  }
  void spawn_line(model::option_values options = {}, bool persistent = false,
                  std::vector<model::binding> stored = {}) {
    configure("2001", model::dn_type::extension, std::move(options),
              persistent);
    device = system.spawn(line, &env, "2001"s, std::move(stored));
    settle();
  }

  template <class Message>
  void tell(Message x) {
    caf::anon_send(device, std::move(x));
    settle();
  }
  const model::seize_answer& seize(uint64_t id, bool origin = false) {
    auto before = got->size();
    caf::anon_send(
      device,
      model::seize{{id},
                   1,
                   origin ? model::purpose::origin : model::purpose::reach,
                   "123"},
      call);
    settle();
    REQUIRE(got->size() == before + 1);
    return got->back();
  }
  void release(uint64_t id, uint16_t status = 200) {
    tell(model::release{{id}, 1, status, false});
  }
  void enrol(uint32_t expires_s, uint32_t cseq) {
    enrolment x{77, "2001", {}};
    x.request.contacts.push_back({"sip:2001@192.0.2.1", {}});
    x.request.expires = expires_s;
    x.request.call_id = "phone";
    x.request.cseq = cseq;
    tell(std::move(x));
  }
  std::vector<event_type> events() const {
    std::vector<event_type> result;
    for (auto& x : out.events)
      result.push_back(x.type);
    return result;
  }
};

bool granted(const model::seize_answer& x) {
  return std::holds_alternative<model::seized>(x);
}

constexpr auto gone = event_type::dn_out_of_service;
constexpr auto back = event_type::dn_back_in_service;

} // namespace

TEST_CASE_FIXTURE(office,
                  "a trunk answers every seize and shows its counters") {
  spawn_trunk({{option::capacity, int64_t{2}}});
  CHECK(counters->in_service.read() == 1);
  auto& first = seize(1);
  REQUIRE(granted(first));
  CHECK(std::get<model::seized>(first).targets[0].uri == "sip:123@10.0.0.1");
  CHECK(granted(seize(2)));
  CHECK(!granted(seize(3)));
  CHECK(counters->current.read() == 2);
  release(1, 486);
  release(1, 486);
  release(2, 503);
  CHECK(counters->current.read() == 0);
  CHECK(counters->current.peak() == 2);
  CHECK(counters->attempts.read() == 2);
  CHECK(counters->refused.read() == 1);
  CHECK(counters->rejections[1].read() == 1);
  CHECK(counters->rejections[2].read() == 1);
}

TEST_CASE_FIXTURE(office,
                  "a trunk that falls silent is reported, and so is its "
                  "return") {
  spawn_trunk(
    {{option::oos_check, int64_t{10}}, {option::oos_force, int64_t{5}}});
  REQUIRE(edge.probes == std::vector{"sip:10.0.0.1"s});
  caf::anon_send(edge.asker, probed{0});
  pass(5s);
  CHECK(events() == std::vector{gone});
  CHECK(counters->in_service.read() == 0);
  CHECK(!granted(seize(1)));
  pass(5s);
  REQUIRE(edge.probes.size() == 2);
  caf::anon_send(edge.asker, probed{503}); // any response will do
  settle();
  CHECK(events() == std::vector{gone, back});
  CHECK(out.events[1].this_dn == "gw");
  CHECK(out.events[1].at == clock.now());
  CHECK(out.lines
        == std::vector{"gw is out of service"s, "gw is back in service"s});
  CHECK(counters->in_service.read() == 1);
}

TEST_CASE_FIXTURE(office, "a trunk recovers by itself after recovery-timeout") {
  spawn_trunk({{option::recovery_timeout, int64_t{30}}});
  seize(1);
  release(1, 503);
  CHECK(events() == std::vector{gone});
  pass(30s - 1ns);
  CHECK(events() == std::vector{gone});
  pass(1ns);
  CHECK(events() == std::vector{gone, back});
  CHECK(reactor.next_deadline() == model::never);
}

TEST_CASE_FIXTURE(office, "a trunk is no registrar") {
  spawn_trunk({});
  enrol(60, 1);
  REQUIRE(edge.answers.size() == 1);
  CHECK(edge.answers[0].token == 77);
  CHECK(edge.answers[0].status == 403);
}

TEST_CASE_FIXTURE(office, "new options hold from the next message on") {
  spawn_trunk({{option::capacity, int64_t{1}}});
  CHECK(granted(seize(1)));
  configure("gw", model::dn_type::trunk, {{option::contact, "10.0.0.2"s}});
  tell(reconfigured{true});
  auto& second = seize(2);
  REQUIRE(granted(second));
  CHECK(std::get<model::seized>(second).targets[0].uri == "sip:123@10.0.0.2");
}

TEST_CASE_FIXTURE(office,
                  "a removed device ends with its last call, and leaves "
                  "nothing") {
  auto is_trunk = false;
  SUBCASE("trunk") {
    is_trunk = true;
    spawn_trunk({{option::oos_check, int64_t{10}}});
  }
  SUBCASE("line") {
    spawn_line();
    enrol(3600, 1);
    CHECK(reactor.counters().registrations.read() == 1);
  }
  seize(1);
  tell(reconfigured{false});
  CHECK(!granted(seize(2)));
  release(1);
  edge.asker = nullptr;
  CHECK(reactor.next_deadline() == model::never);
  CHECK(reactor.counters().registrations.read() == 0);
  CHECK(counters->in_service.read() == 0);
  CHECK(counters->current.read() == 0);
  // It has quit: nobody answers any more.
  auto before = got->size();
  caf::anon_send(device, model::seize{{3}, 1, model::purpose::reach, "123"},
                 call);
  settle();
  CHECK(got->size() == before);
  CHECK(out.events.size() == (is_trunk ? 0 : 1));
  CHECK(caf::actor_cast<caf::strong_actor_ptr>(device)->strong_refs == 2);
}

TEST_CASE_FIXTURE(office, "a phone registers, is reported, and expires") {
  spawn_line({}, true);
  CHECK(!granted(seize(1)));
  enrol(60, 1);
  REQUIRE(edge.answers.size() == 1);
  CHECK(edge.answers[0].token == 77);
  CHECK(edge.answers[0].status == 200);
  CHECK(edge.answers[0].now == clock.now());
  REQUIRE(edge.answers[0].bindings.size() == 1);
  CHECK(edge.answers[0].bindings[0].expires == clock.now() + 60s);
  CHECK(reactor.counters().registrations.read() == 1);
  CHECK(granted(seize(1)));
  pass(30s);
  enrol(60, 2); // the refresh moves the deadline away
  CHECK(reactor.counters().registrations.read() == 1);
  pass(60s - 1ns);
  CHECK(events() == std::vector{back});
  pass(1ns);
  CHECK(events() == std::vector{back, gone});
  CHECK(reactor.counters().registrations.read() == 0);
  CHECK(reactor.next_deadline() == model::never);
  using row = std::pair<std::string, size_t>;
  CHECK(out.stored
        == std::vector{row{"2001", 1}, row{"2001", 1}, row{"2001", 0}});
}

TEST_CASE_FIXTURE(office, "a refused REGISTER tells why and lists nothing") {
  spawn_line();
  enrol(60, 1);
  enrol(1, 2);
  REQUIRE(edge.answers.size() == 2);
  CHECK(edge.answers[1].status == 423);
  CHECK(edge.answers[1].min_expires_s == 5);
  CHECK(edge.answers[1].bindings.empty());
}

TEST_CASE_FIXTURE(office,
                  "stored bindings are in force at once, until they expire") {
  model::binding stored;
  stored.contact_uri = "sip:2001@192.0.2.1";
  stored.expires = clock.now() + 60s;
  auto stale = stored;
  stale.contact_uri = "sip:2001@192.0.2.2";
  stale.expires = clock.now();
  spawn_line({}, true, {stored, stale});
  CHECK(reactor.counters().registrations.read() == 1);
  CHECK(out.events.empty());
  auto& answer = seize(1);
  REQUIRE(granted(answer));
  CHECK(std::get<model::seized>(answer).targets.size() == 1);
  pass(60s);
  CHECK(events() == std::vector{gone});
}

TEST_CASE_FIXTURE(office, "an idle DN is small") {
  // The actor itself takes 1 KiB; what comes on top must not matter beside it
  // when there are 50,000 of them.
  CHECK(sizeof(line_state) <= 256);
  CHECK(sizeof(trunk_state) <= 256);
}
