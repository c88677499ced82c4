#include "services/config/overlay.hpp"
#include "test/services/config_changes.hpp"

#include <doctest/doctest.h>

using namespace strowger;
using namespace strowger::test;
using namespace std::literals;

namespace {

const auto office = R"(switch: office
options:
  TServer: {ring-timeout: 30}
dns:
  - {number: "2001", type: extension, options: &phone {password: s3cret}}
  - {number: "2002", type: extension, options: *phone}
  - {numbers: {from: 3000, to: 3009}, type: extension, options: *phone}
  - number: gateway
    type: trunk
    options: {contact: "sip:127.0.0.1:9", prefix: "9"}
  - {number: "4000", type: routing-point}
agents:
  - {login: ada, password: x, skills: {sales: 5}}
  - {login: bob, options: {wrap-up-time: 5}}
agent-groups:
  - {name: sales, agents: [ada, bob]}
places:
  - {name: desk, dns: ["2001"]}
place-groups:
  - {name: floor, places: [desk]}
strategies:
  - {name: first, routing-points: ["4000"], group: sales}
)"s;

config::overlaid apply(const std::vector<change>& changes,
                       const config::overlay& before = {},
                       const std::string& text = office) {
  return config::apply({text, "f"}, before, changes, {2, "anna", 1000});
}

std::string faults_of(const config::overlaid& x) {
  std::string result;
  for (auto& fault : x.faults)
    result += to_string(fault) + "\n";
  CHECK(x.value.has_value() == x.faults.empty());
  return result;
}

struct equivalent {
  std::vector<change> changes;
  std::string from; ///< of the file
  std::string to;
};
const equivalent said_by_files[] = {
  {{set({}, "", "ring-timeout", {"20"})},
   "ring-timeout: 30",
   "ring-timeout: 20"},
  {{unset({}, "", "ring-timeout")}, "{ring-timeout: 30}", ""},
  {{set({}, "", "extrouter/handle-vsp", {"all"})},
   "dns:",
   "  extrouter: {handle-vsp: all}\ndns:"},
  {{set(dn, "2001", "capacity", {"2"}), unset(dn, "2001", "capacity")}, "", ""},
  {{set(dn, "2002", "ring-timeout", {"7"})},
   "options: *phone}\n  - {numbers",
   "options: {password: s3cret, ring-timeout: 7}}\n  - {numbers"},
  {{set(dn, "2002", "authenticate-requests", {"register", "invite"})},
   "options: *phone}\n  - {numbers",
   "options: {password: s3cret, authenticate-requests: [register, "
   "invite]}}\n  - {numbers"},
  {{set(dn, "3000-3009", "ring-timeout", {"7"})},
   "options: *phone}\n  - number: gateway",
   "options: {password: s3cret, ring-timeout: 7}}\n  - number: gateway"},
  {{set(dn, "3004", "ring-timeout", {"7"})},
   "  - number: gateway",
   "  - {number: \"3004\", type: extension, options: {password: s3cret, "
   "ring-timeout: 7}}\n  - number: gateway"},
  {{put(dn, "2009", {{"type", {"extension"}}, {"password", {"p"}}})},
   "agents:\n",
   "  - {number: \"2009\", type: extension, options: {password: p}}\n"
   "agents:\n"},
  {{put(dn, "05000-05010", {{"type", {"extension"}}})},
   "agents:\n",
   "  - {numbers: {from: \"05000\", to: \"05010\"}, type: extension}\n"
   "agents:\n"},
  {{put(dn, "2002", {{"type", {"acd-position"}}})},
   "{number: \"2002\", type: extension, options: *phone}",
   "{number: \"2002\", type: acd-position}"},
  {{remove(dn, "2002")},
   "  - {number: \"2002\", type: extension, options: *phone}\n",
   ""},
  {{set(agent, "ada", "skills/sales", {"7"}),
    set(agent, "ada", "skills/french", {"1"}),
    set(agent, "ada", "name", {"Ada L."})},
   "skills: {sales: 5}",
   "name: Ada L., skills: {sales: 7, french: 1}"},
  {{set(agent, "bob", "password", {"y"})},
   "{wrap-up-time: 5}",
   "{wrap-up-time: 5, password: y}"},
  {{put(agent, "eve", {}), set(group, "sales", "agents", {"eve"}),
    remove(agent, "ada")},
   "  - {login: ada, password: x, skills: {sales: 5}}\n  - {login: bob, "
   "options: {wrap-up-time: 5}}\nagent-groups:\n  - {name: sales, agents: "
   "[ada, bob]}\n",
   "  - {login: bob, options: {wrap-up-time: 5}}\n  - login: eve\n"
   "agent-groups:\n  - {name: sales, agents: [eve]}\n"},
  {{set(object_kind::place, "desk", "dns", {"2001", "2002"})},
   "dns: [\"2001\"]}",
   "dns: [\"2001\", \"2002\"]}"},
  {{set(object_kind::strategy, "first", "overflow-after", {"9"}),
    set(object_kind::strategy, "first", "overflow-to", {"2001"}),
    set(dn, "4000", "router-timeout", {"60"})},
   "type: routing-point}",
   "type: routing-point, options: {router-timeout: 60}}"},
};

} // namespace

