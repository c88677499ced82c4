#include "test/services/control_client.hpp"
#include "test/services/live_switch.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <prometheus/metric_family.h>
#include <strowger/v1/call_service.grpc.pb.h>
#include <strowger/v1/query_service.grpc.pb.h>

#include <fstream>
#include <sstream>

using namespace strowger;
using namespace strowger::test;
using namespace strowger::services;

namespace {

constexpr const char* tokens = "# who may do what\n"
                               "observer-0123456789 observe  wallboard\n"
                               "\n"
                               "desktop-01234567890 control  anna # desk 1\n";

struct guarded {
  scratch_folder folder;
  config::control_settings settings = [this] {
    std::ofstream{folder.file("tokens")} << tokens;
    config::control_settings x;
    x.tokens = folder.file("tokens");
    x.audit = folder.file("audit.jsonl");
    return x;
  }();
  std::unique_ptr<live_switch> host = [this] {
    model::directory_builder b{"paper"};
    b.add("2001", model::dn_type::extension);
    return std::make_unique<live_switch>(b.build(), settings);
  }();

  static void show(grpc::ClientContext& context, const std::string& token) {
    if (!token.empty())
      context.AddMetadata("authorization", "Bearer " + token);
  }
  grpc::Status query(const std::string& token) {
    auto stub = api::QueryService::NewStub(dial(host->address()));
    grpc::ClientContext context;
    show(context, token);
    api::GetSwitchResponse response;
    return stub->GetSwitch(&context, {}, &response);
  }
  grpc::Status release(const std::string& token) {
    auto stub = api::CallService::NewStub(dial(host->address()));
    grpc::ClientContext context;
    show(context, token);
    api::ReleaseCallRequest request;
    request.set_request_id("r1");
    request.set_dn("2001");
    request.set_call_id("0000000000000001");
    api::ReleaseCallResponse response;
    return stub->ReleaseCall(&context, request, &response);
  }
  grpc::Status subscribe(const std::string& token) {
    subscriber x{host->address(), {}, token};
    if (x.read())
      return grpc::Status::OK;
    return x.finish();
  }
};

} // namespace

TEST_CASE_FIXTURE(guarded, "a token opens what its role may do") {
  REQUIRE(host->error() == "");
  struct row {
    const char* token;
    grpc::StatusCode query, release;
    const char* reason; // of the release
  };
  const row rows[] = {
    {"", grpc::UNAUTHENTICATED, grpc::UNAUTHENTICATED, "BAD_TOKEN"},
    {"wrong", grpc::UNAUTHENTICATED, grpc::UNAUTHENTICATED, "BAD_TOKEN"},
    {"observer-0123456789", grpc::OK, grpc::PERMISSION_DENIED, "ROLE_TOO_LOW"},
    {"desktop-01234567890", grpc::OK, grpc::NOT_FOUND, "UNKNOWN_CALL"},
  };
  for (auto& x : rows) {
    CAPTURE(x.token);
    CHECK(query(x.token).error_code() == x.query);
    CHECK(subscribe(x.token).error_code() == x.query);
    auto outcome = release(x.token);
    CHECK(outcome.error_code() == x.release);
    CHECK(reason_in(outcome) == x.reason);
  }
}

TEST_CASE_FIXTURE(guarded, "who did what is in the audit log, who only looked "
                           "is not") {
  query("desktop-01234567890");
  release("desktop-01234567890");
  release("wrong");
  host.reset(); // writes what is left
  std::vector<nlohmann::json> lines;
  std::istringstream in{read_file(folder.file("audit.jsonl"))};
  for (std::string line; std::getline(in, line);)
    lines.push_back(nlohmann::json::parse(line));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["client"] == "anna");
  CHECK(lines[0]["role"] == "control");
  CHECK(lines[0]["method"] == "CallService/ReleaseCall");
  CHECK(lines[0]["request_id"] == "r1");
  CHECK(lines[0]["dn"] == "2001");
  CHECK(lines[0]["call_id"] == "0000000000000001");
  CHECK(lines[0]["code"] == "NOT_FOUND");
  CHECK(lines[0]["reason"] == "UNKNOWN_CALL");
  CHECK(lines[1]["client"] == "");
  CHECK(lines[1]["reason"] == "BAD_TOKEN");
  auto peer = lines[1]["peer"].get<std::string>();
  CHECK(peer.find("127.0.0.1") != std::string::npos);
}

TEST_CASE_FIXTURE(guarded,
                  "tokens can be replaced; a file that is wrong leaves "
                  "those in force") {
  std::ofstream{folder.file("tokens")} << "desktop-01234567890 boss anna\n";
  CHECK(host->plane().reload().value_or("").find("tokens:1: the role is")
        != std::string::npos);
  CHECK(query("observer-0123456789").ok());
  std::ofstream{folder.file("tokens")} << "another-01234567890 observe bert\n";
  CHECK_FALSE(host->plane().reload());
  CHECK(query("another-01234567890").ok());
  CHECK(query("observer-0123456789").error_code() == grpc::UNAUTHENTICATED);
}

TEST_CASE_FIXTURE(guarded, "requests are counted by method and code") {
  query("wrong");
  query("observer-0123456789");
  release("observer-0123456789");
  auto count = [&](const std::string& method, const std::string& code) {
    for (auto& family : host->plane().metrics()->Collect())
      if (family.name == "strowger_control_requests_total")
        for (auto& x : family.metric)
          if (x.label[0].value == method && x.label[1].value == code)
            return x.counter.value;
    return -1.0;
  };
  CHECK(count("QueryService/GetSwitch", "OK") == 1);
  CHECK(count("QueryService/GetSwitch", "UNAUTHENTICATED") == 1);
  CHECK(count("CallService/ReleaseCall", "PERMISSION_DENIED") == 1);
  CHECK(count("CallService/MakeCall", "OK") == 0);
  CHECK(count("CallService/MakeCall", "NOT_FOUND") == -1);
}

TEST_CASE("what keeps the control plane from starting is said") {
  scratch_folder folder;
  std::ofstream{folder.file("short")} << "abc observe x\n";
  std::ofstream{folder.file("empty")} << "# nobody\n";
  struct row {
    config::control_settings settings;
    const char* says;
  };
  std::vector<row> rows(5);
  rows[0].settings.tokens = folder.file("absent");
  rows[0].says = "cannot read tokens";
  rows[1].settings.tokens = folder.file("short");
  rows[1].says = "shorter than 16";
  rows[2].settings.tokens = folder.file("empty");
  rows[2].says = "no token in it";
  rows[3].settings.certificate = folder.file("short");
  rows[3].settings.key = folder.file("absent");
  rows[3].says = "cannot read";
  rows[4].settings.certificate = folder.file("short");
  rows[4].settings.key = folder.file("short");
  rows[4].says = "not a PEM file";
  for (auto& x : rows) {
    model::directory_builder b{"paper"};
    live_switch host{b.build(), x.settings};
    CHECK_MESSAGE(host.error().find(x.says) != std::string::npos, host.error());
  }
}
