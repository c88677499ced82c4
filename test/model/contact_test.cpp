#include "actors/model/contact.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace strowger::model;

TEST_CASE("a Request-URI is made of a contact and a number") {
  struct row {
    const char* contact;
    const char* number;
    const char* kept;     // contact_user::keep
    const char* replaced; // contact_user::replace
  };
  const row rows[] = {
    {"sip:10.0.0.1", "5551", "sip:5551@10.0.0.1", "sip:5551@10.0.0.1"},
    {"10.0.0.1:5080", "5551", "sip:5551@10.0.0.1:5080",
     "sip:5551@10.0.0.1:5080"},
    {"gw.example.com;transport=tcp", "1", "sip:1@gw.example.com;transport=tcp",
     "sip:1@gw.example.com;transport=tcp"},
    {"sip:annc@ms:5060;a=b", "77", "sip:annc@ms:5060;a=b",
     "sip:77@ms:5060;a=b"},
    {"annc@ms", "77", "sip:annc@ms", "sip:77@ms"},
    {"sips:ms", "77", "sips:77@ms", "sips:77@ms"},
    {"SIP:ms", "77", "sip:77@ms", "sip:77@ms"},
    {"sip:[::1]:5060", "77", "sip:77@[::1]:5060", "sip:77@[::1]:5060"},
    {"sip:ms", "", "sip:ms", "sip:ms"},
    {"sip:u:secret@ms", "", "sip:u:secret@ms", "sip:ms"},
    {"sipgate.example", "1", "sip:1@sipgate.example", "sip:1@sipgate.example"},
    // RFC 3261 §25.1: '#' and '@' must be escaped in a user part, '*' and
    // '+' need not, and what is escaped already stays as it is.
    {"gw", "*21#", "sip:*21%23@gw", "sip:*21%23@gw"},
    {"gw", "+49%2330", "sip:+49%2330@gw", "sip:+49%2330@gw"},
    {"gw", "a@b c", "sip:a%40b%20c@gw", "sip:a%40b%20c@gw"},
    {"gw", "\xc3\xa4", "sip:%C3%A4@gw", "sip:%C3%A4@gw"},
  };
  for (auto& x : rows) {
    CAPTURE(x.contact);
    CAPTURE(x.number);
    CHECK(request_uri(x.contact, x.number, contact_user::keep) == x.kept);
    CHECK(request_uri(x.contact, x.number, contact_user::replace)
          == x.replaced);
  }
}

TEST_CASE("where a request came from makes a URI, or nothing") {
  CHECK(source_uri("udp:192.0.2.1:5060", "2001") == "sip:2001@192.0.2.1:5060");
  CHECK(source_uri("tcp:192.0.2.1:40000", "2001")
        == "sip:2001@192.0.2.1:40000;transport=tcp");
  CHECK(source_uri("udp:[::1]:5060", "") == "sip:[::1]:5060");
  CHECK(source_uri("", "2001").empty());
  CHECK(source_uri("udp", "2001").empty());
  CHECK(source_uri("udp:", "2001").empty());
  CHECK(source_uri(":5060", "2001").empty());
}
