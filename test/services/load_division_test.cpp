#include "actors/traffic/arrivals.hpp"
#include "services/load/division.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace strowger;
using namespace strowger::services::load;

namespace {

using law = traffic::arrival_law;

traffic::population somebody(std::string name, std::size_t users) {
  traffic::population x;
  x.name = std::move(name);
  for (std::size_t i = 0; i < users; ++i)
    x.users.push_back({x.name + std::to_string(i), {}});
  return x;
}

traffic::population callers(std::size_t users, law::kind what) {
  auto x = somebody("callers", users);
  x.calls.emplace().arrivals.what = std::move(what);
  return x;
}

traffic::population phones(std::size_t users) {
  auto x = somebody("phones", users);
  x.registers.emplace();
  x.answers.emplace();
  return x;
}

std::string fault_of(const traffic::scenario& whole,
                     const std::vector<role>& roles, std::size_t index) {
  auto made = part_of(whole, roles, index);
  auto fault = std::get_if<std::string>(&made);
  return fault ? *fault : "";
}

law::kind some_law(std::mt19937_64& dice) {
  auto rate = static_cast<double>(1 + dice() % 1000);
  switch (dice() % 6) {
    case 0:
      return law::constant{rate};
    case 1:
      return law::poisson{rate};
    case 2:
      return law::ramp{rate, rate * 3, 20, false};
    case 3:
      return law::steps{{{rate, 5}, {rate / 2, 10}}, true};
    case 4:
      return law::profile{{rate, rate * 2, 0}, 10};
    default:
      return law::bursts{{{rate, 3}, {0, 2}}};
  }
}

/// Intended calls per second at some times.
std::vector<double> rates(const law& x) {
  traffic::arrivals all{x, traffic::fork(1, "any"), {}};
  std::vector<double> result;
  for (auto second : {0, 3, 7, 12, 25, 100})
    result.push_back(
      all.rate_at(model::time_point{std::chrono::seconds{second}}));
  return result;
}

} // namespace

TEST_CASE("the parts of several generators are the scenario: users one after "
          "the other, rates and calls their sum") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 dice{seed};
    std::vector<role> roles(1 + dice() % 7, role::both);
    if (dice() % 2 == 0)
      for (auto& x : roles)
        x = static_cast<role>(dice() % 3);
    roles.push_back(role::caller);
    roles.push_back(role::callee);
    traffic::scenario whole;
    whole.populations = {callers(10 + dice() % 90, some_law(dice)),
                         phones(10 + dice() % 90)};
    if (dice() % 2 == 0)
      whole.run.calls = dice();
    std::vector<std::string> calling, answering;
    std::vector<double> sums(6);
    std::uint64_t calls = 0;
    for (std::size_t i = 0; i < roles.size(); ++i) {
      auto made = part_of(whole, roles, i);
      REQUIRE(std::holds_alternative<traffic::scenario>(made));
      auto& part = std::get<traffic::scenario>(made);
      auto plays = roles[i] == role::both ? 2u : 1u;
      CHECK(part.populations.size() == plays);
      for (auto& x : part.populations) {
        auto& users = x.calls ? calling : answering;
        for (auto& user : x.users)
          users.push_back(user.number);
        if (!x.calls)
          continue;
        auto own = rates(x.calls->arrivals);
        for (std::size_t j = 0; j < sums.size(); ++j)
          sums[j] += own[j];
        calls += part.run.calls.value_or(0);
      }
    }
    auto numbers = [](const traffic::population& x) {
      std::vector<std::string> result;
      for (auto& user : x.users)
        result.push_back(user.number);
      return result;
    };
    CHECK(calling == numbers(whole.populations[0]));
    CHECK(answering == numbers(whole.populations[1]));
    CHECK(calls == whole.run.calls.value_or(0));
    auto wanted = rates(whole.populations[0].calls->arrivals);
    for (std::size_t j = 0; j < sums.size(); ++j)
      CHECK(sums[j] == doctest::Approx(wanted[j]));
  }
}

TEST_CASE("a population with fewer users than generators belongs to the first "
          "of them") {
  traffic::scenario whole;
  whole.populations = {callers(10, law::poisson{9}), phones(1)};
  std::vector<role> roles{role::both, role::both};
  auto first = std::get<traffic::scenario>(part_of(whole, roles, 0));
  auto second = std::get<traffic::scenario>(part_of(whole, roles, 1));
  CHECK(first.populations.size() == 2);
  CHECK(second.populations.size() == 1);
  roles = {role::callee, role::callee};
  CHECK(fault_of(whole, roles, 1)
        == "there is nothing to do for generator 2 of 2 (callee)");
}

TEST_CASE("what cannot be divided is said") {
  traffic::scenario whole;
  whole.populations = {callers(2, law::poisson{9})};
  whole.run.calls = 100;
  std::vector<role> roles(3, role::caller);
  CHECK(fault_of(whole, roles, 0)
        == "run calls cannot be divided: callers has fewer users (2) than "
           "there are generators");
  whole = {};
  whole.populations = {callers(10, law::poisson{9})};
  whole.populations.front().answers.emplace();
  roles = {role::both, role::callee};
  CHECK(fault_of(whole, roles, 0)
        == "population callers calls and answers: the generators must have the "
           "role both, or none of them");
}

TEST_CASE("who answers registers where it answers") {
  traffic::scenario whole;
  whole.populations = {callers(10, law::poisson{9}), phones(10)};
  auto script = whole;
  REQUIRE(keep_role(script, role::caller));
  CHECK(script.populations.size() == 1);
  CHECK(script.populations.front().name == "callers");
  script = whole;
  REQUIRE(keep_role(script, role::callee));
  CHECK(script.populations.size() == 1);
  CHECK(script.populations.front().name == "phones");
  script.populations = {phones(3)};
  CHECK_FALSE(keep_role(script, role::caller));
}

TEST_CASE("a list of generators is read, or what is wrong with it is said") {
  auto read = parse_generators("a:1,b.example:2=callee,[::1]:3=both",
                               role::caller);
  REQUIRE(read.index() == 0);
  auto& all = std::get<0>(read);
  REQUIRE(all.size() == 3);
  CHECK(all[0].address == "a:1");
  CHECK(all[0].role == role::caller);
  CHECK(all[1].role == role::callee);
  CHECK(all[2].address == "[::1]:3");
  CHECK(all[2].role == role::both);
  for (auto [list, words] :
       {std::pair{"", "there must be 1 to 64"},
        {"a", "is not an address"},
        {"a:0", "is not an address"},
        {"a:1=phone", "\"phone\" is not caller, callee or both"},
        {"a:1,a:1", "a:1 is there twice"}}) {
    auto wrong = parse_generators(list, role::both);
    REQUIRE(wrong.index() == 1);
    CHECK(std::get<1>(wrong).find(words) != std::string::npos);
  }
}
