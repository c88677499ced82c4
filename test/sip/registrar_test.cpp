#include "sip/guard.hpp"
#include "sip/registrar.hpp"
#include "test/sip/parsed.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace strowger;
using namespace strowger::sip;
using namespace strowger::test;
using model::dn_type;
using model::option;

namespace {

struct desk {
  desk() {
    open({});
  }

  void open(model::option_values options) {
    using list = std::vector<std::string>;
    model::directory_builder builder{"office"};
    for (const auto& [id, value] : options.entries())
      builder.set(id, value);
    builder.set(option::digest_algorithms, list{"SHA-256", "MD5"});
    builder.add("2001", dn_type::extension);
    builder.add("2002", dn_type::acd_position,
                {{option::password, std::string{"s3cret"}},
                 {option::authenticate_requests, list{"register"}}});
    builder.add("2004", dn_type::extension,
                {{option::sip_nat_rewrite_contact, true}});
    builder.add("8000", dn_type::routing_point);
    builder.add("gw", dn_type::trunk,
                {{option::contact, std::string{"sip:192.0.2.10"}},
                 {option::prefix, list{"1"}}});
    config = builder.build();
    REQUIRE(config);
    judge.configure(*config);
  }

  static request_text from(std::string user) {
    request_text result{"REGISTER", "sip:office"};
    result.with("To", "<sip:" + user + "@office>");
    return result;
  }

  /// The status of the refusal; 0: handed to the DN, see `taken`.
  int read(const request_text& request,
           const arrival& source = arrival_from("192.0.2.1")) {
    const parsed message{request.text()};
    REQUIRE(message.get());
    const identifier nobody;
    if (auto why = guard{nobody}.judge(*message, source)) // as the stack does
      return why->status;
    auto result = registry.read(*message, source, *config);
    if (auto* why = std::get_if<refusal>(&result)) {
      refused = *why;
      return refused.status;
    }
    taken = std::get<enrolment>(std::move(result));
    return 0;
  }

  std::shared_ptr<const model::directory> config;
  challenger judge{authenticator::secret{}};
  probe counters;
  registrar registry{judge, counters};
  enrolment taken;
  refusal refused;
};

} // namespace

TEST_CASE_FIXTURE(desk, "only phones may register") {
  CHECK(read(from("2001")) == 0);
  CHECK(taken.dn == "2001");
  CHECK(read(from("2009")) == 404);
  CHECK(refused.label == rejection::unknown_user);
  CHECK(read(from("8000")) == 403);
  CHECK(read(from("gw")) == 403);
  CHECK(read(from("2001").with("To", "<tel:2001>")) == 400);
  CHECK(read(from("2001").with("To", "<isbn:2983792873>")) == 400);
}

TEST_CASE_FIXTURE(desk, "a registrar that is switched off refuses everybody") {
  open({{option::internal_registrar_enabled, false}});
  CHECK(read(from("2001")) == 403);
  CHECK(read(from("2009")) == 403);
}

TEST_CASE_FIXTURE(desk, "any host of ours will do, and any escape") {
  CHECK(read(from("2001").with("To", "<sip:2001@192.0.2.77:99>")) == 0);
  CHECK(read(from("2001").with("To", "<sip:%32001@h>")) == 0);
  CHECK(taken.dn == "2001");
}

TEST_CASE_FIXTURE(desk, "Contacts are kept byte for byte") {
  struct row {
    std::string header;
    std::vector<model::contact_value> contacts;
  };
  const row rows[] = {
    {"sip:+1972@gw.test;unknownparam",
     {{"sip:+1972@gw.test", ";unknownparam"}}},
    {"<sip:+1972@gw.test;unknownparam>",
     {{"sip:+1972@gw.test;unknownparam", ""}}},
    {"<sip:u@h?Route=%3Csip:x%3E>", {{"sip:u@h?Route=%3Csip:x%3E", ""}}},
    {"\"A, <b>\" <SIP:%41@H;lr>;q=0.5;+sip.instance=\"<urn:x>\"",
     {{"SIP:%41@H;lr", ";q=0.5;+sip.instance=\"<urn:x>\""}}},
    {"<sip:%00@h>,<sip:%00%00@h> ; expires=5 ",
     {{"sip:%00@h", ""}, {"sip:%00%00@h", "; expires=5"}}},
    {"<sip:a@h>;\r\n x=1", {{"sip:a@h", "; x=1"}}},
    {"\"quoted \\\" <sip:no@h>\" <sip:yes@h>", {{"sip:yes@h", ""}}},
  };
  for (const auto& x : rows) {
    CAPTURE(x.header);
    CHECK(read(from("2001").with("Contact", x.header)) == 0);
    const auto& got = taken.request.contacts;
    REQUIRE(got.size() == x.contacts.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      CHECK(got[i].uri == x.contacts[i].uri);
      CHECK(got[i].params == x.contacts[i].params);
    }
  }
}

TEST_CASE_FIXTURE(desk, "Contacts of several lines keep their order") {
  auto request = from("2001");
  request.with("Contact", "<sip:a@h>, <sip:b@h>");
  request.again("m", "<sip:c@h>;q=0.1").again("Contact", "sip:d@h");
  REQUIRE(read(request) == 0);
  std::string users;
  for (const auto& x : taken.request.contacts)
    users += x.uri[4];
  CHECK(users == "abcd");
}

