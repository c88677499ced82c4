#include "sip/text.hpp"
#include "test/sip/edge_fixture.hpp"

using namespace strowger;
using namespace strowger::test;

namespace {

constexpr std::string_view bob_contact
  = "Contact: <sip:bob@127.0.0.1:26002>\r\n";
constexpr std::string_view challenge
  = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", algorithm=MD5\r\n";

std::string tag_of(const std::string& header) {
  return header.substr(header.find(";tag=") + 5);
}

std::string replaces_value(std::string call_id, std::string to_tag,
                           std::string from_tag) {
  return call_id + ";to-tag=" + to_tag + ";from-tag=" + from_tag;
}

std::string escaped(std::string_view text) {
  std::string result;
  sip::append_escaped(result, text, {});
  return result;
}

/// What Refer-To asks the INVITE to carry.
std::string replaces_in(const std::string& refer_to) {
  auto at = refer_to.find("Replaces=");
  REQUIRE(at != refer_to.npos);
  return sip::unescaped(
    refer_to.substr(at + 9, refer_to.size() - at - 10)); // without the >
}

struct transfer_fixture : edge_fixture {
  /// REFER of `a` in the dialog of `establish`; what the call hears.
  model::requested refer_from(peer& a, std::string_view lines) {
    a.send(in_dialog(a, last_2xx, "REFER", ++cseq, lines), sip_port);
    auto heard = hear<model::requested>();
    CHECK(heard.method == model::method::refer);
    REQUIRE(heard.refer.has_value());
    return heard;
  }

  /// A leg that the call opens by REFER; what `b` gets.
  wire_message refer_out(peer& b, model::refer x = {}) {
    x.leg = 1;
    x.target.uri = "sip:bob@127.0.0.1:" + std::to_string(b.port());
    x.caller = {.display = "Alice",
                .user = "1001",
                .host = {},
                .asserted = {},
                .privacy = {}};
    x.refer_to = "sip:7001@127.0.0.1:26000";
    perform(std::move(x));
    return receive(b);
  }

  int cseq = 10;
};

std::string notify_lines(std::string_view state, std::string_view more = {}) {
  std::string result = "Event: refer;id=1\r\nSubscription-State: ";
  result += state;
  result += "\r\n";
  result += more;
  return result;
}

} // namespace

// -- REFER in -----------------------------------------------------------------

TEST_CASE_FIXTURE(transfer_fixture, "a REFER in a dialog is a reference") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  auto heard = refer_from(a, "Refer-To: <sip:10%231@h;method=INVITE?X=y>\r\n"
                             "Referred-By: <sip:1001@h>\r\nX-A: 1\r\n");
  CHECK(heard.leg == 0);
  CHECK(heard.refer->uri == "sip:10%231@h");
  CHECK(heard.refer->user == "10#1");
  CHECK(!heard.refer->replaces);
  CHECK(!heard.refer->replaces_stranger);
  CHECK(heard.headers == "Referred-By: <sip:1001@h>\r\nX-A: 1\r\n");
  perform(answer(202, heard.txn));
  auto accepted = receive(a);
  CHECK(accepted.status() == 202);
  CHECK(accepted.header("Contact") == "<sip:127.0.0.1:26000>");
}

TEST_CASE_FIXTURE(transfer_fixture, "Replaces leads to a leg of any call") {
  peer a(26001);
  peer b(26002);
  peer c(26003);
  establish(a, b);
  auto dialog = last_2xx;
  call_from(c); // the second call: its caller is `alice`, too
  perform(answer(200));
  auto second = receive(c);
  last_2xx = dialog;
  auto ours = tag_of(second.header("To"));
  struct row {
    const char* what;
    std::string value;
    bool found;
  };
  for (const auto& row :
       {row{"as it is", replaces_value("call-26003", ours, "alice"), true},
        row{"another Call-ID", replaces_value("call-26001", ours, "alice"),
            false},
        row{"another peer", replaces_value("call-26003", ours, "bob"), false},
        row{"as the peer sees it", replaces_value("call-26003", "alice", ours),
            false},
        row{"not of here", replaces_value("x@y", "1", "2"), false}}) {
    CAPTURE(row.what);
    auto heard = refer_from(a, "Refer-To: <sip:7001@127.0.0.1:26000?Replaces="
                                 + escaped(row.value) + ">\r\n");
    CHECK(heard_by == model::call_id{1});
    CHECK(heard.refer->uri == "sip:7001@127.0.0.1:26000");
    CHECK(heard.refer->replaces.has_value() == row.found);
    CHECK(heard.refer->replaces_stranger == !row.found);
    CHECK(heard.refer->dialog == row.value);
    if (row.found)
      CHECK(*heard.refer->replaces == model::leg_name{{2}, 0});
    perform(model::call_id{1}, answer(202, heard.txn));
    CHECK(receive(a).status() == 202);
  }
}

