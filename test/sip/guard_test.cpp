#include "sip/guard.hpp"

#include "test/sip/parsed.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>

using namespace strowger;
using namespace strowger::sip;
using namespace strowger::test;
using model::option;

namespace {

struct watch {
  explicit watch(model::option_values options = {}) {
    model::directory_builder builder{"office"};
    for (const auto& [id, value] : options.entries())
      builder.set(id, value);
    builder.add("gw", model::dn_type::trunk,
                {{option::contact, std::string{"sip:192.0.2.10:5080"}},
                 {option::prefix, std::vector<std::string>{"1"}}});
    config = builder.build();
    REQUIRE(config);
    who.configure(*config);
    post.configure(*config);
  }

  /// 0: passes; else the status.
  int judge(const std::string& text) {
    const parsed message{text};
    REQUIRE(message.get());
    const auto why
      = post.judge(*message, arrival_from("192.0.2.1", 5060, text.size()));
    last = why.value_or(refusal{});
    return why ? why->status : 0;
  }

  std::shared_ptr<const model::directory> config;
  identifier who;
  guard post{who, 1};
  refusal last;
};

using change = std::function<void(request_text&)>;

change header(std::string name, std::string value) {
  return [=](request_text& x) { x.with(name, value); };
}
change twice(std::string name, std::string value) {
  return [=](request_text& x) { x.again(name, value); };
}
change line(std::string text) {
  return [=](request_text& x) { x.line(text); };
}

} // namespace

TEST_CASE_FIXTURE(watch, "every request that is served passes") {
  for (auto method : {"INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER",
                      "PRACK", "UPDATE", "INFO", "MESSAGE", "REFER", "NOTIFY"})
    CHECK_MESSAGE(judge(request_text{method}.text()) == 0, method);
  CHECK(judge(request_text{"OPTIONS", "*"}.text()) == 0);
}

TEST_CASE_FIXTURE(watch, "what is wrong with a request decides the answer") {
  struct row {
    const char* what;
    change make;
    int status;
  };
  const row rows[] = {
    {"the largest CSeq", header("CSeq", "2147483647 INVITE"), 0},
    {"a larger CSeq", header("CSeq", "2147483648 INVITE"), 400},
    {"another method in CSeq", header("CSeq", "1 OPTIONS"), 400},
    {"Max-Forwards over 255", header("Max-Forwards", "300"), 400},
    {"no Max-Forwards, as in RFC 2543", header("Max-Forwards", ""), 0},
    {"two Call-IDs", twice("Call-ID", "c2"), 400},
    {"two To", twice("To", "<sip:a@h>"), 400},
    {"two From", twice("From", "<sip:a@h>;tag=2"), 400},
    {"two CSeq", twice("CSeq", "2 INVITE"), 400},
    {"two Max-Forwards", twice("Max-Forwards", "5"), 400},
    {"two Expires", [](auto& x) {
       x.again("Expires", "5").again("Expires", "6");
     }, 400},
    {"two Refer-To", [](auto& x) {
       x.again("Refer-To", "<sip:a@h>").again("r", "<sip:b@h>");
     }, 400},
    {"a Refer-To that is none", header("Refer-To", "<sip:>"), 400},
    {"two references in one", header("r", "<sip:a@h>, <sip:b@h>"), 400},
    {"Replaces", header("Replaces", "c@h;to-tag=1;from-tag=2"), 0},
    {"two Replaces", [](auto& x) {
       x.again("Replaces", "c@h;to-tag=1;from-tag=2")
         .again("Replaces", "d@h;to-tag=1;from-tag=2");
     }, 400},
    {"Require: replaces", header("Require", "replaces"), 0},
    {"two Contacts", twice("Contact", "<sip:b@h>"), 0},
    {"two Subjects, which mean nothing", [](auto& x) {
       x.again("Subject", "a").again("Subject", "b");
     }, 0},
    {"a Date that is none", header("Date", "Fri, 01 Jan 2010 16:00 EST"), 0},
    {"a Contact that is none", header("Contact", "\"a <sip:b@h>"), 400},
    {"a Route that is none", header("Route", "<sip:"), 400},
    {"an unknown scheme", line("INVITE nobody:x SIP/2.0"), 416},
    {"a telephone URI", line("INVITE tel:+1234 SIP/2.0"), 416},
    {"headers in the Request-URI", line("INVITE sip:a@h?Route=b SIP/2.0"), 400},
    {"* to anything but OPTIONS", line("INVITE * SIP/2.0"), 400},
    {"Require of what we know", header("Require", "100rel, Timer"), 0},
    {"Require of what we do not", header("Require", "100rel, a, b"), 420},
    {"Proxy-Require", header("Proxy-Require", "c"), 420},
  };
  for (const auto& x : rows) {
    request_text request{"INVITE"};
    x.make(request);
    CAPTURE(x.what);
    CHECK(judge(request.text()) == x.status);
  }
}

