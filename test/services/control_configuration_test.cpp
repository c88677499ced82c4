#include "test/services/control_client.hpp"
#include "test/services/live_switch.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <strowger/v1/configuration_service.grpc.pb.h>

#include <fstream>
#include <sstream>

using namespace strowger;
using namespace strowger::test;
using namespace strowger::services;

namespace {

constexpr auto office = R"(control: 127.0.0.1:0
options:
  TServer: {max-calls: 100}
dns:
  - {number: "2001", type: extension, options: {password: s3cret}}
  - {numbers: {from: 3000, to: 3009}, type: extension}
  - {number: gateway, type: trunk, options: {contact: "sip:127.0.0.1:9"}}
agents:
  - {login: ada, password: hidden}
)";

constexpr auto observer = "observer-0123456789";
constexpr auto desktop = "desktop-01234567890";
constexpr auto operator_token = "operator-0123456789";

struct configured {
  scratch_folder folder;
  std::shared_ptr<config::keeper> keeper;
  std::unique_ptr<live_switch> host;
  std::unique_ptr<api::ConfigurationService::Stub> stub;
  std::string token = operator_token;

  configured() {
    std::ofstream{folder.file("office.yaml")} << "data: " << folder.path()
                                              << "\n"
                                              << office;
    std::ofstream{folder.file("tokens")} << observer << " observe wallboard\n"
                                         << desktop << " control anna\n"
                                         << operator_token
                                         << " configure olga\n";
    keeper = std::make_shared<config::keeper>(folder.file("office.yaml"));
    auto loaded = keeper->load();
    REQUIRE(loaded.value);
    config::control_settings control;
    control.tokens = folder.file("tokens");
    control.audit = folder.file("audit.jsonl");
    host = std::make_unique<live_switch>(loaded.value->directory, control,
                                         control::feed_limits{}, keeper);
    stub = api::ConfigurationService::NewStub(dial(host->address()));
  }

  template <class Request, class Response>
  grpc::Status ask(grpc::Status (api::ConfigurationService::Stub::*method)(
                     grpc::ClientContext*, const Request&, Response*),
                   const Request& request, Response& response) {
    grpc::ClientContext context;
    if (!token.empty())
      context.AddMetadata("authorization", "Bearer " + token);
    response.Clear();
    return (stub.get()->*method)(&context, request, &response);
  }

  grpc::Status apply(const std::string& text) {
    api::ApplyChangesRequest request;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &request));
    if (request.request_id().empty())
      request.set_request_id("id" + std::to_string(++asked));
    return ask(&api::ConfigurationService::Stub::ApplyChanges, request,
               applied);
  }

  /// Each object on a line, as in `dn 2001 (file) type=extension …`.
  std::string listed(const std::string& text = "") {
    api::GetConfigurationRequest request;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &request));
    api::GetConfigurationResponse page;
    std::string result;
    do {
      auto status = ask(&api::ConfigurationService::Stub::GetConfiguration,
                        request, page);
      CHECK_MESSAGE(status.ok(), status.error_message());
      for (auto& x : page.objects())
        result += line_of(x) + "\n";
      if (request.page_size() > 0)
        CHECK(page.objects_size() <= request.page_size());
      request.set_page_token(page.next_page_token());
      ++pages;
    } while (!page.next_page_token().empty());
    return result;
  }

  static std::string line_of(const api::ConfigurationObject& x) {
    auto mark = [](const api::SettingOrigin& from, api::SettingState state,
                   const std::string& reason) {
      return std::string{from.source() == api::SETTING_SOURCE_FILE ? "" : "!"}
             + (state == api::SETTING_STATE_IN_FORCE  ? ""
                : state == api::SETTING_STATE_REMOVED ? "removed"
                                                      : "inactive:" + reason);
    };
    auto result = api::ObjectKind_Name(x.kind()).substr(12) + " " + x.name()
                  + mark(x.origin(), x.state(), x.reason());
    for (auto& y : x.settings()) {
      result += " " + y.setting().key();
      for (auto& value : y.setting().values())
        result += "=" + value;
      result += (y.secret() ? "=*" : "")
                + mark(y.origin(), y.state(), y.reason());
    }
    return result;
  }

  bool has(const std::string& number) {
    return host->on_switch(
      [&](exchange& x) { return x.config().find(number) != nullptr; });
  }

  int asked = 0;
  int pages = 0;
  api::ApplyChangesResponse applied;
};

constexpr auto new_phone
  = "changes {kind: OBJECT_KIND_DN name: '2009' put {settings {key: 'type' "
    "values: 'extension'} settings {key: 'password' values: 'p'}}}";

} // namespace

