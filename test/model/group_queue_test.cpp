#include "actors/model/group_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace strowger::model;
using namespace std::chrono_literals;

namespace {

/// A queue, and a group whose ready agents are listed, the longest idle first.
struct played_queue {
  explicit played_queue(int64_t overflow_after_s = 0)
    : queue({"", {"9"}, "sales", overflow_after_s, "2999"}) {
    // nop
  }

  group_queue queue;
  std::vector<std::string> ready;
  time_point now{1h};
  int searches = 0;

  std::string looks() {
    std::string result;
    auto find = [&](std::span<const std::string> exclude) {
      ++searches;
      auto free = [&](auto& x) {
        return std::ranges::find(exclude, x) == exclude.end();
      };
      auto i = std::ranges::find_if(ready, free);
      return i == ready.end() ? std::nullopt : std::optional{*i};
    };
    for (auto& x : queue.next(now, find))
      result += (result.empty() ? "" : ", ") + std::to_string(x.call.value)
                + "->" + x.destination;
    return result;
  }
  std::string arrives(uint64_t call, uint32_t attempts = 0) {
    queue.take({1, {call}, "9", route_request{now, now, attempts, "", "", {}}});
    return looks();
  }
  std::string fails(uint64_t call) {
    queue.take({1, {call}, "9", route_failed{"1", fault::busy, ""}});
    return looks();
  }
  std::string ends(uint64_t call) {
    queue.take({1, {call}, "9", route_used{"1", ""}});
    return looks();
  }
};

} // namespace

TEST_CASE("callers get the agent who is idle longest, and else wait in the "
          "order in which they came") {
  played_queue x;
  x.ready = {"2001", "2002"};
  CHECK(x.arrives(1) == "1->2001");
  CHECK(x.arrives(2) == "2->2002"); // 2001 does not ring yet, but will
  CHECK(x.arrives(3) == "");
  CHECK(x.arrives(4) == "");
  x.ready = {};
  CHECK(x.ends(1) == "");
  CHECK(x.queue.waits());
  x.ready = {"2003"};
  CHECK(x.looks() == "3->2003");
  x.ready = {"2003", "2001"};
  CHECK(x.looks() == "4->2001");
  CHECK(!x.queue.waits());
  CHECK(x.queue.next_deadline() == never);
}

TEST_CASE("an agent who does not take a call is not offered it again until a "
          "while has passed") {
  played_queue x;
  x.ready = {"2001", "2002"};
  CHECK(x.arrives(1) == "1->2001");
  CHECK(x.fails(1) == "1->2002");
  CHECK(x.fails(1) == "");
  CHECK(x.arrives(2) == "2->2001");
  CHECK(x.arrives(1, 1) == "1->2002");
}

TEST_CASE("who waits too long overflows, unless an agent is ready just then") {
  played_queue x{30};
  CHECK(x.arrives(1) == "");
  x.now += 10s;
  CHECK(x.arrives(2) == "");
  CHECK(x.queue.next_deadline() == x.now + 20s);
  x.now += 20s;
  CHECK(x.looks() == "1->2999");
  CHECK(x.queue.next_deadline() == x.now + 10s);
  x.now += 10s;
  x.ready = {"2001"};
  CHECK(x.looks() == "2->2001");
  // The overflow is busy: once a second is enough.
  CHECK(x.fails(1) == "");
  CHECK(x.queue.next_deadline() == never);
  CHECK(x.arrives(1, 1) == "1->2999");
}

TEST_CASE("a long queue without agents costs one search") {
  played_queue x;
  for (uint64_t call = 1; call <= 1000; ++call)
    x.queue.take({1, {call}, "9", route_request{x.now, x.now, 0, "", "", {}}});
  x.searches = 0;
  CHECK(x.looks() == "");
  CHECK(x.searches == 1);
  x.queue.take(
    {1, {1}, "9", route_withdrawn{route_withdrawn::reason::abandoned}});
  CHECK(x.queue.calls() == 999);
}
