#include "actors/deadline_queue.hpp"

#include "test/actors/turntable.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

using namespace strowger;
using namespace std::chrono_literals;

namespace {

model::time_point at(int64_t ns) {
  return model::time_point{model::duration{ns}};
}

// The argument is for the sanitizers: CAF 0.17 binds a null reference when it
// spawns a function that takes none.
deadline_listener::behavior_type idle(deadline_listener::pointer, int) {
  return {[](const tick&) {}};
}

struct listeners : test::turntable {
  deadline_listener spawn() {
    return system.spawn(idle, 0);
  }
};

} // namespace

TEST_CASE("an empty deadline queue waits for ever") {
  deadline_queue queue;
  CHECK(queue.next() == model::never);
  CHECK(queue.size() == 0);
}

TEST_CASE("cancelling nothing, twice or too late does nothing") {
  deadline_queue queue;
  queue.cancel(0);
  queue.cancel(12345);
  auto a = queue.arm(at(1), {});
  auto b = queue.arm(at(2), {});
  queue.cancel(a);
  queue.cancel(a);
  CHECK(queue.size() == 1);
  queue.pop();
  auto c = queue.arm(at(3), {}); // takes the place of one of the others
  queue.cancel(a);
  queue.cancel(b);
  CHECK(queue.size() == 1);
  CHECK(queue.next() == at(3));
  queue.cancel(c);
  CHECK(queue.size() == 0);
  CHECK(queue.next() == model::never);
}

TEST_CASE("the queue agrees with a sorted map over random arms and cancels") {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    deadline_queue queue;
    std::map<deadline_id, model::time_point> model;
    std::vector<deadline_id> issued;
    auto earliest = [&] {
      auto result = strowger::model::never;
      for (auto& [id, due] : model)
        result = std::min(result, due);
      return result;
    };
    for (int i = 0; i < 400; ++i) {
      auto dice = random() % 10;
      if (dice < 5) {
        // Distinct, and early ones may come late.
        auto due = at(static_cast<int64_t>(random() % 50) * 1000 + i);
        auto id = queue.arm(due, {});
        REQUIRE(id != 0);
        REQUIRE(model.emplace(id, due).second);
        issued.push_back(id);
      } else if (dice < 8 && !issued.empty()) {
        auto id = issued[random() % issued.size()];
        queue.cancel(id);
        model.erase(id);
      } else if (!model.empty()) {
        auto due = queue.next();
        queue.pop();
        auto first = std::find_if(model.begin(), model.end(), [&](auto& x) {
          return x.second == due;
        });
        REQUIRE(first != model.end());
        model.erase(first);
      }
      REQUIRE(queue.size() == model.size());
      REQUIRE(queue.next() == earliest());
    }
  }
}

TEST_CASE_FIXTURE(listeners, "a listener lives while its deadline is armed") {
  deadline_queue queue;
  auto refs = [](const deadline_listener& x) {
    return caf::actor_cast<caf::strong_actor_ptr>(x)->strong_refs.load();
  };
  auto listener = spawn();
  settle();
  auto before = refs(listener);
  auto id = queue.arm(at(1), listener);
  CHECK(refs(listener) == before + 1);
  queue.cancel(id);
  CHECK(refs(listener) == before);
  queue.arm(at(1), listener);
  queue.arm(at(2), listener);
  CHECK(queue.pop() == listener);
  CHECK(refs(listener) == before + 1);
  queue.clear();
  CHECK(refs(listener) == before);
  CHECK(queue.size() == 0);
}
