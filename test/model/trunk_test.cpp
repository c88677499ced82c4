#include "actors/model/trunk.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace strowger::model;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

using list = std::vector<std::string>;

std::shared_ptr<const directory> with(option_values options) {
  directory_builder builder;
  builder.add("gw", dn_type::trunk, std::move(options));
  auto result = builder.build();
  REQUIRE(result);
  return result;
}

// A trunk, its configuration and its clock.
struct gateway {
  std::shared_ptr<const directory> config = with(
    {{option::contact, "10.0.0.1:5080"s}});
  time_point now{1h};
  trunk model;
  trunk_effects fx;

  device_context context() {
    fx = {};
    return {*config, config->find("gw"), now};
  }
  void start(option_values options) {
    config = with(std::move(options));
    start();
  }
  void start() {
    model.on_start(context(), fx);
  }
  seize_answer seize(uint64_t call, bool origin = false) {
    return model.on_seize(
      {{call}, 1, origin ? purpose::origin : purpose::reach, "5551234"},
      context(), fx);
  }
  void release(uint64_t call, uint16_t status = 200, bool unreachable = false) {
    model.on_release({{call}, 1, status, unreachable}, context(), fx);
  }
  void pass(duration d) {
    now += d;
    model.on_tick(context(), fx);
  }
};

bool granted(const seize_answer& x) {
  return std::holds_alternative<seized>(x);
}

refusal why(const seize_answer& x) {
  REQUIRE(std::holds_alternative<refused>(x));
  return std::get<refused>(x).why;
}

} // namespace

TEST_CASE_FIXTURE(gateway,
                  "a trunk sends the number to its contact, then to each "
                  "backup") {
  start({{option::contact, "sip:user@10.0.0.1:5080;transport=tcp"s},
         {option::contacts_backup, list{"10.0.0.2", "sip:10.0.0.3:5070"}},
         {option::username, "me"s},
         {option::password, "secret"s},
         {option::trusted, true}});
  auto answer = seize(7);
  REQUIRE(granted(answer));
  auto& x = std::get<seized>(answer);
  CHECK(x.seizure == 1);
  CHECK(!x.parallel);
  REQUIRE(x.targets.size() == 3);
  CHECK(x.targets[0].uri == "sip:5551234@10.0.0.1:5080;transport=tcp");
  CHECK(x.targets[1].uri == "sip:5551234@10.0.0.2");
  CHECK(x.targets[2].uri == "sip:5551234@10.0.0.3:5070");
  for (auto& target : x.targets) {
    CHECK(target.login.username == "me");
    CHECK(target.login.password == "secret");
    CHECK(target.trusted);
    CHECK(target.route.empty());
  }
  CHECK(fx.tally.attempts == 1);
}

TEST_CASE_FIXTURE(gateway,
                  "a trunk logs in with its own name unless it has another") {
  start({{option::contact, "gw"s}, {option::password, "secret"s}});
  auto answer = seize(1);
  CHECK(std::get<seized>(answer).targets[0].login.username == "gw");
}

TEST_CASE_FIXTURE(gateway,
                  "capacity counts both directions but stops only what goes "
                  "out") {
  start({{option::contact, "gw"s}, {option::capacity, int64_t{2}}});
  CHECK(granted(seize(1)));
  CHECK(granted(seize(2, true)));
  CHECK(why(seize(3)) == refusal::at_capacity);
  CHECK(fx.tally.refused == 1);
  CHECK(fx.tally.attempts == 0);
  CHECK(granted(seize(4, true)));
  CHECK(fx.tally.attempts == 0);
  CHECK(model.in_use() == 3);
  release(2);
  CHECK(why(seize(5)) == refusal::at_capacity);
  release(1);
  CHECK(granted(seize(5)));
}

TEST_CASE_FIXTURE(gateway, "capacity 0 is no limit") {
  start({{option::contact, "gw"s}, {option::capacity, int64_t{0}}});
  for (uint64_t call = 1; call <= 1000; ++call)
    CHECK(granted(seize(call)));
  CHECK(model.in_use() == 1000);
}

