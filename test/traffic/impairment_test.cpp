#include "actors/traffic/impairment.hpp"
#include "test/traffic/statistics.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace strowger;
using namespace strowger::traffic;
using namespace std::chrono_literals;

namespace {

message_kind kind(std::string_view name) {
  auto x = parse_pattern(name);
  REQUIRE((x && x->method));
  return {x->first_status, *x->method};
}

impairment_rule rule(direction way, std::string_view what) {
  impairment_rule result;
  result.way = way;
  result.what = *parse_pattern(what);
  return result;
}

std::vector<message_fate> fates(impairments& law, direction way,
                                std::string_view what, int count) {
  std::vector<message_fate> result;
  for (int i = 0; i < count; ++i)
    result.push_back(law.judge(way, kind(what)));
  return result;
}

bool same(const std::vector<message_fate>& a,
          const std::vector<message_fate>& b) {
  return std::equal(
    a.begin(), a.end(), b.begin(), b.end(), [](auto& x, auto& y) {
      return x.lost == y.lost && x.duplicated == y.duplicated
             && x.held_back == y.held_back && x.delay == y.delay;
    });
}

} // namespace

TEST_CASE("shares come out as asked, and a seed replays every verdict") {
  auto dice = fork(20261121, "impairments");
  std::uniform_real_distribution<double> share{0, 1};
  for (int round = 0; round < 20; ++round) {
    auto seed = dice();
    CAPTURE(seed);
    auto x = rule(direction::sent, "INVITE");
    x.lose = share(dice), x.duplicate = share(dice), x.reorder = share(dice);
    x.delay = duration_law{duration_law::exponential{0.05}};
    constexpr int count = 4000;
    impairments law{{x}, seed, "p"}, again{{x}, seed, "p"},
      other{{x}, seed + 1, "p"}, neighbour{{x}, seed, "q"};
    auto all = fates(law, direction::sent, "INVITE", count);
    CHECK(same(all, fates(again, direction::sent, "INVITE", count)));
    CHECK(!same(all, fates(other, direction::sent, "INVITE", count)));
    CHECK(!same(all, fates(neighbour, direction::sent, "INVITE", count)));
    std::vector<double> lost, duplicated, reordered, delays_s;
    for (auto& one : all) {
      lost.push_back(one.lost);
      if (one.lost)
        continue;
      duplicated.push_back(one.duplicated);
      reordered.push_back(one.held_back);
      if (!one.held_back)
        delays_s.push_back(std::chrono::duration<double>(one.delay).count());
    }
    // Four standard errors: of all these, none is that far off by chance.
    CHECK(errors_off(lost, x.lose) < 4);
    CHECK(errors_off(duplicated, x.duplicate) < 4);
    CHECK(errors_off(reordered, x.reorder) < 4);
    CHECK(errors_off(delays_s, 0.05) < 4);
  }
}

TEST_CASE("what else goes by changes nothing for a kind of message") {
  auto x = rule(direction::sent, "any");
  x.lose = 0.3;
  x.delay = duration_law{duration_law::lognormal{0.01, 1}};
  auto y = x;
  y.way = direction::received;
  impairments quiet{{x, y}, 7, "p"}, busy{{x, y}, 7, "p"};
  auto alone = fates(quiet, direction::sent, "BYE", 500);
  std::vector<message_fate> among_others;
  for (int i = 0; i < 500; ++i) {
    busy.judge(direction::received, kind("BYE"));
    fates(busy, direction::sent, "200 BYE", i % 3);
    among_others.push_back(busy.judge(direction::sent, kind("BYE")));
  }
  CHECK(same(alone, among_others));
}

TEST_CASE("the first rule that fits decides, and none leaves all as it is") {
  auto lose = rule(direction::sent, "INVITE");
  lose.lose = 1;
  auto copy = rule(direction::sent, "any");
  copy.duplicate = 1;
  impairments law{{lose, copy}, 1, "p"};
  CHECK(law.judge(direction::sent, kind("INVITE")).lost);
  auto bye = law.judge(direction::sent, kind("BYE"));
  CHECK((!bye.lost && bye.duplicated));
  auto received = law.judge(direction::received, kind("INVITE"));
  CHECK((!received.lost && !received.duplicated));
}

TEST_CASE("what was done is counted by direction and kind") {
  auto x = rule(direction::received, "2xx");
  x.duplicate = 1;
  x.delay = duration_law{duration_law::fixed{0.02}};
  auto y = rule(direction::sent, "ACK");
  y.lose = 1;
  auto z = rule(direction::sent, "BYE");
  z.reorder = 1;
  z.delay = x.delay;
  impairments law{{x, y, z}, 1, "p"};
  fates(law, direction::received, "200 BYE", 3);
  fates(law, direction::sent, "ACK", 2);
  fates(law, direction::sent, "BYE", 4);
  fates(law, direction::sent, "INVITE", 5); // no rule is about it
  impairment_tally wanted{
    {{direction::received, kind("200 BYE")}, {3, 0, 3, 0, 3}},
    {{direction::sent, kind("ACK")}, {2, 2, 0, 0, 0}},
    {{direction::sent, kind("BYE")}, {4, 0, 0, 4, 0}}};
  CHECK(law.done() == wanted);
  auto twice = law.done();
  merge(twice, law.done());
  CHECK(twice.at({direction::sent, kind("BYE")})
        == impairment_counts{8, 0, 0, 8, 0});
}
