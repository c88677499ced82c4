#include "actors/model/bindings.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

namespace model = strowger::model;

// The examples of RFC 3261 section 19.1.4, and what torture tests add to them.
TEST_CASE("URIs are equal when the RFC says so") {
  struct row {
    std::string a, b;
    bool same;
  };
  const row rows[] = {
    {"sip:%61lice@atlanta.com;transport=TCP",
     "sip:alice@AtlanTa.CoM;Transport=tcp", true},
    {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
    {"sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true},
    {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
     "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
     true},
    {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
     "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true},
    {"SIP:ALICE@AtLanTa.CoM;Transport=udp",
     "sip:alice@AtLanTa.CoM;Transport=UDP", false},
    {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
    {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
    {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
    {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting",
     false},
    {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
    {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off",
     false},
    {"sip:a@b", "sips:a@b", false},
    {"sip:b", "sip:a@b", false},
    {"sip:@b", "sip:b", false},
    {"sip:a:secret@b", "sip:a:Secret@b", false},
    {"sip:a@b;maddr=1.2.3.4", "sip:a@b", false},
    {"sip:a@b;lr", "sip:a@b", true},
    {"sip:a@b;lr;x=1", "sip:a@b;x=1;LR", true},
    {"sip:a@[2001:DB8::1]:5060", "sip:a@[2001:db8::1]:5060", true},
    {"sip:a@[2001:db8::1]:5060", "sip:a@[2001:db8::1]", false},
    // %40 is not @, and %00 is neither nothing nor the letters around it.
    {"sip:a%40b@c", "sip:a%40b@c", true},
    {"sip:a%2fb@c", "sip:a%2Fb@c", true},
    {"sip:a%2fb@c", "sip:a/b@c", false},
    {"sip:null-%00-null@c", "sip:null-%00-null@c", true},
    {"sip:null-%00-null@c", "sip:null-%00@c", false},
    {"sip:%00@c", "sip:%00%00@c", false},
    {"sip:%00@c", "sip:@c", false},
    {"sip:a%@c", "sip:a%@c", true},
    {"sip:a;b?d@c", "sip:a;b?d@C", true},
    {"sip:a;b@c", "sip:a@c", false},
    {"tel:+1;x=1", "TEL:+1;x=1", true},
    {"tel:+1", "tel:+1;x=1", false},
    {"", "", true},
    {"sip", "sip:", true},
    {"", "sip:", false},
  };
  for (const auto& [a, b, same] : rows) {
    CAPTURE(a);
    CAPTURE(b);
    CHECK(model::same_uri(a, b) == same);
    CHECK(model::same_uri(b, a) == same);
  }
}

TEST_CASE("any text equals itself, and equality goes both ways") {
  std::mt19937_64 random(19);
  constexpr std::string_view letters = "sip:@;?&=%0aA[]";
  const auto any = [&] {
    std::string text = random() % 4 ? "sip:" : "";
    for (auto count = random() % 12; count > 0; --count)
      text += letters[random() % letters.size()];
    return text;
  };
  for (int i = 0; i < 50'000; ++i) {
    const auto a = any();
    const auto b = any();
    CAPTURE(a);
    CAPTURE(b);
    REQUIRE(model::same_uri(a, a));
    REQUIRE(model::same_uri(a, b) == model::same_uri(b, a));
  }
}
