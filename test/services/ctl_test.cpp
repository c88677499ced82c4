#include "services/control/status.hpp"
#include "services/ctl/completion.hpp"
#include "services/ctl/ctl.hpp"
#include "services/ctl/fields.hpp"
#include "services/ctl/lists.hpp"
#include "services/ctl/verbs.hpp"
#include "services/ctl/watch.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/server_builder.h>
#include <nlohmann/json.hpp>
#include <strowger/v1/agent_service.pb.h>
#include <strowger/v1/call_service.pb.h>
#include <strowger/v1/event_service.grpc.pb.h>
#include <strowger/v1/query_service.pb.h>
#include <strowger/v1/user_data_service.pb.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace strowger::services;
namespace api = strowger::v1;
namespace pb = google::protobuf;

namespace {

/// What a line of `ctl VERB …` asks of the switch, or the word `usage`.
std::string asked(std::vector<std::string> line) {
  CLI::App app;
  std::string result;
  ctl::add_verbs(
    app, [&](const ctl::verb& what, const ctl::field_words& words) {
      auto request = ctl::make_request(what, words);
      auto id = request->GetDescriptor()->FindFieldByName("request_id");
      auto& how = *request->GetReflection();
      if (how.GetString(*request, id).starts_with("ctl-"))
        how.ClearField(request.get(), id);
      result = request->GetDescriptor()->name() + " " + ctl::json_of(*request);
    });
  std::reverse(line.begin(), line.end());
  try {
    app.parse(line);
  } catch (const CLI::ParseError&) {
    return "usage";
  }
  return result;
}

constexpr auto call = "00ab00ab00ab00ab";

std::string printed(const ctl::table& x) {
  std::ostringstream out;
  ctl::print(x, out);
  return out.str();
}

api::SubscribeResponse event(uint64_t sequence, const std::string& dn) {
  api::SubscribeResponse result;
  result.mutable_events()->set_last_sequence(sequence);
  auto& x = *result.mutable_events()->add_events();
  x.set_sequence(sequence);
  x.set_type(api::EVENT_TYPE_RINGING);
  x.set_call_id(call);
  x.set_this_dn(dn);
  x.set_other_dn("2002");
  return result;
}

api::SubscribeResponse snapshot(uint64_t sequence, bool last = true) {
  api::SubscribeResponse result;
  result.mutable_snapshot()->set_journal_id("j");
  result.mutable_snapshot()->set_sequence(sequence);
  result.mutable_snapshot()->set_last(last);
  return result;
}

ctl::settings at(const std::string& server) {
  ctl::settings result;
  result.server = server;
  return result;
}

/// A switch that says on each connection what a test tells it to, and then
/// breaks it off.
class brittle_switch final : public api::EventService::Service {
public:
  brittle_switch() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  grpc::Status
  Subscribe(grpc::ServerContext*, const api::SubscribeRequest* request,
            grpc::ServerWriter<api::SubscribeResponse>* out) override {
    requests.push_back(*request);
    if (script.empty())
      return {grpc::PERMISSION_DENIED, "no more"};
    auto lines = script.front();
    script.pop_front();
    for (auto& x : lines)
      out->Write(x);
    return {grpc::UNAVAILABLE, "broken off"};
  }

  std::string address() const {
    return "127.0.0.1:" + std::to_string(port_);
  }

