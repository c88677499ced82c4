#include "sip/identify.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace strowger;
using namespace strowger::sip;
using model::dn_type;
using model::option;

namespace {

struct office {
  office() {
    model::directory_builder builder{"office"};
    builder.set(option::trusted_networks,
                std::vector<std::string>{"10.0.0.0/8", "127.0.0.0/8"});
    using list = std::vector<std::string>;
    builder.add("gw", dn_type::trunk,
                {{option::contact, std::string{"sip:192.0.2.10:5080"}},
                 {option::contacts_backup, list{"192.0.2.11", "gw.test"}},
                 {option::prefix, list{"1"}}});
    builder.add("east", dn_type::trunk,
                {{option::contact, std::string{"sip:192.0.2.20:5060"}},
                 {option::prefix, list{"2"}}});
    builder.add("west", dn_type::trunk,
                {{option::contact, std::string{"sip:192.0.2.20:5070"}},
                 {option::prefix, list{"3"}},
                 {option::trusted, true}});
    builder.add("near", dn_type::trunk,
                {{option::contact, std::string{"sip:127.0.0.1:5090"}},
                 {option::prefix, list{"4"}}});
    builder.add("six", dn_type::trunk,
                {{option::contact, std::string{"sips:[2001:db8::6]"}},
                 {option::prefix, list{"5"}}});
    builder.add("2001", dn_type::extension,
                {{option::password, std::string{"s3cret"}},
                 {option::authenticate_requests, list{"invite"}}});
    builder.add("2002", dn_type::extension);
    builder.add("8000", dn_type::routing_point);
    config = builder.build();
    REQUIRE(config);
    who.configure(*config);
  }

  origin ask(std::string_view address, std::uint16_t port,
             std::string_view user = "5551234") const {
    return who.identify(parse_address(address).value(), port, user);
  }

  std::shared_ptr<const model::directory> config;
  identifier who;
};

} // namespace

TEST_CASE_FIXTURE(office, "the source of a call tells who sent it") {
  struct row {
    const char* address;
    std::uint16_t port;
    const char* user;
    const char* number;
    bool trusted;
    bool may_call_out;
  };
  const row rows[] = {
    // a trunk by its address and port, whoever it says is calling
    {"192.0.2.10", 5080, "2002", "gw", false, true},
    {"192.0.2.20", 5070, "5551234", "west", true, true},
    {"127.0.0.1", 5090, "5551234", "near", true, true},
    {"2001:db8::6", 5061, "5551234", "six", false, true},
    // by its address alone, as over TCP, if only one trunk is there
    {"192.0.2.10", 40000, "5551234", "gw", false, true},
    {"192.0.2.11", 40000, "5551234", "gw", false, true},
    {"192.0.2.20", 40000, "5551234", "", false, false},
    // but loopback belongs to everybody
    {"127.0.0.1", 40000, "5551234", "", true, true},
    {"127.0.0.1", 40000, "2002", "2002", true, true},
    // a DN that has to prove itself is believed to be meant
    {"192.0.2.10", 40000, "2001", "2001", false, true},
    {"192.0.2.99", 5060, "2001", "2001", false, true},
    // but one that has not is only trusted to call out from nearby
    {"192.0.2.99", 5060, "2002", "2002", false, false},
    // but nobody calls from a routing point, or from the name of a trunk
    {"192.0.2.99", 5060, "8000", "", false, false},
    {"192.0.2.99", 5060, "gw", "", false, false},
    // strangers may call out from trusted networks only
    {"192.0.2.99", 5060, "5551234", "", false, false},
    {"10.1.2.3", 5060, "5551234", "", true, true},
  };
  for (const auto& x : rows) {
    CAPTURE(x.address);
    CAPTURE(x.port);
    CAPTURE(x.user);
    const auto found = ask(x.address, x.port, x.user);
    CHECK(found.number() == x.number);
    CHECK(found.trusted == x.trusted);
    CHECK(found.may_call_out == x.may_call_out);
  }
}

TEST_CASE_FIXTURE(office, "a reload forgets the trunks that are gone") {
  const auto was = config;
  model::directory_builder builder{"office"};
  builder.add("2002", dn_type::extension);
  config = builder.build();
  REQUIRE(config);
  who.configure(*config);
  CHECK(ask("192.0.2.10", 5080).number().empty());
  CHECK_FALSE(who.is_trunk(parse_address("192.0.2.10").value(), 5080));
}

TEST_CASE_FIXTURE(office, "only trunks are spared the limit of a source") {
  const auto is_trunk = [this](const char* address, std::uint16_t port) {
    return who.is_trunk(parse_address(address).value(), port);
  };
  CHECK(is_trunk("192.0.2.10", 5080));
  CHECK(is_trunk("192.0.2.20", 40000)); // either of two
  CHECK(is_trunk("127.0.0.1", 5090));
  CHECK_FALSE(is_trunk("127.0.0.1", 5091));
  CHECK_FALSE(is_trunk("10.1.2.3", 5060)); // trusted is not enough
}

TEST_CASE("a contact shows its address only if it is numeric") {
  const auto shows = [](std::string_view contact) -> std::string {
    const auto x = numeric_host(contact);
    return x ? std::to_string(x->address.bytes[15]) + ":"
                 + std::to_string(x->port)
             : "";
  };
  CHECK(shows("192.0.2.7") == "7:5060");
  CHECK(shows("SIP:a@192.0.2.7:99;transport=tcp") == "7:99");
  CHECK(shows("sips:192.0.2.7") == "7:5061");
  CHECK(shows("sip:u:p@[2001:db8::5]:70?x=y") == "5:70");
  CHECK(shows("gw.test:5060").empty());
  CHECK(shows("sip:192.0.2.7:").empty());
  CHECK(shows("sip:192.0.2.7:99999").empty());
  CHECK(shows("sip:[2001:db8::5").empty());
  CHECK(shows("").empty());
}
