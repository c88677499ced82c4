#include "test/services/control_client.hpp"
#include "test/services/live_switch.hpp"

#include <doctest/doctest.h>
#include <strowger/v1/query_service.grpc.pb.h>

#include <set>

using namespace strowger;
using namespace strowger::test;
using namespace std::chrono_literals;
using model::event_type;

namespace {

live_switch::directory office() {
  model::directory_builder b{"office"};
  model::dn phone;
  phone.options = std::make_shared<model::option_values>();
  b.add_range(2000, 2249, 0, phone);
  for (auto* name : {"gateway", "backup"}) {
    model::option_values options;
    options.set(model::option::contact, std::string{"sip:192.0.2.7"});
    options.set(model::option::prefix, std::vector<std::string>{"1"});
    b.add(name, model::dn_type::trunk, options);
  }
  b.add("800", model::dn_type::routing_point);
  return b.build();
}

struct questions {
  live_switch host{office()};
  std::unique_ptr<api::QueryService::Stub> stub = api::QueryService::NewStub(
    dial(host.address()));

  template <class Response, class Request>
  Response ask(grpc::Status (api::QueryService::Stub::*method)(
                 grpc::ClientContext*, const Request&, Response*),
               const Request& request, grpc::Status* outcome = nullptr) {
    grpc::ClientContext context;
    Response response;
    auto status = (stub.get()->*method)(&context, request, &response);
    if (outcome)
      *outcome = status;
    else
      CHECK_MESSAGE(status.ok(), status.error_message());
    return response;
  }

  void say(event_type type, uint64_t call, std::string dn) {
    model::journal_event x;
    x.type = type;
    x.call = {call};
    x.this_dn = std::move(dn);
    if (type == event_type::agent_login) {
      auto about = std::make_shared<model::event_details>();
      about->agent = "agent-" + x.this_dn;
      x.details = about;
    }
    host.say(std::move(x));
  }

