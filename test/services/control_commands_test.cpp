#include "services/control/commands.hpp"
#include "services/control/status.hpp"
#include "test/services/control_client.hpp"
#include "test/services/live_switch.hpp"

#include <doctest/doctest.h>
#include <strowger/v1/call_service.grpc.pb.h>
#include <strowger/v1/user_data_service.grpc.pb.h>

#include <atomic>

using namespace strowger;
using namespace strowger::test;
using namespace strowger::services::control;
using namespace std::chrono_literals;

namespace {

live_switch::directory phones() {
  model::directory_builder b{"paper"};
  b.add("2001", model::dn_type::extension);
  b.add("2002", model::dn_type::extension);
  return b.build();
}

/// A service whose switch answers as the test wants, when the test wants.
class made_up_service final : public api::CallService::CallbackService {
public:
  explicit made_up_service(std::shared_ptr<plane> host)
    : commands_(std::move(host)) {
    // nop
  }

  grpc::ServerUnaryReactor* MakeCall(grpc::CallbackServerContext* call,
                                     const api::MakeCallRequest* request,
                                     api::MakeCallResponse* response) override {
    ++seen;
    return commands_.run({call, "CallService/MakeCall"}, *request, response,
                         [&](commands::action& act, const rpc&) -> complaint {
                           act = [this](exchange&, model::verdict_taker done) {
                             ++carried_out;
                             if (hold)
                               held.push_back(std::move(done));
                             else
                               done(model::verdict{answer});
                           };
                           return std::nullopt;
                         });
  }

  // On the thread of the switch.
  model::verdict answer{model::fault::none, "", {0x1234}};
  bool hold = false;
  std::vector<model::verdict_taker> held;
  std::atomic<int> seen = 0;
  std::atomic<int> carried_out = 0;

private:
  commands commands_;
};

struct made_up_switch {
  live_switch host{phones()};
  made_up_service service{host.plane().host()};
  int port = 0;
  std::unique_ptr<grpc::Server> server = [this] {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&service);
    return builder.BuildAndStart();
  }();
  std::unique_ptr<api::CallService::Stub> stub = api::CallService::NewStub(
    dial("127.0.0.1:" + std::to_string(port)));

  ~made_up_switch() {
    server->Shutdown(std::chrono::system_clock::now());
    server->Wait();
  }

  grpc::Status make_call(const std::string& id, const std::string& to,
                         api::MakeCallResponse& response,
                         std::chrono::milliseconds limit = 10s) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + limit);
    api::MakeCallRequest request;
    request.set_request_id(id);
    request.set_dn("2001");
    request.set_destination(to);
    return stub->MakeCall(&context, request, &response);
  }
};

} // namespace

TEST_CASE_FIXTURE(made_up_switch, "the same request again gets the same answer "
                                  "and is carried out once") {
  api::MakeCallResponse first, second;
  CHECK(make_call("a", "2002", first).ok());
  host.on_switch([&](exchange&) { service.answer.call = {0x99}; });
  CHECK(make_call("a", "2002", second).ok());
  CHECK(first.call_id() == "0000000000001234");
  CHECK(second.call_id() == first.call_id());
  CHECK(service.carried_out == 1);
  auto other = make_call("a", "2003", second);
  CHECK(other.error_code() == grpc::ALREADY_EXISTS);
  CHECK(reason_in(other) == "CONFLICT");
  CHECK(make_call("b", "2003", second).ok());
  CHECK(second.call_id() == "0000000000000099");
  CHECK(service.carried_out == 2);
}

TEST_CASE_FIXTURE(made_up_switch, "a retry while the first is under way waits "
                                  "for its verdict") {
  host.on_switch([&](exchange&) { service.hold = true; });
  api::MakeCallResponse responses[3];
  grpc::Status outcomes[3];
  std::vector<std::thread> clients;
  for (size_t i = 0; i < 3; ++i)
    clients.emplace_back(
      [&, i] { outcomes[i] = make_call("a", "2002", responses[i]); });
  while (service.carried_out == 0)
    std::this_thread::yield();
  host.on_switch([&](exchange&) {
    for (auto& done : service.held)
      done(model::verdict{model::fault::none, "", {0x77}});
  });
  for (auto& client : clients)
    client.join();
  for (size_t i = 0; i < 3; ++i) {
    CHECK(outcomes[i].ok());
    CHECK(responses[i].call_id() == "0000000000000077");
  }
  CHECK(service.carried_out == 1);
}

TEST_CASE_FIXTURE(made_up_switch, "a request that was refused may be tried "
                                  "again under its id") {
  host.on_switch([&](exchange&) {
    service.answer = {model::fault::not_registered, "no phone", {}};
  });
  api::MakeCallResponse response;
  auto refused = make_call("a", "2002", response);
  CHECK(refused.error_code() == grpc::FAILED_PRECONDITION);
  CHECK(refused.error_message() == "no phone");
  CHECK(reason_in(refused) == "NOT_REGISTERED");
  host.on_switch([&](exchange&) { service.answer = {}; });
  CHECK(make_call("a", "2002", response).ok());
}

