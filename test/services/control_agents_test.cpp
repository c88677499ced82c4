#include "test/services/control_client.hpp"
#include "test/services/live_switch.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <prometheus/metric_family.h>
#include <strowger/v1/agent_service.grpc.pb.h>
#include <strowger/v1/query_service.grpc.pb.h>

#include <fstream>

using namespace strowger;
using namespace strowger::test;
using model::option;

namespace {

/// Phones 2001 to 2003; ada, bob and cyd are sales, nobody is in the group
/// empty; 2001 and 2002 are the place window, 2003 is the place door.
live_switch::directory
office(std::initializer_list<std::pair<option, model::option_value>> app = {}) {
  model::directory_builder b{"paper"};
  for (auto& [id, value] : app)
    b.set(id, value);
  for (auto number : {"2001", "2002", "2003"}) {
    model::option_values values;
    values.set(option::contact, std::string{"sip:192.0.2.1"});
    b.add(number, model::dn_type::extension, std::move(values));
  }
  b.add("800", model::dn_type::acd_queue);
  model::agent_group sales;
  sales.name = "sales";
  for (auto login : {"ada", "bob", "cyd"}) {
    model::agent_login x;
    x.login = login;
    x.options = std::make_shared<const model::option_values>();
    b.staff().add(std::move(x));
    sales.agents.emplace_back(login);
  }
  model::agent_group empty;
  empty.name = "empty";
  model::place window;
  window.name = "window";
  window.dns = {"2001", "2002"};
  model::place door;
  door.name = "door";
  door.dns = {"2003"};
  b.staff().add(std::move(sales)).add(std::move(empty));
  b.staff().add(std::move(window)).add(std::move(door));
  auto config = b.build();
  REQUIRE(config);
  return config;
}

/// Two clients who may do something, and one who may look.
services::config::control_settings with_tokens(const scratch_folder& folder) {
  services::config::control_settings settings;
  settings.tokens = folder.file("tokens");
  std::ofstream{settings.tokens} << "token-of-the-first control first\n"
                                    "token-of-the-second control second\n"
                                    "token-of-the-watcher observe watcher\n";
  return settings;
}

constexpr auto one = "token-of-the-first";
constexpr auto two = "token-of-the-second";
constexpr auto eye = "token-of-the-watcher";

struct desktop_client {
  explicit desktop_client(live_switch& host, std::string token = {})
    : channel(dial(host.address())), token(std::move(token)) {
    // nop
  }

  /// "accepted", or the reason of the error.
  template <class Request, class Response>
  std::string ask(grpc::Status (api::AgentService::Stub::*method)(
                    grpc::ClientContext*, const Request&, Response*),
                  Request request) {
    if (request.request_id().empty())
      request.set_request_id("r" + std::to_string(++requests));
    grpc::ClientContext context;
    add_token(context);
    Response response;
    auto status = (agents.get()->*method)(&context, request, &response);
    return status.ok() ? "accepted" : reason_in(status);
  }

  template <class Request, class Response>
  Response look(grpc::Status (api::QueryService::Stub::*method)(
                  grpc::ClientContext*, const Request&, Response*),
                const Request& request, std::string wants = {}) {
    grpc::ClientContext context;
    add_token(context);
    Response response;
    auto status = (queries.get()->*method)(&context, request, &response);
    CHECK(reason_in(status) == wants);
    return response;
  }

  std::string log_in(const std::string& agent, const std::string& dn,
                     api::WorkMode mode = api::WORK_MODE_AUTO_IN) {
    api::LoginAgentRequest x;
    x.set_dn(dn);
    x.set_agent_id(agent);
    x.set_work_mode(mode);
    return ask(&api::AgentService::Stub::LoginAgent, x);
  }

  template <class Request>
  static Request at(const std::string& dn) {
    Request x;
    x.set_dn(dn);
    return x;
  }

  void add_token(grpc::ClientContext& to) const {
    if (!token.empty())
      to.AddMetadata("authorization", "Bearer " + token);
  }

