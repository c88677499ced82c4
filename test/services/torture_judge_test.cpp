#include "services/torture/judge.hpp"
#include "services/torture/message.hpp"
#include "services/torture/response.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace strowger::services::torture;
using namespace std::literals;

namespace {

const surroundings around{"192.0.2.9:5060", "torture", "192.0.2.1:50000", "UDP",
                          "-7"};

std::string request(std::string_view method = "INVITE") {
  return valid_request(method, around).bytes();
}

/// A good answer to request().
std::string answer(std::string_view status, std::string_view more = "",
                   std::string_view method = "INVITE") {
  return "SIP/2.0 "s.append(status)
         + "\r\nVia: SIP/2.0/UDP "
           "192.0.2.1:50000;branch=z9hG4bK-7;rport=50000\r\n"
           "From: \"Torture\" <sip:torture@192.0.2.9:5060>;tag=t-7\r\n"
           "To: <sip:torture@192.0.2.9:5060>;tag=d\r\nCall-ID: torture-7\r\n"
           "CSeq: 1 "
         + std::string(method) + "\r\n" + std::string(more)
         + "Content-Length: 0\r\n\r\n";
}

torture_case expecting(std::string good, std::string allowed = "") {
  torture_case x;
  x.name = "x";
  x.pieces = {request()};
  x.expect = {std::move(good), std::move(allowed), "it is so"};
  return x;
}

observation seeing(std::vector<std::string> answers) {
  observation x;
  x.answers = std::move(answers);
  return x;
}

} // namespace

TEST_CASE("good, allowed and wrong answers are three verdicts") {
  struct {
    std::string_view status;
    verdict is;
  } const rows[] = {{"400 Bad Request", verdict::as_expected},
                    {"500 Server Error", verdict::remark},
                    {"200 OK", verdict::failed},
                    {"180 Ringing", verdict::failed}};
  for (auto& x : rows) {
    auto found = judge(expecting("400", "none 5xx"),
                       seeing({answer(x.status)}));
    CHECK(found.is == x.is);
  }
  CHECK(judge(expecting("400", "none 5xx"), seeing({})).is == verdict::remark);
  CHECK(judge(expecting("400"), seeing({})).is == verdict::failed);
}

TEST_CASE("the final answer counts, not the one before it") {
  auto found = judge(expecting("404"),
                     seeing({answer("100 Trying"), answer("404 Not Found")}));
  CHECK(found.is == verdict::as_expected);
  CHECK(found.answer == 404);
}

TEST_CASE("silence that could not be heard is no failure") {
  auto seen = seeing({});
  seen.cannot_hear = "port 5060 is taken";
  auto found = judge(expecting("400"), seen);
  CHECK(found.is == verdict::unheard);
  CHECK(found.words.front().find("port 5060 is taken") != std::string::npos);
  CHECK(judge(expecting("none"), seen).is == verdict::as_expected);
}

TEST_CASE("a device that died has failed, however it answered") {
  auto seen = seeing({answer("400 Bad Request")});
  seen.alive = false;
  auto found = judge(expecting("400"), seen);
  CHECK(found.is == verdict::failed);
  CHECK(found.words.back().find("did not come back") != std::string::npos);
  seen.revived_after_ms = 1500;
  CHECK(judge(expecting("400"), seen).words.back().find("after 1.5 s")
        != std::string::npos);
}

TEST_CASE("a response that is not well-formed is a failure") {
  auto good = answer("200 OK");
  auto without = [&](std::string_view name) {
    auto at = good.find(name);
    return good.substr(0, at) + good.substr(good.find('\n', at) + 1);
  };
  auto with = [&](std::string_view from, std::string_view to) {
    auto x = good;
    return x.replace(x.find(from), from.size(), to);
  };
  CHECK_FALSE(flaw_in(good, request()).has_value());
  for (auto& bad :
       {without("Via"), without("From"), without("To:"), without("Call-ID"),
        without("CSeq"), with("200 OK", "20 OK"), with("SIP/2.0 ", "SIP/2.0"),
        with("Length: 0", "Length: 9"), with("Length: 0", "Length: x"),
        with("Call-ID:", "Call-ID"), with("\r\nFrom", "\nFrom"),
        with("CSeq: 1 INVITE", "CSeq: 1 INVITE\r\nCSeq: 1 INVITE"),
        good.substr(0, good.size() - 2)}) {
    CAPTURE(bad);
    CHECK(flaw_in(bad, request()).has_value());
    CHECK(judge(expecting("any"), seeing({bad})).is == verdict::failed);
  }
}

TEST_CASE("what the request did not have need not come back") {
  auto sent = valid_request("INVITE", around);
  sent.remove("From");
  auto back = answer("400 Bad Request");
  auto at = back.find("From");
  back.erase(at, back.find('\n', at) + 1 - at);
  CHECK(remark_on(back, sent.bytes()) == "");
  CHECK(remark_on(back, request()) == "400 has no From");
}

TEST_CASE("who refuses a request may not have been able to read it all") {
  auto back = answer("400 Bad To");
  auto at = back.find("To:");
  back.erase(at, back.find('\n', at) + 1 - at);
  auto found = judge(expecting("400"), seeing({back}));
  CHECK(found.is == verdict::remark);
  back.replace(8, 3, "200");
  CHECK(judge(expecting("200"), seeing({back})).is == verdict::failed);
}

TEST_CASE("who gets lines with LF alone may answer so, which is remarkable") {
  auto back = answer("400 Bad Request");
  back.erase(back.find("\r\nFrom"), 1);
  auto what = expecting("400");
  CHECK(judge(what, seeing({back})).is == verdict::failed);
  auto& sent = what.pieces.front();
  sent.erase(sent.find("\r\nFrom"), 1);
  CHECK(judge(what, seeing({back})).is == verdict::remark);
}

