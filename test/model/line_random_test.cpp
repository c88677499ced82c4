#include "actors/model/line.hpp"
#include "test/model/lone_phone.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace strowger::model;
using namespace std::chrono_literals;
using namespace strowger::model::test;

namespace {

// A DN under random events, beside what must be true of it.
struct random_phone : phone {
  std::mt19937 random;
  std::vector<std::shared_ptr<const directory>> configs;
  std::set<std::pair<uint64_t, seizure_number>> held;
  bool in_service = false;

  explicit random_phone(unsigned seed) : random(seed) {
    for (bool registrar : {true, true, false})
      for (auto contact : {"", "", "10.0.0.9"})
        for (int64_t check : {0, 5}) {
          option_values options{{option::reject_call_incall, check != 0},
                                {option::oos_check, check},
                                {option::oos_force, int64_t{2}}};
          if (*contact)
            options.set(option::contact, std::string{contact});
          auto builder = with(options);
          builder.set(option::internal_registrar_enabled, registrar);
          configs.push_back(builder.build());
        }
    config = pick();
    model.on_start({}, context(), fx);
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
    for (auto& x : model.bindings())
      REQUIRE(x.expires > now);
    REQUIRE(!fx.finished);
  }

  void seize_any() {
    std::pair<uint64_t, seizure_number> use{below(4),
                                            static_cast<uint8_t>(below(2))};
    if (held.count(use))
      return;
    auto origin = below(3) == 0;
    auto answer = model.on_seize({{use.first},
                                  use.second,
                                  origin ? purpose::origin : purpose::reach,
                                  "2001"},
                                 context(), fx);
    if (granted(answer)) {
      auto& x = std::get<seized>(answer);
      REQUIRE(x.seizure == use.second);
      REQUIRE(x.targets.empty() == origin);
      REQUIRE((origin || model.in_service()));
      held.insert(use);
    } else {
      REQUIRE(!origin);
      REQUIRE(std::get<refused>(answer).seizure == use.second);
      REQUIRE((!model.in_service() || !held.empty()));
    }
  }

  void release_any() {
    std::pair<uint64_t, seizure_number> use{below(4),
                                            static_cast<uint8_t>(below(2))};
    model.on_release({{use.first}, use.second, 486, false}, context(), fx);
    held.erase(use);
  }

  void enrol_any() {
    static constexpr uint32_t expires_s[] = {0, 1, 5, 6, 20};
    auto before = model.bindings();
    auto result = enrol("sip:" + std::to_string(below(3)) + "@192.0.2.1",
                        expires_s[below(5)]);
    if (result.status != 200 && !result.changed)
      REQUIRE(model.bindings() == before);
    REQUIRE((result.status == 200 || result.status == 423
             || !config->flag(option::internal_registrar_enabled)));
  }

  void tick() {
    auto due = model.next_deadline();
    if (due == never || below(2) == 0)
      now += std::chrono::milliseconds{below(3000)};
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
        seize_any();
        break;
      case 2:
      case 3:
        release_any();
        break;
      case 4:
      case 5:
        enrol_any();
        break;
      case 6:
        model.on_probed(below(2) == 0, context(), fx);
        break;
      case 7:
        if (below(10) == 0)
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

TEST_CASE("under random events a line neither loses calls nor repeats itself") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    random_phone x{seed};
    for (int i = 0; i < 500; ++i)
      x.step();
    x.model.on_reconfigured(false, x.context(), x.fx);
    while (!x.held.empty()) {
      REQUIRE(!x.fx.finished);
      auto use = *x.held.begin();
      x.model.on_release({{use.first}, use.second}, x.context(), x.fx);
      x.held.erase(use);
    }
    REQUIRE(x.fx.finished);
  }
}
