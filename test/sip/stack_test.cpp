#include "test/sip/edge_fixture.hpp"

using namespace strowger;
using namespace strowger::test;

TEST_CASE_FIXTURE(edge_fixture, "an INVITE goes through both sides") {
  peer a(26001);
  peer b(26002);
  auto offer = call_from(a, "X-Custom:  kept \tas it is\r\nSubject: hi\r\n");
  CHECK(offer.called == "7001");
  CHECK(offer.caller.user == "1001");
  CHECK(offer.caller.display == "Alice");
  CHECK(offer.sip_call_id == "call-26001");
  CHECK(offer.source_address == "udp:127.0.0.1:26001");
  CHECK(offer.body.is_sdp());
  CHECK(offer.body.data == sdp);
  CHECK(offer.headers == "X-Custom:  kept \tas it is\r\nSubject: hi\r\n");

  model::invite out;
  out.headers = offer.headers;
  auto invite_b = invite(b, out);
  CHECK(invite_b.first_line() == "INVITE sip:bob@127.0.0.1:26002 SIP/2.0");
  CHECK(
    has(invite_b.text, "\r\nX-Custom:  kept \tas it is\r\nSubject: hi\r\n"));
  CHECK(invite_b.header("From").starts_with(
    "\"Alice\" <sip:1001@127.0.0.1>;tag=0000000000000001"
    "01"));
  CHECK(invite_b.header("To") == "<sip:7001@127.0.0.1:26002>");
  CHECK(invite_b.header("Call-ID") == "0000000000000001-1@127.0.0.1");
  CHECK(invite_b.header("Contact") == "<sip:127.0.0.1:26000>");
  CHECK(invite_b.header("User-Agent").starts_with("Strowger/"));
  CHECK(invite_b.header("Max-Forwards") == "70");
  CHECK(has(invite_b.header("Via"), ";rport"));
  CHECK(has(invite_b.body(), "\r\no=strowger "));
  CHECK(has(invite_b.body(), "m=audio 4000 RTP/AVP 0\r\n"));
  CHECK(invite_b.header("Content-Length")
        == std::to_string(invite_b.body().size()));
  CHECK(silent(a)); // no 100 within 200 ms when the call is quick
}

TEST_CASE_FIXTURE(edge_fixture, "the time that a caller waits for a route is "
                                "not counted as the switch's delay") {
  auto counted = [&] {
    uint64_t n = 0;
    for (size_t i = 0; i <= time_histogram::bounds_s.size(); ++i)
      n += turns.counters().added_delay.bucket(i);
    return n;
  };
  peer a(26001);
  peer b(26002);
  call_from(a);
  model::respond ringing;
  ringing.status = 180;
  perform(std::move(ringing));
  CHECK(receive(a).status() == 180);
  invite(b);
  CHECK(counted() == 0);
}

