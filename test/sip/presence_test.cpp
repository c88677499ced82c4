#include "test/sip/edge_fixture.hpp"

#include <set>

using namespace strowger;
using namespace strowger::test;
using model::option;

namespace {

constexpr uint16_t registrar_port = 26001;
using names = std::vector<std::string>;

std::string document(std::string_view basic) {
  std::string result = "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\">"
                       "<tuple id=\"1\"><status><basic>";
  result += basic;
  return result + "</basic></status></tuple></presence>";
}

/// A switch with a trunk to a registrar of phones, which the test plays.
struct presence_fixture : edge_fixture {
  peer registrar{registrar_port};
  int cseq = 0;

  /// Puts a configuration in force in which these phones are watched.
  void watch(const std::vector<std::string>& phones,
             model::option_values of_trunk = {}) {
    model::directory_builder builder;
    builder.set(option::sip_address, std::string{"127.0.0.1"});
    builder.set(option::sip_interface, std::string{"127.0.0.1"});
    builder.set(option::sip_port, int64_t{sip_port});
    of_trunk.set(option::contact,
                 "sip:127.0.0.1:" + std::to_string(registrar_port));
    builder.add("registrar", model::dn_type::trunk, of_trunk);
    for (const auto& x : phones)
      builder.add(x, model::dn_type::extension,
                  {{option::subscribe_presence, std::string{"registrar"}}});
    auto before = directory; // outlives the change, as in the switch
    directory = builder.build();
    REQUIRE(directory);
    stack.reconfigure(*directory);
  }

  /// The next SUBSCRIBE.
  wire_message asked() {
    auto x = receive(registrar);
    REQUIRE(x.first_line().starts_with("SUBSCRIBE "));
    return x;
  }

  void grant(const wire_message& subscribe, int expires_s,
             std::string_view tag = "reg") {
    registrar.send(
      response_to(subscribe, 200, tag,
                  "Contact: <sip:presence@127.0.0.1:26001>\r\nExpires: "
                    + std::to_string(expires_s) + "\r\n"),
      sip_port);
  }

  struct notice {
    std::string body = {};
    std::string state = "active";
    std::string event = "presence";
    std::string type = "application/pidf+xml";
    std::string tag = "reg";
    std::string call_id = {};
    std::string to = {};
    int cseq = 0;
  };

  /// The status that a NOTIFY in the dialog of that SUBSCRIBE gets.
  int notify(const wire_message& subscribe, const notice& x) {
    auto number = std::to_string(x.cseq != 0 ? x.cseq : ++cseq);
    auto text = "NOTIFY sip:127.0.0.1:26000 SIP/2.0\r\nVia: SIP/2.0/UDP "
                "127.0.0.1:26001;branch=z9hG4bK-n"
                + std::to_string(++branch)
                + "\r\nFrom: " + subscribe.header("To") + ";tag=" + x.tag
                + "\r\nTo: " + (x.to.empty() ? subscribe.header("From") : x.to)
                + "\r\nCall-ID: "
                + (x.call_id.empty() ? subscribe.header("Call-ID") : x.call_id)
                + "\r\nCSeq: " + number
                + " NOTIFY\r\nMax-Forwards: 70\r\n"
                  "Contact: <sip:presence@127.0.0.1:26001>\r\n";
    if (!x.event.empty())
      text += "Event: " + x.event + "\r\n";
    if (!x.state.empty())
      text += "Subscription-State: " + x.state + "\r\n";
    if (!x.body.empty())
      text += "Content-Type: " + x.type + "\r\n";
    text += "Content-Length: " + std::to_string(x.body.size()) + "\r\n\r\n"
            + x.body;
    registrar.send(text, sip_port);
    return receive(registrar).status();
  }

  int tell(const wire_message& subscribe, std::string_view basic) {
    return notify(subscribe, {.body = document(basic)});
  }

  uint64_t counted(model::subscription_phase x) {
    return turns.counters()
      .presence_subscriptions[static_cast<size_t>(x)]
      .read();
  }

private:
  int branch = 0;
};

} // namespace

