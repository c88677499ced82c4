#include "sip/intake.hpp"

#include "test/sip/parsed.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <string>

using namespace strowger::sip;
using namespace strowger::test;

TEST_CASE("any token is a method") {
  const std::string method = "!odd-Method0123456789_*+`.%indeed'~";
  const parsed message{request_text{method}.text()};
  REQUIRE(message.get());
  CHECK_FALSE(message.is_refused_by_sofia());
  CHECK(message->sip_request->rq_method == sip_method_unknown);
  CHECK(message->sip_request->rq_method_name == method);
  CHECK(message->sip_cseq->cs_seq == 1);
  CHECK(message->sip_cseq->cs_method_name == method);
}

TEST_CASE("a method in CSeq that is not that of the request is refused") {
  const parsed message{
    request_text{"odd%1"}.with("CSeq", "1 odd%2").text()};
  CHECK(message.is_refused_by_sofia());
}

TEST_CASE("an unreadable Request-URI does not leave the sender waiting") {
  for (auto uri : {"sip:2001:db8::10", "sip:a@h; lr", "sip:a@h:port", "sip:"}) {
    CAPTURE(uri);
    const parsed message{request_text{"INVITE", uri}.text()};
    REQUIRE(message.get());
    CHECK(message.is_refused_by_sofia()); // by 400, as it can be answered:
    CHECK(message->sip_via);
    CHECK(message->sip_cseq);
  }
}

TEST_CASE("another version of SIP can be told so at its source") {
  const parsed message{
    request_text{"OPTIONS"}.line("OPTIONS sip:a@h SIP/7.0").text()};
  REQUIRE(message.get());
  CHECK(message->sip_request->rq_version == std::string{"SIP/7.0"});
  CHECK(message->sip_via->v_received == std::string{"0.0.0.0"});
}

TEST_CASE("a line that is none is not a request") {
  for (std::string line : {"INVITE sip:a@h", "hello world", "INVITE  SIP/2.0",
                           "IN,VITE sip:a@h SIP/2.0", "SIP/2.0"})
    CHECK_MESSAGE(!parsed{request_text{"x"}.line(line).text()}.get(), line);
}

TEST_CASE("answers go back the way the request came") {
  for (auto name : {"UDP", "TCP", "TLS", "SCTP"}) {
    CAPTURE(name);
    auto text = request_text{"OPTIONS"}.with(
      "Via", std::string{"SIP/2.0/"} + name + " h:5060;branch=z9hG4bK1");
    CHECK(parsed{text.text()}->sip_via->v_protocol == sip_transport_udp);
    if (std::strcmp(name, "UDP") == 0)
      CHECK(parsed{text.text(), SOCK_STREAM}->sip_via->v_protocol
            == sip_transport_tcp);
  }
}

TEST_CASE("nobody can aim our answers at others") {
  auto text = request_text{"OPTIONS"};
  text.with("Via", "SIP/2.0/UDP h;maddr=198.51.100.1;branch=z9hG4bK1");
  const parsed aimed{text.text()};
  CHECK_FALSE(aimed->sip_via->v_maddr);
  CHECK(aimed->sip_via->v_branch == std::string{"z9hG4bK1"});
  text.with("Via", "SIP/2.0/UDP h;;,;,,");
  const parsed unreadable{text.text()};
  CHECK(unreadable.is_refused_by_sofia());
  CHECK_FALSE(unreadable->sip_via); // so that nobody gets an answer
}

TEST_CASE("a NUL in a header hides nothing of the message") {
  using namespace std::string_literals;
  const auto text = request_text{"MESSAGE"}
                      .with("Subject", "\"\\\0 x\""s)
                      .body("a\0b\0c"s)
                      .text();
  const parsed message{text};
  REQUIRE(message.is_complete());
  CHECK(message->sip_subject->g_string == "\"\\\x1a x\""s);
  CHECK(message->sip_max_forwards);
  CHECK(std::string(message->sip_payload->pl_data, message->sip_payload->pl_len)
        == "a\0b\0c"s);
}

TEST_CASE("a CR alone ends no header") {
  const auto text = request_text{"OPTIONS"}
                      .with("Subject", "one\rRoute: <sip:evil>")
                      .text();
  const parsed message{text};
  REQUIRE(message.is_complete());
  CHECK(message->sip_subject->g_string
        == std::string{"one Route: <sip:evil>"});
  CHECK(message->sip_route == nullptr);
}

TEST_CASE("no cut and no noise in a message makes the intake stumble") {
  std::mt19937 dice{20261121};
  const auto whole = request_text{"REGISTER"}
                       .with("Authorization", "Digest username=\"a\"")
                       .with("Path", "<sip:p1;lr>, <sip:p2;lr>")
                       .body("v=0\r\n")
                       .text();
  for (auto i = 0; i < 3000; ++i) {
    auto text = whole.substr(0, dice() % whole.size() + 1);
    for (auto n = dice() % 4; n > 0; --n)
      text[dice() % text.size()] = static_cast<char>(dice());
    const parsed message{text};
    if (message.get() && message->sip_request)
      CHECK(message->sip_request->rq_method_name);
  }
}