TEST_CASE_FIXTURE(edge_fixture, "its answer goes through both sides") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto invite_b = invite(b);
  b.send(response_to(invite_b, 180, "bob", "X-Way: back\r\n"), sip_port);
  auto ringing = hear<model::responded>();
  CHECK(ringing.status == 180);
  CHECK(ringing.headers == "X-Way: back\r\n");
  CHECK(!ringing.local);
  model::respond up;
  up.status = 180;
  up.headers = ringing.headers;
  perform(std::move(up));
  auto at_a = receive(a);
  CHECK(at_a.status() == 180);
  CHECK(at_a.first_line() == "SIP/2.0 180 Ringing");
  CHECK(at_a.header("X-Way") == "back");
  CHECK(at_a.header("Contact") == "<sip:127.0.0.1:26000>");
  CHECK(has(at_a.header("To"), ";tag=0000000000000001"
                               "00"));

  b.send(response_to(invite_b, 200, "bob",
                     "Contact: <sip:bob@127.0.0.1:26002;x=1>\r\n", sdp),
         sip_port);
  auto answer = hear<model::responded>();
  CHECK(answer.status == 200);
  model::respond ok;
  ok.status = 200;
  ok.body = answer.body;
  perform(std::move(ok));
  auto ok_a = receive(a);
  CHECK(ok_a.status() == 200);
  CHECK(has(ok_a.body(), "o=strowger "));
  a.send("ACK sip:127.0.0.1:26000 SIP/2.0\r\nVia: SIP/2.0/UDP "
         "127.0.0.1:26001;branch=z9hG4bK-ack\r\nFrom: "
           + ok_a.header("From") + "\r\nTo: " + ok_a.header("To")
           + "\r\nCall-ID: call-26001\r\nCSeq: 1 ACK\r\nMax-Forwards: 70\r\n"
             "Content-Length: 0\r\n\r\n",
         sip_port);
  CHECK(hear<model::acked>().leg == 0);
  perform(model::acknowledge{1, 0, {}});
  auto ack = receive(b);
  CHECK(ack.first_line() == "ACK sip:bob@127.0.0.1:26002;x=1 SIP/2.0");
  CHECK(ack.header("CSeq") == "1 ACK");
  CHECK(ack.header("To") == "<sip:7001@127.0.0.1:26002>;tag=bob");

  // The 2xx comes again: the ACK is repeated without the call.
  b.send(response_to(invite_b, 200, "bob",
                     "Contact: <sip:bob@127.0.0.1:26002;x=1>\r\n", sdp),
         sip_port);
  CHECK(receive(b).first_line().starts_with("ACK "));
}

TEST_CASE_FIXTURE(edge_fixture, "the end of a call goes through both sides") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  a.send("BYE sip:127.0.0.1:26000 SIP/2.0\r\nVia: SIP/2.0/UDP "
         "127.0.0.1:26001;branch=z9hG4bK-bye\r\nFrom: "
           + last_2xx.header("From") + "\r\nTo: " + last_2xx.header("To")
           + "\r\nCall-ID: call-26001\r\nCSeq: 2 BYE\r\nMax-Forwards: 70\r\n"
             "Reason: Q.850;cause=16\r\nContent-Length: 0\r\n\r\n",
         sip_port);
  auto bye = hear<model::requested>();
  CHECK(bye.method == model::method::bye);
  CHECK(bye.txn == 1);
  CHECK(bye.headers == "Reason: Q.850;cause=16\r\n");
  model::request down;
  down.leg = 1;
  down.txn = 1;
  down.method = model::method::bye;
  down.headers = bye.headers;
  perform(std::move(down));
  model::respond bye_ok;
  bye_ok.txn = bye.txn;
  bye_ok.status = 200;
  perform(std::move(bye_ok));
  auto bye_b = receive(b);
  CHECK(bye_b.first_line() == "BYE sip:bob@127.0.0.1:26002 SIP/2.0");
  CHECK(bye_b.header("CSeq") == "2 BYE");
  CHECK(bye_b.header("Reason") == "Q.850;cause=16");
  CHECK(receive(a).status() == 200);
  b.send(response_to(bye_b, 200, "bob"), sip_port);
  auto over = hear<model::responded>();
  CHECK(over.method == model::method::bye);
  CHECK(over.txn == 1);
  CHECK(over.status == 200);
  stack.close(id);
  CHECK(turns.counters().legs_in_progress.read() == 0);
  CHECK(turns.counters().legs_in_progress.peak() == 2);
}