TEST_CASE_FIXTURE(transfer_fixture,
                  "a REFER that asks for no call is refused") {
  peer a(26001);
  peer b(26002);
  establish(a, b);
  struct row {
    const char* lines;
    int status;
  };
  for (auto row : {row{"", 400}, row{"Refer-To: <sip:\r\n", 400},
                   row{"Refer-To: <sip:x@h>\r\nRefer-To: <sip:y@h>\r\n", 400},
                   row{"Refer-To: <sip:x@h?Replaces=c;to-tag=1>\r\n", 400},
                   row{"Refer-To: <sip:x@h;method=SUBSCRIBE>\r\n", 603},
                   row{"Refer-To: <sip:9%0D%0AX:%201@h>\r\n", 400},
                   row{"Refer-To: <http://h/x>\r\n", 603}}) {
    CAPTURE(row.lines);
    a.send(in_dialog(a, last_2xx, "REFER", ++cseq, row.lines), sip_port);
    CHECK(receive(a).status() == row.status);
  }
  CHECK(heard_nothing());
}

TEST_CASE_FIXTURE(edge_fixture, "nobody refers us outside a dialog") {
  peer a(26001);
  auto text = invite_text(a, "Refer-To: <sip:x@h>\r\nEvent: refer\r\n");
  for (auto method : {"REFER", "NOTIFY"}) {
    CAPTURE(method);
    auto x = text;
    for (auto at = x.find("INVITE"); at != x.npos; at = x.find("INVITE"))
      x.replace(at, 6, method);
    a.send(x, sip_port);
    CHECK(receive(a).status() == (*method == 'R' ? 501 : 481));
  }
  CHECK(heard.empty());
}

// -- REFER out ----------------------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "a REFER names the dialog as it will be seen") {
  peer a(26001);
  peer b(26002);
  peer c(26003);
  establish(a, b);
  auto x = make_request(model::method::refer, 1, 1);
  x.refer_to = "sip:7001@127.0.0.1:26000";
  x.refer_replaces = model::leg_name{id, 0};
  auto ours = tag_of(last_2xx.header("To"));

  SUBCASE("by us, if the INVITE comes here") {
    perform(x);
    auto got = receive(b);
    CHECK(got.first_line() == "REFER sip:bob@127.0.0.1:26002 SIP/2.0");
    auto value = got.header("Refer-To");
    CHECK(
      value.starts_with("<sip:7001@127.0.0.1:26000?Replaces=call-26001%3B"));
    CHECK(replaces_in(value) == replaces_value("call-26001", ours, "alice"));
    CHECK(got.header("Referred-By") == "\"Alice\" <sip:1001@127.0.0.1>");
    // And that is how we find it again.
    auto offer = call_from(c, "Replaces: " + replaces_in(value) + "\r\n");
    REQUIRE(offer.replaces.has_value());
    CHECK(*offer.replaces == model::leg_name{{1}, 0});
  }
  SUBCASE("by the peer of that dialog, if it goes there") {
    x.refer_to = "sip:1001@127.0.0.1:26001";
    perform(x);
    auto value = receive(b).header("Refer-To");
    CHECK(value.starts_with("<sip:1001@127.0.0.1:26001?"));
    CHECK(replaces_in(value) == replaces_value("call-26001", "alice", ours));
  }
  SUBCASE("with the Referred-By that the call gives") {
    x.refer_replaces.reset();
    x.headers = "Referred-By: <sip:boss@h>\r\n";
    perform(x);
    auto got = receive(b);
    CHECK(got.header("Refer-To") == "<sip:7001@127.0.0.1:26000>");
    CHECK(got.headers("Referred-By")
          == std::vector<std::string>{"<sip:boss@h>"});
  }
  SUBCASE("with any number at our own address, escaped, and for which call") {
    x.refer_replaces.reset();
    x.refer_to = "sip:*72#\r\nX-Evil: 1@";
    perform(x);
    auto got = receive(b);
    CHECK(
      got.header("Refer-To").starts_with("<sip:*72%23%0D%0AX-Evil%3A%201@"));
    CHECK(got.header("Refer-To").find(";strowger-call=") != std::string::npos);
    CHECK(got.headers("X-Evil").empty());
  }
  SUBCASE("and is not sent if the dialog is gone") {
    perform(model::forget{0});
    perform(x);
    auto failed = hear<model::responded>();
    CHECK(failed.local);
    CHECK(failed.status == 481);
    CHECK(failed.method == model::method::refer);
    CHECK(silent(b));
  }
}

