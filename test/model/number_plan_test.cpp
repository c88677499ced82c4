#include "actors/model/directory.hpp"
#include "actors/model/number_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>

using namespace strowger::model;
using namespace std::literals;

namespace {

dn make_trunk(std::string name) {
  return {std::move(name), dn_type::trunk,
          std::make_shared<const option_values>()};
}

std::string names(const std::vector<trunk_choice>& choices) {
  std::string result;
  for (auto& choice : choices)
    result += (result.empty() ? "" : " ") + choice.trunk->number;
  return result;
}

// -- the same by scanning -----------------------------------------------------

struct entry {
  std::string prefix;
  int64_t priority;
  const dn* trunk;
};

/// What number_plan promises, written down without a trie.
struct naive_plan {
  std::vector<entry> entries;
  std::map<std::pair<std::string, int64_t>, size_t> turns;

  std::vector<trunk_choice> candidates(const std::string& number) {
    std::vector<trunk_choice> result;
    for (auto length = number.size() + 1; length-- > 0;) {
      auto prefix = number.substr(0, length);
      std::map<int64_t, std::vector<const dn*>> groups;
      for (auto& entry : entries)
        if (entry.prefix == prefix)
          groups[entry.priority].push_back(entry.trunk);
      for (auto& [priority, trunks] : groups) {
        auto turn = turns[{prefix, priority}]++ % trunks.size();
        std::rotate(trunks.begin(),
                    trunks.begin() + static_cast<ptrdiff_t>(turn),
                    trunks.end());
        for (auto trunk : trunks)
          if (std::ranges::find(result, trunk, &trunk_choice::trunk)
              == result.end())
            result.push_back({trunk, length});
      }
    }
    return result;
  }
};

std::string random_digits(std::mt19937& random, size_t max_length) {
  std::string result(random() % (max_length + 1), '0');
  for (auto& digit : result)
    digit = "012+a"[random() % 5];
  return result;
}

void compare_with_scan(unsigned seed) {
  std::mt19937 random{seed};
  std::deque<dn> trunks; // the plan points at them
  number_plan plan;
  naive_plan naive;
  for (auto i = random() % 20; i-- > 0;) {
    auto& trunk = trunks.emplace_back(make_trunk(std::to_string(i)));
    auto priority = static_cast<int64_t>(random() % 3);
    std::vector<std::string> prefixes;
    for (auto n = 1 + random() % 3; n-- > 0;)
      prefixes.push_back(random_digits(random, 4));
    std::ranges::sort(prefixes);
    prefixes.erase(std::unique(prefixes.begin(), prefixes.end()),
                   prefixes.end());
    for (auto& prefix : prefixes) {
      plan.add(prefix, priority, trunk);
      naive.entries.push_back({prefix, priority, &trunk});
    }
  }
  turn_counters turns;
  for (int call = 0; call < 200; ++call) {
    auto number = random_digits(random, 7);
    auto found = plan.candidates(number, turns);
    auto wanted = naive.candidates(number);
    INFO("seed ", seed, ", number ", number);
    REQUIRE(names(found) == names(wanted));
    REQUIRE(std::ranges::equal(found, wanted, {}, &trunk_choice::prefix_length,
                               &trunk_choice::prefix_length));
  }
}

} // namespace

TEST_CASE("the trie chooses what a scan of all prefixes would choose") {
  // STROWGER_SEED replays one run.
  if (auto given = std::getenv("STROWGER_SEED")) {
    compare_with_scan(static_cast<unsigned>(std::atoi(given)));
    return;
  }
  for (unsigned seed = 1; seed <= 200; ++seed)
    compare_with_scan(seed);
}

TEST_CASE("longest prefix first, then priority, then in turn") {
  auto world = make_trunk("world");
  auto europe = make_trunk("europe");
  auto cheap = make_trunk("cheap");
  auto equal = make_trunk("equal");
  number_plan plan;
  plan.add("0", 0, world);
  plan.add("0049", 5, europe);
  plan.add("0049", 1, cheap);
  plan.add("0049", 1, equal);
  turn_counters turns;
  CHECK(names(plan.candidates("0049301", turns)) == "cheap equal europe world");
  CHECK(names(plan.candidates("0049301", turns)) == "equal cheap europe world");
  CHECK(names(plan.candidates("0049301", turns)) == "cheap equal europe world");
  CHECK(names(plan.candidates("0033", turns)) == "world");
  CHECK(names(plan.candidates("112", turns)) == "");
  CHECK(names(plan.candidates("", turns)) == "");
  CHECK(turns.size() == plan.groups());
}

TEST_CASE("counters from before a reload are taken over") {
  auto one = make_trunk("one");
  auto two = make_trunk("two");
  number_plan plan;
  plan.add("1", 0, one);
  plan.add("1", 0, two);
  turn_counters turns{4'294'967'295u, 7,
                      7}; // about to wrap, from a larger plan
  CHECK(names(plan.candidates("1", turns)) == "two one");
  CHECK(names(plan.candidates("1", turns)) == "one two");
}

TEST_CASE("replace-prefix stands in for the matched prefix") {
  struct {
    option_values options;
    std::string_view number;
    size_t matched;
    std::string_view sent;
  } const rows[] = {
    {{{option::replace_prefix, "8"s}}, "786505551212", 2, "86505551212"},
    {{{option::replace_prefix, ""s}}, "786505551212", 2, "6505551212"},
    {{}, "786505551212", 2, "786505551212"},
    {{{option::replace_prefix, "+49"s}}, "0", 1, "+49"},
    {{{option::replace_prefix, "9"s}}, "123", 0, "9123"},
  };
  for (auto& row : rows) {
    auto trunk = make_trunk("gateway");
    trunk.options = std::make_shared<const option_values>(row.options);
    CHECK(number_plan::replace(row.number, trunk, row.matched) == row.sent);
  }
}
