#include "sip/address.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace strowger::sip;

TEST_CASE("the parts of a URI are found whatever the user part holds") {
  struct row {
    std::string_view uri;
    std::string_view user;
    std::string_view host;
  };
  for (auto [uri, user, host] :
       {row{"sip:2001@h:5070;transport=tcp", "2001", "h:5070"},
        row{"<sip:h:5070;transport=tcp>", "", "h:5070"},
        row{"sip:+49;ext=1?x@h;lr", "+49;ext=1?x", "h"},
        row{"sip:2001@h?Replaces=c%40d", "2001", "h"},
        row{"sips:[2001:db8::1]:5061", "", "[2001:db8::1]:5061"},
        row{"sip:a@[2001:db8::1]", "a", "[2001:db8::1]"}}) {
    CAPTURE(uri);
    CHECK(user_in(uri) == user);
    CHECK(host_of(uri) == host);
    CHECK(address_of(uri).ends_with(host));
  }
}

TEST_CASE("a URI leads to us by host and port") {
  own_address self;
  self.host = "192.0.2.1";
  self.port = "5060";
  self.contacts = {"<sip:192.0.2.1:5060>", "<sip:192.0.2.1:5060;transport=tcp>",
                   "<sip:192.0.2.1:5071;transport=tls>"};
  for (auto uri : {"sip:2001@192.0.2.1", "sip:2001@192.0.2.1:5060;x=1",
                   "sip:192.0.2.1;transport=tcp", "sip:192.0.2.1:5071",
                   "sip:2001@192.0.2.1?Replaces=x"})
    CHECK_MESSAGE(leads_to(self, uri), uri);
  for (auto uri :
       {"sip:2001@192.0.2.2", "sip:2001@192.0.2.1:5070", "sips:2001@192.0.2.1",
        "sip:192.0.2.1@elsewhere", "tel:+491", ""})
    CHECK_MESSAGE(!leads_to(self, uri), uri);
  self.contacts = {"<sip:[2001:DB8::1]:5060>", "", ""};
  CHECK(leads_to(self, "sip:2001@[2001:db8::1]"));
  CHECK(!leads_to(self, "sip:2001@[2001:db8::2]"));
}