TEST_CASE("a final response is counted by its class, silence apart") {
  struct row {
    uint16_t status;
    bool unreachable;
    trunk_tally tally;
  };
  const row rows[] = {
    {0, false, {0, 0, 0, {0, 0, 0, 0}}},
    {200, false, {0, 0, 0, {0, 0, 0, 0}}},
    {302, false, {0, 0, 0, {1, 0, 0, 0}}},
    {486, false, {0, 0, 0, {0, 1, 0, 0}}},
    {487, false, {0, 0, 0, {0, 0, 0, 0}}},
    {503, false, {0, 0, 0, {0, 0, 1, 0}}},
    {603, false, {0, 0, 0, {0, 0, 0, 1}}},
    {408, true, {0, 0, 1, {0, 0, 0, 0}}},
    {700, false, {0, 0, 0, {0, 0, 0, 0}}},
  };
  for (auto& x : rows) {
    CAPTURE(x.status);
    gateway gw;
    gw.start();
    gw.seize(1);
    gw.release(1, x.status, x.unreachable);
    CHECK(gw.fx.tally.unreachable == x.tally.unreachable);
    CHECK(gw.fx.tally.rejections == x.tally.rejections);
    // The same release again takes nothing and counts nothing.
    gw.release(1, x.status, x.unreachable);
    CHECK(gw.fx.tally.unreachable == 0);
    CHECK(gw.fx.tally.rejections == std::array<uint8_t, 4>{});
  }
}

TEST_CASE("time-out and 5xx take a trunk out for recovery-timeout, no other "
          "status does") {
  for (auto [status, unreachable, out] : {std::tuple{408, true, true},
                                          {503, false, true},
                                          {500, false, true},
                                          {0, true, true},
                                          {486, false, false},
                                          {404, false, false},
                                          {603, false, false},
                                          {200, false, false},
                                          {408, false, false}}) {
    CAPTURE(status);
    gateway gw;
    gw.start(
      {{option::contact, "gw"s}, {option::recovery_timeout, int64_t{30}}});
    gw.seize(1);
    gw.seize(2);
    gw.release(1, static_cast<uint16_t>(status), unreachable);
    CHECK(gw.model.in_service() == !out);
    if (!out)
      continue;
    CHECK(gw.fx.service == event_type::dn_out_of_service);
    CHECK(why(gw.seize(3)) == refusal::out_of_service);
    CHECK(granted(gw.seize(4, true)));
    gw.release(2, 503);
    CHECK(!gw.fx.service);
    CHECK(gw.model.next_deadline() == gw.now + 30s);
    gw.pass(30s);
    CHECK(gw.fx.service == event_type::dn_back_in_service);
    CHECK(granted(gw.seize(3)));
  }
}

TEST_CASE_FIXTURE(gateway, "OPTIONS go to the contact, without a user") {
  start({{option::contact, "user@10.0.0.1:5080"s},
         {option::oos_check, int64_t{10}},
         {option::oos_force, int64_t{5}}});
  CHECK(fx.probe == "sip:10.0.0.1:5080");
  model.on_probed(false, context(), fx);
  pass(5s);
  CHECK(fx.service == event_type::dn_out_of_service);
  CHECK(why(seize(1)) == refusal::out_of_service);
  pass(5s);
  CHECK(fx.probe == "sip:10.0.0.1:5080");
  model.on_probed(true, context(), fx);
  CHECK(fx.service == event_type::dn_back_in_service);
  CHECK(granted(seize(1)));
}

TEST_CASE_FIXTURE(gateway, "a removed trunk finishes its calls, then itself") {
  start({{option::contact, "gw"s}, {option::oos_check, int64_t{10}}});
  seize(1);
  seize(2, true);
  model.on_reconfigured(false, context(), fx);
  CHECK(!fx.finished);
  CHECK(model.next_deadline() == never);
  CHECK(why(seize(3)) == refusal::draining);
  CHECK(why(seize(4, true)) == refusal::draining);
  release(9);
  release(1);
  CHECK(!fx.finished);
  release(2);
  CHECK(fx.finished);
  CHECK(!fx.service);
}

TEST_CASE_FIXTURE(gateway, "a removed trunk without calls finishes at once") {
  start();
  model.on_reconfigured(false, context(), fx);
  CHECK(fx.finished);
}

TEST_CASE_FIXTURE(gateway,
                  "a trunk that is no longer configured refuses until it is "
                  "told") {
  start();
  directory_builder other;
  config = other.build();
  CHECK(why(seize(1)) == refusal::draining);
  CHECK(!fx.finished);
  CHECK(!fx.service);
}

TEST_CASE_FIXTURE(gateway, "a trunk without contact takes no call") {
  start({{option::capacity, int64_t{5}}});
  CHECK(!model.in_service());
  CHECK(why(seize(1)) == refusal::out_of_service);
  config = with({{option::contact, "gw"s}});
  model.on_reconfigured(true, context(), fx);
  CHECK(fx.service == event_type::dn_back_in_service);
  CHECK(granted(seize(1)));
}

// -- property -----------------------------------------------------------------