TEST_CASE_FIXTURE(made_up_switch, "a client whose deadline passes is told, and "
                                  "its retry finds the outcome") {
  api::MakeCallResponse response;
  CHECK(make_call("first", "2002", response).ok()); // the connection is there
  host.on_switch([&](exchange&) { service.hold = true; });
  while (service.carried_out == 1) {
    auto late = make_call("a", "2002", response, 50ms);
    CHECK(late.error_code() == grpc::DEADLINE_EXCEEDED);
  }
  host.on_switch([&](exchange&) {
    REQUIRE(service.held.size() == 1);
    service.held.front()(model::verdict{model::fault::none, "", {0x55}});
  });
  CHECK(make_call("a", "2002", response).ok());
  CHECK(response.call_id() == "0000000000000055");
  CHECK(service.carried_out == 2);
}

TEST_CASE_FIXTURE(made_up_switch, "a request that reaches the switch after its "
                                  "deadline is not carried out") {
  api::MakeCallResponse response;
  CHECK(make_call("first", "2002", response).ok()); // the connection is there
  std::promise<void> busy, over;
  std::thread blocked{[&] {
    host.on_switch([&](exchange&) {
      busy.set_value();
      over.get_future().wait();
    });
  }};
  busy.get_future().wait();
  // One that is late before the server has seen it is not what is meant.
  while (service.seen == 1) {
    auto late = make_call("a", "2002", response, 50ms);
    CHECK(late.error_code() == grpc::DEADLINE_EXCEEDED);
  }
  auto is_over = [&] {
    auto row = host.plane().host()->tally->look()["CallService/MakeCall"];
    return row[grpc::DEADLINE_EXCEEDED] + row[grpc::CANCELLED] > 0;
  };
  while (!is_over())
    std::this_thread::yield();
  over.set_value();
  blocked.join();
  host.on_switch([](exchange&) {});
  CHECK(service.carried_out == 1);
}

TEST_CASE(
  "memory of requests is bounded, and a client does not see another's") {
  request_memory memory{2, 2};
  auto is_new = [&](const char* client, const char* id, uint64_t content) {
    return memory.note(client, id, content).is_new;
  };
  CHECK(is_new("anna", "1", 7));
  CHECK_FALSE(is_new("anna", "1", 7));
  CHECK(is_new("bert", "1", 8));
  CHECK(memory.note("bert", "1", 9).request == nullptr);
  CHECK(is_new("anna", "2", 7));
  CHECK(is_new("anna", "3", 7)); // the first is forgotten
  CHECK(is_new("anna", "1", 8));
  CHECK(is_new("carl", "1", 7)); // anna is forgotten
  CHECK(is_new("anna", "3", 1));
  auto last = memory.note("anna", "4", 1);
  memory.forget("anna", "4", last.request);
  CHECK(is_new("anna", "4", 2));
}

// -- the services -------------------------------------------------------------

namespace {

template <class Service>
struct client_of {
  live_switch host{phones()};
  std::unique_ptr<typename Service::Stub> stub = Service::NewStub(
    dial(host.address()));
};

} // namespace