TEST_CASE_FIXTURE(presence_fixture,
                  "a SUBSCRIBE goes to the trunk's contact, in words of the "
                  "options") {
  watch(
    {"2002"},
    {{option::subscribe_presence_domain, std::string{"test.example"}},
     {option::subscribe_presence_from, std::string{"sip:office@test.example"}},
     {option::subscribe_presence_expire, int64_t{300}}});
  auto x = asked();
  CHECK(x.first_line() == "SUBSCRIBE sip:2002@test.example SIP/2.0");
  CHECK(x.header("To") == "<sip:2002@test.example>");
  CHECK(x.header("From").starts_with("<sip:office@test.example>;tag="));
  CHECK(x.header("Event") == "presence");
  CHECK(x.header("Accept") == "application/pidf+xml");
  CHECK(x.header("Expires") == "300");
  CHECK(x.header("Contact") == "<sip:127.0.0.1:26000>");
  CHECK(x.header("Max-Forwards") == "70");
  CHECK(x.header("CSeq") == "1 SUBSCRIBE");
  CHECK(counted(model::subscription_phase::asking) == 1);
  grant(x, 300);
  CHECK(tell(x, "open") == 200);
  CHECK(counted(model::subscription_phase::asking) == 0);
  CHECK(counted(model::subscription_phase::active) == 1);
  CHECK(busy_phones.empty());
}

TEST_CASE_FIXTURE(presence_fixture,
                  "each change is told once, also before the 200") {
  watch({"2002"});
  auto x = asked();
  CHECK(x.first_line() == "SUBSCRIBE sip:2002@127.0.0.1:26001 SIP/2.0");
  CHECK(tell(x, "closed") == 200);
  CHECK(busy_phones == names{"2002 busy"});
  grant(x, 600);
  CHECK(tell(x, "closed") == 200);
  CHECK(notify(x, {}) == 200); // says nothing
  CHECK(busy_phones == names{"2002 busy"});
  CHECK(tell(x, "open") == 200);
  CHECK(tell(x, "open") == 200);
  CHECK(busy_phones == names{"2002 busy", "2002 idle"});
}

TEST_CASE_FIXTURE(presence_fixture,
                  "a NOTIFY that does not fit is refused, and changes "
                  "nothing") {
  watch({"2002"});
  auto x = asked();
  grant(x, 600);
  auto closed = document("closed");
  REQUIRE(notify(x, {.body = document("open"), .cseq = 100}) == 200);
  auto to = x.header("From");
  struct row {
    std::string why;
    notice what;
    int status;
  };
  const row rows[] = {
    {"another tag of ours", {.body = closed, .to = to + "0"}, 481},
    {"the tag of a call",
     {.body = closed, .to = "<sip:x@y>;tag=00000000000000010000000000"},
     481},
    {"nobody's number",
     {.body = closed, .to = "<sip:x@y>;tag=presence-000000ff00000000"},
     481},
    {"another Call-ID", {.body = closed, .call_id = "other"}, 481},
    {"another notifier", {.body = closed, .tag = "fork"}, 481},
    {"an older one", {.body = closed, .cseq = 99}, 500},
    {"another package", {.body = closed, .event = "dialog"}, 489},
    {"no package", {.body = closed, .event = ""}, 489},
    {"no state", {.body = closed, .state = ""}, 400},
    {"another body", {.body = closed, .type = "application/xml"}, 415},
    {"a body that ends too soon", {.body = closed.substr(0, 60)}, 400},
    {"a status that is none", {.body = document("away")}, 400},
    {"terminated, with such a body",
     {.body = document("away"), .state = "terminated"},
     400},
  };
  auto errors = turns.counters().parse_errors.read();
  cseq = 100;
  for (const auto& [why, what, status] : rows) {
    CAPTURE(why);
    CHECK(notify(x, what) == status);
  }
  CHECK(turns.counters().parse_errors.read() == errors + 3);
  CHECK(busy_phones.empty());
  CHECK(counted(model::subscription_phase::active) == 1);
  CHECK(notify(x, {.body = closed}) == 200);
  CHECK(busy_phones == names{"2002 busy"});
}

TEST_CASE_FIXTURE(presence_fixture,
                  "it is refreshed in its dialog, along its route") {
  watch({"2002"});
  auto x = asked();
  registrar.send(response_to(x, 200, "reg",
                             "Record-Route: <sip:127.0.0.1:26001;lr>\r\n"
                             "Contact: <sip:far@192.0.2.1>\r\nExpires: 1\r\n"),
                 sip_port);
  CHECK(notify(x, {.body = document("closed"), .state = "active;expires=1"})
        == 200);
  auto refresh = asked();
  CHECK(refresh.first_line()
        == "SUBSCRIBE sip:presence@127.0.0.1:26001 "
           "SIP/2.0");
  CHECK(refresh.header("Route") == "<sip:127.0.0.1:26001;lr>");
  CHECK(refresh.header("Call-ID") == x.header("Call-ID"));
  CHECK(refresh.header("From") == x.header("From"));
  CHECK(refresh.header("To") == x.header("To") + ";tag=reg");
  CHECK(refresh.header("CSeq") == "2 SUBSCRIBE");
  grant(refresh, 600);
  CHECK(silent(registrar));
  CHECK(busy_phones == names{"2002 busy"});
}

