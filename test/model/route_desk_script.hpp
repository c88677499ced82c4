#pragma once

#include "actors/model/route_desk.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// The desk of routing strategies, played in words. Routing points 9 (shared)
/// and 8 (standby), and the queue 7.
namespace strowger::test {

using namespace model;
using namespace std::chrono_literals;

inline std::shared_ptr<const directory> routing_office() {
  directory_builder b{"office"};
  b.add("9", dn_type::routing_point);
  option_values standby;
  standby.set(option::route_request_policy, std::string{"standby"});
  b.add("8", dn_type::routing_point, standby);
  b.add("7", dn_type::acd_queue);
  return b.build();
}

inline std::string word(const route_notice& x) {
  auto text = std::to_string(x.to) + ": ";
  auto call = " c" + std::to_string(x.call.value);
  if (auto* y = std::get_if<route_request>(&x.what))
    return text + "request" + call
           + (y->attempts > 0 ? " again" + std::to_string(y->attempts) : "");
  if (auto* y = std::get_if<route_used>(&x.what))
    return text + "used" + call + " " + y->request + "->" + y->destination;
  if (auto* y = std::get_if<route_failed>(&x.what))
    return text + "failed" + call + " " + y->request + " "
           + std::string{to_string(y->why)};
  constexpr const char* reasons[] = {"abandoned", "default", "elsewhere",
                                     "released"};
  auto why = std::get<route_withdrawn>(x.what).why;
  return text + "withdrawn" + call + " " + reasons[static_cast<int>(why)];
}

/// A desk, and what it says in words.
struct played_desk {
  std::shared_ptr<const directory> config = routing_office();
  time_point now{1h};
  route_desk desk;
  route_desk::notices out;

  route_context ctx() const {
    return {now, *config};
  }
  std::string said() {
    std::string result;
    for (auto& x : std::exchange(out, {}))
      result += (result.empty() ? "" : ", ") + word(x);
    return result;
  }
  journal_event event(event_type type, uint64_t call, std::string dn) const {
    journal_event x;
    x.type = type;
    x.call = {call};
    x.this_dn = std::move(dn);
    x.at = now;
    return x;
  }
  std::string tell(const journal_event& x) {
    desk.take(x, ctx(), out);
    return said();
  }
  std::string tell(event_type type, uint64_t call, std::string dn = "9") {
    return tell(event(type, call, std::move(dn)));
  }
  std::string arrives(uint64_t call, std::string dn = "9") {
    return tell(event_type::route_request, call, std::move(dn));
  }
  std::string routed(uint64_t call, std::string to, std::string dn = "9") {
    auto x = event(event_type::route_used, call, std::move(dn));
    x.third_party_dn = std::move(to);
    return tell(x);
  }
  journal_event failure(uint64_t call, fault why, std::string dn = "9") const {
    auto x = event(event_type::error, call, std::move(dn));
    event_details y;
    y.reason = to_string(why);
    x.details = std::make_shared<const event_details>(y);
    return x;
  }
  std::string fails(uint64_t call, fault why) {
    return tell(failure(call, why));
  }
  std::string comes(std::vector<std::string> points, size_t most = 10,
                    bool spare = false) {
    desk.open({std::move(points), most, spare}, ctx(), out);
    return said();
  }
  std::string goes(route_client who) {
    desk.close(who, ctx(), out);
    return said();
  }
  std::string instructs(route_client who, uint64_t call, std::string id,
                        std::string point = "9") {
    auto x = desk.instruct(who, {{call}, std::move(point), std::move(id)});
    return x.accepted() ? "" : std::string{to_string(x.why)};
  }
  std::string refuses(route_client who, uint64_t call, std::string id,
                      fault why) {
    desk.judged(who, {call}, id, {why, "no", {}}, ctx(), out);
    return said();
  }
  std::string passes(duration d) {
    now += d;
    desk.tick(ctx(), out);
    return said();
  }
};

} // namespace strowger::test
