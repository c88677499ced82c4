#include "services/config/config.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace strowger::services;

namespace {

std::string errors_of(const config::load_result& result) {
  std::string text;
  for (auto& x : result.errors)
    text += config::to_string(x).substr(2) + "\n"; // the file is "f"
  return text;
}

// Seven lines.
const std::string office = R"(dns:
- {number: 9, type: routing-point, options: {router-timeout: 60}}
- {number: 8, type: routing-point}
- {number: 2001, type: extension}
agents: [{login: ada}]
agent-groups: [{name: sales, agents: [ada]}]
strategies:
)";

struct bad_entry {
  std::string text;
  std::string errors;
};

const bad_entry bad_entries[] = {
  {"- {name: s, group: sales}\n",
   "8:3: error: the strategy has no routing-points\n"},
  {"- {group: sales, routing-points: [9]}\n",
   "8:3: error: the strategy has no name\n"},
  {"- {name: s, routing-points: [9]}\n",
   "8:3: error: the strategy has no group\n"},
  {"- {name: s, group: salse, routing-points: [9]}\n",
   "8:20: error: strategy s: no agent group or place group \"salse\"\n"},
  {"- {name: s, group: sales, routing-points: [7, 2001]}\n",
   "8:44: error: strategy s: no DN \"7\"\n"
   "8:47: error: strategy s: extension 2001 is no routing point or queue\n"},
  {"- {name: s, group: sales, routing-points: [9]}\n"
   "- {name: t, group: sales, routing-points: [9]}\n",
   "9:44: error: strategy t: 9 is served by strategy s already\n"},
  {"- {name: s, group: sales, routing-points: [9], overflow-after: 5}\n",
   "8:3: error: overflow-after and overflow-to go together\n"},
  {"- {name: s, group: sales, routing-points: [9], overflow-to: 2001}\n",
   "8:3: error: overflow-after and overflow-to go together\n"},
  {"- {name: s, group: sales, routing-points: [9], overflow-after: 0,\n"
   "   overflow-to: 2001}\n",
   "8:64: error: overflow-after: \"0\" is not a number of seconds from 1 to "
   "86400\n"},
  {"- {name: s, group: sales, routing-points: [9], overflow-after: 5,\n"
   "   overflow-to: 55}\n",
   "9:17: error: strategy s: overflow-to \"55\" is neither a DN that takes "
   "calls nor a number of a trunk\n"},
  {"- {name: s, group: sales, routing-points: [9, 8], overflow-after: 30,\n"
   "   overflow-to: 2001}\n",
   "8:47: error: strategy s: router-timeout of 8 is 10 s, which is over before "
   "overflow-after\n"},
};

} // namespace

TEST_CASE("strategies are read with their routing points, group and overflow") {
  auto result = config::load_text(
    office
      + "- {name: s, group: sales, routing-points: [9], overflow-after: 30, "
        "overflow-to: 2001}\n- {name: t, group: sales, routing-points: [8]}\n",
    "f");
  REQUIRE(errors_of(result) == "");
  auto& all = result.value->strategies;
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "s");
  CHECK(all[0].points == std::vector<std::string>{"9"});
  CHECK(all[0].group == "sales");
  CHECK(all[0].overflow_after_s == 30);
  CHECK(all[0].overflow_to == "2001");
  CHECK(all[1].overflow_after_s == 0);
}

TEST_CASE("a mistake about a strategy is told with its place") {
  for (auto& x : bad_entries) {
    CAPTURE(x.text);
    auto result = config::load_text(office + x.text, "f");
    CHECK(errors_of(result) == x.errors);
    CHECK(!result.value);
  }
}