// -- INVITE with Replaces -----------------------------------------------------

TEST_CASE_FIXTURE(edge_fixture, "an INVITE may replace a dialog") {
  peer a(26001);
  peer c(26003);
  call_from(a);
  perform(answer(180));
  auto ours = tag_of(receive(a).header("To"));
  auto line = "Replaces: " + replaces_value("call-26001", ours, "alice");
  struct row {
    const char* what;
    std::string lines;
    int status; // 0: offered
  };
  int count = 0;
  for (const auto& row :
       {row{"as it is", line + "\r\n", 0},
        row{"early only, and required",
            line + ";early-only\r\nRequire: replaces\r\n", 0},
        row{"no such dialog",
            "Replaces: " + replaces_value("call-26001", ours, "bob") + "\r\n",
            481},
        row{"turned round",
            "Replaces: " + replaces_value("call-26001", "alice", ours) + "\r\n",
            481},
        row{"one tag", "Replaces: call-26001;to-tag=" + ours + "\r\n", 400},
        row{"twice", line + "\r\n" + line + "\r\n", 400}}) {
    CAPTURE(row.what);
    auto text = invite_text(c, row.lines);
    auto number = std::to_string(++count);
    text.replace(text.find("z9hG4bK-1"), 9, "z9hG4bK-r" + number);
    text.replace(text.find("call-26003"), 10, "other-" + number);
    c.send(text, sip_port);
    if (row.status != 0) {
      CHECK(receive(c).status() == row.status);
      continue;
    }
    auto offer = hear<model::offered>();
    REQUIRE(offer.replaces.has_value());
    CHECK(*offer.replaces == model::leg_name{{1}, 0});
    CHECK(offer.replaces_early_only == has(row.lines, "early-only"));
    CHECK(offer.headers.empty());
    perform(answer(486));
    CHECK(receive(c).status() == 486);
    auto ack = text.substr(0, text.find("Content-Type"))
               + "Content-Length: 0\r\n\r\n";
    for (auto at = ack.find("INVITE"); at != ack.npos; at = ack.find("INVITE"))
      ack.replace(at, 6, "ACK");
    c.send(ack, sip_port);
  }
}

// -- calls that begin with REFER ----------------------------------------------

