#include "test/sip/edge_fixture.hpp"

#include "sip/digest.hpp"

using namespace strowger;
using namespace strowger::test;

namespace {

constexpr std::string_view bob_contact
  = "Contact: <sip:bob@127.0.0.1:26002>\r\n";

model::invite invite_to(std::string uri) {
  model::invite x;
  x.target.uri = std::move(uri);
  return x;
}

} // namespace

// -- credentials --------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "the edge answers a challenge once") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto x = invite_to("sip:bob@127.0.0.1:26002");
  x.target.login = {"gw", "secret"};
  auto first = invite(b, x);
  constexpr std::string_view challenge
    = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth\", "
      "algorithm=MD5\r\n";
  b.send(response_to(first, 407, "t1", challenge), sip_port);
  auto ack = receive(b);
  auto second = receive(b);
  if (ack.first_line().starts_with("INVITE"))
    std::swap(ack, second);
  CHECK(ack.first_line().starts_with("ACK "));
  CHECK(second.first_line() == first.first_line());
  CHECK(second.header("CSeq") == "2 INVITE");
  CHECK(second.header("Call-ID") == first.header("Call-ID"));
  CHECK(second.header("From") == first.header("From"));
  CHECK(second.header("To") == first.header("To"));
  CHECK(second.header("Via") != first.header("Via"));
  CHECK(second.body() == first.body());
  auto login = second.header("Proxy-Authorization");
  CHECK(has(login, "username=\"gw\""));
  CHECK(has(login, "uri=\"sip:bob@127.0.0.1:26002\""));
  auto sent = sip::digest_parameters::parse(login);
  REQUIRE(sent.has_value());
  auto expected = sip::answer(
    "Digest realm=\"r\", nonce=\"n1\", qop=\"auth\", algorithm=MD5",
    {"gw", "secret"},
    {.method = "INVITE",
     .uri = "sip:bob@127.0.0.1:26002",
     .cnonce = *sent->find("cnonce")});
  CHECK(expected == login);
  CHECK(heard_nothing());

  SUBCASE("and its ACK carries the same credentials") {
    b.send(response_to(second, 200, "bob", bob_contact, sdp), sip_port);
    CHECK(hear<model::responded>().status == 200);
    perform(model::acknowledge{1, 0, {}});
    auto ack_2xx = receive(b);
    CHECK(ack_2xx.header("CSeq") == "2 ACK");
    CHECK(ack_2xx.header("Proxy-Authorization") == login);
    // A BYE may be challenged as well.
    auto bye = make_request(model::method::bye, 1, 1);
    perform(std::move(bye));
    auto bye_b = receive(b);
    b.send(response_to(bye_b, 407, "bob", challenge), sip_port);
    auto again = receive(b);
    CHECK(again.header("CSeq") == "4 BYE");
    CHECK(has(again.header("Proxy-Authorization"), "username=\"gw\""));
    b.send(response_to(again, 200, "bob"), sip_port);
    CHECK(hear<model::responded>().status == 200);
  }
  SUBCASE("and a second challenge is the end") {
    b.send(response_to(second, 407, "t2", challenge), sip_port);
    CHECK(hear<model::responded>().status == 407);
  }
}

TEST_CASE_FIXTURE(edge_fixture, "without credentials a challenge goes up") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto out = invite(b);
  b.send(response_to(out, 401, "t", "WWW-Authenticate: Digest realm=\"r\", "
                                    "nonce=\"n\"\r\n"),
         sip_port);
  auto refused = hear<model::responded>();
  CHECK(refused.status == 401);
  CHECK(refused.headers.empty());
}

// -- identity -----------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "identities go out as privacy allows") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto x = invite_to("sip:bob@127.0.0.1:26002");
  x.caller = {.display = "A \"B\" \\", .user = "10#1", .host = "elsewhere",
              .asserted = "<sip:1001@x>", .privacy = {}};
  x.target.alert_info = "<http://x>;info=alert-autoanswer";
  auto open = invite(b, x);
  CHECK(open.header("From").starts_with(
    "\"A \\\"B\\\" \\\\\" <sip:10%231@127.0.0.1>;tag="));
  CHECK(open.header("P-Asserted-Identity") == "<sip:1001@x>");
  CHECK(open.header("Alert-Info") == "<http://x>;info=alert-autoanswer");
  x.caller = {.display = "Anonymous", .user = "anonymous",
              .host = "anonymous.invalid", .asserted = "<sip:1001@x>",
              .privacy = "id"};
  auto hidden = invite(b, x);
  CHECK(hidden.header("From").starts_with(
    "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="));
  CHECK(hidden.header("P-Asserted-Identity").empty());
  CHECK(hidden.header("Privacy") == "id");
  x.target.trusted = true;
  CHECK(invite(b, x).header("P-Asserted-Identity") == "<sip:1001@x>");
}

