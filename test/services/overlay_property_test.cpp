#include "services/config/overlay.hpp"
#include "test/services/config_changes.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <random>

using namespace strowger;
using namespace strowger::test;
using namespace std::literals;

namespace {

/// A configuration as a person would keep it in mind, for the property.
struct memory {
  std::map<std::string, std::map<std::string, std::string>> dns;
  std::map<std::string, std::map<std::string, std::string>> agents; // skills

  std::string yaml() const {
    std::string result = "dns:\n";
    for (auto& [number, options] : dns) {
      result += "- {number: \"" + number + "\", type: extension, options: {";
      for (auto& [key, value] : options)
        result += key + ": " + value + ", ";
      result += "}}\n";
    }
    result += agents.empty() ? "agents: []\n" : "agents:\n";
    for (auto& [login, skills] : agents) {
      result += "- {login: " + login + ", skills: {";
      for (auto& [key, value] : skills)
        result += key + ": \"" + value + "\", ";
      result += "}}\n";
    }
    return result;
  }
};

class changer {
public:
  explicit changer(unsigned seed) : random_(seed) {
    for (int number = 100; number < 130; ++number)
      if (number >= 110 && number < 120)
        now.dns[std::to_string(number)] = {{"ring-timeout", "9"}};
      else if (chance(2))
        now.dns[std::to_string(number)] = {};
    for (auto name : {"a", "b", "c"})
      now.agents[name] = {{"sales", "3"}};
    file = now.yaml();
    // Ten of them are a range in the file.
    for (int number = 110; number < 120; ++number) {
      auto line = "- {number: \"" + std::to_string(number)
                  + "\", type: extension, options: {ring-timeout: 9, }}\n";
      file = replaced(file, line, "");
    }
    file = replaced(file, "dns:\n",
                    "dns:\n- {numbers: {from: 110, to: 119}, type: extension, "
                    "options: {ring-timeout: 9}}\n");
    first = now;
  }

  /// A change, which `now` has already if it can be made.
  change next() {
    auto is_dn = chance(2);
    auto& all = is_dn ? now.dns : now.agents;
    auto& before = is_dn ? first.dns : first.agents;
    auto kind = is_dn ? object_kind::dn : object_kind::agent;
    auto name = is_dn ? std::to_string(100 + pick(30))
                      : std::string(1, static_cast<char>('a' + pick(5)));
    auto key = is_dn ? (chance(2) ? "ring-timeout"s : "capacity-group"s)
                     : "skills/"s + (chance(2) ? "sales" : "french");
    if (is_dn && key == "capacity-group")
      key = "no-answer-timeout";
    auto word = is_dn ? key : key.substr(7);
    auto value = std::to_string(1 + pick(100));
    auto there = all.contains(name);
    switch (pick(5)) {
      case 0:
        if (there)
          all[name][word] = value;
        return set(kind, name, key, {value});
      case 1:
        if (there)
          all[name].erase(word);
        return unset(kind, name, key);
      case 2:
        all[name] = {{word, value}};
        if (is_dn)
          return put(kind, name, {{"type", {"extension"}}, {key, {value}}});
        return put(kind, name, {{key, {value}}});
      case 3:
        all.erase(name);
        return remove(kind, name);
      default:
        if (auto old = before.find(name); old != before.end())
          all[name] = old->second;
        else
          all.erase(name);
        return revert(kind, name);
    }
  }

  int pick(int count) {
    return static_cast<int>(random_() % static_cast<unsigned>(count));
  }
  bool chance(int of) {
    return pick(of) == 0;
  }

  memory first;
  memory now;
  std::string file;

private:
  std::mt19937 random_;
};

} // namespace