TEST_CASE_FIXTURE(watch, "only an INVITE replaces a dialog") { // RFC 3891 §3
  for (auto method : {"REFER", "OPTIONS", "UPDATE", "REGISTER"}) {
    request_text request{method};
    request.with("Replaces", "c@h;to-tag=1;from-tag=2");
    CHECK_MESSAGE(judge(request.text()) == 400, method);
  }
}

TEST_CASE_FIXTURE(watch, "unknown extensions are named in the answer") {
  request_text request{"OPTIONS"};
  request.with("Require", "timer, first").again("Require", "second")
    .again("Proxy-Require", "third");
  REQUIRE(judge(request.text()) == 420);
  CHECK(last.headers == "Unsupported: first, second, third\r\n");
  CHECK(last.label == rejection::unsupported);
}

TEST_CASE_FIXTURE(watch, "ACK and CANCEL are never refused for extensions") {
  for (auto method : {"ACK", "CANCEL"}) // RFC 3261 §8.2.2.3
    CHECK(judge(request_text{method}.with("Require", "x").text()) == 0);
}

TEST_CASE_FIXTURE(watch, "a method nobody knows gets 501, whatever its name") {
  for (auto method : {"NEWMETHOD", "!odd-Method_*+`.%indeed'~", "RE%47IST"})
    CHECK_MESSAGE(judge(request_text{method}.text()) == 501, method);
}

TEST_CASE("messages and headers over the limits get 513") {
  watch x{{{option::max_message_size, int64_t{4000}},
           {option::max_header_size, int64_t{2000}}}};
  const auto padded = [](std::size_t header, std::size_t body) {
    request_text result{"MESSAGE"};
    result.with("Content-Type", "text/plain").body(std::string(body, 'b'));
    const auto bare = result.text().size() - body + sizeof("Pad: ") + 1;
    result.with("Pad", std::string(header - bare, 'x'));
    REQUIRE(result.text().size() == header + body);
    return result.text();
  };
  CHECK(x.judge(padded(2000, 2000)) == 0);
  CHECK(x.judge(padded(2001, 100)) == 513);
  CHECK(x.last.label == rejection::too_large);
  CHECK(x.judge(padded(1000, 3001)) == 513);
}

// -- rate ---------------------------------------------------------------------

namespace {

struct rate : watch {
  rate() : watch{{{option::source_rate_limit, int64_t{10}},
                  {option::source_rate_burst, int64_t{20}}}} {
  }

  /// How many of `n` at the same moment pass; the others' statuses are counted.
  int pass(const char* method, int n, const char* to = "<sip:2002@h>",
           const char* address = "192.0.2.1", std::uint16_t port = 5060) {
    const parsed message{request_text{method}.with("To", to).text()};
    auto result = 0;
    for (auto i = 0; i < n; ++i) {
      auto from = arrival_from(address, port);
      from.now = now;
      if (const auto why = post.inspect(*message, from)) {
        CHECK(why->label == rejection::source_rate);
        (why->status == 503 ? refused : dropped) += 1;
        retry_after = why->headers;
      } else {
        ++result;
      }
    }
    return result;
  }

  model::time_point now{std::chrono::hours{1}};
  int refused = 0;
  int dropped = 0;
  std::string retry_after;
};

} // namespace

TEST_CASE_FIXTURE(rate, "a flooding source is refused and then not answered") {
  CHECK(pass("NOTIFY", 1000) == 20);
  CHECK(refused == 20);
  CHECK(dropped == 960);
  CHECK(pass("NOTIFY", 5, "<sip:2002@h>", "192.0.2.2") == 5); // others go on
  now += std::chrono::seconds{1};
  CHECK(pass("NOTIFY", 1000) == 10);
}

TEST_CASE_FIXTURE(rate, "the refusal says when to come again") {
  CHECK(pass("NOTIFY", 21) == 20);
  CHECK(retry_after == "Retry-After: 5\r\n");
}

TEST_CASE_FIXTURE(rate, "what has begun is refused last") {
  CHECK(pass("INVITE", 25) == 20);
  CHECK(pass("BYE", 5, "<sip:2002@h>;tag=9") == 5);
  CHECK(pass("ACK", 5) == 5);
  CHECK(pass("CANCEL", 5) == 5);
  CHECK(pass("BYE", 5, "<sip:2002@h>;tag=9") == 0);
}

TEST_CASE_FIXTURE(rate, "trunks have no limit") {
  CHECK(pass("INVITE", 1000, "<sip:2002@h>", "192.0.2.10", 5080) == 1000);
}

TEST_CASE("a limit of 0 is none") {
  rate x;
  model::directory_builder builder{"office"};
  builder.set(option::source_rate_limit, int64_t{0});
  x.config = builder.build();
  x.post.configure(*x.config);
  CHECK(x.pass("INVITE", 1000) == 1000);
}