TEST_CASE_FIXTURE(presence_fixture,
                  "481 to a refresh: a new one at once, and the phone stays "
                  "what it was until that fails") {
  watch({"2002"});
  auto x = asked();
  grant(x, 1);
  CHECK(tell(x, "closed") == 200);
  grant(asked(), 1);
  registrar.send(response_to(asked(), 481, "reg"), sip_port);
  auto again = asked();
  CHECK(again.header("Call-ID") != x.header("Call-ID"));
  CHECK(!has(again.header("To"), ";tag="));
  CHECK(tell(x, "closed") == 481);
  CHECK(busy_phones == names{"2002 busy"});
  registrar.send(response_to(again, 500, "new"), sip_port);
  CHECK(until([&] { return busy_phones.size() == 2; }));
  CHECK(busy_phones == names{"2002 busy", "2002 idle"});
  CHECK(counted(model::subscription_phase::waiting) == 1);
}

TEST_CASE_FIXTURE(presence_fixture,
                  "a challenge is answered once, with the trunk's login") {
  watch({"2002"}, {{option::username, std::string{"switch"}},
                   {option::password, std::string{"s3cret"}}});
  auto x = asked();
  CHECK(x.header("Authorization").empty());
  auto challenge = "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n1\", "
                   "algorithm=MD5, qop=\"auth\"\r\n";
  registrar.send(response_to(x, 401, "c1", challenge), sip_port);
  auto again = asked();
  CHECK(again.header("CSeq") == "2 SUBSCRIBE");
  CHECK(again.header("Call-ID") == x.header("Call-ID"));
  CHECK(has(again.header("Authorization"), "username=\"switch\""));
  CHECK(has(again.header("Authorization"), "realm=\"pbx\""));
  CHECK(again.header("Expires") == x.header("Expires"));
  registrar.send(response_to(again, 401, "c2", challenge), sip_port);
  CHECK(
    until([&] { return counted(model::subscription_phase::waiting) == 1; }));
  CHECK(silent(registrar));
}

TEST_CASE_FIXTURE(presence_fixture, "without a login 401 is a failure") {
  watch({"2002"});
  auto x = asked();
  registrar.send(response_to(x, 401, "c1",
                             "WWW-Authenticate: Digest realm=\"pbx\", "
                             "nonce=\"n1\"\r\n"),
                 sip_port);
  CHECK(
    until([&] { return counted(model::subscription_phase::waiting) == 1; }));
  CHECK(silent(registrar));
}

TEST_CASE_FIXTURE(presence_fixture,
                  "a phone that is watched no more is left, and is idle") {
  watch({"2001", "2002"});
  auto first = asked();
  auto second = asked();
  CHECK(has(first.first_line(), "sip:2001@"));
  grant(first, 600);
  grant(second, 600);
  CHECK(tell(first, "closed") == 200);
  CHECK(tell(second, "closed") == 200);
  watch({"2001"});
  CHECK(busy_phones == names{"2001 busy", "2002 busy", "2002 idle"});
  auto leaving = asked();
  CHECK(leaving.header("Call-ID") == second.header("Call-ID"));
  CHECK(leaving.header("Expires") == "0");
  grant(leaving, 0);
  CHECK(notify(second, {.state = "terminated;reason=timeout"}) == 200);
  CHECK(tell(second, "closed") == 481);
  CHECK(tell(first, "open") == 200);
  CHECK(busy_phones.back() == "2001 idle");
  watch({"2001"}); // the same again: nothing happens
  CHECK(silent(registrar));
}

TEST_CASE_FIXTURE(presence_fixture, "at the end all of them are left") {
  watch({"2001", "2002"});
  auto first = asked();
  auto second = asked();
  for (const auto& x : {first, second}) {
    grant(x, 600);
    CHECK(tell(x, "closed") == 200);
  }
  stack.shut_down();
  for (int i = 0; i < 2; ++i)
    CHECK(asked().header("Expires") == "0");
  CHECK(busy_phones.size() == 2);
  CHECK(counted(model::subscription_phase::active) == 0);
}

TEST_CASE_FIXTURE(presence_fixture, "many are asked for one after another") {
  names phones;
  for (int i = 0; i < 100; ++i)
    phones.push_back(std::to_string(3000 + i));
  auto began = std::chrono::steady_clock::now();
  watch(phones);
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    auto x = asked();
    seen.insert(x.first_line());
    grant(x, 600);
  }
  // 20 at once, and four times a pause of 50 ms.
  CHECK(std::chrono::steady_clock::now() - began
        >= std::chrono::milliseconds(190));
  CHECK(seen.size() == 100);
}
