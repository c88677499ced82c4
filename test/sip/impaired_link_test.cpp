#include "sip/impaired_link.hpp"
#include "test/sip/edge_fixture.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace strowger;
using namespace strowger::test;
using namespace std::chrono_literals;
using traffic::direction;
using traffic::impairment_rule;

namespace {

model::option_values behind_a_link() {
  model::option_values result;
  result.set(model::option::sip_interface, std::string{"127.100.0.1"});
  return result;
}

impairment_rule rule(direction way, std::string_view what) {
  impairment_rule result;
  result.way = way;
  result.what = *traffic::parse_pattern(what);
  return result;
}

/// A stack of which every datagram goes through a link.
struct link_fixture : edge_fixture {
  link_fixture() : edge_fixture(500, behind_a_link()) {}
  ~link_fixture() {
    link.reset();
    turns.run();
  }

  void impair(std::vector<impairment_rule> rules) {
    link.emplace(loop, system, turns,
                 traffic::impairments{std::move(rules), 1, "test"});
    auto error = link->open("127.0.0.1:26000", "127.0.0.1:26009");
    INFO(error.value_or(""));
    REQUIRE(!error);
    REQUIRE(link->inside() == "127.100.0.1");
    stack.send_through(link->outbound());
    link->begin();
  }

  std::optional<sip::impaired_link> link;
};

void bye(edge_fixture& by) {
  by.perform(make_request(model::method::bye, 1, 1));
}

} // namespace

TEST_CASE_FIXTURE(link_fixture, "peers see nothing of a link") {
  impair({});
  peer a(26001), b(26002);
  establish(a, b);
  CHECK(last_2xx.header("Via").find("127.100.") == std::string::npos);
  CHECK(last_2xx.header("Via").find("link") == std::string::npos);
  CHECK(last_2xx.header("Contact") == "<sip:127.0.0.1:26000>");
  CHECK(has(last_invite.header("Via"), "SIP/2.0/UDP 127.0.0.1:26000;"));
  CHECK(last_invite.headers("Route").empty());
  // Requests within the dialogs go to their Contacts, not to the target.
  bye(*this);
  CHECK(receive(b).first_line().starts_with("BYE "));
  perform(make_request(model::method::bye, 1, 0));
  CHECK(receive(a).first_line().starts_with("BYE "));
  CHECK(link->done().empty());
}

TEST_CASE_FIXTURE(link_fixture, "a request to a name goes to the target") {
  impair({});
  peer target(26009);
  adopt();
  model::invite x;
  x.target.uri = "sip:bob@gateway.invalid";
  CHECK(has(invite(target, x).first_line(), "sip:bob@gateway.invalid"));
}

TEST_CASE_FIXTURE(link_fixture, "what is lost is sent again, and counted") {
  auto x = rule(direction::sent, "INVITE");
  x.lose = 1;
  impair({x});
  peer b(26002);
  adopt();
  model::invite what;
  what.leg = 1;
  what.target.uri = "sip:bob@127.0.0.1:26002";
  perform(what);
  CHECK(!until([&] { return b.poll().has_value(); }, 700));
  auto& counts = link->done().begin()->second;
  CHECK(counts.messages == 2);
  CHECK(counts.lost == 2);
}

TEST_CASE_FIXTURE(link_fixture, "a message that comes twice makes one call") {
  auto in = rule(direction::received, "any");
  in.duplicate = 1;
  auto out = rule(direction::sent, "2xx");
  out.duplicate = 1;
  impair({in, out});
  peer a(26001);
  call_from(a);
  perform(answer(200));
  int finals = 0;
  until(
    [&] {
      auto got = a.poll();
      finals += got
                && got->status() == 200; // the other INVITE may have got 100
      return false;
    },
    100);
  CHECK(finals == 2);
  CHECK(heard_nothing());
  CHECK(id.value == 1);
}

TEST_CASE_FIXTURE(link_fixture, "a delayed message comes when it is due") {
  auto x = rule(direction::sent, "INVITE");
  x.delay = traffic::duration_law{traffic::duration_law::fixed{0.15}};
  impair({x});
  peer b(26002);
  adopt();
  auto begin = clock.now();
  invite(b);
  CHECK(clock.now() - begin >= 149ms);
  CHECK(clock.now() - begin < 450ms);
}

TEST_CASE_FIXTURE(link_fixture, "a message held back is overtaken by the next "
                                "one, or comes after 200 ms") {
  auto x = rule(direction::sent, "180");
  x.reorder = 1;
  impair({x});
  peer a(26001);
  call_from(a);
  perform(answer(180));
  perform(answer(200));
  CHECK(receive(a).status() == 200);
  CHECK(receive(a).status() == 180);
  peer b(26002);
  call_from(b);
  auto begin = clock.now();
  perform(answer(180));
  CHECK(receive(b).status() == 180);
  CHECK(clock.now() - begin >= 199ms);
}

TEST_CASE_FIXTURE(link_fixture, "however many strangers send something, there "
                                "is room for a call") {
  impair({});
  for (size_t i = 0; i < sip::impaired_link::peers_max + 100; ++i) {
    auto at = sockaddr_in{};
    at.sin_family = AF_INET;
    at.sin_port = htons(sip_port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto stranger = socket(AF_INET, SOCK_DGRAM, 0);
    REQUIRE(sendto(stranger, "\r\n\r\n", 4, 0, reinterpret_cast<sockaddr*>(&at),
                   sizeof(at))
            == 4);
    ::close(stranger);
    if (i % 50 == 0)
      loop.step(0);
  }
  peer a(26001), b(26002);
  establish(a, b);
}

TEST_CASE_FIXTURE(link_fixture, "a link that cannot be had says why") {
  sip::impaired_link x{loop, system, turns, {{}, 1, "x"}};
  CHECK(x.open("0.0.0.0:26000", "127.0.0.1:26009")
        == "impairments need one address in listen, not 0.0.0.0:26000");
  peer a(26000);
  CHECK(x.open("127.0.0.1:26000", "127.0.0.1:26009")
        == "cannot listen at 127.0.0.1:26000: Address already in use");
  sip::impaired_link y{loop, system, turns, {{}, 1, "y"}};
  CHECK(y.open("127.0.0.1:26001", "nobody.invalid:5060")
        == "nobody.invalid:5060 is not known, or cannot be reached from "
           "127.0.0.1:26001");
}