// -- routes -------------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "a preloaded route is followed and kept") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto x = invite_to("sip:bob@192.0.2.99");
  x.target.route = "<sip:127.0.0.1:26002;lr>";
  auto out = invite(b, x);
  CHECK(out.first_line() == "INVITE sip:bob@192.0.2.99 SIP/2.0");
  CHECK(out.header("Route") == "<sip:127.0.0.1:26002;lr>");
  b.send(response_to(out, 200, "bob",
                     "Record-Route: <sip:p2@127.0.0.1:26002;lr;x=1>\r\n"
                     "Record-Route: <sip:p1@127.0.0.1:26002;lr>\r\n"
                     "Contact: <sip:bob@192.0.2.99>\r\n",
                     sdp),
         sip_port);
  hear<model::responded>();
  perform(model::acknowledge{1, 0, {}});
  auto ack = receive(b);
  CHECK(ack.first_line() == "ACK sip:bob@192.0.2.99 SIP/2.0");
  std::string routes;
  for (const auto& r : ack.headers("Route"))
    routes += (routes.empty() ? "" : ",") + r;
  std::erase(routes, ' ');
  CHECK(routes
        == "<sip:p1@127.0.0.1:26002;lr>,<sip:p2@127.0.0.1:26002;lr;x=1>");
}

TEST_CASE_FIXTURE(edge_fixture, "a strict router becomes the Request-URI") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto out = invite(b);
  b.send(response_to(out, 200, "bob",
                     "Record-Route: <sip:old@127.0.0.1:26002>\r\n"
                     "Contact: <sip:bob@192.0.2.99>\r\n",
                     sdp),
         sip_port);
  hear<model::responded>();
  perform(model::acknowledge{1, 0, {}});
  auto ack = receive(b);
  CHECK(ack.first_line() == "ACK sip:old@127.0.0.1:26002 SIP/2.0");
  CHECK(ack.header("Route") == "<sip:bob@192.0.2.99>");
}

TEST_CASE_FIXTURE(edge_fixture, "what came by proxies goes back by them") {
  peer a(26001);
  call_from(a, "Record-Route: <sip:near@127.0.0.1:26001;lr>\r\n"
               "Record-Route: <sip:far@192.0.2.7;lr>\r\n");
  perform(answer(200));
  auto ok = receive(a);
  CHECK(ok.headers("Record-Route").size() == 2);
  a.send(in_dialog(a, ok, "ACK", 1), sip_port);
  hear<model::acked>();
  perform(make_request(model::method::bye, 1, 0));
  auto bye = receive(a);
  CHECK(bye.first_line() == "BYE sip:1001@127.0.0.1:26001 SIP/2.0");
  REQUIRE(!bye.headers("Route").empty());
  CHECK(has(bye.headers("Route").front(), "<sip:near@127.0.0.1:26001;lr>"));
}

// -- NAT ----------------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "a phone behind NAT is reached by its flow") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto x = invite_to("sip:bob@10.255.255.1:5999");
  x.target.received = "udp:127.0.0.1:26002";
  auto out = invite(b, x);
  CHECK(out.first_line() == "INVITE sip:bob@10.255.255.1:5999 SIP/2.0");
  CHECK(out.headers("Route").empty());
  b.send(response_to(out, 200, "bob",
                     "Contact: <sip:bob@10.255.255.1:5999>\r\n", sdp),
         sip_port);
  hear<model::responded>();
  perform(model::acknowledge{1, 0, {}});
  CHECK(receive(b).first_line() == "ACK sip:bob@10.255.255.1:5999 SIP/2.0");
}

TEST_CASE_FIXTURE(edge_fixture, "a caller behind NAT is answered there") {
  peer a(26001);
  auto text = invite_text(a);
  auto swap_in = [&](std::string_view was, std::string_view now) {
    for (auto at = text.find(was); at != text.npos;
         at = text.find(was, at + now.size()))
      text.replace(at, was.size(), now);
  };
  swap_in("Via: SIP/2.0/UDP 127.0.0.1:26001;", "Via: SIP/2.0/UDP 10.9.9.9:5060"
                                               ";rport;");
  swap_in("Contact: <sip:1001@127.0.0.1:26001>",
          "Contact: <sip:1001@10.9.9.9:5060>");
  a.send(text, sip_port);
  hear<model::offered>();
  perform(answer(200));
  auto ok = receive(a);
  CHECK(has(ok.header("Via"), "received=127.0.0.1"));
  CHECK(has(ok.header("Via"), "rport=26001"));
  a.send(in_dialog(a, ok, "ACK", 1), sip_port);
  hear<model::acked>();
  perform(make_request(model::method::bye, 1, 0));
  CHECK(receive(a).first_line() == "BYE sip:1001@10.9.9.9:5060 SIP/2.0");
}