  std::deque<std::vector<api::SubscribeResponse>> script;
  std::vector<api::SubscribeRequest> requests;

private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

} // namespace

TEST_CASE("every request of the three services has exactly one verb") {
  std::set<std::string> have;
  for (auto& what : ctl::verbs())
    CHECK(have.insert(what.how.make_request()->GetDescriptor()->name()).second);
  std::set<std::string> want;
  for (auto service : {"CallService", "UserDataService", "AgentService"}) {
    auto about = pb::DescriptorPool::generated_pool()->FindServiceByName(
      std::string{"strowger.v1."} + service);
    REQUIRE(about);
    for (int i = 0; i < about->method_count(); ++i)
      want.insert(about->method(i)->input_type()->name());
  }
  CHECK(have == want);
}

TEST_CASE("every field of a request can be given") {
  for (auto& what : ctl::verbs()) {
    auto request = what.how.make_request();
    auto arguments = " " + std::string{what.arguments} + " request_id ";
    for (auto& c : arguments)
      c = c == '?' || c == '-' ? ' ' : c;
    for (int i = 0; i < request->GetDescriptor()->field_count(); ++i) {
      auto name = request->GetDescriptor()->field(i)->name();
      CAPTURE(what.name);
      CAPTURE(name);
      CHECK(arguments.find(" " + name + " ") != std::string::npos);
    }
  }
}

TEST_CASE("words of a command line become a request") {
  struct row {
    std::vector<std::string> line;
    std::string request;
  };
  const std::vector<row> rows = {
    {{"make-call", "2001", "2002"},
     R"(MakeCallRequest {"dn":"2001","destination":"2002"})"},
    {{"make-call", "2001", "2002", "order=4711", "note=a=b"},
     R"(MakeCallRequest {"dn":"2001","destination":"2002","user_data":)"
     R"({"pairs":[{"key":"order","value":{"text":"4711"}},)"
     R"({"key":"note","value":{"text":"a=b"}}]}})"},
    {{"make-call", "2001", "2002", "--business-call", "private"},
     R"(MakeCallRequest {"dn":"2001","destination":"2002",)"
     R"("business_call":"BUSINESS_CALL_PRIVATE"})"},
    {{"hold", "2001", "00AB00AB00AB00AB", "--request-id", "r1"},
     R"(HoldCallRequest {"request_id":"r1","dn":"2001",)"
     R"("call_id":"00ab00ab00ab00ab"})"},
    {{"complete-transfer", "2001", call, "00000000000000cd"},
     R"(CompleteTransferRequest {"dn":"2001",)"
     R"("held_call_id":"00ab00ab00ab00ab",)"
     R"("current_call_id":"00000000000000cd"})"},
    {{"mute-transfer", "2001", call, "2003", "--consult-user-data", "joint"},
     R"(MuteTransferRequest {"dn":"2001","call_id":"00ab00ab00ab00ab",)"
     R"("destination":"2003","consult_user_data":)"
     R"("CONSULT_USER_DATA_JOINT"})"},
    {{"not-ready", "2001", "--work-mode", "aux-work", "--reason", "lunch"},
     R"(SetAgentNotReadyRequest {"dn":"2001","work_mode":)"
     R"("WORK_MODE_AUX_WORK","reason":"lunch"})"},
    {{"reserve", "2001", "5000"},
     R"(ReserveAgentRequest {"dn":"2001","duration_ms":5000})"},
    {{"forward", "2001", "on-busy", "2002"},
     R"(SetForwardRequest {"dn":"2001","mode":"FORWARD_MODE_ON_BUSY",)"
     R"("destination":"2002"})"},
    {{"logout", "2001", "--on-call", "yes"},
     R"(LogoutAgentRequest {"dn":"2001","on_call":true})"},
    {{"not-ready", "2001", "--wrap-up-s", "-1"},
     R"(SetAgentNotReadyRequest {"dn":"2001","wrap_up_s":"-1"})"},
    {{"logout", "2001", "--on-call", "maybe"}, "usage"},
    {{"hold", "2001"}, "usage"},
    {{"hold", "2001", "last"}, "usage"},
    {{"hold", "2001", call, "2002"}, "usage"},
    {{"attach", "2001", call}, "usage"},
    {{"attach", "2001", call, "=x"}, "usage"},
    {{"reserve", "2001", "-1"}, "usage"},
    {{"reserve", "2001", "99999999999"}, "usage"},
    {{"forward", "2001", "sometimes", "2002"}, "usage"},
    {{"no-such-verb"}, "usage"},
  };
  for (auto& [line, request] : rows)
    CHECK(asked(line) == request);
}

TEST_CASE("a request id is made up anew for each request") {
  auto& what = ctl::verbs().front();
  auto first = ctl::make_request(what, {});
  auto second = ctl::make_request(what, {});
  auto id = [](auto& x) {
    return static_cast<const api::MakeCallRequest&>(*x).request_id();
  };
  CHECK(id(first) != id(second));
  CHECK(id(first).size() <= 64);
}

TEST_CASE("a table has columns as wide as their widest cell") {
  CHECK(printed({{"A", "LONGER", "C"}, {{"1", "", "x"}, {"größer", "2", ""}}})
        == "A       LONGER  C\n"
           "1       -       x\n"
           "größer  2       -\n");
}

TEST_CASE("what peers sent does not steer the terminal") {
  CHECK(ctl::printable("a\x1b[2Jb\nc\x7f\xc2\x9b\xc3\xa4")
        == "a?[2Jb?c??\xc3\xa4");
  CHECK(printed({{"A"}, {{"\x1b]0;x\x07"}}}) == "A\n?]0;x?\n");
}

TEST_CASE("a call is one row, with its parties and user data") {
  api::Call x;
  x.set_call_id(call);
  x.set_call_type(api::CALL_TYPE_INTERNAL);
  x.set_ani("2001");
  x.set_dnis("2002");
  for (auto dn : {"2001", "2002"}) {
    x.add_parties()->set_dn(dn);
    x.mutable_parties()->rbegin()->set_state(api::PARTY_STATE_CONNECTED);
  }
  auto& pairs = *x.mutable_user_data();
  pairs.add_pairs()->set_key("order");
  pairs.mutable_pairs(0)->mutable_value()->set_integer(7);
  ctl::entries all;
  all.push_back(std::make_unique<api::Call>(x));
  CHECK(
    printed(ctl::table_of(all, "call_id call_type parties user_data created"))
    == "CALL ID           CALL TYPE  PARTIES                         "
       "USER DATA  CREATED\n"
       "00ab00ab00ab00ab  internal   2001 connected, 2002 connected  "
       "order=7    -\n");
}

TEST_CASE("every column of a list is a field of its entries") {
  for (auto& what : ctl::lists()) {
    auto page = what.how.make_response();
    auto& type = *page->GetDescriptor();
    auto& entry = *type.field(0)->message_type();
    ctl::entries one;
    one.emplace_back(
      pb::MessageFactory::generated_factory()->GetPrototype(&entry)->New());
    CHECK(ctl::table_of(one, what.columns).rows.size() == 1);
  }
}

TEST_CASE("words of the protocol are those of the house") {
  auto name = [](api::EventType x) {
    return ctl::event_word(*api::EventType_descriptor()->FindValueByNumber(x));
  };
  CHECK(name(api::EVENT_TYPE_PARTY_CHANGED) == "PartyChanged");
  CHECK(name(api::EVENT_TYPE_DN_OUT_OF_SERVICE) == "DNOutOfService");
  CHECK(name(api::EVENT_TYPE_DND_ON) == "DNDOn");
  CHECK(name(api::EVENT_TYPE_DTMF_SENT) == "DTMFSent");
  auto& types = *api::DnType_descriptor();
  for (auto& word : ctl::enum_words(types))
    CHECK(ctl::enum_word(*ctl::find_word(types, word)) == word);
  CHECK(ctl::find_word(types, "") == nullptr);
}

TEST_CASE("an error has the reason of its ErrorInfo, or the gRPC code") {
  CHECK(ctl::error_line(control::make_status(
          strowger::model::fault::not_registered, "2002 is not there"))
        == "ctl: NOT_REGISTERED: 2002 is not there");
  CHECK(ctl::error_line({grpc::UNAVAILABLE, "nobody\nlistens"})
        == "ctl: UNAVAILABLE: nobody?listens");
}

TEST_CASE("events are JSON lines, or lines for people") {
  auto x = event(7, "2001");
  auto& it = *x.mutable_events()->mutable_events(0);
  it.set_call_state(api::CALL_STATE_TRANSFERRED);
  it.set_third_party_dn("2003");
  auto line = ctl::lines_of(x, ctl::watch_format::json);
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  auto json = nlohmann::json::parse(line);
  CHECK(json["type"] == "EVENT_TYPE_RINGING");
  CHECK(json["sequence"] == "7");
  CHECK(json["this_dn"] == "2001");
  auto plain = ctl::lines_of(x, ctl::watch_format::plain);
  CHECK(plain.substr(12)
        == "  2001      Ringing              00ab00ab00ab00ab  2002"
           "              transferred third=2003\n");
  CHECK(ctl::lines_of(x, ctl::watch_format::coloured).find("\x1b[33mRinging")
        != std::string::npos);
  CHECK(ctl::lines_of(snapshot(3), ctl::watch_format::json)
        == R"({"snapshot":{"journal_id":"j","sequence":"3"}})"
           "\n");
  api::SubscribeResponse resync;
  resync.mutable_resync()->set_reason(api::RESYNC_REASON_SLOW_SUBSCRIBER);
  CHECK(ctl::lines_of(resync, ctl::watch_format::json)
        == R"({"resync":{"reason":"RESYNC_REASON_SLOW_SUBSCRIBER"}})"
           "\n");
  CHECK(ctl::lines_of(resync, ctl::watch_format::plain)
        == "-- resync after event 0: events came faster than they were read\n");
}

TEST_CASE("who watches misses nothing when the connection breaks") {
  brittle_switch host;
  // The second connection ends in the middle of a snapshot: no place to go on.
  api::SubscribeResponse resync;
  resync.mutable_resync()->set_reason(api::RESYNC_REASON_JOURNAL_EXPIRED);
  host.script = {{snapshot(3), event(4, "2001"), event(5, "2002")},
                 {event(6, "2001"), resync, snapshot(90, false)},
                 {snapshot(91), event(92, "2002")}};
  std::string error;
  auto server = ctl::connection::make(at(host.address()), error);
  REQUIRE(server);
  ctl::watch_filter filter;
  filter.dns = {"2001", "2002"};
  ctl::watcher it{*server, ctl::make_request(filter)};
  std::string seen;
  auto status = it.run([&](const api::SubscribeResponse& x) {
    seen += x.has_resync() ? "resync "
            : x.has_snapshot()
              ? "snapshot "
              : std::to_string(x.events().last_sequence()) + " ";
    return true;
  });
  CHECK(status.error_code() == grpc::PERMISSION_DENIED);
  CHECK(seen == "snapshot 4 5 6 resync snapshot snapshot 92 ");
  std::string asked_for;
  for (auto& x : host.requests) {
    CHECK(x.filter().dns_size() == 2);
    asked_for += x.has_resume_after()
                   ? x.resume_after().journal_id()
                       + std::to_string(x.resume_after().sequence()) + " "
                   : "all ";
  }
  CHECK(asked_for == "all j5 all j92 ");
}

TEST_CASE("who is refused at first is told, and who has seen enough leaves") {
  brittle_switch host;
  std::string error;
  auto server = ctl::connection::make(at(host.address()), error);
  ctl::watcher refused{*server, {}};
  CHECK(refused.run([](auto&) { return true; }).error_code()
        == grpc::PERMISSION_DENIED);
  host.script = {{snapshot(3), event(4, "2001")}};
  ctl::watcher done{*server, {}};
  CHECK(done.run([](auto&) { return false; }).ok());
  auto without_file = at("x");
  without_file.ca = "no-such-file";
  CHECK(ctl::connection::make(without_file, error) == nullptr);
  CHECK(error == "cannot read no-such-file");
}

TEST_CASE("completion scripts know all sub-commands and options") {
  CLI::App app{"", "strowger"};
  int exit_code = 0;
  std::ostringstream out;
  ctl::add_commands(app, exit_code, out, out);
  auto bash = ctl::completion_script(app, ctl::shell::bash);
  auto zsh = ctl::completion_script(app, ctl::shell::zsh);
  for (auto& what : ctl::verbs())
    for (auto script : {&bash, &zsh})
      CHECK(script->find("' ctl " + std::string{what.name} + "')")
            != std::string::npos);
  for (auto word : {"--server", "--consult-user-data", "--kind", "snapshot"})
    for (auto script : {&bash, &zsh})
      CHECK(script->find(word) != std::string::npos);
  CHECK(zsh.find("'make-call:Calls DEST from DN, and prints the call'")
        != std::string::npos);
}