// -- a file that says so ------------------------------------------------------

TEST_CASE("a change set reads like a file that says so") {
  for (auto& x : said_by_files) {
    CAPTURE(to_string(x.changes.front()));
    auto changed = apply(x.changes);
    CHECK(faults_of(changed) == "");
    REQUIRE(changed.value);
    auto file = x.from.empty() ? office : replaced(office, x.from, x.to);
    if (x.changes.front().object.kind == object_kind::strategy)
      file = replaced(file, "group: sales}",
                      "group: sales, overflow-after: 9, overflow-to: 2001}");
    if (x.changes.front().object.name == "3004")
      file = replaced(file, "{numbers: {from: 3000, to: 3009}",
                      "{numbers: {from: 3000, to: 3003}, type: extension, "
                      "options: *phone}\n  - {numbers: {from: 3005, to: 3009}");
    CHECK(text_of(*changed.value) == text_of(file));
    auto again = config::restore({office, "f"}, changed.entries);
    REQUIRE(again.result.value);
    CHECK(text_of(*again.result.value) == text_of(file));
  }
}

TEST_CASE("a range is cut where one of its numbers is changed") {
  const std::string file = "dns: [{numbers: {from: \"0098\", to: 0102}, type: "
                           "extension}]\n";
  struct row {
    std::string number;
    std::string numbers;
  };
  const row rows[] = {
    {"0098", "0098! 0099-0102"},
    {"0099", "0098 0099! 0100-0102"},
    {"0100", "0098-0099 0100! 0101-0102"},
    {"0102", "0098-0101 0102!"},
  };
  for (auto& x : rows) {
    CAPTURE(x.number);
    auto changed = apply({set(dn, x.number, "ring-timeout", {"5"})}, {}, file);
    CHECK(faults_of(changed) == "");
    config::file_text text{file, "f"};
    config::overlaid_document document{text, changed.entries};
    std::string numbers;
    for (auto& y : document.objects().objects())
      if (y.id.kind == dn)
        numbers += (numbers.empty() ? "" : " ") + y.id.name
                   + (document.objects().settings(y).size() > 1 ? "!" : "");
    CHECK(numbers == x.numbers);
    CHECK(changed.value->directory->dns().size() == 5);
    CHECK(text_of(*apply({remove(dn, x.number)}, {}, file).value)
            .find("dn " + x.number)
          == std::string::npos);
  }
  for (auto number : {"98", "097", "0103", "00100", "100"})
    CHECK_FALSE(apply({remove(dn, number)}, {}, file).value);
}

// -- what is wrong ------------------------------------------------------------