TEST_CASE_FIXTURE(configured, "the configuration is listed with its sources "
                              "and without its secrets") {
  REQUIRE(host->error() == "");
  CHECK(listed("kind: OBJECT_KIND_DN")
        == "DN 2001 type=extension password=*\n"
           "DN 3000-3009 type=extension\n"
           "DN gateway type=trunk contact=sip:127.0.0.1:9\n");
  CHECK(listed("kind: OBJECT_KIND_DN name: '3004'")
        == "DN 3000-3009 type=extension\n");
  CHECK(apply("changes {kind: OBJECT_KIND_DN name: '3004' set {key: "
              "'ring-timeout' values: '9'}}"
              "changes {kind: OBJECT_KIND_DN name: '2001' unset {key: "
              "'password'}}"
              "changes {kind: OBJECT_KIND_AGENT name: 'ada' delete {}}")
          .ok());
  CHECK(listed("page_size: 2").find("SWITCH  data=") == 0);
  CHECK(pages == 6);
  CHECK(listed("kind: OBJECT_KIND_DN")
        == "DN 2001 type=extension password=*!removed\n"
           "DN 3000-3003 type=extension\n"
           "DN 3004 type=extension ring-timeout=9!\n"
           "DN 3005-3009 type=extension\n"
           "DN gateway type=trunk contact=sip:127.0.0.1:9\n");
  CHECK(listed("kind: OBJECT_KIND_AGENT") == "AGENT ada!removed\n");
}

TEST_CASE_FIXTURE(configured, "what does not fit the file any more is listed "
                              "as inactive, with the reason") {
  REQUIRE(apply("changes {kind: OBJECT_KIND_DN name: '2001' set {key: "
                "'ring-timeout' values: '9'}}"
                "changes {kind: OBJECT_KIND_DN name: '3000' unset {key: "
                "'type'}}"
                "changes {kind: OBJECT_KIND_DN name: '3000' set {key: 'type' "
                "values: 'acd-position'}}")
            .ok());
  std::ofstream{folder.file("office.yaml")}
    << "control: 127.0.0.1:0\ndata: " << folder.path()
    << "\ndns:\n  - {number: \"2002\", type: extension}\n"
       "  - {number: \"3000\", type: trunk, options: {prefix: \"9\", contact: "
       "\"sip:127.0.0.1:9\"}}\n";
  keeper->reload();
  CHECK(eventually([&] { return has("2002"); }));
  CHECK(listed("kind: OBJECT_KIND_DN")
        == "DN 2002 type=extension\n"
           "DN 3000 type=trunk prefix=9 contact=sip:127.0.0.1:9 "
           "type=acd-position!inactive:option prefix cannot stand in the "
           "options of acd-position; it belongs to: trunk, voip-service\n"
           "DN 2001!inactive:there is no dn 2001 ring-timeout=9!inactive:there "
           "is no dn 2001\n");
  CHECK(apply("changes {kind: OBJECT_KIND_DN name: '2001' revert {}} changes "
              "{kind: OBJECT_KIND_DN name: '3000' revert {key: 'type'}}")
          .ok());
  CHECK(listed("kind: OBJECT_KIND_DN")
        == "DN 2002 type=extension\n"
           "DN 3000 type=trunk prefix=9 contact=sip:127.0.0.1:9\n");
}

TEST_CASE_FIXTURE(configured, "a page token does not outlive its revision") {
  api::GetConfigurationRequest request;
  api::GetConfigurationResponse page;
  request.set_page_size(1);
  auto get = &api::ConfigurationService::Stub::GetConfiguration;
  REQUIRE(ask(get, request, page).ok());
  request.set_page_token(page.next_page_token());
  CHECK(ask(get, request, page).ok());
  apply(new_phone);
  CHECK(reason_in(ask(get, request, page)) == "INVALID_ARGUMENT");
  request.set_page_token("nonsense");
  CHECK(reason_in(ask(get, request, page)) == "INVALID_ARGUMENT");
  request.Clear();
  request.set_kind(static_cast<api::ObjectKind>(99));
  CHECK(reason_in(ask(get, request, page)) == "INVALID_ARGUMENT");
}

