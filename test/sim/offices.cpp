#include "test/sim/offices.hpp"

#include "test/sim/broken.hpp"

#include <memory>
#include <vector>

namespace strowger::sim {

using namespace model;
using namespace std::string_literals;

namespace {

constexpr size_t office_count = 6;

struct settings {
  int64_t ring_timeout_s;
  int64_t session_s;
  int64_t min_session_s;
  int64_t redirections;
  bool divert_on_ringing;
  bool ringing_on_route_point;
  bool ringing_on_trying;
  bool straight_forward;
};

constexpr settings table[office_count] = {
  {180, 1800, 90, 5, true, true, false, false},
  {20, 90, 90, 1, false, true, true, false},
  {3, 0, 90, 15, true, false, false, true},
  {60, 120, 90, 0, false, false, true, true},
  {0, 600, 300, 5, true, true, true, true},
  {30, 90, 90, 3, true, true, false, false},
};

dn trunk_dn(const char* name, const char* prefix, int64_t priority,
            const settings& y) {
  dn x;
  x.number = name;
  x.type = dn_type::trunk;
  x.options = std::make_shared<const option_values>(option_values{
    {option::contact, "sip:192.0.2.9"s},
    {option::prefix, std::vector{std::string{prefix}}},
    {option::priority, priority},
    {option::straight_forward, y.straight_forward},
  });
  return x;
}

std::shared_ptr<const directory> build(const settings& x) {
  directory_builder b;
  b.set(option::ring_timeout, x.ring_timeout_s)
    .set(option::session_refresh_interval, x.session_s)
    .set(option::min_session_interval, x.min_session_s)
    .set(option::max_redirections, x.redirections)
    .set(option::divert_on_ringing, x.divert_on_ringing)
    .set(option::ringing_on_route_point, x.ringing_on_route_point)
    .set(option::event_ringing_on_100trying, x.ringing_on_trying)
    .set(option::router_timeout, int64_t{2});
  for (auto* number : {"100", "101", "102", "103"})
    b.add(number, dn_type::extension,
          {{option::event_ringing_on_100trying, x.ringing_on_trying}});
  b.add("104", dn_type::acd_position);
  b.add(trunk_dn("east", "9", 0, x));
  b.add(trunk_dn("west", "9", 0, x));
  b.add(trunk_dn("spare", "9", 5, x));
  b.add(trunk_dn("single", "8", 0, x));
  b.add("500", dn_type::routing_point,
        {{option::default_dn, std::vector{"100"s}}});
  b.add("501", dn_type::routing_point);
  b.add("502", dn_type::routing_point,
        {{option::default_dn, std::vector{"500"s}}});
  b.add("503", dn_type::routing_point,
        {{option::default_dn, std::vector{"9123"s}}});
  b.add("510", dn_type::acd_queue);
  auto built = b.build();
  if (!built)
    throw broken{"an office is well configured: " + b.errors().front().message};
  return built;
}

} // namespace

const directory& office(uint64_t number) {
  static const auto all = [] {
    std::vector<std::shared_ptr<const directory>> made;
    for (auto& x : table)
      made.push_back(build(x));
    return made;
  }();
  return *all[number % office_count];
}

std::string some_source(dice& r) {
  return r.pick({"100", "101", "102", "104", "east", "single", ""});
}

std::string some_number(dice& r) {
  return r.pick({"100", "101", "102", "103", "104", "9123", "9555", "8123",
                 "500", "500", "501", "502", "503", "510", "777"});
}

} // namespace strowger::sim