TEST_CASE("a header that the status demands is a remark") {
  auto found = judge(expecting("405"), seeing({answer("405 No")}));
  CHECK(found.is == verdict::remark);
  CHECK(
    judge(expecting("405"), seeing({answer("405 No", "Allow: OPTIONS\r\n")})).is
    == verdict::as_expected);
}

TEST_CASE("two requests in a stream want two answers") {
  auto what = expecting("any");
  what.answers = 2;
  CHECK(judge(what, seeing({answer("200 OK")})).is == verdict::failed);
  CHECK(judge(what, seeing({answer("200 OK"), answer("404 No")})).is
        == verdict::as_expected);
}

TEST_CASE("all Vias have to come back where that is the point") {
  auto what = expecting("any");
  auto many = valid_request("INVITE", around);
  many.add("Via", "SIP/2.0/UDP a, SIP/2.0/UDP b");
  what.pieces = {many.bytes()};
  CHECK(judge(what, seeing({answer("200 OK")})).is == verdict::as_expected);
  what.all_vias = true;
  CHECK(judge(what, seeing({answer("200 OK")})).is == verdict::failed);
  CHECK(judge(what, seeing({answer("200 OK", "v: SIP/2.0/UDP a\r\n"
                                             "v: SIP/2.0/UDP b\r\n")}))
          .is
        == verdict::as_expected);
}

// -- courtesies ---------------------------------------------------------------

TEST_CASE("an INVITE that is refused gets its ACK") {
  auto sent = courtesies(answer("404 Not Found"), facts_of(request()), around);
  REQUIRE(sent.size() == 1);
  CHECK(method_of(sent[0]) == "ACK");
  CHECK(usable_branch(sent[0])->in(sent[0]) == "z9hG4bK-7");
  CHECK(missing_header(sent[0]) == "");
}

TEST_CASE("an ACK repeats of its INVITE what joins them without a branch") {
  std::string_view invite = "INVITE <sip:a@b> SIP/2.0\r\n"
                            "Via: SIP/2.0/UDP h, SIP/2.0/UDP i\r\n\r\n";
  auto sent = courtesies(answer("400 Bad"), facts_of(invite), around);
  REQUIRE(sent.size() == 1);
  CHECK(first_line_of(sent[0]) == "ACK <sip:a@b> SIP/2.0");
  CHECK(find_header(sent[0], "Via")->in(sent[0]) == "SIP/2.0/UDP h");
}

TEST_CASE("an INVITE that is answered gets ACK and BYE in its dialog") {
  auto sent = courtesies(answer("200 OK", "Contact: <sip:d@192.0.2.9>\r\n"), {},
                         around);
  REQUIRE(sent.size() == 2);
  CHECK(first_line_of(sent[0]) == "ACK sip:d@192.0.2.9 SIP/2.0");
  CHECK(first_line_of(sent[1]) == "BYE sip:d@192.0.2.9 SIP/2.0");
  CHECK(find_header(sent[0], "CSeq")->in(sent[0]) == "1 ACK");
  CHECK(find_header(sent[1], "CSeq")->in(sent[1]) == "2 BYE");
  CHECK(find_header(sent[1], "To")->in(sent[1]).ends_with(";tag=d"));
  CHECK(usable_branch(sent[0])->in(sent[0])
        != usable_branch(sent[1])->in(sent[1]));
}

TEST_CASE("other answers and ACKs of the device get nothing") {
  CHECK(courtesies(answer("200 OK", "", "OPTIONS"), {}, around).empty());
  CHECK(courtesies(answer("180 Ringing"), {}, around).empty());
  CHECK(courtesies(request("ACK"), {}, around).empty());
  CHECK(courtesies("", {}, around).empty());
  CHECK(courtesies("nothing at all", {}, around).empty());
}

TEST_CASE("a request of the device is refused, so that it ends") {
  auto sent = courtesies(request("NOTIFY"), {}, around);
  REQUIRE(sent.size() == 1);
  CHECK(status_of(sent[0]) == 481);
  CHECK_FALSE(flaw_in(sent[0], request("NOTIFY")).has_value());
}

TEST_CASE("what rings is cancelled in its own transaction") {
  auto x = cancel_for(answer("180 Ringing"), facts_of(request()));
  REQUIRE(x.has_value());
  CHECK(first_line_of(*x) == "CANCEL sip:torture@192.0.2.9:5060 SIP/2.0");
  CHECK(usable_branch(*x)->in(*x) == "z9hG4bK-7");
  CHECK(find_header(*x, "To")->in(*x) == "<sip:torture@192.0.2.9:5060>");
  CHECK(find_header(*x, "CSeq")->in(*x) == "1 CANCEL");
  CHECK_FALSE(cancel_for(answer("200 OK"), facts_of(request())).has_value());
  CHECK_FALSE(
    cancel_for(answer("100 Trying", "", "OPTIONS"), facts_of(request()))
      .has_value());
}

TEST_CASE("whatever comes back is judged, and nothing breaks") {
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    CAPTURE(seed);
    chooser choose{seed, 1};
    auto back = answer("200 OK", "Contact: <sip:d@192.0.2.9>\r\n");
    for (auto i = choose.between(1, 20); i > 0; --i)
      back[choose.below(back.size())] = choose.byte();
    back.resize(choose.between(1, back.size()));
    auto found = judge(expecting("none"), seeing({back}));
    CHECK((found.is == verdict::failed || status_of(back) == 0));
    for (auto& x : courtesies(back, {}, around))
      CHECK((method_of(x) == "ACK" || method_of(x) == "BYE"
             || status_of(x) == 481));
    cancel_for(back, facts_of(request()));
    while (take_message(back))
      CHECK(back.size() < 1'000);
  }
}
