#include "services/config/config.hpp"

#include <doctest/doctest.h>

#include <random>
#include <sstream>

using namespace strowger;
using namespace strowger::services;
using namespace std::literals;
using model::option;

namespace {

constexpr auto centre = R"(
agent-groups:
  - {name: sales, agents: [a1, a2]}
  - {name: seniors, skill: "sales>=5"}
  - {name: bilingual, agents: [a3], skill: [english > 0, "french=7"]}
agents:
  - {login: a1, password: s3cret, name: Ada, skills: {sales: 5, english: 3}}
  - login: a2
    skills: {sales: 4, french: 7, english: 1}
    options: {wrap-up-time: 20}
  - login: a3
place-groups:
  - {name: floor, places: [desk-1, desk-2]}
places:
  - {name: desk-1, dns: [2001, 2002]}
  - {name: desk-2, dns: ["2003"]}
dns:
  - {numbers: {from: 2001, to: 2003}, type: extension}
)"sv;

std::string errors_of(const config::load_result& result) {
  std::string lines;
  CHECK(result.value.has_value() == result.errors.empty());
  for (auto& error : result.errors)
    lines += to_string(error) + "\n";
  return lines;
}

struct bad_file {
  std::string_view text;
  std::string_view errors; ///< without the file's name
};

constexpr bad_file bad_files[] = {
  // -- shapes
  {"agents: {a: b}\n", "1:9: error: agents must be a list of agents\n"},
  {"agent-groups: 5\n",
   "1:15: error: agent-groups must be a list of agent groups\n"},
  {"places: 5\n", "1:9: error: places must be a list of places\n"},
  {"place-groups: 5\n",
   "1:15: error: place-groups must be a list of place groups\n"},
  {"agnets: []\n", "1:1: error: unknown key \"agnets\" in the configuration; "
                   "did you mean \"agents\"?\n"},
  {"agents: [a1]\n", "1:10: error: an agent must be a map (key: value)\n"},
  {"agents:\n- {logn: a1}\n",
   "2:3: error: the agent has no login\n"
   "2:4: error: unknown key \"logn\" in an agent; did you mean \"login\"?\n"},
  {"agents:\n- {login: \"\"}\n", "2:11: error: login is empty\n"},
  {"agent-groups:\n- {agents: []}\n",
   "2:3: error: the agent group has no name\n"},
  {"places:\n- {dns: []}\n", "2:3: error: the place has no name\n"},
  {"place-groups:\n- {places: []}\n",
   "2:3: error: the place group has no name\n"},
  {"agent-groups:\n- {name: g}\n",
   "2:3: error: an agent group has agents, a skill, or both\n"},
  {"agent-groups:\n- {name: g, agents: a1}\n",
   "2:21: error: agents must be a list\n"},
  // -- agents
  {"agents:\n- {login: a1}\n- {login: a1}\n",
   "3:11: error: duplicate agent a1, first defined in line 2\n"},
  {"agents:\n- {login: a1, skills: {sales: much}}\n",
   "2:31: error: the level of skill sales: \"much\" is not a whole number from "
   "0 to 1000\n"},
  {"agents:\n- {login: a1, skills: {sales: 1001}}\n",
   "2:31: error: the level of skill sales: \"1001\" is not a whole number from "
   "0 to 1000\n"},
  {"agents:\n- {login: a1, password: x, options: {password: y}}\n",
   "2:25: error: password is given twice: here and in the options\n"},
  {"agents:\n- {login: a1, options: {wrap-uptime: 5}}\n",
   "2:25: error: unknown option \"wrap-uptime\"; did you mean "
   "\"wrap-up-time\"?\n"},
  {"agents:\n- {login: a1, options: {legal-guard-time: 5}}\n",
   "2:25: error: option legal-guard-time cannot stand in the options of an "
   "agent; it belongs to: TServer\n"},
  {"agents:\n- {login: a1, options: {wrap-up-time: long}}\n",
   "2:39: error: option wrap-up-time: \"long\" is not a whole number from 0 to "
   "86400 (s)\n"},
  // -- groups
  {"agents:\n- {login: ada}\nagent-groups:\n- {name: g, agents: [ade]}\n",
   "4:22: error: agent group g: no agent \"ade\"; did you mean \"ada\"?\n"},
  {"agent-groups:\n- {name: g, agents: [a1]}\n",
   "2:22: error: agent group g: no agent \"a1\"\n"},
  {"agents:\n- {login: a1}\nagent-groups:\n- {name: g, agents: [a1, a1]}\n",
   "4:26: error: agent group g: agent a1 is listed twice\n"},
  {"agent-groups:\n- {name: g, agents: []}\n- {name: g, agents: []}\n",
   "3:10: error: duplicate agent group g, first defined in line 2\n"},
  {"agents:\n- {login: a1, skills: {sales: 1}}\n"
   "agent-groups:\n- {name: g, skill: sale>1}\n",
   "4:10: error: agent group g: no agent has the skill \"sale\"; did you mean "
   "\"sales\"?\n"},
  {"agent-groups:\n- {name: g, skill: sales}\n",
   "2:20: error: skill: \"sales\" is not a demand such as sales>=5 (>= > <= < "
   "=, level 0 to 1000)\n"},
  // -- places
  {"dns:\n- {number: 2001, type: extension}\n"
   "places:\n- {name: p, dns: [2010]}\n",
   "4:19: error: place p: no DN \"2010\"; did you mean \"2001\"?\n"},
  {"dns:\n- {number: q, type: acd-queue}\nplaces:\n- {name: p, dns: [q]}\n",
   "4:19: error: place p: acd-queue q is no phone that an agent could use\n"},
  {"dns:\n- {number: 2001, type: extension}\n"
   "places:\n- {name: p, dns: [2001]}\n- {name: r, dns: [2001]}\n",
   "5:19: error: place r: DN 2001 is in place p already\n"},
  {"places:\n- {name: p}\n- {name: p}\n",
   "3:10: error: duplicate place p, first defined in line 2\n"},
  {"places:\n- {name: desk}\nplace-groups:\n- {name: g, places: [dask, desk, "
   "desk]}\n",
   "4:22: error: place group g: no place \"dask\"; did you mean \"desk\"?\n"
   "4:34: error: place group g: place desk is listed twice\n"},
};

} // namespace

