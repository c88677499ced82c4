#include "test/sip/edge_fixture.hpp"

#include "sip/leg.hpp"

using namespace strowger;
using namespace strowger::test;

namespace {

constexpr std::string_view as_sdp = "Content-Type: application/sdp\r\n";

std::string sdp_of_version(int version) {
  std::string result(sdp);
  result += "a=x:" + std::to_string(version) + "\r\n";
  return result;
}

std::string origin_of(const wire_message& x) {
  auto body = x.body();
  auto at = body.find("o=");
  return body.substr(at, body.find("\r\n", at) - at);
}

// A fixture in which 64*T1 are 640 ms, for what times out.
struct hurried_fixture : edge_fixture {
  hurried_fixture() : edge_fixture(10) {
  }
};

} // namespace

// -- names --------------------------------------------------------------------

TEST_CASE("a tag leads back to its leg, and nothing else does") {
  for (uint64_t call : {uint64_t{0}, uint64_t{1}, UINT64_MAX})
    for (int leg : {0, 7, 255}) {
      model::leg_name name{{call}, static_cast<model::leg_number>(leg)};
      auto tag = sip::make_tag(name, 0xdeadbeef);
      auto back = sip::parse_tag(tag.c_str());
      REQUIRE(back.has_value());
      CHECK(back->call.value == call);
      CHECK(back->leg == leg);
    }
  for (auto bad : {"", "alice", "000000000000000100deadbee",
                   "000000000000000100deadbeef0", "00000000000000zz00deadbeef"})
    CHECK(!sip::parse_tag(bad).has_value());
  CHECK(!sip::parse_tag(nullptr).has_value());
  CHECK(sip::make_call_id({{0x2a}, 12}, "192.0.2.1")
        == "000000000000002a-12@192.0.2.1");
}

// -- sessions -----------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "a re-INVITE goes through in both directions") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  a.send(in_dialog(a, last_2xx, "INVITE", 2,
                   "Contact: <sip:moved@127.0.0.1:26001>\r\n"
                   "Content-Type: application/sdp\r\nX-Re: 1\r\n",
                   sdp_of_version(2)),
         sip_port);
  auto up = hear<model::requested>();
  CHECK(up.method == model::method::invite);
  CHECK(up.headers == "X-Re: 1\r\n");
  CHECK(up.body.data == sdp_of_version(2));
  auto down = make_request(model::method::invite, 1, 1);
  down.body = up.body;
  down.headers = up.headers;
  perform(std::move(down));
  auto at_b = receive(b);
  CHECK(at_b.header("CSeq") == "2 INVITE");
  CHECK(at_b.header("X-Re") == "1");
  CHECK(at_b.header("Contact") == "<sip:127.0.0.1:26000>");
  auto first = origin_of(last_invite);
  auto second = origin_of(at_b);
  // Same session id, version one higher.
  CHECK(first.substr(0, first.find(" IN")).ends_with(" 1"));
  CHECK(second.substr(0, second.find(" IN")).ends_with(" 2"));
  CHECK(first.substr(0, first.rfind(" 1 IN"))
        == second.substr(0, second.rfind(" 2 IN")));
  b.send(response_to(at_b, 200, "bob", "Contact: <sip:bob@127.0.0.1:26002>\r\n",
                     sdp),
         sip_port);
  auto answered = hear<model::responded>();
  CHECK(answered.txn == 1);
  CHECK(answered.status == 200);
  auto ok = answer(200, up.txn);
  ok.body = answered.body;
  perform(std::move(ok));
  perform(model::acknowledge{1, 1, {}});
  CHECK(receive(b).header("CSeq") == "2 ACK");
  auto ok_a = receive(a);
  CHECK(ok_a.header("CSeq") == "2 INVITE");
  CHECK(origin_of(ok_a) == origin_of(last_2xx)); // unchanged: same version
  a.send(in_dialog(a, ok_a, "ACK", 2), sip_port);
  auto acked = hear<model::acked>();
  CHECK(acked.leg == 0);
  CHECK(acked.txn == up.txn);

  // Ours go to the new Contact.
  perform(make_request(model::method::info, 1, 0));
  CHECK(receive(a).first_line()
        == "INFO sip:moved@127.0.0.1:26001 SIP/2.0");
}

