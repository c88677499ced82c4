#include "test/actors/call_control_office.hpp"

/// What belongs to a DN, on a whole switch: do-not-disturb, call forwarding and
/// no-answer supervision (semantics M13, M14, M31, M32).
using namespace strowger;
using namespace strowger::test;

namespace {

using texts = std::vector<std::string>;

struct featured_office : played_office {
  featured_office() : played_office(phones_with({})) {
    // nop
  }
};

// 2002 and the others overflow; they are supervised whatever the call.
struct overflow_office : played_office {
  explicit overflow_office(texts where)
    : played_office(
      phones_with({{option::no_answer_timeout, int64_t{5}},
                   {option::no_answer_overflow, std::move(where)}})) {
    // nop
  }

  void route_and_ring() {
    play({
      {"gateway: INVITE 9 o1", "gateway: 180",
       "9 Queued[c1], 9 RouteRequest[c1]"},
      {"RouteCall 9 c1 2002", "2002: INVITE o1"},
      {"2002: 180", "gateway: 180",
       "9 RouteUsed[c1](Redirected), 9 Diverted[c1](Redirected), "
       "2002 Ringing[c1]"},
    });
  }
};

} // namespace

TEST_CASE_FIXTURE(featured_office, "M31: a direct call to a DN that is not to "
                                   "be disturbed is busy") {
  play({
    {"SetDnd 2002", "", "2002 DNDOn"},
    {"2001: INVITE 2002 o1", "2001: 486",
     "2001 Dialing[c1], 2001 DestinationBusy[c1](Busy), "
     "2001 Released[c1](Busy)"},
    {"CancelDnd 2002", "", "2002 DNDOff"},
    {"2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing[c2]"},
    {"2002: 180", "2001: 180", "2002 Ringing[c2]"},
    {"2001: CANCEL", "2001: 487; 2002: CANCEL",
     "2001 Released[c2], 2002 Abandoned[c2]"},
    {"2002: 487", ""},
  });
  CHECK(verdict == "accepted");
}

TEST_CASE_FIXTURE(featured_office, "M31, M12: a call routed to such a DN stays "
                                   "on the routing point") {
  play({
    {"SetDnd 2002", "", "2002 DNDOn"},
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 2002", "", "9 Error[c1](BUSY)"},
    {"RouteCall 9 c1 2003", "2003: INVITE o1"},
    {"gateway: CANCEL", "gateway: 487; 2003: CANCEL", "9 Abandoned[c1]"},
    {"2003: 487", ""},
  });
}

TEST_CASE_FIXTURE(featured_office, "a DN that is not to be disturbed still "
                                   "makes calls") {
  play({
    {"SetDnd 2001", "", "2001 DNDOn"},
    {"MakeCall 2001 1555", "2001: REFER sip:1555@"},
    {"2001: 486 to REFER", "", "2001 Error[c1](BUSY)"},
  });
}

TEST_CASE_FIXTURE(featured_office, "M32: unconditional forwarding; the DN "
                                   "never rings") {
  play({
    {"SetForward 2002 2003 unconditional", "",
     "2002 ForwardSet(unconditional)"},
    {"gateway: INVITE 2002 o1", "2003: INVITE o1"},
    {"2003: 180", "gateway: 180", "2003 Ringing[c1](Forwarded)"},
  });
  CHECK(kept.events.back().third_party_dn == "2002");
  play({
    {"2003: 200 a1", "2003: ACK; gateway: 200 a1", "2003 Established[c1]"},
    {"gateway: ACK", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
    {"CancelForward 2002", "", "2002 ForwardCancel"},
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"2002: 486", "gateway: 486"},
  });
}

TEST_CASE_FIXTURE(featured_office, "M32: forwarding on busy, because of the "
                                   "phone and because of do-not-disturb") {
  play({
    {"SetForward 2002 2003 on_busy", "", "2002 ForwardSet(on_busy)"},
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"2002: 486", "2003: INVITE o1"},
    {"2003: 180", "gateway: 180", "2003 Ringing[c1](Forwarded)"},
    {"gateway: CANCEL", "gateway: 487; 2003: CANCEL", "2003 Abandoned[c1]"},
    {"2003: 487", ""},
    {"SetDnd 2002", "", "2002 DNDOn"},
    {"gateway: INVITE 2002 o1", "2003: INVITE o1"},
    {"2003: 486", "gateway: 486"},
  });
}