TEST_CASE("agents, groups and places stand in the file in any order") {
  auto result = config::load_text(centre, "f");
  REQUIRE(errors_of(result) == "");
  auto& all = *result.value->directory;
  auto& staff = all.staff();
  REQUIRE(staff.agents().all().size() == 3);
  auto ada = staff.agents().find("a1");
  auto second = staff.agents().find("a2");
  REQUIRE(ada);
  REQUIRE(second);
  CHECK(ada->name == "Ada");
  REQUIRE(ada->skill("sales"));
  CHECK(*ada->skill("sales") == 5);
  CHECK(all.text(option::password, {ada, nullptr}) == "s3cret");
  CHECK(all.integer(option::wrap_up_time, {ada, nullptr}) == 0);
  CHECK(all.integer(option::wrap_up_time, {second, nullptr}) == 20);
  CHECK(staff.groups().find("sales")->agents == std::vector{"a1"s, "a2"s});
  CHECK(staff.groups().find("seniors")->agents == std::vector{"a1"s});
  CHECK(staff.groups().find("bilingual")->agents == std::vector{"a3"s, "a2"s});
  REQUIRE(staff.place_of("2002"));
  CHECK(staff.place_of("2002")->name == "desk-1");
  CHECK(staff.place_groups().find("floor")->places
        == std::vector{"desk-1"s, "desk-2"s});
}

TEST_CASE("a configuration without agents has an empty staff; the example for "
          "newcomers has six agents") {
  auto result = config::load_text("switch: alone\n", "alone.yaml");
  REQUIRE(errors_of(result) == "");
  CHECK(result.value->directory->staff().agents().all().empty());
  result = config::load("deploy/examples/office.yaml");
  REQUIRE(errors_of(result) == "");
  auto& staff = result.value->directory->staff();
  REQUIRE(staff.groups().find("hotline"));
  CHECK(staff.groups().find("hotline")->agents.size() == 6);
}

TEST_CASE("a mistake about agents is told with its place and what was meant") {
  for (auto& file : bad_files) {
    CAPTURE(std::string(file.text));
    std::string wanted;
    std::istringstream lines{std::string(file.errors)};
    for (std::string line; std::getline(lines, line);)
      wanted += "f.yaml:" + line + "\n";
    CHECK(errors_of(config::load_text(file.text, "f.yaml")) == wanted);
  }
}

TEST_CASE("no damage to the agents of a file makes loading throw or hang") {
  for (unsigned seed = 1; seed <= 600; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    std::string text{centre};
    for (auto i = 1 + random() % 8; i-- > 0;) {
      auto at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 40);
          break;
        default:
          text.insert(at, 1, "{}[]:,&*-\n\"'#|>?!%~=<"[random() % 21]);
      }
    }
    auto result = config::load_text(text, "f");
    CHECK(result.value.has_value() == result.errors.empty());
    for (auto& error : result.errors)
      CHECK(std::min(error.line, error.column) >= 1);
  }
}
