#include "test/sip/edge_fixture.hpp"

using namespace strowger;
using namespace strowger::test;

namespace {

constexpr std::string_view bob_contact
  = "Contact: <sip:bob@127.0.0.1:26002>\r\n";
constexpr std::string_view alice_contact
  = "Contact: <sip:1001@127.0.0.1:26001>\r\n";

struct moving_fixture : edge_fixture {
  /// Leg `from` of the call of `establish` becomes leg 5 of a new call.
  void move(model::leg_number from) {
    old = id;
    adopt();
    perform(old, model::hand_over{from, {id, 5}});
  }

  model::call_id old;
};

} // namespace

// -- legs that move -----------------------------------------------------------

TEST_CASE_FIXTURE(moving_fixture, "the requests of a moved leg go with it") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  move(0);
  a.send(in_dialog(a, last_2xx, "INFO", 2), sip_port);
  auto info = hear<model::requested>();
  CHECK(heard_by == id);
  CHECK(info.leg == 5);
  perform(answer(200, info.txn, 5));
  CHECK(receive(a).status() == 200);
  // What stayed is not touched.
  b.send(back_in_dialog(b, last_invite, "INFO", 1), sip_port);
  info = hear<model::requested>();
  CHECK(heard_by == old);
  CHECK(info.leg == 1);
  perform(old, answer(200, info.txn, 1));
  CHECK(receive(b).status() == 200);
  // The old name is nobody's now.
  perform(old, make_request(model::method::bye, 1, 0));
  CHECK(silent(a));
}

TEST_CASE_FIXTURE(moving_fixture, "what is under way goes to the new owner") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  perform(make_request(model::method::info, 7, 1));
  auto info = receive(b);
  b.send(back_in_dialog(b, last_invite, "UPDATE", 1, bob_contact), sip_port);
  auto update = hear<model::requested>();
  CHECK(heard_by == id);
  move(1);
  b.send(response_to(info, 200, "bob"), sip_port);
  auto responded = hear<model::responded>();
  CHECK(heard_by == id);
  CHECK(responded.leg == 5);
  CHECK(responded.txn == 7);
  perform(answer(200, update.txn, 5));
  auto answered = receive(b);
  CHECK(answered.status() == 200);
  CHECK(answered.header("CSeq") == "1 UPDATE");
}

TEST_CASE_FIXTURE(moving_fixture, "a moved dialog takes re-INVITEs both ways") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  move(0);
  a.send(
    in_dialog(a, last_2xx, "INVITE", 2,
              std::string(alice_contact) + "Content-Type: application/sdp\r\n",
              sdp),
    sip_port);
  auto up = hear<model::requested>();
  CHECK(heard_by == id);
  auto ok = answer(200, up.txn, 5);
  ok.body = {"application/sdp", std::string{sdp}};
  perform(std::move(ok));
  auto at_a = receive(a);
  CHECK(at_a.header("To") == last_2xx.header("To"));
  a.send(in_dialog(a, at_a, "ACK", 2), sip_port);
  auto acked = hear<model::acked>();
  CHECK(heard_by == id);
  CHECK(acked.leg == 5);

  auto down = make_request(model::method::invite, 1, 5);
  down.body = {"application/sdp", std::string{sdp}};
  perform(std::move(down));
  auto again = receive(a);
  CHECK(again.first_line() == "INVITE sip:1001@127.0.0.1:26001 SIP/2.0");
  CHECK(again.header("From") == last_2xx.header("To"));
  a.send(response_to(again, 200, "alice", alice_contact, sdp), sip_port);
  CHECK(hear<model::responded>().status == 200);
  CHECK(heard_by == id);
  perform(model::acknowledge{5, 1, {}});
  CHECK(receive(a).first_line().starts_with("ACK "));
}

TEST_CASE_FIXTURE(moving_fixture, "each call frees the legs that it has") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  move(0);
  stack.close(old);
  CHECK(turns.counters().legs_in_progress.read() == 1);
  b.send(back_in_dialog(b, last_invite, "BYE", 1), sip_port);
  CHECK(receive(b).status() == 481);
  perform(make_request(model::method::bye, 1, 5));
  auto bye = receive(a);
  CHECK(bye.first_line().starts_with("BYE "));
  a.send(response_to(bye, 200, ""), sip_port);
  CHECK(hear<model::responded>().leg == 5);
  perform(model::forget{5});
  CHECK(turns.counters().legs_in_progress.read() == 0);
  a.send(in_dialog(a, last_2xx, "INFO", 2), sip_port);
  CHECK(receive(a).status() == 481); // no trace of it is left
  stack.close(id);
}

TEST_CASE_FIXTURE(moving_fixture, "a leg may move on, and home again") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  move(0);
  auto second = id;
  auto third = adopt();
  perform(second, model::hand_over{5, {third, 0}});
  a.send(in_dialog(a, last_2xx, "INFO", 2), sip_port);
  auto info = hear<model::requested>();
  CHECK(heard_by == third);
  CHECK(info.leg == 0);
  perform(third, answer(200, info.txn, 0));
  CHECK(receive(a).status() == 200);
  perform(third, model::hand_over{0, {old, 0}});
  a.send(in_dialog(a, last_2xx, "INFO", 3), sip_port);
  info = hear<model::requested>();
  CHECK(heard_by == old);
  CHECK(info.leg == 0);
}

TEST_CASE_FIXTURE(moving_fixture, "a leg does not leave for a call unknown") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  perform(model::hand_over{0, {{99}, 0}});
  perform(model::hand_over{9, {id, 3}});
  a.send(in_dialog(a, last_2xx, "INFO", 2), sip_port);
  CHECK(hear<model::requested>().leg == 0);
  CHECK(heard_by == id);
}

TEST_CASE_FIXTURE(moving_fixture, "Replaces finds a leg where it is now") {
  peer a(26001);
  peer b(26002);
  peer c(26003);
  establish(a, b);
  move(0);
  auto to = last_2xx.header("To");
  auto offer = call_from(c, "Replaces: call-26001;from-tag=alice;to-tag="
                              + to.substr(to.find(";tag=") + 5) + "\r\n");
  REQUIRE(offer.replaces.has_value());
  CHECK(*offer.replaces == model::leg_name{{old.value + 1}, 5});
}

TEST_CASE_FIXTURE(moving_fixture, "a caller may move while it rings") {
  peer a(26001);
  call_from(a);
  perform(answer(180));
  auto ringing = receive(a);
  move(0);
  SUBCASE("and be answered") {
    perform(answer(200, 0, 5));
    auto ok = receive(a);
    CHECK(ok.status() == 200);
    CHECK(ok.header("To") == ringing.header("To"));
    a.send(in_dialog(a, ok, "ACK", 1), sip_port);
    CHECK(hear<model::acked>().leg == 5);
  }
  SUBCASE("and give up") {
    auto text = invite_text(a);
    auto cancel = text.substr(0, text.find("Contact"))
                  + "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    for (auto at = cancel.find("INVITE"); at != cancel.npos;
         at = cancel.find("INVITE"))
      cancel.replace(at, 6, "CANCEL");
    a.send(cancel, sip_port);
    CHECK(hear<model::cancelled>().leg == 5);
  }
  CHECK(heard_by == id);
}
