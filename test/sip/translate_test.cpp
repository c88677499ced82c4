#include "sip/translate.hpp"

#include "sip/intake.hpp"
#include "sip/sofia.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <random>
#include <string>

using namespace strowger;
using namespace strowger::sip;

namespace {

struct message_deleter {
  void operator()(msg_t* x) const {
    msg_destroy(x);
  }
};

/// Reads a message as the transports do.
struct parsed {
  explicit parsed(std::string_view text)
    : message(msg_create(message_class(), 0)) {
    msg_iovec_t place[2] = {};
    auto n = msg_recv_iovec(message.get(), place, 2, text.size(), 1);
    REQUIRE(n == 1);
    std::copy(text.begin(), text.end(),
              static_cast<char*>(place[0].mv_base));
    msg_recv_commit(message.get(), text.size(), 1);
    REQUIRE(msg_extract(message.get()) >= 0);
  }
  const sip_t& operator*() const {
    return *sip_object(message.get());
  }
  std::unique_ptr<msg_t, message_deleter> message;
};

std::string request(std::string_view lines, std::string_view body = {}) {
  std::string text
    = "INVITE sip:7001@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
      "From: <sip:a@h>;tag=1\r\nTo: <sip:7001@h>\r\nCall-ID: c\r\n"
      "CSeq: 1 INVITE\r\nMax-Forwards: 70\r\n";
  text += lines;
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  text += body;
  return text;
}

} // namespace

TEST_CASE("what is not the switch's own passes byte for byte") {
  const std::string passing = "X-A: 1\r\n"
                              "SUBJECT :  as   it is \r\n"
                              "X-Folded: one\r\n\ttwo\r\n"
                              "Accept-Language: de, en;q=0.5\r\n"
                              "e: identity\r\n"
                              "Event: x;id=1\r\n"
                              "x-a: 2\r\n"
                              "Empty:\r\n";
  parsed x(request(passing));
  CHECK(passing_headers(*x) == passing);
}

TEST_CASE("what the switch writes itself does not pass") {
  for (auto line :
       {"Contact: <sip:x@y>", "Record-Route: <sip:p;lr>", "Route: <sip:p;lr>",
        "Supported: timer", "Require: 100rel", "Allow: INVITE",
        "Session-Expires: 90", "Min-SE: 90", "User-Agent: x", "Server: x",
        "P-Asserted-Identity: <sip:x@y>", "P-Preferred-Identity: <sip:x@y>",
        "Privacy: id", "Authorization: Digest username=\"x\"",
        "Proxy-Authorization: Digest username=\"x\"", "Timestamp: 1",
        "Date: Sat, 13 Nov 2010 23:29:00 GMT", "Unsupported: x",
        "Proxy-Require: x"}) {
    CAPTURE(line);
    parsed x(request(std::string(line) + "\r\n"));
    CHECK(passing_headers(*x).empty());
  }
}

TEST_CASE("a line of any bytes passes or is refused, but is never changed") {
  auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 500; ++i) {
    std::string line = "X-R: ";
    for (auto n = random() % 40; n > 0; --n) {
      auto c = static_cast<char>(random() % 255 + 1);
      if (c != '\r' && c != '\n')
        line += c;
    }
    line += "z\r\n";
    parsed x(request(line));
    CHECK(passing_headers(*x) == line);
  }
}

TEST_CASE("bodies keep their type and bytes") {
  struct row {
    const char* type;
    const char* expected;
    bool sdp;
  };
  for (auto row : {row{"application/sdp", "application/sdp", true},
                   row{"APPLICATION/SDP", "application/sdp", true},
                   row{"application/sdp;charset=x",
                       "application/sdp;charset=x", false},
                   row{"multipart/mixed;boundary=\"b c\"",
                       "multipart/mixed;boundary=\"b c\"", false}}) {
    CAPTURE(row.type);
    const std::string body("--b\r\n\0x\xff", 8);
    parsed x(request(std::string("Content-Type: ") + row.type + "\r\n", body));
    auto content = body_of(*x);
    CHECK(content.type == row.expected);
    CHECK(content.is_sdp() == row.sdp);
    CHECK(content.data == body);
  }
  parsed none(request(""));
  CHECK(body_of(*none).empty());
}

TEST_CASE("callers are read with their names unquoted") {
  struct row {
    const char* from;
    const char* display;
    const char* user;
    const char* host;
  };
  for (auto row :
       {row{"\"A \\\"B\\\" \\\\\" <sip:10%231@h:5070>;tag=1", "A \"B\" \\",
            "10#1", "h"},
        row{"Bob Smith <sip:bob@h>;tag=1", "Bob Smith", "bob", "h"},
        row{"sip:carol@h;tag=1", "", "carol", "h"},
        row{"\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1",
            "Anonymous", "anonymous", "anonymous.invalid"},
        row{"<sip:h>;tag=1", "", "", "h"}}) {
    CAPTURE(row.from);
    auto text = request("");
    auto at = text.find("<sip:a@h>;tag=1");
    text.replace(at, 15, row.from);
    parsed x(text);
    auto caller = caller_of(*x, true);
    CHECK(caller.display == row.display);
    CHECK(caller.user == row.user);
    CHECK(caller.host == row.host);
  }
}

TEST_CASE("only trusted peers may assert identities") {
  parsed x(request("P-Asserted-Identity: \"N\" <sip:1@h>\r\n"
                   "P-Asserted-Identity: <tel:+491>\r\nPrivacy: id;critical"
                   "\r\n"));
  CHECK(caller_of(*x, true).asserted == "\"N\" <sip:1@h>, <tel:+491>");
  CHECK(caller_of(*x, false).asserted.empty());
  CHECK(caller_of(*x, false).privacy == "id;critical");
}

TEST_CASE("what is quoted or escaped for the wire reads back the same") {
  auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 300; ++i) {
    model::caller_identity x;
    for (auto n = random() % 12; n > 0; --n)
      x.display += static_cast<char>(' ' + random() % 95);
    for (auto n = random() % 12 + 1; n > 0; --n)
      x.user += static_cast<char>('!' + random() % 94);
    x.host = "ignored";
    auto text = request("");
    auto at = text.find("<sip:a@h>;tag=1");
    text.replace(at, 15, from_value(x, "192.0.2.1") + ";tag=1");
    parsed back(text);
    auto caller = caller_of(*back, false);
    CHECK(caller.display == x.display);
    CHECK(caller.user == x.user);
    CHECK(caller.host == "192.0.2.1");
  }
}

TEST_CASE("session terms are written as they were read") {
  std::string lines;
  append_session(lines, {.interval_s = 1800, .min_se_s = 90,
                         .refresher = model::refresher::uas});
  CHECK(lines == "Session-Expires: 1800;refresher=uas\r\nMin-SE: 90\r\n");
  parsed x(request(lines + "Require: timer\r\n"));
  auto terms = session_of(*x);
  CHECK(terms.interval_s == 1800);
  CHECK(terms.min_se_s == 90);
  CHECK(terms.refresher == model::refresher::uas);
  CHECK(terms.required);
  CHECK(!terms.supported);
}