TEST_CASE("a fault names the change, the object, the key and what is wrong") {
  struct row {
    std::vector<change> changes;
    std::string says;
  };
  const row rows[] = {
    {{set(dn, "2009", "ring-timeout", {"5"})},
     "change 1, dn 2009 ring-timeout: there is no dn 2009\n"},
    {{set(dn, "2001", "ring-timeout", {"soon"})},
     "change 1, dn 2001 ring-timeout: option ring-timeout: \"soon\" is not a "
     "whole number from 0 to 600 (s)\n"},
    {{set(dn, "2001", "ring-timeut", {"5"})},
     "change 1, dn 2001 ring-timeut: unknown option \"ring-timeut\"; did you "
     "mean \"ring-timeout\"?\n"},
    {{set(dn, "2002", "ring-timeout", {"5"}),
      set(object_kind::place, "desk", "places", {"x"})},
     "change 2, place desk places: unknown key \"places\" in a place; did you "
     "mean \"name\"?\n"},
    {{put(dn, "2009", {{"type", {"extension"}}, {"prefix", {"1"}}})},
     "change 1, dn 2009 prefix: option prefix cannot stand in the options of "
     "extension; it belongs to: trunk, voip-service\n"},
    {{remove(agent, "ada")},
     "change 1, agent group sales agents: agent group sales: no agent "
     "\"ada\"; did you mean \"bob\"?\n"},
    {{put(dn, "2000-2005", {{"type", {"extension"}}})},
     "change 1, dn 2000-2005: duplicate DN 2001, first defined in line 5\n"},
    {{put(dn, "2008", {{"type", {"extension"}}}),
      put(dn, "2007-2009", {{"type", {"extension"}}})},
     "change 2, dn 2007-2009: duplicate DN 2008, first defined in a change of "
     "dn 2008\n"},
    {{put(agent, "line 1000000000", {{"skills/x", {"line 01000000000"}}})},
     "change 1, agent line 1000000000 skills/x: the level of skill x: \"a "
     "change of agent line 1000000000\" is not a whole number"},
    {{set(dn, "2001", "contact", {"a\nb"})},
     "a value has more than 4096 characters, or control characters\n"},
    {{set({}, "", "sip-port", {"5070"})},
     "change 1, switch sip-port: option sip-port cannot change at run time: "
     "change the file and restart\n"},
    {{set({}, "", "log/level", {"debug"})},
     "change 1, switch log/level: log/level cannot change at run time: change "
     "the file and restart\n"},
    {{set(agent, "ada", "gvm_name", {"Ada"})},
     "change 1, agent ada gvm_name: option gvm_name cannot change at run time: "
     "change the file and restart\n"},
    {{set(dn, "2001", "number", {"2009"})},
     "change 1, dn 2001 number: the name of an object cannot change\n"},
    {{remove({}, "")},
     "change 1, switch: the switch can be neither made nor deleted\n"},
    {{unset(dn, "2001", "ring-timeout")},
     "change 1, dn 2001 ring-timeout: dn 2001 has no ring-timeout\n"},
    {{revert(dn, "2001")}, "change 1, dn 2001: dn 2001 has no such change\n"},
    {{set(dn, "2001", "", {"1"})},
     "change 1, dn 2001: a key has 1 to 128 characters\n"},
    {{set(dn, "\x01", "ring-timeout", {"1"})}, "the name has control chara"},
  };
  for (auto& x : rows) {
    CAPTURE(x.says);
    auto result = apply(x.changes);
    auto said = faults_of(result);
    CHECK_MESSAGE(said.find(x.says) != std::string::npos, said);
    CHECK_FALSE(result.value);
  }
}

// -- a file that has changed --------------------------------------------------

TEST_CASE("what does not fit a changed file is left out, and why is said") {
  auto kept = apply({set(dn, "2001", "ring-timeout", {"5"}),
                     set(dn, "2002", "ring-timeout", {"6"}),
                     put(dn, "2009", {{"type", {"extension"}}}),
                     remove(object_kind::place_group, "floor"),
                     remove(object_kind::place, "desk")});
  REQUIRE(kept.value);
  auto gone = replaced(office, "{number: \"2001\"", "{number: \"2005\"");
  gone = replaced(gone, "dns: [\"2001\"]", "dns: [\"2005\"]");
  // A new place group needs the place that was deleted.
  gone = replaced(gone, "  - {name: floor, places: [desk]}\n",
                  "  - {name: floor, places: [desk]}\n"
                  "  - {name: attic, places: [desk]}\n"
                  "# the number of the change is there now:\n");
  gone = replaced(gone, "\"4000\", type: routing-point}",
                  "\"4000\", type: routing-point}\n"
                  "  - {numbers: {from: 2008, to: 2010}, type: extension}");
  auto now = config::restore({gone, "f"}, kept.entries);
  REQUIRE(now.result.value);
  REQUIRE(now.entries.size() == 5);
  CHECK(now.entries[0].inactive == "there is no dn 2001");
  CHECK(now.entries[1].inactive == "");
  CHECK(now.entries[2].inactive == ""); // replaces the number of the range
  CHECK(now.entries[3].inactive == "");
  CHECK(now.entries[4].inactive.find("desk") != std::string::npos);
  auto& d = *now.result.value->directory;
  CHECK(d.integer(model::option::ring_timeout, d.find("2002")) == 6);
  CHECK(d.find("2009"));
  CHECK(d.staff().places().find("desk"));
  // The file that fitted brings it back.
  auto back = config::restore({office, "f"}, now.entries);
  CHECK(back.entries == kept.entries);
}

