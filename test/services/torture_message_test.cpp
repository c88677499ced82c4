#include "services/torture/message.hpp"
#include "services/torture/vectors.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace strowger::services::torture;
using namespace std::literals;

namespace {

std::string_view vector(std::string_view name) {
  for (auto& x : test_vectors())
    if (x.name == name)
      return x.bytes;
  FAIL("there is no message " << name);
  return {};
}

std::string value(std::string_view raw, std::string_view name) {
  auto found = find_header(raw, name);
  return found ? std::string(found->in(raw)) : "(none)";
}

std::string branch(std::string_view raw) {
  auto found = usable_branch(raw);
  return found ? std::string(found->in(raw)) : "(none)";
}

} // namespace

TEST_CASE("the messages of both RFCs are embedded byte by byte") {
  CHECK(test_vectors().size() == 62);
  CHECK(vector("longreq").size() == 3515);
  CHECK(vector("wsinv").size() == 1001);
  // BEL, NUL and DEL stand behind backslashes.
  CHECK(vector("intmeth").substr(234, 1) == "\x07");
  CHECK(vector("intmeth").substr(241, 1) == "\0"sv);
  CHECK(vector("intmeth").substr(248, 1) == "\x7f");
  for (auto& x : test_vectors())
    CHECK(x.bytes.find("\r\n\r\n") != x.bytes.npos);
}

TEST_CASE("a header is found however it is written") {
  auto raw = vector("wsinv");
  CHECK(value(raw, "Max-Forwards") == "0068");
  CHECK(value(raw, "CSeq") == "0009\r\n  INVITE");
  CHECK(value(raw, "Subject") == "");
  CHECK(value(raw, "Contact").starts_with("\"Quoted string"));
  CHECK(value(raw, "Call-ID") == "wsinv.ndaksdj@192.0.2.1");
  CHECK(value(raw, "Date") == "(none)");
  CHECK(value(vector("dblreq"), "Call-ID")
        == "dblreq.0ha0isndaksdj99sdfafnl3lk233412");
}

TEST_CASE("what stands in a body is no header") {
  CHECK(value(vector("dblreq"), "Content-Type") == "(none)");
  CHECK(count_headers(vector("multi01"), "Call-ID") == 2);
}

TEST_CASE("only a branch with the cookie and more is usable") {
  CHECK(branch(vector("baddate")) == "z9hG4bKkdjuw");
  CHECK(branch(vector("esc02")) == "z9hG4bK209%fzsnel234");
  for (auto name : {"badbranch", "wsinv", "inv2543", "test", "longreq"})
    CHECK(branch(vector(name)) == "(none)");
  CHECK(branch("A b SIP/2.0\r\nv: SIP / 2.0/UDP a ; BRANCH = z9hG4bK7 ;x\r\n"
               "\r\n")
        == "z9hG4bK7");
}

TEST_CASE("an answer goes to the port of sent-by, or 5060") {
  struct {
    std::string_view name;
    unsigned port;
  } const rows[] = {{"quotbal", 5050},
                    {"mpart01", 5070},
                    {"mult-ip-in-header", 6050},
                    {"ipv4-mapped-ipv6", 19823},
                    {"wsinv", 5060},
                    {"ipv6-good", 5060},
                    {"test", 5060},
                    {"badinv01", 5060}};
  for (auto& x : rows)
    CHECK_MESSAGE(sent_by_port(vector(x.name)) == x.port, x.name);
}

TEST_CASE("a message becomes fresh by branch, Call-ID and transport alone") {
  for (auto& x : test_vectors()) {
    CAPTURE(x.name);
    auto fresh = freshened(x.bytes, {"-new", "TCP"});
    // Taking the changes back gives the message: nothing else was touched.
    auto back = fresh;
    for (auto at = back.find("-new"); at != back.npos; at = back.find("-new"))
      back.erase(at, 4);
    auto changes = (fresh.size() - back.size()) / 4;
    CHECK(changes
          == (branch(x.bytes) == "(none)" ? 0 : 1)
               + (value(x.bytes, "Call-ID") == "(none)" ? 0 : 1));
    auto was = via_transport(x.bytes), is = via_transport(back);
    REQUIRE(was.has_value() == is.has_value());
    if (was && was->size > 0) {
      CHECK(is->in(back) == "TCP");
      back.replace(is->at, is->size, was->in(x.bytes));
    }
    CHECK(back == x.bytes);
  }
}

TEST_CASE("a stream is cut into messages by their length") {
  auto one = "SIP/2.0 200 OK\r\nl: 3\r\n\r\nabc"s;
  auto two = "SIP/2.0 404 Not Found\r\nContent-Length:0\r\n\r\n"s;
  std::string stream;
  std::vector<std::string> found;
  for (auto c : "\r\n\r\n" + one + "\r\n" + two) {
    stream += c;
    while (auto x = take_message(stream))
      found.push_back(*x);
  }
  CHECK(found == std::vector{one, two});
  CHECK(stream.empty());
}

TEST_CASE("a status is read from a status line only") {
  CHECK(status_of("SIP/2.0 404 Not Found\r\n") == 404);
  CHECK(status_of("SIP/2.0 200\r\n") == 200);
  for (auto x : {"SIP/2.0 4040 x", "SIP/2.0 20", "SIP/3.0 200 OK", "OPTIONS a",
                 "", "SIP/2.0 x00 OK"})
    CHECK(status_of(x) == 0);
}

TEST_CASE("the header that a message lacks is named") {
  CHECK(missing_header(vector("insuf")) == "From");
  CHECK(missing_header(vector("test")) == "Via");
  CHECK(missing_header(vector("baddate")) == "");
}