// -- forking ------------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "the 2xx settles which fork it is") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto out = invite(b);
  b.send(response_to(out, 180, "one", bob_contact), sip_port);
  b.send(response_to(out, 180, "two", bob_contact), sip_port);
  CHECK(hear<model::responded>().status == 180);
  CHECK(hear<model::responded>().status == 180);
  b.send(response_to(out, 200, "one", bob_contact, sdp), sip_port);
  CHECK(hear<model::responded>().status == 200);
  perform(model::acknowledge{1, 0, {}});
  CHECK(has(receive(b).header("To"), ";tag=one"));
  // The other fork answers as well: it is taken and ended at once.
  b.send(response_to(out, 200, "two", bob_contact, sdp), sip_port);
  auto x = receive(b);
  auto y = receive(b);
  CHECK(x.first_line().starts_with("ACK "));
  CHECK(y.first_line().starts_with("BYE "));
  CHECK(has(y.header("To"), ";tag=two"));
  CHECK(heard_nothing());
}

// -- TCP ----------------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "a call over TCP stays on its connection") {
  peer a(26001, true);
  a.connect(sip_port);
  auto text = invite_text(a, "X-Long: " + std::string(3000, 'x') + "\r\n");
  text.replace(text.find("SIP/2.0/UDP"), 11, "SIP/2.0/TCP");
  a.send(text, sip_port);
  auto offer = hear<model::offered>();
  CHECK(offer.source_address == "tcp:127.0.0.1:26001");
  auto ok = answer(200);
  ok.headers = offer.headers;
  perform(std::move(ok));
  auto got = receive(a);
  CHECK(got.status() == 200);
  CHECK(got.header("X-Long").size() == 3000);
  CHECK(got.header("Contact") == "<sip:127.0.0.1:26000;transport=tcp>");
  auto ack = in_dialog(a, got, "ACK", 1);
  ack.replace(ack.find("SIP/2.0/UDP"), 11, "SIP/2.0/TCP");
  a.send(ack, sip_port);
  hear<model::acked>();
}

TEST_CASE_FIXTURE(edge_fixture, "a target may ask for TCP") {
  peer a(26001);
  peer b(26002, true);
  b.listen();
  call_from(a);
  auto out = invite(b, invite_to("sip:bob@127.0.0.1:26002;transport=tcp"));
  CHECK(out.header("Via").starts_with("SIP/2.0/TCP 127.0.0.1:26000"));
  CHECK(out.header("Contact") == "<sip:127.0.0.1:26000;transport=tcp>");
  b.send(response_to(out, 200, "bob",
                     "Contact: <sip:bob@127.0.0.1:26002;transport=tcp>\r\n",
                     sdp),
         sip_port);
  CHECK(hear<model::responded>().status == 200);
  perform(model::acknowledge{1, 0, {}});
  CHECK(receive(b).first_line().starts_with("ACK "));
}

// -- NOTIFY -------------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "NOTIFYs go out with what they say") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  auto x = make_request(model::method::notify, 1, 1);
  x.notify = {"refer", "terminated;reason=noresource"};
  x.body = {"message/sipfrag", "SIP/2.0 200 OK\r\n"};
  perform(x);
  auto got = receive(b);
  CHECK(got.header("Event") == "refer");
  CHECK(got.header("Subscription-State") == "terminated;reason=noresource");
  CHECK(got.header("Content-Type") == "message/sipfrag");
  CHECK(got.header("Contact") == "<sip:127.0.0.1:26000>");
  CHECK(got.body() == "SIP/2.0 200 OK\r\n");
  b.send(response_to(got, 200, "bob"), sip_port);
  auto heard = hear<model::responded>();
  CHECK(heard.method == model::method::notify);
  CHECK(heard.txn == 1);

  // BroadSoft's have no subscription.
  x = make_request(model::method::notify, 2, 1);
  x.notify = {"talk", ""};
  perform(x);
  got = receive(b);
  CHECK(got.header("Event") == "talk");
  CHECK(got.headers("Subscription-State").empty());
}
