#include "sip/text.hpp"
#include "test/sip/edge_fixture.hpp"

/// What comes of the REFERs that we send: NOTIFYs, and INVITEs.
using namespace strowger;
using namespace strowger::test;

namespace {

constexpr std::string_view bob_contact
  = "Contact: <sip:bob@127.0.0.1:26002>\r\n";

std::string notify_lines(std::string_view event, std::string_view state) {
  std::string result = "Event: ";
  result += event;
  result += "\r\nSubscription-State: ";
  result += state;
  result += "\r\n";
  return result;
}

struct referral_fixture : edge_fixture {
  using edge_fixture::edge_fixture;

  /// A REFER in the dialog of `establish`, which `b` accepts; its CSeq.
  std::string refer_in_dialog(peer& b) {
    auto x = make_request(model::method::refer, ++txn, 1);
    x.refer_to = "sip:7001@";
    perform(std::move(x));
    auto got = receive(b);
    b.send(response_to(got, 202, "bob", bob_contact), sip_port);
    CHECK(hear<model::responded>().status == 202);
    return got.header("CSeq").substr(0, got.header("CSeq").find(' '));
  }

  /// A REFER that begins a dialog, which `b` accepts.
  wire_message refer_out(peer& b) {
    adopt();
    model::refer x;
    x.leg = 1;
    x.target.uri = "sip:bob@127.0.0.1:26002";
    x.refer_to = "sip:7001@";
    perform(std::move(x));
    auto got = receive(b);
    b.send(response_to(got, 202, "bob", bob_contact), sip_port);
    CHECK(hear<model::responded>().status == 202);
    return got;
  }

  /// What `b` hears to a NOTIFY that no leg is there for.
  int late_notify(peer& b, const wire_message& got, std::string_view event,
                  std::string_view own_tag = "bob") {
    auto text = back_in_dialog(b, got, "NOTIFY", ++cseq,
                               notify_lines(event, "terminated"));
    if (auto at = text.find(";tag=bob"); at != text.npos)
      text.replace(at + 5, 3, own_tag);
    b.send(text, sip_port);
    return receive(b).status();
  }

  model::txn_number txn = 0;
  int cseq = 0;
};

} // namespace

TEST_CASE_FIXTURE(referral_fixture,
                  "a NOTIFY without id is about the first REFER of its dialog, "
                  "until that is over") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  auto notify = [&](const std::string& event, std::string_view state) {
    b.send(back_in_dialog(b, last_invite, "NOTIFY", ++cseq,
                          notify_lines(event, state)),
           sip_port);
    auto heard = hear<model::requested>();
    REQUIRE(heard.notify);
    perform(answer(200, heard.txn, 1));
    CHECK(receive(b).status() == 200);
    return heard.notify->outdated;
  };
  auto first = refer_in_dialog(b);
  CHECK_FALSE(notify("refer", "active"));
  auto second = refer_in_dialog(b);
  CHECK(notify("refer", "active"));
  CHECK(notify("refer;id=" + first, "active"));
  CHECK_FALSE(notify("refer;id=" + second, "active"));
  CHECK(notify("refer", "terminated;reason=noresource"));
  CHECK_FALSE(notify("refer", "active")); // of a peer that knows no id
  CHECK_FALSE(notify("refer;id=" + second, "terminated"));
  CHECK_FALSE(notify("talk", "active"));
}

TEST_CASE_FIXTURE(referral_fixture,
                  "a REFER that was refused has no NOTIFY to wait for") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  auto x = make_request(model::method::refer, ++txn, 1);
  x.refer_to = "sip:7001@";
  perform(std::move(x));
  b.send(response_to(receive(b), 603, "bob"), sip_port);
  CHECK(hear<model::responded>().status == 603);
  refer_in_dialog(b);
  b.send(back_in_dialog(b, last_invite, "NOTIFY", ++cseq,
                        notify_lines("refer", "active")),
         sip_port);
  CHECK_FALSE(hear<model::requested>().notify->outdated);
}

TEST_CASE("a REFER is listened to after its call is over, until its last "
          "NOTIFY must have come") {
  referral_fixture x{10}; // 64*T1 = 640 ms
  peer b(26002);
  auto got = x.refer_out(b);
  SUBCASE("the leg is over") {
    x.perform(model::forget{1});
  }
  SUBCASE("the call is over") {
    x.stack.close(x.id);
  }
  CHECK(x.late_notify(b, got, "refer") == 200);
  CHECK(x.late_notify(b, got, "refer", "eve") == 481);
  CHECK(x.late_notify(b, got, "talk") == 481);
  CHECK(x.late_notify(b, got, "refer;id=1") == 200);
  CHECK(x.heard_nothing());
  auto limit = x.clock.now() + std::chrono::seconds{3};
  while (x.late_notify(b, got, "refer") == 200) {
    CHECK(x.silent(b)); // or the guard takes it for a flood
    REQUIRE(x.clock.now() < limit);
  }
}

TEST_CASE_FIXTURE(referral_fixture,
                  "a REFER is not listened to after its last NOTIFY") {
  peer b(26002);
  auto got = refer_out(b);
  b.send(back_in_dialog(b, got, "NOTIFY", ++cseq,
                        notify_lines("refer;id=1", "terminated")),
         sip_port);
  perform(answer(200, hear<model::requested>().txn, 1));
  CHECK(receive(b).status() == 200);
  perform(model::forget{1});
  CHECK(late_notify(b, got, "refer") == 481);
}

TEST_CASE_FIXTURE(referral_fixture,
                  "an INVITE that a call has asked for passes where there is "
                  "no room for new calls") {
  peer a(26001);
  room = admission::refused(rejection::drain, 5);
  a.send(invite_text(a), sip_port);
  CHECK(receive(a).status() == 503);
  awaited = "7001";
  auto again = invite_text(a, {}, "2 INVITE");
  for (auto at = again.find("-1-26001"); at != again.npos;
       at = again.find("-1-26001"))
    again.replace(at, 8, "-2-26001");
  a.send(again, sip_port);
  CHECK(hear<model::offered>().called == "7001");
}