TEST_CASE("of the changes only those are left out that do not fit") {
  const auto before = replaced(office,
                               "  - {name: sales, agents: [ada, bob]}\n",
                               "  - {name: sales, agents: [ada]}\n"
                               "  - {name: service, agents: [bob]}\n");
  auto strategy = object_kind::strategy;
  auto kept = apply({set(strategy, "first", "overflow-after", {"9"}),
                     set(strategy, "first", "overflow-to", {"2001"}),
                     set(dn, "4000", "router-timeout", {"60"}),
                     remove(group, "service"),
                     set(strategy, "first", "overflow-after", {"8"})},
                    {}, before);
  CHECK(faults_of(kept) == "");
  auto now = config::restore(
    {replaced(before, "group: sales", "group: service"), "f"}, kept.entries);
  REQUIRE(now.result.value);
  for (auto& x : now.entries)
    CHECK(x.inactive
          == (x.is.verb == change_verb::remove
                ? "strategy first: no agent group or place group \"service\""
                : ""));
  CHECK(now.result.value->strategies[0].overflow_after_s == 8);
}

TEST_CASE("a file that is wrong by itself is refused as without changes") {
  auto kept = apply({set(dn, "2001", "ring-timeout", {"5"})});
  auto bad = replaced(office, "ring-timeout: 30", "ring-timeout: much");
  auto now = config::restore({bad, "f"}, kept.entries);
  CHECK_FALSE(now.result.value);
  REQUIRE(now.result.errors.size() == 1);
  CHECK(now.result.errors[0].line == 3);
}

TEST_CASE("objects are listed with where their settings come from") {
  auto kept = apply({set(dn, "3004", "ring-timeout", {"5"}),
                     put(agent, "eve", {{"skills/sales", {"2"}}}),
                     unset(dn, "gateway", "prefix")});
  REQUIRE(kept.value);
  config::file_text file{office, "f"};
  config::overlaid_document document{file, kept.entries};
  std::string said;
  auto& all = document.objects();
  for (auto& x : all.objects()) {
    said += to_string(x.id) + (document.origin(x.name) ? " (new)" : "") + ":";
    for (auto& y : all.settings(x)) {
      said += " " + y.is.key + (document.origin(y.value) ? "!" : "");
      for (auto& value : y.is.values)
        said += "=" + value;
    }
    said += "\n";
  }
  CHECK(said
        == "switch: switch=office ring-timeout=30\n"
           "dn 2001: type=extension password=s3cret\n"
           "dn 2002: type=extension password=s3cret\n"
           "dn 3000-3003: type=extension password=s3cret\n"
           "dn 3004 (new): type=extension password=s3cret ring-timeout!=5\n"
           "dn 3005-3009: type=extension password=s3cret\n"
           "dn gateway: type=trunk contact=sip:127.0.0.1:9\n"
           "dn 4000: type=routing-point\n"
           "agent ada: password=x skills/sales=5\n"
           "agent bob: wrap-up-time=5\n"
           "agent eve (new): skills/sales!=2\n"
           "agent group sales: agents=ada=bob\n"
           "place desk: dns=2001\n"
           "place group floor: places=desk\n"
           "strategy first: routing-points=4000 group=sales\n");
}
