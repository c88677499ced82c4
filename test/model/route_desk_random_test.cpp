#include "test/model/route_desk_script.hpp"
#include "test/sim/dice.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <map>

using namespace strowger;
using namespace strowger::model;
using namespace strowger::test;
using namespace std::chrono_literals;

namespace {

/// What clients know who believe the notices, and the calls that wait.
struct random_office : played_desk {
  explicit random_office(uint64_t seed) : dice(seed) {
    // nop
  }

  struct member {
    std::vector<std::string> points;
    size_t most = 0;
    std::map<uint64_t, std::string> has; // call: routing point
  };

  sim::dice dice;
  std::map<route_client, member> members;
  std::map<uint64_t, std::string> waiting;       // call: routing point
  std::map<uint64_t, route_client> being_routed; // call: by whom
  uint64_t last_call = 0;

  uint64_t any_waiting() {
    if (waiting.empty())
      return 0;
    return std::next(waiting.begin(),
                     static_cast<long>(dice.below(waiting.size())))
      ->first;
  }

  route_client any_member() {
    if (members.empty())
      return 0;
    return std::next(members.begin(),
                     static_cast<long>(dice.below(members.size())))
      ->first;
  }

  void believe() {
    for (auto& x : std::exchange(out, {})) {
      auto call = x.call.value;
      if (!members.count(x.to)) {
        FAIL("a notice for a client that is gone");
        continue;
      }
      auto& to = members.at(x.to);
      if (std::holds_alternative<route_request>(x.what))
        to.has[call] = x.point;
      else if (!std::holds_alternative<route_failed>(x.what))
        to.has.erase(call);
    }
  }

  void end(uint64_t call, event_type type) {
    desk.take(event(type, call, waiting.at(call)), ctx(), out);
    waiting.erase(call);
    being_routed.erase(call);
  }

  void client_comes() {
    member x;
    for (std::string point : {"9", "8", "7"})
      if (dice.chance(50))
        x.points.push_back(point);
    x.most = 1 + dice.below(4);
    // It may be asked before open() returns.
    members[last_member + 1] = x;
    last_member = desk.open({x.points, x.most, dice.chance(30)}, ctx(), out);
  }

  void client_goes() {
    auto who = any_member();
    if (who == 0)
      return;
    members.erase(who);
    desk.close(who, ctx(), out);
  }

  void client_acts() {
    auto who = any_member();
    auto call = dice.chance(90) ? any_waiting() : 12345;
    if (who == 0 || call == 0)
      return;
    auto point = waiting.count(call) ? waiting.at(call) : "9";
    if (!desk.instruct(who, {{call}, point, "x"}).accepted())
      return;
    CHECK(being_routed.count(call) == 0);
    being_routed[call] = who;
    if (!dice.chance(25))
      return;
    auto why = dice.pick({fault::invalid_called_dn, fault::too_large});
    desk.judged(who, {call}, "x", {why, "", {}}, ctx(), out);
    being_routed.erase(call);
  }

  void call_acts() {
    auto call = any_waiting();
    if (call == 0)
      return;
    if (being_routed.count(call) && dice.chance(40)) {
      desk.take(failure(call, fault::busy, waiting.at(call)), ctx(), out);
      being_routed.erase(call);
    } else {
      end(call, dice.pick({event_type::route_used, event_type::abandoned,
                           event_type::released, event_type::call_deleted}));
    }
  }

  void step() {
    switch (dice.below(8)) {
      case 0:
        client_comes();
        break;
      case 1:
        client_goes();
        break;
      case 2:
      case 3:
        client_acts();
        break;
      case 4:
        call_acts();
        break;
      case 5:
        now += dice.between(0s, 2s);
        desk.tick(ctx(), out);
        break;
      default:
        waiting[++last_call] = dice.pick({"9", "8", "7"});
        desk.take(
          event(event_type::route_request, last_call, waiting.at(last_call)),
          ctx(), out);
        break;
    }
    believe();
  }

  /// The laws. A call whose instruction is under way may be with nobody.
  void check() {
    std::map<uint64_t, route_client> holder;
    for (auto& [who, x] : members) {
      CHECK(x.has.size() <= x.most);
      for (auto& [call, point] : x.has) {
        CHECK(waiting.count(call) == 1);
        CHECK(holder.emplace(call, who).second); // with one client at most
        CHECK(desk.holder_of({call}) == who);
      }
    }
    size_t nobodys = 0;
    size_t left_behind = 0; // by their client, while being routed
    for (auto& [call, point] : waiting) {
      if (holder.count(call))
        continue;
      ++nobodys;
      CHECK(desk.holder_of({call}) == 0);
      if (being_routed.count(call)) {
        ++left_behind;
        continue;
      }
      for (auto& [who, x] : members) {
        auto serves = std::count(x.points.begin(), x.points.end(), point) > 0;
        CHECK((!serves || x.has.size() == x.most)); // nobody has room
      }
    }
    CHECK(desk.open_requests() == holder.size());
    CHECK(desk.unclaimed_requests() <= nobodys);
    CHECK(desk.unclaimed_requests() >= nobodys - left_behind);
  }

  route_client last_member = 0;
};

} // namespace

TEST_CASE("whatever happens, each call is with one client at most, none is "
          "lost while a client with room serves its point, and limits hold") {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    random_office x{seed};
    for (int i = 0; i < 300; ++i) {
      x.step();
      x.check();
    }
    while (!x.waiting.empty())
      x.end(x.waiting.begin()->first, event_type::abandoned);
    x.believe();
    x.check();
    CHECK(x.desk.open_requests() == 0);
    CHECK(x.desk.unclaimed_requests() == 0);
    CHECK(x.desk.next_deadline() == never);
  }
}