  std::shared_ptr<grpc::Channel> channel;
  std::string token;
  std::unique_ptr<api::AgentService::Stub> agents = api::AgentService::NewStub(
    channel);
  std::unique_ptr<api::QueryService::Stub> queries = api::QueryService::NewStub(
    channel);
  static inline int requests = 0; // ids are the name's, not the channel's
};

using agent_stub = api::AgentService::Stub;
using query_stub = api::QueryService::Stub;

/// "2001 AGENT_READY AUTO_IN"
std::string words_of(const api::Event& x) {
  auto type = api::EventType_Name(x.type()).substr(sizeof("EVENT_TYPE"));
  auto text = x.this_dn() + " " + type;
  if (auto mode = x.details().work_mode(); mode != 0)
    text += " " + api::WorkMode_Name(mode).substr(sizeof("WORK_MODE"));
  return text;
}

/// The events of a subscriber, in words.
std::string told(const subscriber& x) {
  std::string text;
  for (auto& bytes : x.events) {
    api::Event event;
    event.ParseFromString(bytes);
    text += (text.empty() ? "" : ", ") + words_of(event);
  }
  return text;
}

/// "ada@2001 ready": a list of agents.
template <class List>
std::string names_of(const List& agents) {
  std::string text;
  for (auto& x : agents) {
    text += (text.empty() ? "" : ", ") + x.agent_id();
    if (!x.dn().empty())
      text += "@" + x.dn();
    if (x.state() == api::AGENT_STATE_READY)
      text += " ready";
    else if (x.state() == api::AGENT_STATE_NOT_READY)
      text += " not ready";
  }
  return text;
}

uint64_t last_event(live_switch& host) {
  return host.on_switch([](exchange& x) { return x.events().last(); });
}

} // namespace

TEST_CASE("an agent logs in, is ready, has a break and logs out; everybody "
          "hears of it") {
  live_switch host{office()};
  subscriber desk{host.address()};
  REQUIRE(desk.read_to(0));
  desktop_client client{host};
  CHECK(client.log_in("ada", "2001") == "accepted");
  api::SetAgentNotReadyRequest lunch;
  lunch.set_dn("2001");
  lunch.set_reason("lunch");
  lunch.set_work_mode(api::WORK_MODE_AUX_WORK);
  lunch.set_request_id("the-break");
  CHECK(client.ask(&agent_stub::SetAgentNotReady, lunch) == "accepted");
  REQUIRE(desk.read_to(last_event(host)));
  CHECK(desk.latest.request_id() == "the-break");
  CHECK(desk.latest.details().reason() == "lunch");
  CHECK(desk.latest.details().agent_id() == "ada");
  api::SetAgentNotReadyRequest work;
  work.set_dn("2001");
  work.set_work_mode(api::WORK_MODE_AFTER_CALL_WORK);
  work.set_wrap_up_s(30);
  CHECK(client.ask(&agent_stub::SetAgentNotReady, work) == "accepted");
  REQUIRE(desk.read_to(last_event(host)));
  CHECK(desk.latest.details().wrap_up_s() == 30);
  CHECK(client.ask(&agent_stub::SetAgentReady,
                   client.at<api::SetAgentReadyRequest>("2001"))
        == "accepted");
  CHECK(client.ask(&agent_stub::LogoutAgent,
                   client.at<api::LogoutAgentRequest>("2001"))
        == "accepted");
  REQUIRE(desk.read_to(last_event(host)));
  CHECK(told(desk)
        == "2001 AGENT_LOGIN, 2001 AGENT_READY AUTO_IN, "
           "2001 AGENT_NOT_READY AUX_WORK, "
           "2001 AGENT_NOT_READY AFTER_CALL_WORK, 2001 AGENT_READY, "
           "2001 AGENT_LOGOUT");
}

TEST_CASE("a request sent twice logs in once") {
  live_switch host{office()};
  desktop_client client{host};
  api::LoginAgentRequest x;
  x.set_request_id("same");
  x.set_dn("2001");
  x.set_agent_id("ada");
  CHECK(client.ask(&agent_stub::LoginAgent, x) == "accepted");
  auto last = last_event(host);
  CHECK(client.ask(&agent_stub::LoginAgent, x) == "accepted");
  CHECK(last_event(host) == last);
}

