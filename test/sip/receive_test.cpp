#include "test/sip/edge_fixture.hpp"

using namespace strowger;
using namespace strowger::test;

// -- what the edge decides alone ----------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "a caller that is sent elsewhere is told the "
                                "number there") {
  peer a(26002);
  room = admission::refused(rejection::drain, 0);
  room.status = 302;
  room.contact = "192.0.2.7:5080";
  a.send(invite_text(a), sip_port);
  auto refused = receive(a);
  CHECK(refused.status() == 302);
  CHECK(refused.header("Contact") == "<sip:7001@192.0.2.7:5080>");
}

TEST_CASE_FIXTURE(edge_fixture, "a refused call costs no transaction") {
  peer a(26001);
  room = admission::refused(rejection::drain, 5);
  a.send(invite_text(a), sip_port);
  auto refused = receive(a);
  CHECK(refused.status() == 503);
  CHECK(refused.header("Retry-After") == "5");
  CHECK(id.value == 0);
  auto& probe = turns.counters();
  CHECK(probe.rejections[size_t(rejection::drain)].read() == 1);
}

TEST_CASE_FIXTURE(edge_fixture, "each INVITE that cannot be served says why") {
  peer a(26001);
  struct row {
    const char* lines;
    int status;
  };
  for (auto row : {row{"Accept: text/plain\r\n", 406},
                   row{"Content-Encoding: gzip\r\n", 415},
                   row{"Replaces: x@y;to-tag=1;from-tag=2\r\n", 481}}) {
    CAPTURE(row.lines);
    a.send(invite_text(a, row.lines), sip_port);
    CHECK(receive(a).status() == row.status);
  }
  auto text = invite_text(a);
  text.replace(text.find("Max-Forwards: 70"), 16, "Max-Forwards: 0");
  a.send(text, sip_port);
  CHECK(receive(a).status() == 483);
  text = invite_text(a);
  text.replace(text.find("application/sdp"), 15, "text/plain");
  a.send(text, sip_port);
  CHECK(receive(a).status() == 415);
  CHECK(heard.empty());
}

TEST_CASE_FIXTURE(edge_fixture, "our own INVITE that comes back is a loop") {
  peer a(26001);
  call_from(a);
  model::invite x;
  x.leg = 1;
  x.target.uri = "sip:7001@127.0.0.1:26000";
  perform(std::move(x));
  auto looped = hear<model::responded>();
  CHECK(looped.status == 482);
  CHECK(!looped.local);
}

TEST_CASE_FIXTURE(edge_fixture, "requests out of order or place are refused") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  a.send(in_dialog(a, last_2xx, "INFO", 5), sip_port);
  perform(answer(200, hear<model::requested>().txn));
  CHECK(receive(a).status() == 200);
  a.send(in_dialog(a, last_2xx, "INFO", 4), sip_port);
  CHECK(receive(a).status() == 500);
  a.send(in_dialog(a, last_2xx, "PUBLISH", 6), sip_port);
  CHECK(receive(a).status() >= 405);
  auto wrong = last_2xx;
  wrong.text.replace(wrong.text.find(";tag=0"), 7, ";tag=f1");
  a.send(in_dialog(a, wrong, "BYE", 7), sip_port);
  CHECK(receive(a).status() == 481);
  a.send(in_dialog(a, last_2xx, "OPTIONS", 8), sip_port);
  CHECK(receive(a).status() == 200);
  CHECK(heard_nothing());
}

TEST_CASE_FIXTURE(edge_fixture, "OPTIONS is answered even when full") {
  peer a(26001);
  room.granted = false;
  a.send("OPTIONS sip:127.0.0.1:26000 SIP/2.0\r\nVia: SIP/2.0/UDP "
         "127.0.0.1:26001;branch=z9hG4bK-o\r\nFrom: <sip:x@y>;tag=1\r\n"
         "To: <sip:127.0.0.1:26000>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\n"
         "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
         sip_port);
  auto ok = receive(a);
  CHECK(ok.status() == 200);
  CHECK(has(ok.header("Allow"), "INVITE"));
  CHECK(ok.header("Accept") == "application/sdp");
  CHECK(has(ok.header("Supported"), "timer"));
}

// -- NOTIFY -------------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "a NOTIFY brings event, state and body") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  a.send(in_dialog(a, last_2xx, "NOTIFY", 11,
                   "Event: refer;id=1\r\n"
                   "Subscription-State: active;expires=60\r\n"
                   "Content-Type: message/sipfrag;version=2.0\r\n"
                   "X-A: 1\r\n",
                   "SIP/2.0 100 Trying\r\n"),
         sip_port);
  auto heard = hear<model::requested>();
  CHECK(heard.method == model::method::notify);
  REQUIRE(heard.notify.has_value());
  CHECK(heard.notify->event == "refer");
  CHECK(heard.notify->subscription_state == "active;expires=60");
  CHECK(heard.body.type == "message/sipfrag;version=2.0");
  CHECK(heard.body.data == "SIP/2.0 100 Trying\r\n");
  CHECK(heard.headers == "X-A: 1\r\n");
  perform(answer(200, heard.txn));
  CHECK(receive(a).status() == 200);

  a.send(in_dialog(a, last_2xx, "NOTIFY", 12, "Event: talk\r\n"), sip_port);
  auto talk = hear<model::requested>();
  REQUIRE(talk.notify.has_value());
  CHECK(talk.notify->event == "talk");
  CHECK(talk.notify->subscription_state.empty());

  a.send(in_dialog(a, last_2xx, "NOTIFY", 13), sip_port);
  auto refused = receive(a);
  CHECK(refused.status() == 489);
  CHECK(refused.header("Allow-Events") == "refer");
}