TEST_CASE_FIXTURE(configured, "an applied change set is in force when it is "
                              "answered; each makes a revision") {
  CHECK(apply(std::string{new_phone} + " request_id: 'r1'").ok());
  CHECK(applied.revision() == 2);
  CHECK(has("2009"));
  CHECK(apply(std::string{new_phone} + " request_id: 'r1'").ok());
  CHECK(applied.revision() == 2);
  auto outcome = apply("request_id: 'r1' changes {kind: OBJECT_KIND_DN name: "
                       "'2009' delete {}}");
  CHECK(outcome.error_code() == grpc::ALREADY_EXISTS);
  CHECK(reason_in(outcome) == "CONFLICT");
  outcome = apply("expected_revision: 1 changes {kind: OBJECT_KIND_DN name: "
                  "'2009' delete {}}");
  CHECK(outcome.error_code() == grpc::ABORTED);
  CHECK(reason_in(outcome) == "REVISION_CONFLICT");
  CHECK(has("2009"));
  CHECK(apply("expected_revision: 2 changes {kind: OBJECT_KIND_DN name: "
              "'2009' delete {}}")
          .ok());
  CHECK(applied.revision() == 3);
  CHECK_FALSE(has("2009"));
}

TEST_CASE_FIXTURE(configured, "what is wrong is said, one violation each, and "
                              "nothing is changed") {
  const auto wrong
    = std::string{new_phone}
      + "changes {kind: OBJECT_KIND_DN name: '2001' set {key: 'ring-timeout' "
        "values: 'x'}} changes {kind: OBJECT_KIND_PLACE name: 'p' delete {}}";
  auto outcome = apply(wrong);
  CHECK(outcome.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(reason_in(outcome) == "INVALID_CONFIGURATION");
  google::rpc::Status status;
  REQUIRE(status.ParseFromString(outcome.error_details()));
  google::rpc::BadRequest details;
  REQUIRE(status.details_size() == 2);
  REQUIRE(status.details(1).UnpackTo(&details));
  REQUIRE(details.field_violations_size() == 2);
  CHECK(details.field_violations(0).field() == "changes[1]");
  CHECK(details.field_violations(1).description()
        == "change 3, place p: there is no place p");
  CHECK_FALSE(has("2009"));
  api::ValidateChangesRequest request;
  REQUIRE(google::protobuf::TextFormat::ParseFromString(wrong, &request));
  api::ValidateChangesResponse response;
  token = observer;
  auto validate = &api::ConfigurationService::Stub::ValidateChanges;
  CHECK(ask(validate, request, response).ok());
  REQUIRE(response.faults_size() == 2);
  CHECK(response.revision() == 1);
  CHECK(response.faults(0).change() == 1);
  CHECK(response.faults(0).kind() == api::OBJECT_KIND_DN);
  CHECK(response.faults(0).name() == "2001");
  CHECK(response.faults(0).key() == "ring-timeout");
  request.mutable_changes()->DeleteSubrange(1, 2);
  CHECK(ask(validate, request, response).ok());
  CHECK(response.faults().empty());
  CHECK_FALSE(has("2009"));
}

TEST_CASE_FIXTURE(configured, "a thousand faults still fit the answer") {
  std::string wrong;
  for (int i = 0; i < 1000; ++i)
    wrong += "changes {kind: OBJECT_KIND_DN name: '" + std::to_string(7000 + i)
             + "' delete {}}";
  auto outcome = apply(wrong);
  CHECK(reason_in(outcome) == "INVALID_CONFIGURATION");
  CHECK(outcome.error_message()
        == "change 1, dn 7000: there is no dn 7000 (and 999 more)");
}

TEST_CASE_FIXTURE(configured, "what is no change set is refused") {
  struct row {
    const char* request;
    const char* says;
  };
  const row rows[] = {
    {"", "changes: has 1 to 1000 entries"},
    {"changes {name: '2001' delete {}}", "changes[0].kind: is none"},
    {"changes {kind: OBJECT_KIND_DN name: '2001'}",
     "changes[0].change: is not given"},
    {"request_id: '\\001' changes {kind: OBJECT_KIND_DN name: '1' delete {}}",
     "request_id: has control characters"},
  };
  for (auto& x : rows) {
    auto outcome = apply(x.request);
    CHECK(reason_in(outcome) == "INVALID_ARGUMENT");
    CHECK(outcome.error_message() == x.says);
  }
}

TEST_CASE_FIXTURE(configured, "who may not configure may read, and changes are "
                              "in the audit log without their values") {
  for (auto weak : {observer, desktop}) {
    token = weak;
    auto outcome = apply(new_phone);
    CHECK(outcome.error_code() == grpc::PERMISSION_DENIED);
    CHECK(reason_in(outcome) == "ROLE_TOO_LOW");
    CHECK(listed().find("DN 2001") != std::string::npos);
    api::ListOptionsResponse options;
    CHECK(ask(&api::ConfigurationService::Stub::ListOptions,
              api::ListOptionsRequest{}, options)
            .ok());
  }
  token = "";
  CHECK(apply(new_phone).error_code() == grpc::UNAUTHENTICATED);
  CHECK_FALSE(has("2009"));
  token = operator_token;
  CHECK(apply(new_phone).ok());
  host.reset(); // writes what is left
  std::istringstream in{read_file(folder.file("audit.jsonl"))};
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(nlohmann::json::parse(line));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0]["reason"] == "ROLE_TOO_LOW");
  CHECK(lines[3]["client"] == "olga");
  CHECK(lines[3]["method"] == "ConfigurationService/ApplyChanges");
  CHECK(lines[3]["changes"] == "put dn 2009");
  CHECK(lines[3]["code"] == "OK");
}