  /// All entries over all pages of three, by name.
  template <class Request, class Response, class Name>
  std::vector<std::string> pages(
    grpc::Status (api::QueryService::Stub::*method)(grpc::ClientContext*,
                                                    const Request&, Response*),
    Request request, Name name) {
    std::vector<std::string> result;
    request.set_page_size(3);
    do {
      auto page = ask(method, request);
      for (auto& x : name(page))
        result.push_back(x);
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return result;
  }
};

using stub_type = api::QueryService::Stub;

} // namespace

TEST_CASE_FIXTURE(questions, "the switch tells what it is") {
  say(event_type::ringing, 1, "2001");
  say(event_type::agent_login, 0, "2002");
  auto x = ask(&stub_type::GetSwitch, api::GetSwitchRequest{});
  CHECK(x.name() == "office");
  CHECK(x.dns() == 253);
  CHECK(x.calls() == 1);
  CHECK(x.agents() == 1);
  CHECK(x.sequence() == 2);
  CHECK(x.journal_id().size() == 16);
  CHECK_FALSE(x.draining());
  host.on_switch([](exchange& y) { y.drain(); });
  CHECK(ask(&stub_type::GetSwitch, api::GetSwitchRequest{}).draining());
}

TEST_CASE_FIXTURE(questions, "lists come in pages that together are the whole, "
                             "without doubles") {
  for (uint64_t id = 1; id <= 8; ++id) {
    auto dn = "200" + std::to_string(id);
    say(event_type::dialing, id, dn);
    say(event_type::ringing, id, "2100");
    say(event_type::agent_login, 0, dn);
  }
  auto whole = [](const std::vector<std::string>& xs, size_t size) {
    CHECK(xs.size() == size);
    CHECK(std::set(xs.begin(), xs.end()).size() == size);
  };
  whole(pages(&stub_type::ListDns, api::ListDnsRequest{},
              [](auto& page) {
                std::vector<std::string> names;
                for (auto& x : page.dns())
                  names.push_back(x.number());
                return names;
              }),
        253);
  auto calls = pages(&stub_type::ListCalls, api::ListCallsRequest{},
                     [](auto& page) {
                       std::vector<std::string> names;
                       for (auto& x : page.calls())
                         names.push_back(x.call_id());
                       return names;
                     });
  whole(calls, 8);
  CHECK(std::is_sorted(calls.begin(), calls.end()));
  whole(pages(&stub_type::ListParties, api::ListPartiesRequest{},
              [](auto& page) {
                std::vector<std::string> names;
                for (auto& x : page.parties())
                  names.push_back(x.call_id() + x.party().dn());
                return names;
              }),
        16);
  whole(pages(&stub_type::ListAgents, api::ListAgentsRequest{},
              [](auto& page) {
                std::vector<std::string> names;
                for (auto& x : page.agents())
                  names.push_back(x.agent_id());
                return names;
              }),
        8);
  whole(pages(&stub_type::ListTrunks, api::ListTrunksRequest{},
              [](auto& page) {
                std::vector<std::string> names;
                for (auto& x : page.trunks())
                  names.push_back(x.number());
                return names;
              }),
        2);
}

TEST_CASE_FIXTURE(questions, "lists can be narrowed") {
  say(event_type::dialing, 1, "2001");
  say(event_type::ringing, 1, "2002");
  say(event_type::ringing, 2, "2003");
  api::ListDnsRequest dns;
  dns.add_types(api::DN_TYPE_ROUTING_POINT);
  dns.add_types(api::DN_TYPE_TRUNK);
  CHECK(ask(&stub_type::ListDns, dns).dns_size() == 3);
  api::ListCallsRequest calls;
  calls.set_dn("2002");
  CHECK(ask(&stub_type::ListCalls, calls).calls_size() == 1);
  api::ListPartiesRequest parties;
  parties.set_call_id("0000000000000001");
  CHECK(ask(&stub_type::ListParties, parties).parties_size() == 2);
  parties.set_dn("2001");
  CHECK(ask(&stub_type::ListParties, parties).parties_size() == 1);
}

TEST_CASE_FIXTURE(questions, "one DN and one call can be asked for") {
  say(event_type::dialing, 1, "2001");
  say(event_type::dnd_on, 0, "2001");
  api::GetDnRequest dn;
  dn.set_number("2001");
  auto found = ask(&stub_type::GetDn, dn).dn();
  CHECK(found.dnd());
  CHECK(found.type() == api::DN_TYPE_EXTENSION);
  api::GetCallRequest call;
  call.set_call_id("0000000000000001");
  auto x = ask(&stub_type::GetCall, call).call();
  REQUIRE(x.parties_size() == 1);
  CHECK(x.parties(0).state() == api::PARTY_STATE_DIALING);
}

TEST_CASE_FIXTURE(questions, "registered contacts are listed as long as they "
                             "hold") {
  auto enrol = [&](const char* dn, const char* contact, uint32_t expires) {
    host.on_switch([&](exchange& x) {
      enrolment y;
      y.dn = dn;
      y.request.contacts.push_back({contact, ""});
      y.request.expires = expires;
      y.request.call_id = contact;
      y.request.cseq = expires == 0 ? 2 : 1;
      y.request.user_agent = "Phone\xff";
      REQUIRE(x.enrol(std::move(y)));
    });
    host.on_switch([](exchange&) {}); // the actor of the DN has run
  };
  enrol("2001", "sip:2001@192.0.2.1", 600);
  enrol("2001", "sip:2001@192.0.2.2", 600);
  enrol("2002", "sip:2002@192.0.2.3", 600);
  auto all = ask(&stub_type::ListRegistrations,
                 api::ListRegistrationsRequest{});
  REQUIRE(all.registrations_size() == 3);
  CHECK(all.registrations(2).dn() == "2002");
  CHECK(all.registrations(2).contact() == "sip:2002@192.0.2.3");
  CHECK(all.registrations(2).user_agent() == "Phone\xef\xbf\xbd");
  api::ListRegistrationsRequest one;
  one.set_page_size(1);
  auto page = ask(&stub_type::ListRegistrations, one);
  CHECK(page.registrations_size() == 2); // of one DN, so on one page
  one.set_page_token(page.next_page_token());
  page = ask(&stub_type::ListRegistrations, one);
  CHECK(page.registrations_size() == 1);
  CHECK(page.next_page_token().empty());
  enrol("2002", "sip:2002@192.0.2.3", 0);
  api::ListRegistrationsRequest gone;
  gone.set_dn("2002");
  CHECK(ask(&stub_type::ListRegistrations, gone).registrations_size() == 0);
}

TEST_CASE_FIXTURE(questions, "what there is not is a clear error") {
  auto check = [&](auto method, auto request, grpc::StatusCode code,
                   const char* reason) {
    grpc::Status outcome;
    ask(method, request, &outcome);
    CHECK(outcome.error_code() == code);
    CHECK(reason_in(outcome) == reason);
  };
  api::GetDnRequest dn;
  dn.set_number("9999");
  check(&stub_type::GetDn, dn, grpc::NOT_FOUND, "UNKNOWN_DN");
  api::GetCallRequest call;
  call.set_call_id("00000000000000aa");
  check(&stub_type::GetCall, call, grpc::NOT_FOUND, "UNKNOWN_CALL");
  call.set_call_id("nonsense");
  check(&stub_type::GetCall, call, grpc::NOT_FOUND, "UNKNOWN_CALL");
  api::ListCallsRequest calls;
  calls.set_page_token("nonsense");
  check(&stub_type::ListCalls, calls, grpc::INVALID_ARGUMENT,
        "INVALID_ARGUMENT");
  calls.clear_page_token();
  calls.set_dn("9999");
  check(&stub_type::ListCalls, calls, grpc::NOT_FOUND, "UNKNOWN_DN");
  api::ListDnsRequest dns;
  dns.set_page_size(-1);
  check(&stub_type::ListDns, dns, grpc::INVALID_ARGUMENT, "INVALID_ARGUMENT");
}
