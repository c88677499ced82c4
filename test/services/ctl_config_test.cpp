#include "services/ctl/completion.hpp"
#include "services/ctl/config_verbs.hpp"
#include "services/ctl/ctl.hpp"
#include "services/ctl/fields.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <set>
#include <sstream>

using namespace strowger;
using namespace strowger::services;
namespace api = strowger::v1;
namespace pb = google::protobuf;

namespace {

std::string change_of(const std::vector<std::string>& words) {
  std::string error;
  auto x = ctl::make_change(words, error);
  return x ? ctl::json_of(*x) : error;
}

} // namespace

TEST_CASE("every request of ConfigurationService has a verb") {
  std::set<const pb::Descriptor*> have;
  for (auto& what : ctl::config_verbs())
    have.insert(what.request);
  auto service = pb::DescriptorPool::generated_pool()->FindServiceByName(
    "strowger.v1.ConfigurationService");
  REQUIRE(service);
  std::set<const pb::Descriptor*> want;
  for (int i = 0; i < service->method_count(); ++i)
    want.insert(service->method(i)->input_type());
  CHECK(have == want);
}

TEST_CASE("every kind of change has a verb") {
  std::set<std::string> have;
  for (auto& what : ctl::config_verbs())
    have.insert(std::string{what.name});
  auto changes = api::ConfigurationChange::descriptor()->oneof_decl(0);
  for (int i = 0; i < changes->field_count(); ++i)
    CHECK(have.contains(changes->field(i)->name()));
}

TEST_CASE("words become a change") {
  struct row {
    std::vector<std::string> words;
    std::string change;
  };
  const row rows[] = {
    {{"set", "dn/2001", "ring-timeout", "5"},
     R"({"kind":"OBJECT_KIND_DN","name":"2001","set":{"key":"ring-timeout",)"
     R"("values":["5"]}})"},
    {{"set", "switch", "max-calls", "5"},
     R"({"kind":"OBJECT_KIND_SWITCH","set":{"key":"max-calls",)"
     R"("values":["5"]}})"},
    {{"set", "agent-group/a/b", "agents"},
     R"({"kind":"OBJECT_KIND_AGENT_GROUP","name":"a/b","set":{"key":)"
     R"("agents"}})"},
    {{"unset", "dn/2001", "contact"},
     R"({"kind":"OBJECT_KIND_DN","name":"2001","unset":{"key":"contact"}})"},
    {{"put", "agent/ada", "name=a=b", "skills/x=1", "p=1", "p=2"},
     R"({"kind":"OBJECT_KIND_AGENT","name":"ada","put":{"settings":[{"key":)"
     R"("name","values":["a=b"]},{"key":"skills/x","values":["1"]},{"key":)"
     R"("p","values":["1","2"]}]}})"},
    {{"delete", "place/desk"},
     R"({"kind":"OBJECT_KIND_PLACE","name":"desk","delete":{}})"},
    {{"revert", "dn/2001"},
     R"({"kind":"OBJECT_KIND_DN","name":"2001","revert":{}})"},
    {{"revert", "dn/2001", "contact"},
     R"({"kind":"OBJECT_KIND_DN","name":"2001","revert":{"key":"contact"}})"},
    {{"move", "dn/2001"}, "not set, unset, put, delete or revert: move"},
    {{"delete"}, "delete: too many or too few words"},
    {{"delete", "dn/1", "x"}, "delete: too many or too few words"},
    {{"put", "dn/1", "x"}, "not KEY=VALUE: x"},
  };
  for (auto& x : rows)
    CHECK(change_of(x.words) == x.change);
  for (auto word : {"dn", "dn/", "phone/2001", "switch/x", "", "/x"})
    CHECK(change_of({"delete", word})
            .starts_with("not an object: " + std::string{word} + "; "));
}

TEST_CASE("a change set is one change a line") {
  std::string error;
  std::istringstream good{"# a new agent\n\nput agent/eve \"name=Eve E.\"\n"
                          "set dn/2001 ring-timeout 5 # seconds\n"};
  auto all = ctl::read_changes(good, error);
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK(all->at(0).put().settings(0).values(0) == "Eve E.");
  CHECK(all->at(1).set().values_size() == 1);
  std::istringstream bad{"delete dn/1\ndelete nobody\n"};
  CHECK_FALSE(ctl::read_changes(bad, error));
  CHECK(error.starts_with("line 2: not an object: nobody"));
}

TEST_CASE("a revision is one line") {
  api::WatchConfigurationResponse x;
  x.set_revision(7);
  CHECK(ctl::line_of(x) == "revision 7");
  x.set_resync(true);
  CHECK(ctl::line_of(x) == "revision 7, some before it are missing");
  x.set_resync(false);
  x.set_client("anna\n");
  std::string error;
  *x.add_changes() = *ctl::make_change({"put", "dn/1", "type=trunk"}, error);
  *x.add_changes() = *ctl::make_change({"set", "dn/1", "prefix", "9"}, error);
  CHECK(ctl::line_of(x)
        == "revision 7, anna?: put dn/1 type=trunk; set dn/1 prefix 9");
}

TEST_CASE("completion knows the verbs of config, and the options of ctl after "
          "them") {
  CLI::App app{"", "strowger"};
  int exit_code = 0;
  std::ostringstream out;
  ctl::add_commands(app, exit_code, out, out);
  auto bash = ctl::completion_script(app, ctl::shell::bash);
  for (auto& what : ctl::config_verbs()) {
    auto at = bash.find("' ctl config " + std::string{what.name} + "')");
    REQUIRE(at != std::string::npos);
    auto line = bash.substr(at, bash.find('\n', at) - at);
    CHECK(line.find("--server") != std::string::npos);
  }
}