TEST_CASE_FIXTURE(transfer_fixture, "a call may begin by REFER") {
  peer b(26002);
  adopt();
  auto got = refer_out(b);
  CHECK(got.first_line() == "REFER sip:bob@127.0.0.1:26002 SIP/2.0");
  CHECK(got.header("From").starts_with("\"Alice\" <sip:1001@127.0.0.1>;tag="));
  CHECK(got.header("To") == "<sip:bob@127.0.0.1:26002>");
  CHECK(got.header("Call-ID") == "0000000000000001-1@127.0.0.1");
  CHECK(got.header("CSeq") == "1 REFER");
  CHECK(got.header("Refer-To") == "<sip:7001@127.0.0.1:26000>");
  CHECK(got.header("Referred-By") == "\"Alice\" <sip:1001@127.0.0.1>");
  CHECK(got.header("Contact") == "<sip:127.0.0.1:26000>");
  auto accept = [&] {
    b.send(response_to(got, 202, "bob", bob_contact), sip_port);
    auto heard = hear<model::responded>();
    CHECK(heard.method == model::method::refer);
    CHECK(heard.leg == 1);
    CHECK(heard.txn == 0);
    CHECK(heard.status == 202);
  };
  auto notify = [&] {
    b.send(
      back_in_dialog(b, got, "NOTIFY", 1, notify_lines("active", bob_contact)),
      sip_port);
    auto heard = hear<model::requested>();
    CHECK(heard.leg == 1);
    CHECK(heard.notify->event == "refer");
    perform(answer(200, heard.txn, 1));
    CHECK(receive(b).status() == 200);
  };
  SUBCASE("the response makes the dialog") {
    accept();
    notify();
  }
  SUBCASE("unless a NOTIFY overtakes it") {
    notify();
    accept();
  }
  // From here on the dialog is one as any other.
  auto stranger = back_in_dialog(b, got, "NOTIFY", 2, notify_lines("active"));
  stranger.replace(stranger.find(";tag=bob"), 8, ";tag=eve");
  b.send(stranger, sip_port);
  CHECK(receive(b).status() == 481);
  perform(make_request(model::method::bye, 1, 1));
  auto bye = receive(b);
  CHECK(bye.first_line() == "BYE sip:bob@127.0.0.1:26002 SIP/2.0");
  CHECK(has(bye.header("To"), ";tag=bob"));
  CHECK(bye.header("CSeq") == "2 BYE");
  perform(model::forget{1});
  b.send(back_in_dialog(b, got, "INFO", 3), sip_port);
  CHECK(receive(b).status() == 481);
}

TEST_CASE_FIXTURE(transfer_fixture, "a REFER may be refused, or in vain") {
  peer b(26002);
  adopt();
  auto got = refer_out(b);
  b.send(response_to(got, 405, "bob"), sip_port);
  auto heard = hear<model::responded>();
  CHECK(heard.method == model::method::refer);
  CHECK(heard.status == 405);
  CHECK(heard.txn == 0);
  model::refer x;
  x.leg = 2;
  x.target.uri = "bad uri";
  x.refer_to = "sip:7001@127.0.0.1:26000";
  perform(std::move(x));
  heard = hear<model::responded>();
  CHECK(heard.local);
  CHECK(heard.leg == 2);
  CHECK(heard.method == model::method::refer);
}

TEST_CASE_FIXTURE(transfer_fixture, "challenges to REFER and NOTIFY are met") {
  peer b(26002);
  adopt();
  model::refer x;
  x.target.login = {"gw", "secret"};
  auto got = refer_out(b, std::move(x));
  b.send(response_to(got, 401, "t1", challenge), sip_port);
  auto again = receive(b);
  CHECK(again.header("CSeq") == "2 REFER");
  CHECK(again.header("To") == got.header("To")); // the refusal made no dialog
  CHECK(again.header("Refer-To") == got.header("Refer-To"));
  CHECK(has(again.header("Authorization"), "username=\"gw\""));
  b.send(response_to(again, 202, "bob", bob_contact), sip_port);
  CHECK(hear<model::responded>().status == 202);
  model::txn_number txn = 0;
  for (auto method : {model::method::refer, model::method::notify}) {
    auto y = make_request(method, ++txn, 1);
    if (method == model::method::refer)
      y.refer_to = "sip:7002@127.0.0.1:26000";
    else
      y.notify = {"talk", ""};
    perform(y);
    auto first = receive(b);
    b.send(response_to(first, 401, "bob", challenge), sip_port);
    again = receive(b);
    CHECK(has(again.header("Authorization"), "username=\"gw\""));
    CHECK(again.header("Refer-To") == first.header("Refer-To"));
    CHECK(again.header("Event") == first.header("Event"));
    b.send(response_to(again, 200, "bob"), sip_port);
    auto heard = hear<model::responded>();
    CHECK(heard.status == 200);
    CHECK(heard.txn == txn);
  }
}

TEST_CASE_FIXTURE(transfer_fixture,
                  "a dialog without session is not replaced") {
  peer b(26002);
  peer c(26003);
  adopt();
  auto got = refer_out(b);
  b.send(response_to(got, 202, "bob", bob_contact), sip_port);
  hear<model::responded>();
  auto value = replaces_value(got.header("Call-ID"), tag_of(got.header("From")),
                              "bob");
  c.send(invite_text(c, "Replaces: " + value + "\r\n"), sip_port);
  CHECK(receive(c).status() == 481);
}