namespace {

// A trunk under random events, beside what must be true of it.
struct random_gateway : gateway {
  std::mt19937 random;
  std::vector<std::shared_ptr<const directory>> configs;
  std::set<std::pair<uint64_t, seizure_number>> held;
  bool in_service = false;
  bool awaiting = false; // the result of a probe
  int probes = 0;        // on which the wire has not reported
  time_point probed_at{};

  explicit random_gateway(unsigned seed) : random(seed) {
    for (int64_t check : {0, 3, 20})
      for (int64_t recovery : {0, 30})
        configs.push_back(with({{option::contact, "gw"s},
                                {option::capacity, int64_t{3}},
                                {option::oos_check, check},
                                {option::oos_force, int64_t{4}},
                                {option::recovery_timeout, recovery}}));
    config = pick();
    start();
    in_service = model.in_service();
    check();
  }

  unsigned below(unsigned n) {
    return static_cast<unsigned>(random() % n);
  }
  const std::shared_ptr<const directory>& pick() {
    return configs[below(static_cast<unsigned>(configs.size()))];
  }

  void check() {
    REQUIRE(model.in_use() == held.size());
    if (fx.service) { // out and back take turns
      REQUIRE((*fx.service == event_type::dn_back_in_service) == !in_service);
      in_service = !in_service;
    }
    REQUIRE(model.in_service() == in_service);
    if (config->integer(option::oos_check, config->find("gw")) == 0)
      awaiting = false;
    if (!fx.probe.empty()) { // one at a time
      REQUIRE((!awaiting || now >= probed_at + service_watch::verdict_limit));
      awaiting = true;
      ++probes;
      probed_at = now;
    }
    REQUIRE(!fx.finished);
  }

  void seize_any() {
    std::pair<uint64_t, seizure_number> use{below(8),
                                            static_cast<uint8_t>(below(2))};
    if (held.count(use))
      return;
    auto origin = below(4) == 0;
    auto before = held.size();
    auto answer = model.on_seize(
      {{use.first}, use.second, origin ? purpose::origin : purpose::reach, "1"},
      context(), fx);
    auto ok = granted(answer);
    REQUIRE(fx.tally.attempts == (ok && !origin));
    REQUIRE(fx.tally.refused == !ok);
    if (ok) {
      REQUIRE(std::get<seized>(answer).seizure == use.second);
      REQUIRE((origin || (before < 3 && model.in_service())));
      REQUIRE(std::get<seized>(answer).targets.empty() == origin);
      held.insert(use);
    } else {
      REQUIRE(std::get<refused>(answer).seizure == use.second);
      REQUIRE((!origin && (before >= 3 || !model.in_service())));
    }
  }

  void release_any() {
    std::pair<uint64_t, seizure_number> use{below(8),
                                            static_cast<uint8_t>(below(2))};
    static constexpr uint16_t statuses[] = {0, 200, 302, 404, 486, 487, 503};
    model.on_release(
      {{use.first}, use.second, statuses[below(7)], below(10) == 0}, context(),
      fx);
    held.erase(use);
  }

  void verdict() {
    if (probes == 0)
      return;
    --probes;
    awaiting = false;
    model.on_probed(below(2) == 0, context(), fx);
  }

  void tick() {
    auto due = model.next_deadline();
    if (due == never || below(2) == 0)
      now += std::chrono::milliseconds{below(5000)};
    else
      now = std::max(now, due);
    model.on_tick(context(), fx);
    REQUIRE(model.next_deadline() > now);
  }

  void step() {
    fx = {};
    switch (below(10)) {
      case 0:
      case 1:
      case 2:
        seize_any();
        break;
      case 3:
      case 4:
      case 5:
        release_any();
        break;
      case 6:
        verdict();
        break;
      case 7:
        if (below(20) == 0)
          config = pick();
        model.on_reconfigured(true, context(), fx);
        break;
      default:
        tick();
    }
    check();
  }
};

} // namespace

TEST_CASE("under random events a trunk neither loses calls nor repeats "
          "itself") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    random_gateway gw{seed};
    for (int i = 0; i < 500; ++i)
      gw.step();
    // Removed, it finishes exactly when its last call goes.
    gw.model.on_reconfigured(false, gw.context(), gw.fx);
    while (!gw.held.empty()) {
      REQUIRE(!gw.fx.finished);
      auto use = *gw.held.begin();
      gw.model.on_release({{use.first}, use.second}, gw.context(), gw.fx);
      gw.held.erase(use);
    }
    REQUIRE(gw.fx.finished);
    REQUIRE(gw.model.in_use() == 0);
  }
}