TEST_CASE_FIXTURE(configured, "options are described as the table has them") {
  api::ListOptionsRequest request;
  api::ListOptionsResponse response;
  auto list = &api::ConfigurationService::Stub::ListOptions;
  CHECK(ask(list, request, response).ok());
  CHECK(static_cast<size_t>(response.options_size()) == model::option_count);
  request.set_filter("sip-port");
  CHECK(ask(list, request, response).ok());
  REQUIRE(response.options_size() == 2);
  auto& port = response.options(0);
  CHECK(port.name() == "sip-port");
  CHECK(port.levels(0) == "TServer");
  CHECK(port.type() == api::OPTION_TYPE_INTEGER);
  CHECK(port.max() == 65535);
  CHECK(port.default_value() == "5060");
  CHECK_FALSE(port.changes_at_run_time());
  request.set_filter("digest-algorithms");
  CHECK(ask(list, request, response).ok());
  CHECK(response.options(0).choices_size() == 2);
  CHECK(response.options(0).changes_at_run_time());
}

// -- watching -----------------------------------------------------------------

TEST_CASE_FIXTURE(configured, "who watches sees the revision in force, then "
                              "every new one, without secrets") {
  grpc::ClientContext context;
  context.AddMetadata("authorization", std::string{"Bearer "} + observer);
  auto stream = stub->WatchConfiguration(&context, {});
  api::WatchConfigurationResponse x;
  REQUIRE(stream->Read(&x));
  CHECK(x.ShortDebugString() == "revision: 1");
  apply(new_phone);
  REQUIRE(stream->Read(&x));
  CHECK(x.revision() == 2);
  CHECK(x.client() == "olga");
  CHECK(x.has_time());
  REQUIRE(x.changes_size() == 1);
  CHECK(x.changes(0).ShortDebugString()
        == "kind: OBJECT_KIND_DN name: \"2009\" put { settings { key: \"type\" "
           "values: \"extension\" } settings { key: \"password\" } }");
  keeper->reload();
  REQUIRE(stream->Read(&x));
  CHECK(x.revision() == 3);
  CHECK(x.reloaded());
  host.reset();
  CHECK_FALSE(stream->Read(&x));
  CHECK(stream->Finish().error_code() == grpc::UNAVAILABLE);
}

TEST_CASE_FIXTURE(configured, "who watches without reading stalls nobody, and "
                              "is told that revisions are missing") {
  grpc::ClientContext context;
  context.AddMetadata("authorization", std::string{"Bearer "} + observer);
  auto stream = stub->WatchConfiguration(&context, {});
  api::WatchConfigurationResponse x;
  REQUIRE(stream->Read(&x));
  api::ApplyChangesRequest request;
  auto& change = *request.add_changes();
  change.set_kind(api::OBJECT_KIND_AGENT);
  change.set_name("ada");
  for (int i = 0; i < 1000; ++i) {
    auto& skill = *change.mutable_put()->add_settings();
    skill.set_key("skills/" + std::string(100, 'x') + std::to_string(i));
    skill.add_values("1");
  }
  const uint64_t last = 120;
  for (uint64_t revision = 2; revision <= last; ++revision) {
    request.set_request_id(std::to_string(revision));
    auto status = ask(&api::ConfigurationService::Stub::ApplyChanges, request,
                      applied);
    REQUIRE_MESSAGE(status.ok(), status.error_message());
  }
  bool resync = false;
  uint64_t before = 1;
  while (x.revision() < last && stream->Read(&x)) {
    CHECK(x.revision() > before);
    CHECK(x.resync() == (x.revision() != before + 1));
    resync = resync || x.resync();
    before = x.revision();
  }
  CHECK(x.revision() == last);
  CHECK(resync);
  context.TryCancel();
  stream->Finish();
}
