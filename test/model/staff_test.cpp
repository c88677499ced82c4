#include "actors/model/directory.hpp"
#include "actors/model/staff.hpp"

#include <doctest/doctest.h>

using namespace strowger::model;
using namespace std::literals;

namespace {

agent_login agent(std::string login,
                  std::vector<std::pair<std::string, int64_t>> skills = {},
                  option_values options = {}) {
  agent_login x;
  x.login = std::move(login);
  x.skills = std::move(skills);
  x.options = std::make_shared<const option_values>(std::move(options));
  return x;
}

agent_group group(std::string name, std::vector<std::string> agents,
                  std::vector<skill_demand> skills = {}) {
  agent_group x;
  x.name = std::move(name);
  x.agents = std::move(agents);
  x.skills = std::move(skills);
  return x;
}

skill_demand demand(std::string_view text) {
  std::string error;
  auto result = parse_skill_demand(text, error);
  REQUIRE(result);
  return *result;
}

} // namespace

TEST_CASE("a skill demand compares a level, with or without spaces") {
  struct {
    std::string_view text;
    int64_t level;
    bool met;
  } const rows[] = {
    {"sales>=5", 4, false},    {"sales >= 5", 5, true}, {"sales>5", 5, false},
    {"sales>5", 6, true},      {"sales<=5", 6, false},  {"sales<=5", 5, true},
    {"sales<5", 5, false},     {"sales< 5", 4, true},   {"sales=5", 5, true},
    {" sales = 5 ", 6, false},
  };
  for (auto& row : rows) {
    CAPTURE(row.text);
    CHECK(demand(row.text).met_by(agent("a", {{"sales", row.level}}))
          == row.met);
    CHECK_FALSE(demand(row.text).met_by(agent("a", {{"sale", row.level}})));
  }
  for (auto text : {"", "sales", ">5", "sales>", "sales>=x", "sales=>5",
                    "sales==5", "sales>-1", "sales>1001", "sales>5 6", "  "}) {
    CAPTURE(text);
    std::string error;
    CHECK(!parse_skill_demand(text, error));
    CHECK(error.find("not a demand") != error.npos);
  }
}

TEST_CASE("options count by agent, then DN, then distributor, then switch") {
  using enum option;
  directory_builder b;
  b.set(wrap_up_time, int64_t{1});
  b.add("2001", dn_type::extension, {{wrap_up_time, int64_t{3}}});
  b.add("2002", dn_type::extension);
  b.add("9", dn_type::acd_queue, {{wrap_up_time, int64_t{2}}});
  b.staff().add(agent("a", {}, {{wrap_up_time, int64_t{4}}})).add(agent("b"));
  auto all = b.build();
  REQUIRE(all);
  auto with = all->staff().agents().find("a");
  auto without = all->staff().agents().find("b");
  auto own = all->find("2001");
  auto plain = all->find("2002");
  auto queue = all->find("9");
  CHECK(all->integer(wrap_up_time, {with, own, queue}) == 4);
  CHECK(all->integer(wrap_up_time, {without, own, queue}) == 3);
  CHECK(all->integer(wrap_up_time, {without, plain, queue}) == 2);
  CHECK(all->integer(wrap_up_time, {without, plain}) == 1);
  CHECK(all->integer(wrap_up_time, {nullptr, plain}) == 1);
  CHECK(all->integer(wrap_up_time, own) == 3);
  CHECK(all->integer(wrap_up_time) == 1);
  CHECK(all->is_set(no_answer_timeout, {with, own}) == false);
}

TEST_CASE("a group holds whom it lists, then whom its skills select, once") {
  directory_builder b;
  b.staff()
    .add(agent("a", {{"sales", 9}, {"french", 1}}))
    .add(agent("b", {{"sales", 9}}))
    .add(agent("c", {{"sales", 4}, {"french", 5}}))
    .add(group("listed", {"c", "a"}))
    .add(group("able", {}, {demand("sales>5")}))
    .add(group("both", {"b"}, {demand("sales>=4"), demand("french>0")}))
    .add(group("nobody yet", {}, {demand("sales>100")}));
  auto all = b.build();
  REQUIRE(all);
  auto members = [&](std::string_view name) {
    auto found = all->staff().groups().find(name);
    REQUIRE(found);
    return found->agents;
  };
  CHECK(members("listed") == std::vector{"c"s, "a"s});
  CHECK(members("able") == std::vector{"a"s, "b"s});
  CHECK(members("both") == std::vector{"b"s, "a"s, "c"s});
  CHECK(members("nobody yet").empty());
  CHECK(all->staff().groups().find("no") == nullptr);
}

TEST_CASE("what names nobody or somebody twice makes no directory") {
  directory_builder b;
  b.add("2001", dn_type::extension).add("g", dn_type::trunk);
  place desk, table;
  desk.name = "desk";
  desk.dns = {"2001", "g"};
  table.name = "table";
  table.dns = {"2001", "2002"};
  place_group floor;
  floor.name = "floor";
  floor.places = {"dsk"};
  b.staff()
    .add(agent("a"))
    .add(agent("a"))
    .add(agent(""))
    .add(group("g", {"a", "a", "b"}))
    .add(desk)
    .add(table)
    .add(floor);
  CHECK(b.build() == nullptr);
  std::string errors;
  for (auto& error : b.errors())
    errors += error.message + "\n";
  CHECK(errors
        == "duplicate agent a, first defined in line 0\n"
           "agent without a name\n"
           "agent group g: agent a is listed twice\n"
           "agent group g: no agent \"b\"; did you mean \"a\"?\n"
           "place desk: trunk g is no phone that an agent could use\n"
           "place table: DN 2001 is in place desk already\n"
           "place table: no DN \"2002\"; did you mean \"2001\"?\n"
           "place group floor: no place \"dsk\"; did you mean \"desk\"?\n");
}