// -- ends of calls ------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "a CANCEL is answered at once and reported") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto out = invite(b);
  b.send(response_to(out, 180, "bob"), sip_port);
  CHECK(hear<model::responded>().status == 180);
  auto text = invite_text(a);
  text.replace(0, 6, "CANCEL");
  text.replace(text.find("1 INVITE"), 8, "1 CANCEL");
  text.erase(text.find("Content-Type"));
  a.send(text + "Content-Length: 0\r\n\r\n", sip_port);
  auto ok = receive(a);
  CHECK(ok.status() == 200);
  CHECK(ok.header("CSeq") == "1 CANCEL");
  CHECK(hear<model::cancelled>().leg == 0);
  perform(model::cancel{1, "SIP;cause=487;text=\"gone\""});
  perform(answer(487));
  auto final_a = receive(a);
  CHECK(final_a.status() == 487);
  a.send(in_dialog(a, final_a, "ACK", 1), sip_port);
  auto cancel_b = receive(b);
  CHECK(cancel_b.first_line() == "CANCEL sip:bob@127.0.0.1:26002 SIP/2.0");
  CHECK(cancel_b.header("Via") == out.header("Via"));
  CHECK(cancel_b.header("CSeq") == "1 CANCEL");
  CHECK(cancel_b.header("Max-Forwards") == "70");
  CHECK(cancel_b.header("Reason") == "SIP;cause=487;text=\"gone\"");
  b.send(response_to(cancel_b, 200, "bob"), sip_port);
  b.send(response_to(out, 487, "bob"), sip_port);
  auto last = hear<model::responded>();
  CHECK(last.status == 487);
  CHECK(last.method == model::method::invite);
  auto ack = receive(b);
  CHECK(ack.first_line() == "ACK sip:bob@127.0.0.1:26002 SIP/2.0");
  CHECK(ack.header("Max-Forwards") == "70");
  CHECK(heard_nothing());
}

TEST_CASE_FIXTURE(edge_fixture,
                  "a CANCEL waits for the first provisional response") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto out = invite(b);
  perform(model::cancel{1, ""});
  CHECK(silent(b));
  b.send(response_to(out, 100, ""), sip_port);
  CHECK(receive(b).first_line().starts_with("CANCEL "));
  // The 2xx that crossed it still reaches the call.
  b.send(
    response_to(out, 200, "bob", "Contact: <sip:bob@127.0.0.1:26002>\r\n", sdp),
    sip_port);
  auto crossed = hear<model::responded>();
  if (crossed.status == 100)
    crossed = hear<model::responded>();
  CHECK(crossed.status == 200);
  perform(model::acknowledge{1, 0, {}});
  CHECK(receive(b).first_line().starts_with("ACK "));
  model::request bye;
  bye.leg = 1;
  bye.txn = 1;
  bye.method = model::method::bye;
  perform(std::move(bye));
  CHECK(receive(b).first_line().starts_with("BYE "));
}

TEST_CASE_FIXTURE(edge_fixture, "every final failure goes up and down") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto out = invite(b);
  b.send(response_to(out, 486, "bob",
                     "Warning: 399 x \"busy\"\r\n"
                     "Retry-After: 7\r\n"),
         sip_port);
  auto busy = hear<model::responded>();
  CHECK(busy.status == 486);
  CHECK(busy.headers == "Warning: 399 x \"busy\"\r\n");
  CHECK(busy.retry_after_s == 7);
  CHECK(receive(b).first_line().starts_with("ACK "));
  auto x = answer(486);
  x.headers = busy.headers;
  x.retry_after_s = 7;
  perform(std::move(x));
  auto at_a = receive(a);
  CHECK(at_a.first_line() == "SIP/2.0 486 Busy Here");
  CHECK(at_a.header("Warning") == "399 x \"busy\"");
  CHECK(at_a.header("Retry-After") == "7");
  auto ack = in_dialog(a, at_a, "ACK", 1);
  ack.replace(ack.find("z9hG4bK-ACK1"), 12, "z9hG4bK-1-26001");
  a.send(ack, sip_port);
  CHECK(silent(a, 700)); // no repetition after the ACK
  CHECK(heard_nothing(1));
}