TEST_CASE_FIXTURE(desk, "what the DN needs to know is handed on") {
  auto request = from("2001");
  request.with("Contact", "*").with("Expires", "0").with("CSeq", "77 REGISTER");
  request.with("Path", "<sip:p1;lr>,<sip:p2;lr>").again("Path", "<sip:p3;lr>");
  request.with("User-Agent", "phone/1.0");
  REQUIRE(read(request) == 0);
  const auto& x = taken.request;
  CHECK(x.star);
  CHECK(x.contacts.empty());
  CHECK(x.expires == 0u);
  CHECK(x.call_id == "c1");
  CHECK(x.cseq == 77);
  CHECK(x.path == "<sip:p1;lr>,<sip:p2;lr>, <sip:p3;lr>");
  CHECK(x.user_agent == "phone/1.0");
  REQUIRE(read(from("2001").with("Contact", "")) == 0); // a fetch
  CHECK_FALSE(taken.request.star);
  CHECK(taken.request.contacts.empty());
  CHECK_FALSE(taken.request.expires);
}

TEST_CASE_FIXTURE(desk, "a Contact that cannot be called is refused") {
  for (std::string value : {"<sip:a@h", "2001", "\"name\" <>"})
    CHECK_MESSAGE(read(from("2001").with("Contact", value)) == 400, value);
}

TEST_CASE_FIXTURE(desk, "a phone behind NAT is called where it came from") {
  const auto natted = arrival_from("203.0.113.5", 40000);
  auto request = from("2001");
  request.with("Via", "SIP/2.0/UDP 192.0.2.1:5060;received=203.0.113.5"
                      ";branch=z9hG4bK1");
  REQUIRE(read(request, natted) == 0);
  CHECK(taken.request.received == "udp:203.0.113.5:40000");
  // one behind a proxy has another Via than Contact
  request.with("Via", "SIP/2.0/UDP 192.0.2.8:5060;received=203.0.113.5"
                      ";branch=z9hG4bK1");
  REQUIRE(read(request, natted) == 0);
  CHECK(taken.request.received.empty());
  // unless the option says so
  request.with("To", "<sip:2004@office>");
  REQUIRE(read(request, natted) == 0);
  CHECK(taken.request.received == "udp:203.0.113.5:40000");
  // and one that is where it says needs no help
  REQUIRE(read(from("2004"), arrival_from("192.0.2.1", 5060)) == 0);
  CHECK(taken.request.received.empty());
}

// -- who it is ----------------------------------------------------------------

TEST_CASE_FIXTURE(desk, "a phone proves its password once it is challenged") {
  REQUIRE(read(from("2002")) == 401);
  CHECK(refused.label == rejection::unauthorised);
  const auto& lines = refused.headers;
  REQUIRE(lines.starts_with("WWW-Authenticate: Digest "));
  CHECK(lines.find("realm=\"office\"") != lines.npos);
  const auto sha = lines.find("algorithm=SHA-256");
  const auto md5 = lines.find("algorithm=MD5");
  CHECK(sha < md5); // best first
  CHECK(md5 != lines.npos);
  const auto challenge = lines.substr(sizeof("WWW-Authenticate:"),
                                      lines.find("\r\n")
                                        - sizeof("WWW-Authenticate:"));
  const auto prove = [&](std::string user, std::string password) {
    const auto proof = answer(
      challenge, {user, password},
      {.method = "REGISTER", .uri = "sip:office", .cnonce = "c"});
    REQUIRE(proof);
    return read(from("2002").with("Authorization", *proof));
  };
  CHECK(prove("2002", "wrong") == 403);
  CHECK(prove("2002", "s3cret") == 0);
  CHECK(taken.dn == "2002");
  CHECK(prove("2002", "s3cret") == 401); // a replay
  CHECK(refused.headers.find("stale=true") != refused.headers.npos);
}

TEST_CASE_FIXTURE(desk, "credentials of another realm are none") {
  CHECK(read(from("2002").with(
          "Authorization", "Digest realm=\"x\", username=\"2002\", nonce=\"n\","
                           " uri=\"sip:office\", response=\"00\""))
        == 401);
  CHECK(read(from("2002").with("Authorization", "NoOneKnowsThisScheme a=b"))
        == 401);
  CHECK(read(from("2002").with("Authorization", "Digest")) == 401);
}

// -- answers ------------------------------------------------------------------

TEST_CASE("the 200 lists what now holds, as it came") {
  enrolled x;
  x.now = model::time_point{std::chrono::seconds{100}};
  for (auto uri : {"sip:%41@h;lr", "sip:b@h"}) {
    auto& binding = x.bindings.emplace_back();
    binding.contact_uri = uri;
    binding.params = ";q=0.5";
    binding.expires = x.now + std::chrono::seconds{60};
  }
  CHECK(enrolled_headers(x, "<sip:p;lr>")
        == "Contact: <sip:%41@h;lr>;q=0.5;expires=60\r\n"
           "Contact: <sip:b@h>;q=0.5;expires=60\r\n"
           "Path: <sip:p;lr>\r\n");
  x.status = 423;
  x.min_expires_s = 30;
  CHECK(enrolled_headers(x, "<sip:p;lr>") == "Min-Expires: 30\r\n");
}

TEST_CASE_FIXTURE(desk, "an answer that nobody waits for is ignored") {
  registry.answer({.token = 7, .status = 200, .bindings = {}});
  CHECK(registry.pending() == 0);
  CHECK(counters.responses[size_t(heading::out)][1].read() == 0);
}