TEST_CASE("a reservation is told, taken away by priority, and cancelled") {
  scratch_folder folder;
  live_switch host{office(), with_tokens(folder)};
  REQUIRE(host.error() == "");
  subscriber desk{host.address(), {}, eye};
  REQUIRE(desk.read_to(0));
  desktop_client client{host, one};
  REQUIRE(client.log_in("ada", "2001") == "accepted");
  api::ReserveAgentRequest x;
  x.set_dn("2001");
  x.set_duration_ms(60'000);
  x.set_priority(5);
  CHECK(client.ask(&agent_stub::ReserveAgent, x) == "accepted");
  REQUIRE(desk.read_to(last_event(host)));
  CHECK(desk.latest.type() == api::EVENT_TYPE_AGENT_RESERVED);
  CHECK(desk.latest.details().reserved_ms() == 60'000);
  desktop_client other{host, two};
  CHECK(other.ask(&agent_stub::ReserveAgent, x) == "BUSY");
  x.set_priority(6);
  CHECK(other.ask(&agent_stub::ReserveAgent, x) == "accepted");
  auto cancel = client.at<api::CancelReserveAgentRequest>("2001");
  CHECK(client.ask(&agent_stub::CancelReserveAgent, cancel) == "accepted");
  REQUIRE(desk.read_to(last_event(host)));
  CHECK(desk.latest.details().reserved_ms() == 0);
  CHECK(client.ask(&agent_stub::CancelReserveAgent, cancel)
        == "INVALID_CALL_STATE");
}

TEST_CASE("requests about agents fail with stable reasons, and without an "
          "event") {
  live_switch host{office({{option::agent_strict_id, std::string{"true"}}})};
  desktop_client client{host};
  REQUIRE(client.log_in("ada", "2001") == "accepted");
  auto last = last_event(host);
  CHECK(client.log_in("bob", "2009") == "UNKNOWN_DN");
  CHECK(client.log_in("bob", "2001") == "ALREADY_LOGGED_IN");
  CHECK(client.log_in("ada", "2002") == "AGENT_IN_USE");
  CHECK(client.log_in("eve", "2002") == "UNKNOWN_AGENT");
  CHECK(client.log_in("bob", "800") == "INVALID_ARGUMENT");
  CHECK(client.log_in("", "2002") == "INVALID_ARGUMENT");
  CHECK(client.log_in("bob", "2002", static_cast<api::WorkMode>(77))
        == "INVALID_ARGUMENT");
  CHECK(client.ask(&agent_stub::SetAgentReady,
                   client.at<api::SetAgentReadyRequest>("2002"))
        == "NOT_LOGGED_IN");
  CHECK(client.ask(&agent_stub::ReserveAgent,
                   client.at<api::ReserveAgentRequest>("2001"))
        == "INVALID_ARGUMENT");
  CHECK(last_event(host) == last);
}

TEST_CASE("agents, their groups and places are listed as they stand") {
  live_switch host{office()};
  desktop_client client{host};
  REQUIRE(client.log_in("cyd", "2001") == "accepted");
  REQUIRE(client.log_in("eve", "2003") == "accepted");
  REQUIRE(client.log_in("ada", "2002", api::WORK_MODE_AUX_WORK) == "accepted");
  CHECK(names_of(client.look(&query_stub::ListAgents, {}).agents())
        == "cyd@2001 ready, ada@2002 not ready, eve@2003 ready");
  api::ListAgentsRequest of_sales;
  of_sales.set_group("sales");
  CHECK(names_of(client.look(&query_stub::ListAgents, of_sales).agents())
        == "cyd@2001 ready, ada@2002 not ready");
  of_sales.set_group("empty");
  CHECK(client.look(&query_stub::ListAgents, of_sales).agents().empty());
  of_sales.set_group("nobody");
  client.look(&query_stub::ListAgents, of_sales, "INVALID_ARGUMENT");

  auto groups = client.look(&query_stub::ListAgentGroups, {});
  REQUIRE(groups.groups_size() == 2);
  CHECK(groups.groups(0).ShortDebugString()
        == R"(name: "sales" agents: 3 logged_in: 2 ready: 1)");
  CHECK(groups.groups(1).ShortDebugString() == R"(name: "empty")");

  auto places = client.look(&query_stub::ListPlaces, {});
  REQUIRE(places.places_size() == 2);
  CHECK(places.places(0).name() == "window");
  CHECK(places.places(0).dns_size() == 2);
  CHECK(names_of(places.places(0).agents())
        == "cyd@2001 ready, ada@2002 not ready");
  CHECK(names_of(places.places(1).agents()) == "eve@2003 ready");
}

TEST_CASE("members of a group come in pages, also those who are logged out") {
  live_switch host{office()};
  desktop_client client{host};
  REQUIRE(client.log_in("bob", "2003") == "accepted");
  api::ListAgentGroupMembersRequest x;
  x.set_group("sales");
  std::string all;
  int pages = 0;
  do {
    x.set_page_size(1);
    auto page = client.look(&query_stub::ListAgentGroupMembers, x);
    REQUIRE(page.agents_size() == 1);
    all += names_of(page.agents()) + "; ";
    x.set_page_token(page.next_page_token());
  } while (++pages < 9 && !x.page_token().empty());
  CHECK(all == "ada; bob@2003 ready; cyd; ");
  x.set_page_token("eve");
  client.look(&query_stub::ListAgentGroupMembers, x, "INVALID_ARGUMENT");
  x.set_page_token("");
  x.set_group("nobody");
  client.look(&query_stub::ListAgentGroupMembers, x, "INVALID_ARGUMENT");

  api::ListPlacesRequest places;
  places.set_page_size(1);
  auto first = client.look(&query_stub::ListPlaces, places);
  REQUIRE(first.next_page_token() == "window");
  places.set_page_token(first.next_page_token());
  auto second = client.look(&query_stub::ListPlaces, places);
  CHECK(second.places(0).name() == "door");
  CHECK(second.next_page_token().empty());
}

TEST_CASE("agent-logout-on-unreg: who gives up the last stream of events takes "
          "its agents along") {
  scratch_folder folder;
  live_switch host{
    office({{option::agent_logout_on_unreg, std::string{"true"}}}),
    with_tokens(folder)};
  REQUIRE(host.error() == "");
  subscriber watcher{host.address(), {}, eye};
  REQUIRE(watcher.read_to(0));
  subscriber first{host.address(), {}, one};
  subscriber also_first{host.address(), {}, one};
  subscriber second{host.address(), {}, two};
  for (auto* x : {&first, &also_first, &second})
    REQUIRE(x->read_to(0));
  CHECK(desktop_client{host, one}.log_in("ada", "2001") == "accepted");
  CHECK(desktop_client{host, two}.log_in("bob", "2002") == "accepted");
  CHECK(desktop_client{host, eye}.log_in("cyd", "2003") == "ROLE_TOO_LOW");
  // Neither one stream of several takes agents along, nor one that was wrong.
  auto metrics = host.plane().metrics();
  auto subscribers = [&] {
    for (auto& family : metrics->Collect())
      if (family.name == "strowger_control_subscribers")
        return family.metric.front().gauge.value;
    return -1.0;
  };
  first.stop();
  while (subscribers() != 3)
    last_event(host);
  api::SubscribeRequest wrong;
  wrong.mutable_filter()->add_dns("2009");
  CHECK(subscriber{host.address(), wrong, two}.finish().error_code()
        == grpc::NOT_FOUND);
  api::SetAgentReadyRequest still_there;
  still_there.set_dn("2001");
  CHECK(desktop_client{host, one}.ask(&agent_stub::SetAgentReady, still_there)
        == "accepted");
  also_first.stop();
  while (watcher.latest.type() != api::EVENT_TYPE_AGENT_LOGOUT)
    REQUIRE(watcher.read());
  CHECK(watcher.latest.details().agent_id() == "ada");
  CHECK(names_of(
          desktop_client{host, eye}.look(&query_stub::ListAgents, {}).agents())
        == "bob@2002 ready");
}