TEST_CASE_FIXTURE(edge_fixture, "a 3xx brings its contacts, best first") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto out = invite(b);
  b.send(response_to(out, 302, "bob",
                     "Contact: <sip:x@h1>;q=0.2, <sip:y@h2>;q=0.9\r\n"),
         sip_port);
  auto moved = hear<model::responded>();
  CHECK(moved.contacts == std::vector<std::string>{"sip:y@h2", "sip:x@h1"});
  auto x = answer(302);
  x.contacts = moved.contacts;
  perform(std::move(x));
  auto contacts = receive(a).headers("Contact");
  CHECK(contacts == std::vector<std::string>{"<sip:y@h2>", "<sip:x@h1>"});
}

TEST_CASE_FIXTURE(edge_fixture, "the callee may hang up") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  b.send(back_in_dialog(b, last_invite, "BYE", 1), sip_port);
  auto bye = hear<model::requested>();
  CHECK(bye.leg == 1);
  CHECK(bye.method == model::method::bye);
  perform(answer(200, bye.txn, 1));
  CHECK(receive(b).status() == 200);
  model::request down;
  down.txn = 1;
  down.method = model::method::bye;
  perform(std::move(down));
  auto bye_a = receive(a);
  CHECK(bye_a.first_line() == "BYE sip:1001@127.0.0.1:26001 SIP/2.0");
  CHECK(bye_a.header("From") == last_2xx.header("To"));
  CHECK(bye_a.header("To") == last_2xx.header("From"));
  CHECK(bye_a.header("CSeq") == "1 BYE");
  a.send(response_to(bye_a, 481, ""), sip_port);
  CHECK(hear<model::responded>().status == 481);
}

TEST_CASE_FIXTURE(edge_fixture, "a forgotten leg answers 481") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  perform(model::forget{1});
  b.send(back_in_dialog(b, last_invite, "BYE", 1), sip_port);
  CHECK(receive(b).status() == 481);
  stack.close(id);
  a.send(in_dialog(a, last_2xx, "BYE", 2), sip_port);
  CHECK(receive(a).status() == 481);
  CHECK(heard_nothing());
  CHECK(turns.counters().legs_in_progress.read() == 0);
}

TEST_CASE_FIXTURE(edge_fixture,
                  "a 2xx to an INVITE that was forgotten is ended with BYE") {
  peer a(26001);
  peer b(26002);
  call_from(a);
  auto out = invite(b);
  b.send(response_to(out, 180, "bob"), sip_port);
  hear<model::responded>();
  perform(model::cancel{1, ""});
  receive(b);
  perform(model::forget{1});
  b.send(
    response_to(out, 200, "bob", "Contact: <sip:bob@127.0.0.1:26002>\r\n", sdp),
    sip_port);
  CHECK(receive(b).first_line().starts_with("ACK "));
  CHECK(receive(b).first_line().starts_with("BYE "));
  CHECK(heard_nothing());
}

// -- failures of the way ------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "a target that cannot be reached answers 503") {
  peer a(26001);
  for (auto uri : {"sip:bob@127.0.0.1:26003;transport=tcp", "bad uri",
                   "tel:+4989", "sips:x@127.0.0.1:26003"}) {
    CAPTURE(uri);
    model::invite x;
    x.leg = 1;
    x.target.uri = uri;
    if (id.value == 0)
      call_from(a);
    perform(std::move(x));
    auto failed = hear<model::responded>();
    CHECK(failed.local);
    CHECK(failed.status >= 400);
    perform(model::forget{1});
  }
}

// -- the edge itself ----------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "a port in use is an error, not an end") {
  sip::stack second(loop, system, turns, *this, *this);
  auto error = second.open(*directory);
  REQUIRE(error.has_value());
  CHECK(has(*error, "26000"));
  CHECK(has(*error, "in use"));
}

TEST_CASE_FIXTURE(edge_fixture, "a call has 200 ms before the edge says 100") {
  peer a(26001);
  call_from(a);
  CHECK(silent(a, 120));
  CHECK(receive(a).status() == 100);
}