TEST_CASE("any change sets, one after the other, read like the file that says "
          "so, also after a restart") {
  auto given = std::getenv("STROWGER_SEED");
  auto seed = given ? static_cast<unsigned>(std::atoi(given))
                    : std::random_device{}();
  CAPTURE(seed);
  changer world{seed};
  REQUIRE(text_of(world.file) == text_of(world.first.yaml()));
  config::overlay entries;
  size_t accepted = 0;
  for (uint64_t revision = 2; revision < 150; ++revision) {
    auto before = world.now;
    std::vector<change> changes;
    for (int i = 1 + world.pick(3); i > 0; --i)
      changes.push_back(world.next());
    auto result = config::apply({world.file, "f"}, entries, changes,
                                {revision, "anna", 0});
    if (!result.value) {
      CHECK_FALSE(result.faults.empty());
      for (auto& fault : result.faults)
        CHECK(fault.change.value_or(99) < changes.size());
      world.now = before;
      continue;
    }
    ++accepted;
    entries = result.entries;
    auto want = text_of(world.now.yaml());
    REQUIRE(text_of(*result.value) == want);
    auto again = config::restore({world.file, "f"}, entries);
    REQUIRE(again.result.value);
    REQUIRE(text_of(*again.result.value) == want);
    CHECK(again.entries == entries);
  }
  CHECK(accepted > 20);
}

namespace {

const std::string small_office = R"(options: {TServer: {max-calls: 5}}
dns:
- {numbers: {from: 3000, to: 3009}, type: extension, options: &o {password: x}}
- {number: "00", type: routing-point}
- {number: a-1, type: trunk, options: {contact: "sip:127.0.0.1:9"}}
agents:
- {login: a, skills: {s: 1}, options: *o}
agent-groups:
- {name: g, skill: s>0}
places:
- {name: p, dns: ["3001"]}
place-groups:
- {name: p, places: [p]}
strategies:
- {name: s, routing-points: ["00"], group: g}
)";
const std::vector<std::string> any_name = {
  "",  "3000-3009", "3004", "3000-3003", "3005-3007", "-",  "3000-",
  "a", "9-3",       "0",    "00",        "a-1",       "g",  "p",
  "s", "000-002",   "~",    "null",      "&o",        "*o", "3000-9999999"};
const std::vector<std::string> any_key = {
  "type",           "options", "skills/s",     "skills",
  "name",           "number",  "numbers",      "dns",
  "password",       "agents",  "ring-timeout", "extrouter/handle-vsp",
  "extrouter/",     "places",  "max-calls",    "options/ring-timeout",
  "skill",          "group",   "contact",      "routing-points",
  "overflow-to",    "prefix",  "TServer",      "overflow-after",
  "contacts-backup"};
const std::vector<std::string> any_value = {
  "",  "5", "extension", "trunk",           "3004", "a",   "g",      "s>0",
  "p", "~", "true",      "sip:127.0.0.1:9", "a,b,", "all", "{a: b}", "00"};

} // namespace

TEST_CASE("changes of any words are refused, or last as they are") {
  auto given = std::getenv("STROWGER_SEED");
  auto seed = given ? static_cast<unsigned>(std::atoi(given))
                    : std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  auto pick = [&](auto& from) { return from[random() % from.size()]; };
  config::overlay entries;
  size_t accepted = 0;
  for (uint64_t revision = 2; revision < 2000; ++revision) {
    change x;
    x.verb = static_cast<change_verb>(random() % 5);
    x.object.kind = static_cast<object_kind>(random()
                                             % config::object_kind_count);
    if (x.object.kind != object_kind::switch_itself)
      x.object.name = pick(any_name);
    auto count = x.verb == change_verb::put      ? random() % 4
                 : x.verb == change_verb::remove ? 0
                 : x.verb == change_verb::revert ? random() % 2
                                                 : 1;
    for (size_t i = 0; i < count; ++i) {
      auto& y = x.settings.emplace_back();
      y.key = pick(any_key);
      if (x.verb == change_verb::set || x.verb == change_verb::put)
        for (auto n = random() % 3; n > 0; --n)
          y.values.push_back(pick(any_value));
    }
    CAPTURE(to_string(x));
    auto result = config::apply({small_office, "f"}, entries, std::vector{x},
                                {revision, "anna", 0});
    if (!result.value) {
      CHECK_FALSE(result.faults.empty());
      continue;
    }
    ++accepted;
    entries = result.entries;
    auto again = config::restore({small_office, "f"}, entries);
    REQUIRE(again.result.value);
    CHECK(again.entries == entries);
    REQUIRE(text_of(*again.result.value) == text_of(*result.value));
  }
  CHECK(accepted > 20);
}
