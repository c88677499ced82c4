#include "test/services/control_client.hpp"
#include "test/services/live_switch.hpp"

#include <doctest/doctest.h>
#include <strowger/v1/agent_service.grpc.pb.h>
#include <strowger/v1/query_service.grpc.pb.h>

/// Do not disturb and call forwarding, from the client to the phone's actor and
/// back to everybody who looks.
using namespace strowger;
using namespace strowger::test;

namespace {

live_switch::directory office() {
  model::directory_builder b{"paper"};
  for (auto number : {"2001", "2002"})
    b.add(number, model::dn_type::extension);
  b.add("9", model::dn_type::routing_point);
  b.add("gateway", model::dn_type::trunk);
  auto config = b.build();
  REQUIRE(config);
  return config;
}

struct features_client : live_switch {
  features_client() : live_switch(office()) {
    // nop
  }

  /// "accepted", or the reason of the error.
  template <class Request, class Response>
  std::string ask(grpc::Status (api::AgentService::Stub::*method)(
                    grpc::ClientContext*, const Request&, Response*),
                  const std::string& fields) {
    Request request;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(fields, &request));
    if (request.request_id().empty())
      request.set_request_id("r" + std::to_string(++requests));
    grpc::ClientContext context;
    Response response;
    auto status = (agents.get()->*method)(&context, request, &response);
    return status.ok() ? "accepted" : reason_in(status);
  }

  /// The DN as QueryService and as a fresh snapshot have it.
  std::string dn(const std::string& number) {
    grpc::ClientContext context;
    api::GetDnRequest request;
    request.set_number(number);
    api::GetDnResponse response;
    CHECK(queries->GetDn(&context, request, &response).ok());
    auto text = response.dn().ShortDebugString();
    subscriber fresh{address()};
    CHECK(fresh.read_to(last()));
    CHECK(fresh.state.dns[number].ShortDebugString() == text);
    return text;
  }

  uint64_t last() {
    return on_switch([](exchange& x) { return x.events().last(); });
  }

  std::shared_ptr<grpc::Channel> channel = dial(address());
  std::unique_ptr<api::AgentService::Stub> agents = api::AgentService::NewStub(
    channel);
  std::unique_ptr<api::QueryService::Stub> queries = api::QueryService::NewStub(
    channel);
  int requests = 0;
};

using stub = api::AgentService::Stub;

} // namespace

TEST_CASE_FIXTURE(features_client, "do not disturb is set and cancelled; "
                                   "everybody hears of it and sees it") {
  subscriber desk{address()};
  REQUIRE(desk.read_to(0));
  CHECK(ask(&stub::SetDnd, "dn: '2001' request_id: 'sleep'") == "accepted");
  REQUIRE(desk.read_to(last()));
  CHECK(desk.latest.type() == api::EVENT_TYPE_DND_ON);
  CHECK(desk.latest.this_dn() == "2001");
  CHECK(desk.latest.request_id() == "sleep");
  CHECK(dn("2001").find("dnd: true") != std::string::npos);
  CHECK(ask(&stub::CancelDnd, "dn: '2001'") == "accepted");
  REQUIRE(desk.read_to(last()));
  CHECK(desk.latest.type() == api::EVENT_TYPE_DND_OFF);
  CHECK(dn("2001").find("dnd") == std::string::npos);
}

TEST_CASE_FIXTURE(features_client, "forwarding is set, changed and cancelled; "
                                   "everybody hears of it and sees it") {
  subscriber desk{address()};
  REQUIRE(desk.read_to(0));
  constexpr std::pair<const char*, const char*> rows[] = {
    {"FORWARD_MODE_UNCONDITIONAL", "unconditional"},
    {"FORWARD_MODE_ON_BUSY", "on_busy"},
    {"FORWARD_MODE_ON_NO_ANSWER", "on_no_answer"},
    {"FORWARD_MODE_ON_BUSY_AND_NO_ANSWER", "on_busy_and_no_answer"},
  };
  for (auto& [mode, word] : rows) {
    CHECK(ask(&stub::SetForward, "dn: '2001' request_id: '" + std::string{word}
                                   + "' destination: '2002' mode: " + mode)
          == "accepted");
    REQUIRE(desk.read_to(last()));
    CHECK(desk.latest.type() == api::EVENT_TYPE_FORWARD_SET);
    CHECK(desk.latest.request_id() == word);
    CHECK(desk.latest.details().target() == "2002");
    CHECK(desk.latest.details().reason() == word);
    CHECK(dn("2001").find("forward_mode: " + std::string{mode}
                          + " forward_to: \"2002\"")
          != std::string::npos);
  }
  CHECK(ask(&stub::CancelForward, "dn: '2001'") == "accepted");
  REQUIRE(desk.read_to(last()));
  CHECK(desk.latest.type() == api::EVENT_TYPE_FORWARD_CANCELLED);
  CHECK(dn("2001").find("forward") == std::string::npos);
}

TEST_CASE_FIXTURE(features_client, "requests for features fail with stable "
                                   "reasons, and change nothing") {
  auto forward = [&](const std::string& dn, const std::string& to,
                     const std::string& mode = "FORWARD_MODE_ON_BUSY") {
    return ask(&stub::SetForward,
               "dn: '" + dn + "' destination: '" + to + "' mode: " + mode);
  };
  CHECK(ask(&stub::SetDnd, "dn: '2009'") == "UNKNOWN_DN");
  CHECK(ask(&stub::SetDnd, "dn: ''") == "INVALID_ARGUMENT");
  CHECK(ask(&stub::SetDnd, "dn: '9'") == "UNSUPPORTED");
  CHECK(ask(&stub::CancelDnd, "dn: 'gateway'") == "UNSUPPORTED");
  CHECK(ask(&stub::CancelForward, "dn: '9'") == "UNSUPPORTED");
  CHECK(forward("2001", "2001") == "INVALID_CALLED_DN");
  CHECK(forward("2001", "7777") == "INVALID_CALLED_DN");
  CHECK(forward("2001", "") == "INVALID_ARGUMENT");
  CHECK(forward("2001", "2002", "FORWARD_MODE_UNSPECIFIED")
        == "INVALID_ARGUMENT");
  CHECK(forward("2001", "2002", "77") == "INVALID_ARGUMENT");
  CHECK(dn("2001") == R"(number: "2001" type: DN_TYPE_EXTENSION)");
}