TEST_CASE_FIXTURE(featured_office, "M32: forwarding on no answer, after "
                                   "extn-no-answer-timeout") {
  play({
    {"SetForward 2002 2003 on_no_answer", "", "2002 ForwardSet(on_no_answer)"},
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"2002: 180", "gateway: 180", "2002 Ringing[c1]"},
    {"after 14", ""},
    {"after 1", "2002: CANCEL; 2003: INVITE o1",
     "2002 Released[c1](Forwarded)"},
    {"2002: 487", ""},
    {"2003: 180", "gateway: 180", "2003 Ringing[c1](Forwarded)"},
    {"2003: 200 a1", "2003: ACK; gateway: 200 a1", "2003 Established[c1]"},
    {"gateway: ACK", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE_FIXTURE(featured_office, "M32: forwards that go round in circles end "
                                   "in 480") {
  play({
    {"SetForward 2002 2003 unconditional", "",
     "2002 ForwardSet(unconditional)"},
    {"SetForward 2003 2002 unconditional", "",
     "2003 ForwardSet(unconditional)"},
    {"gateway: INVITE 2002 o1", "gateway: 480"},
  });
  CHECK(kept.records.back().redirections == 5);
}

TEST_CASE_FIXTURE(featured_office, "features survive a reload of the "
                                   "configuration") {
  play({
    {"SetDnd 2002", "", "2002 DNDOn"},
    {"SetForward 2003 2004 unconditional", "",
     "2003 ForwardSet(unconditional)"},
  });
  exchange.configure(phones_with({}));
  settle();
  play({
    {"gateway: INVITE 2002 o1", "gateway: 486"},
    {"gateway: INVITE 2003 o1", "2004: INVITE o1"},
    {"2004: 486", "gateway: 486"},
  });
}

TEST_CASE_FIXTURE(featured_office, "who has no features says so at once") {
  constexpr std::pair<const char*, const char*> rows[] = {
    {"SetDnd 7777", "UNKNOWN_DN"},
    {"SetDnd gateway", "UNSUPPORTED"},
    {"SetForward gateway 2001 on_busy", "UNSUPPORTED"},
    {"SetDnd 9", "UNSUPPORTED"},
    {"SetForward 2002 2002 on_busy", "INVALID_CALLED_DN"},
    {"SetForward 2002 7777 on_busy", "INVALID_CALLED_DN"},
    {"SetForward 2002 2003 now_and_then", "INVALID_ARGUMENT"},
  };
  for (auto& [what, why] : rows) {
    INFO(std::string{what});
    play({{what, ""}});
    CHECK(verdict == why);
  }
}

// -- no answer ----------------------------------------------------------------

TEST_CASE("M14: overflow to a number") {
  overflow_office x{{"2003", "none", "2004"}};
  x.play({
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"2002: 180", "gateway: 180", "2002 Ringing[c1]"},
    {"after 5", "2002: CANCEL; 2003: INVITE o1",
     "2002 Released[c1](Redirected)"},
    {"2002: 487", ""},
    {"2003: 180", "gateway: 180", "2003 Ringing[c1](Redirected)"},
    {"2003: 486", "gateway: 486", "2003 Released[c1](Busy)"},
  });
}

TEST_CASE("M14: overflow by recall, to where the call was distributed from") {
  overflow_office x{{"recall"}};
  x.route_and_ring();
  x.play({
    {"after 5", "2002: CANCEL",
     "2002 Released[c1](Redirected), 9 Queued[c1], 9 RouteRequest[c1]"},
    {"2002: 487", ""},
    {"RouteCall 9 c1 2003", "2003: INVITE o1"},
    {"2003: 200 a1", "2003: ACK; gateway: 200 a1",
     "9 RouteUsed[c1](Redirected), 9 Diverted[c1](Redirected), "
     "2003 Ringing[c1], 2003 Established[c1]"},
    {"gateway: ACK", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2003: BYE", "2003 Released[c1]"},
  });
}

TEST_CASE("M14: overflow by release") {
  overflow_office x{{"release"}};
  x.play({
    {"2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing[c1]"},
    {"2002: 180", "2001: 180", "2002 Ringing[c1]"},
    {"after 5", "2001: 480; 2002: CANCEL",
     "2002 Released[c1](NoAnswer), 2001 DestinationBusy[c1](NoAnswer), "
     "2001 Released[c1](NoAnswer)"},
    {"2002: 487", ""},
  });
}

TEST_CASE("nas-private: the application's overflow concerns distributed calls, "
          "or all") {
  for (auto all : {false, true}) {
    CAPTURE(all);
    played_office x{
      phones_with({}, {{option::extn_no_answer_timeout, int64_t{5}},
                       {option::extn_no_answer_overflow, texts{"2003"}},
                       {option::nas_private, all}})};
    x.play({{"gateway: INVITE 2002 o1", "2002: INVITE o1"},
            {"2002: 180", "gateway: 180", "2002 Ringing[c1]"}});
    if (all)
      x.play({{"after 5", "2002: CANCEL; 2003: INVITE o1",
               "2002 Released[c1](Redirected)"},
              {"2002: 487", ""},
              {"2003: 486", "gateway: 486"}});
    else
      x.play({{"after 60", ""},
              {"gateway: CANCEL", "gateway: 487; 2002: CANCEL",
               "2002 Abandoned[c1]"},
              {"2002: 487", ""}});
    x.play({
      {"gateway: INVITE 9 o1", "gateway: 180",
       "9 Queued[c2], 9 RouteRequest[c2]"},
      {"RouteCall 9 c2 2002", "2002: INVITE o1"},
      {"2002: 180", "gateway: 180",
       "9 RouteUsed[c2](Redirected), 9 Diverted[c2](Redirected), "
       "2002 Ringing[c2]"},
      {"after 5", "2002: CANCEL; 2003: INVITE o1",
       "2002 Released[c2](Redirected)"},
      {"2002: 487", ""},
      {"2003: 486", "gateway: 486"},
    });
  }
}

TEST_CASE("M13: what after-routing-timeout ends stays on the routing point") {
  played_office x{phones_with({}, {{option::divert_on_ringing, false}})};
  x.play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"RouteCall 9 c1 2002", "2002: INVITE o1"},
    {"2002: 180", "gateway: 180", "2002 Ringing[c1]"},
    {"after 10", "2002: CANCEL",
     "2002 Released[c1](NoAnswer), 9 Error[c1](NO_ANSWER)"},
    {"2002: 487", ""},
    {"gateway: CANCEL", "gateway: 487", "9 Abandoned[c1]"},
  });
}