TEST_CASE_FIXTURE(edge_fixture, "two INVITEs at once are refused") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  auto contact = std::string("Contact: <sip:1001@127.0.0.1:26001>\r\n")
                 + std::string(as_sdp);
  a.send(in_dialog(a, last_2xx, "INVITE", 2, contact, sdp), sip_port);
  hear<model::requested>();
  a.send(in_dialog(a, last_2xx, "INVITE", 3, contact, sdp), sip_port);
  auto refused = receive(a);
  CHECK(refused.status() == 500); // §14.2: one is in progress
  CHECK(!refused.header("Retry-After").empty());
  perform(make_request(model::method::invite, 1, 1));
  receive(b);
  b.send(back_in_dialog(b, last_invite, "INVITE", 1, contact, sdp), sip_port);
  CHECK(receive(b).status() == 491); // §14.1: ours is in progress
  CHECK(heard_nothing());
}

TEST_CASE_FIXTURE(edge_fixture, "requests with any body pass in a dialog") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  struct row {
    const char* name;
    model::method method;
    const char* lines;
  };
  int cseq = 10;
  model::txn_number txn = 20;
  for (auto row : {row{"INFO", model::method::info, "Info-Package: dtmf\r\n"},
                   row{"MESSAGE", model::method::message, ""},
                   row{"UPDATE", model::method::update, ""}}) {
    CAPTURE(row.name);
    std::string body("Signal=5\r\n\0\xff x", 13);
    a.send(in_dialog(a, last_2xx, row.name, ++cseq,
                     std::string(row.lines)
                       + "Content-Type: Application/DTMF-Relay;x=1\r\n",
                     body),
           sip_port);
    auto up = hear<model::requested>();
    CHECK(up.method == row.method);
    CHECK(up.body.type == "Application/DTMF-Relay;x=1");
    CHECK(up.body.data == body);
    CHECK(up.headers == row.lines);
    auto down = make_request(row.method, ++txn, 1);
    down.body = up.body;
    down.headers = up.headers;
    perform(std::move(down));
    auto at_b = receive(b);
    CHECK(at_b.first_line().starts_with(row.name));
    CHECK(at_b.header("Content-Type") == "Application/DTMF-Relay;x=1");
    CHECK(at_b.body() == body);
    b.send(response_to(at_b, 202, "bob"), sip_port);
    auto response = hear<model::responded>();
    CHECK(response.txn == txn);
    CHECK(response.status == 202);
    perform(answer(202, up.txn));
    CHECK(receive(a).status() == 202);
  }
}

TEST_CASE_FIXTURE(edge_fixture, "session timers pass as terms") {
  peer a(26001);
  peer b(26002);
  auto offer = call_from(a, "Supported: timer, 100rel\r\nRequire: timer\r\n"
                            "Session-Expires: 1800;refresher=uac\r\n"
                            "Min-SE: 120\r\n");
  CHECK(offer.session.interval_s == 1800);
  CHECK(offer.session.min_se_s == 120);
  CHECK(offer.session.refresher == model::refresher::uac);
  CHECK(offer.session.supported);
  CHECK(offer.session.required);
  CHECK(offer.reliable);
  CHECK(offer.headers.empty());
  model::invite x;
  x.session = {.interval_s = 900, .min_se_s = 90, .supported = true};
  auto at_b = invite(b, x);
  CHECK(at_b.header("Session-Expires") == "900");
  CHECK(at_b.header("Min-SE") == "90");
  CHECK(has(at_b.header("Supported"), "timer"));
  b.send(response_to(at_b, 422, "bob", "Min-SE: 3600\r\n"), sip_port);
  CHECK(hear<model::responded>().session.min_se_s == 3600);
  auto ok = answer(200);
  ok.session = {.interval_s = 1800, .refresher = model::refresher::uac,
                .supported = true, .required = true};
  perform(std::move(ok));
  auto at_a = receive(a);
  CHECK(at_a.header("Session-Expires") == "1800;refresher=uac");
  CHECK(at_a.header("Require") == "timer");
}