TEST_CASE("each rpc of call control reaches the switch, and the verdict comes "
          "back") {
  client_of<api::CallService> client;
  auto& stub = *client.stub;
  int number = 0;
  auto ask = [&](auto method, auto request) {
    request.set_request_id(std::to_string(++number));
    request.set_dn("2001");
    if constexpr (requires { request.set_call_id(""); })
      request.set_call_id("0000000000000001");
    if constexpr (requires { request.set_held_call_id(""); }) {
      request.set_held_call_id("0000000000000001");
      request.set_current_call_id("0000000000000002");
    }
    if constexpr (requires { request.set_destination(""); })
      request.set_destination("2002");
    if constexpr (requires { request.set_digits(""); })
      request.set_digits("12#");
    grpc::ClientContext context;
    auto outcome = method(stub, &context, request);
    if constexpr (
      requires { request.set_call_id(""); }
      || requires { request.set_held_call_id(""); }) {
      CHECK(outcome.error_code() == grpc::NOT_FOUND);
      CHECK(reason_in(outcome) == "UNKNOWN_CALL");
    } else {
      CHECK(outcome.ok()); // MakeCall
    }
  };
#define ASK(name)                     \
  ask(                                \
    [](auto& s, auto* c, auto& r) {   \
      api::name##Response response;   \
      return s.name(c, r, &response); \
    },                                \
    api::name##Request{})
  ASK(MakeCall);
  ASK(AnswerCall);
  ASK(ReleaseCall);
  ASK(ClearCall);
  ASK(HoldCall);
  ASK(RetrieveCall);
  ASK(RedirectCall);
  ASK(InitiateTransfer);
  ASK(CompleteTransfer);
  ASK(MuteTransfer);
  ASK(SingleStepTransfer);
  ASK(AlternateCall);
  ASK(ReconnectCall);
  ASK(MergeCalls);
  ASK(SendDtmf);
#undef ASK
  CHECK(number == 15);
}

TEST_CASE("a kind of work that there is not is refused") {
  client_of<api::CallService> client;
  api::MakeCallRequest request;
  request.set_request_id("1");
  request.set_dn("2001");
  request.set_destination("2002");
  request.set_business_call(static_cast<api::BusinessCall>(9));
  grpc::ClientContext context;
  api::MakeCallResponse response;
  auto outcome = client.stub->MakeCall(&context, request, &response);
  CHECK(reason_in(outcome) == "INVALID_ARGUMENT");
  CHECK(outcome.error_message() == "business_call: there is no such word");
}

TEST_CASE("a call from a phone that is not registered fails with that reason, "
          "under the id of the request") {
  client_of<api::CallService> client;
  subscriber desk{client.host.address()};
  REQUIRE(desk.read_to(0));
  api::MakeCallRequest request;
  request.set_request_id("the-call");
  request.set_dn("2001");
  request.set_destination("2002");
  grpc::ClientContext context;
  api::MakeCallResponse response;
  CHECK(client.stub->MakeCall(&context, request, &response).ok());
  api::Event error;
  while (error.type() != api::EVENT_TYPE_ERROR) {
    REQUIRE(desk.read());
    for (auto& bytes : desk.events)
      if (error.type() != api::EVENT_TYPE_ERROR)
        error.ParseFromString(bytes);
  }
  CHECK(error.request_id() == "the-call");
  CHECK(error.call_id() == response.call_id());
  CHECK(error.details().reason() == "NOT_REGISTERED");
}

TEST_CASE("a request with a field that makes no sense does not reach the "
          "switch") {
  client_of<api::CallService> client;
  struct row {
    const char* request;
    const char* says;
  };
  const row rows[] = {
    {"dn: '2001' destination: '2002'", "request_id: is empty"},
    {"request_id: '1' destination: '2002'", "dn: is empty"},
    {"request_id: '1' dn: '2001'", "destination: is empty"},
    {"request_id: '1' dn: '2001' destination: '\\n'",
     "destination: has control characters"},
    {"request_id: '1' dn: '2001' destination: '2002' "
     "user_data { pairs { key: 'a' } }",
     "user_data: \"a\" has no value"},
  };
  for (auto& x : rows) {
    CAPTURE(x.request);
    api::MakeCallRequest request;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(x.request, &request));
    grpc::ClientContext context;
    api::MakeCallResponse response;
    auto outcome = client.stub->MakeCall(&context, request, &response);
    CHECK(outcome.error_code() == grpc::INVALID_ARGUMENT);
    CHECK(outcome.error_message() == x.says);
    CHECK(reason_in(outcome) == "INVALID_ARGUMENT");
  }
}

TEST_CASE("user data too large for one request is refused with its reason") {
  client_of<api::UserDataService> client;
  api::AttachUserDataRequest request;
  request.set_request_id("1");
  request.set_call_id("0000000000000001");
  auto& pair = *request.mutable_user_data()->add_pairs();
  pair.set_key("note");
  pair.mutable_value()->set_text(std::string(300'000, 'x'));
  grpc::ClientContext context;
  api::AttachUserDataResponse response;
  auto outcome = client.stub->AttachUserData(&context, request, &response);
  CHECK(outcome.error_code() == grpc::RESOURCE_EXHAUSTED);
  CHECK(reason_in(outcome) == "TOO_LARGE");
  pair.mutable_value()->set_text("short");
  grpc::ClientContext again;
  outcome = client.stub->AttachUserData(&again, request, &response);
  CHECK(reason_in(outcome) == "UNKNOWN_CALL");
}

TEST_CASE("every fault has a code of its own kind and its name as reason") {
  for (size_t i = 1; i < model::fault_count; ++i) {
    auto fault = static_cast<model::fault>(i);
    auto status = make_status(fault, "text", {"dn", "2001"});
    CHECK_FALSE(status.ok());
    CHECK(status.error_code() != grpc::INTERNAL);
    CHECK(reason_of(status) == to_string(fault));
  }
  CHECK(make_status(model::fault::none, "").ok());
  // What a client has made too long is not repeated as a whole, nor cut within
  // a character.
  std::string name;
  while (name.size() < 9000)
    name += "ä";
  auto status = make_status(model::fault::invalid_argument, name, {"dn", name});
  CHECK(status.error_message().size() < 400);
  CHECK(status.error_details().size() < 1200);
  CHECK(reason_of(status) == "INVALID_ARGUMENT");
}

TEST_CASE("every word that the switch gives as a reason is in the list of the "
          "protocol") {
  for (size_t i = 1; i < model::fault_count; ++i) {
    auto word = std::string{to_string(static_cast<model::fault>(i))};
    CAPTURE(word);
    api::Reason listed;
    CHECK(api::Reason_Parse("REASON_" + word, &listed));
  }
}