// -- a phone that says nothing ------------------------------------------------

TEST_CASE("no-response-dn: a call goes there if the phone sends nothing, or "
          "only 100, but not if it rings") {
  played_office x{phones_with({{option::no_response_dn, std::string{"2003"}},
                               {option::sip_trying_timeout, int64_t{3}}},
                              {{option::sip_invite_timeout, int64_t{2}}})};
  x.play({
    {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
    {"after 2 s", "2002: CANCEL; 2003: INVITE o1"},
    {"2003: 100", ""},
    {"after 3 s", "2003: CANCEL; gateway: 480"},
    {"2002: 487", ""},
    {"2003: 487", ""},
  });
}

// -- default routing ----------------------------------------------------------

TEST_CASE(
  "alternate-route-profile: a call that nobody routes tries the list of "
  "another routing point, each DN once, then it is refused") {
  using values = std::vector<std::string>;
  model::directory_builder b{"office"};
  b.set(option::alternate_route_profile, std::string{"90"});
  b.set(option::router_timeout, int64_t{3});
  for (std::string number : {"2001", "2002"}) {
    model::option_values of;
    of.set(option::contact, "sip:" + number + "@" + number);
    b.add(number, model::dn_type::extension, std::move(of));
  }
  b.add("9", model::dn_type::routing_point);
  b.add("90", model::dn_type::routing_point,
        {{option::default_dn, values{"2001", "2002"}}});
  played_office x{b.build()};
  x.play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"after 3 s", "2002: INVITE o1"},
    {"2002: 486", "2001: INVITE o1"},
    {"2001: 480", "gateway: 480", "9 Released[c1](NoAnswer)"},
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c2], 9 RouteRequest[c2]"},
    {"after 3 s", "2001: INVITE o1"}, // in turn
    {"2001: 486", "2002: INVITE o1"},
    {"2002: 200 a1", "2002: ACK; gateway: 200 a1",
     "9 RouteUsed[c2](Redirected), 9 Diverted[c2](Redirected), "
     "2002 Ringing[c2], 2002 Established[c2]"},
    {"gateway: ACK", ""},
    {"gateway: BYE", "gateway: 200 to BYE; 2002: BYE", "2002 Released[c2]"},
  });
}

TEST_CASE("default-dn: if no DN of the list takes the call, the caller hears "
          "of it") {
  model::directory_builder b{"office"};
  b.set(option::router_timeout, int64_t{3});
  b.add("9", model::dn_type::routing_point,
        {{option::default_dn, std::vector<std::string>{"2001", "2002"}}});
  played_office x{b.build()};
  x.play({
    {"gateway: INVITE 9 o1", "gateway: 180",
     "9 Queued[c1], 9 RouteRequest[c1]"},
    {"after 3 s", "gateway: 404", "9 Released[c1](SitInvalidnum)"},
  });
}

// -- whose option counts ------------------------------------------------------

TEST_CASE(
  "phones at a softswitch have its options, unless they have their own") {
  model::directory_builder b{"office"};
  b.add("2001", model::dn_type::extension);
  b.add("2002", model::dn_type::extension, {{option::refer_enabled, true}});
  b.add("2003", model::dn_type::extension,
        {{option::contact, std::string{"sip:2003@2003"}}});
  b.add("pbx", model::dn_type::voip_service,
        {{option::service_type, std::string{"softswitch"}},
         {option::contact, std::string{"sip:softswitch"}},
         {option::refer_enabled, false}});
  auto config = b.build();
  REQUIRE(config);
  auto refers = [&](const char* number) {
    return config->flag(option::refer_enabled, config->find(number));
  };
  CHECK_FALSE(refers("2001"));
  CHECK(refers("2002"));
  CHECK(refers("2003"));
  CHECK(config->text(option::contact, config->find("2001")).empty());
}