// -- reliable provisional responses -------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "PRACK passes both ways (RFC 3262)") {
  peer a(26001);
  peer b(26002);
  call_from(a, "Supported: 100rel\r\n");
  model::invite x;
  x.reliable = true;
  auto at_b = invite(b, x);
  CHECK(has(at_b.header("Supported"), "100rel"));
  auto reliable = response_to(
    at_b, 183, "bob",
    "Contact: <sip:bob@127.0.0.1:26002>\r\nRequire: 100rel\r\nRSeq: 77\r\n",
    sdp);
  b.send(reliable, sip_port);
  b.send(reliable, sip_port); // repeated: the call hears it once
  auto early = hear<model::responded>();
  CHECK(early.rseq == 77);
  CHECK(heard_nothing());
  auto prack = make_request(model::method::prack, 1, 1);
  prack.rseq = early.rseq;
  perform(std::move(prack));
  auto prack_b = receive(b);
  CHECK(prack_b.first_line() == "PRACK sip:bob@127.0.0.1:26002 SIP/2.0");
  CHECK(prack_b.header("RAck") == "77 1 INVITE");
  CHECK(prack_b.header("CSeq") == "2 PRACK");
  b.send(response_to(prack_b, 200, "bob"), sip_port);
  CHECK(hear<model::responded>().method == model::method::prack);

  auto up = answer(183);
  up.reliable = true;
  up.body = early.body;
  perform(std::move(up));
  auto at_a = receive(a);
  CHECK(at_a.status() == 183);
  CHECK(at_a.header("Require") == "100rel");
  auto rseq = at_a.header("RSeq");
  REQUIRE(!rseq.empty());
  CHECK(receive(a).status() == 183); // repeated until the PRACK
  a.send(in_dialog(a, at_a, "PRACK", 2, "RAck: " + rseq + " 1 INVITE\r\n"),
         sip_port);
  auto pracked = hear<model::requested>();
  CHECK(pracked.method == model::method::prack);
  perform(answer(200, pracked.txn));
  auto ok = receive(a);
  while (ok.status() == 183)
    ok = receive(a);
  CHECK(ok.status() == 200);
  CHECK(ok.header("CSeq") == "2 PRACK");
  // A second one after the first was acknowledged, and a wrong RAck.
  auto again = answer(180);
  again.reliable = true;
  perform(std::move(again));
  auto second = receive(a);
  CHECK(std::stoul(second.header("RSeq")) == std::stoul(rseq) + 1);
  a.send(in_dialog(a, at_a, "PRACK", 3, "RAck: 4711 1 INVITE\r\n"), sip_port);
  auto wrong = receive(a);
  while (wrong.header("CSeq") != "3 PRACK") // the 180 is repeated meanwhile
    wrong = receive(a);
  CHECK(wrong.status() == 481);
  // A PRACK after the call is gone must not hurt.
  stack.close(id);
  a.send(in_dialog(a, at_a, "PRACK", 4,
                   "RAck: " + second.header("RSeq") + " 1 INVITE\r\n"),
         sip_port);
  CHECK(until([&] { return receive(a).header("CSeq") == "4 PRACK"; }));
}

// -- time-outs ----------------------------------------------------------------

TEST_CASE_FIXTURE(hurried_fixture, "a 2xx without an ACK is reported") {
  peer a(26001);
  call_from(a);
  perform(answer(200));
  CHECK(receive(a).status() == 200);
  CHECK(receive(a).status() == 200); // repeated
  auto lost = hear<model::unacknowledged>();
  CHECK(lost.leg == 0);
  CHECK(lost.txn == 0);
  // The dialog lives on until the call ends it.
  perform(make_request(model::method::bye, 1, 0));
  auto text = receive(a);
  while (text.status() == 200)
    text = receive(a);
  CHECK(text.first_line().starts_with("BYE "));
}

TEST_CASE_FIXTURE(hurried_fixture, "an unacknowledged 183 is reported, too") {
  peer a(26001);
  call_from(a, "Supported: 100rel\r\n");
  auto up = answer(183);
  up.reliable = true;
  perform(std::move(up));
  CHECK(receive(a).status() == 183);
  CHECK(hear<model::unacknowledged>().txn == 0);
  auto last = receive(a);
  while (last.status() == 183)
    last = receive(a);
  CHECK(last.status() == 503);
  perform(answer(200)); // too late: ignored
  CHECK(heard_nothing());
}

TEST_CASE_FIXTURE(hurried_fixture, "silence becomes a local 408") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  invite(b);
  auto none = hear<model::responded>();
  CHECK(none.status == 408);
  CHECK(none.local);
  CHECK(none.method == model::method::invite);
  CHECK(b.poll().has_value()); // it was repeated meanwhile
}

TEST_CASE_FIXTURE(hurried_fixture, "silence inside a dialog does so, too") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  perform(make_request(model::method::bye, 1, 1));
  auto none = hear<model::responded>();
  CHECK(none.status == 408);
  CHECK(none.local);
  CHECK(none.method == model::method::bye);
}
