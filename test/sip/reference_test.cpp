#include "sip/reference.hpp"
#include "test/sip/parsed.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace strowger;
using namespace strowger::sip;
using namespace strowger::test;

namespace {

constexpr int passed = 0;

/// The status of the refusal, or `passed`; `result` is what was read.
int read(std::string value, refer_to& result) {
  const parsed message{
    request_text{"REFER"}.with("Refer-To", std::move(value)).text()};
  REQUIRE(message.get());
  auto wanted = read_refer_to(*message);
  if (auto* why = std::get_if<refusal>(&wanted))
    return why->status;
  result = std::get<refer_to>(std::move(wanted));
  return passed;
}

bool same(const replaced_dialog& a, const replaced_dialog& b) {
  return a.call_id == b.call_id && a.to_tag == b.to_tag
         && a.from_tag == b.from_tag && a.early_only == b.early_only;
}

} // namespace

// -- Replaces -----------------------------------------------------------------

TEST_CASE("Replaces has a Call-ID and each tag once") {
  for (auto value :
       {"c@h;to-tag=t;from-tag=f", " c@h ; from-tag = f;TO-TAG=t;x=1",
        "c@h;to-tag=t;from-tag=f;early-only"}) {
    CAPTURE(value);
    auto x = read_replaces(value);
    REQUIRE(x.has_value());
    CHECK(x->call_id == "c@h");
    CHECK(x->to_tag == "t");
    CHECK(x->from_tag == "f");
    CHECK(x->early_only
          == (std::string_view{value}.find("early") != std::string::npos));
  }
  for (auto value :
       {"", ";", "c@h", "c@h;to-tag=t", "c@h;from-tag=f",
        ";to-tag=t;from-tag=f", "c@h;to-tag=t;to-tag=t;from-tag=f",
        "c@h;to-tag=;from-tag=f", "c@h;to-tag=t;from-tag=f;from-tag=g",
        "c h;to-tag=t;from-tag=f", "c@h;to-tag=t u;from-tag=f",
        "c@h;to-tag=t;from-tag=f,d@h;to-tag=t"})
    CHECK_MESSAGE(!read_replaces(value), value);
}

// -- Refer-To -----------------------------------------------------------------

TEST_CASE("Refer-To names whom to call") {
  struct row {
    const char* value;
    const char* uri;
    const char* user;
  };
  for (auto row : {row{"<sip:2002@h>", "sip:2002@h", "2002"},
                   row{"sip:2002@h", "sip:2002@h", "2002"},
                   row{"\"Bob, the\" <sips:bob@h:5071;transport=tcp>;x=1",
                       "sips:bob@h:5071;transport=tcp", "bob"},
                   row{"<sip:10%231@h;method=INVITE;user=phone>",
                       "sip:10%231@h;user=phone", "10#1"},
                   row{"<sip:2002@h;METHOD=INVITE?Subject=x&Require=replaces>",
                       "sip:2002@h", "2002"},
                   row{"<sip:h>", "sip:h", ""},
                   row{"<tel:+4989>", "tel:+4989", "+4989"}}) {
    CAPTURE(row.value);
    refer_to x;
    REQUIRE(read(row.value, x) == passed);
    CHECK(x.uri == row.uri);
    CHECK(x.user == row.user);
    CHECK(!x.replaces);
  }
}

TEST_CASE("Refer-To says what is wrong with it") {
  struct row {
    const char* value;
    int status;
  };
  for (auto row :
       {row{"", 400}, row{"<sip:>", 400}, row{"*", 400}, row{"<sip:a@b", 400},
        row{"<sip:a@b>, <sip:c@d>", 400}, row{"<sip:a@h?Replaces=c%40h>", 400},
        row{"<sip:a@h?Replaces=c%3Bto-tag%3D1%3Bfrom-tag%3D2&replaces=d%3B"
            "to-tag%3D1%3Bfrom-tag%3D2>",
            400},
        row{"<sip:a@h;method=BYE>", 603}, row{"<sip:a@h;x;Method=invite>", 603},
        row{"<http://h/p>", 603}, row{"<urn:service:sos>", 603}}) {
    CAPTURE(row.value);
    refer_to x;
    CHECK(read(row.value, x) == row.status);
  }
}

TEST_CASE("the Replaces that we write is the one that is read") {
  auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  auto word = [&] {
    constexpr std::string_view letters
      = "abcXYZ019-.!%*_+`'~()<>:\\\"/[]?{}@&=#$";
    std::string result;
    for (auto n = random() % 12 + 1; n > 0; --n)
      result += letters[random() % letters.size()];
    return result;
  };
  for (int i = 0; i < 500; ++i) {
    replaced_dialog x{word(), word(), word(), random() % 2 == 0};
    auto value = refer_to_value(
      i % 2 == 0 ? "sip:2002@h;x=1" : "sip:2002@h?Subject=s", x);
    CAPTURE(value);
    refer_to back;
    REQUIRE(read(value, back) == passed);
    REQUIRE(back.replaces.has_value());
    CHECK(same(*back.replaces, x));
    CHECK(back.user == "2002");
  }
  CHECK(refer_to_value("sip:a@h", std::nullopt) == "<sip:a@h>");
}

TEST_CASE("any bytes in Refer-To are a reference, or refused") {
  auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string whole
    = "\"B\" <sip:10%231@[2001:db8::1]:5070;method=INVITE;x?Replaces="
      "c%40h%3Bto-tag%3D1%3Bfrom-tag%3D2%3Bearly-only&a=b>;y=1";
  for (int i = 0; i < 5000; ++i) {
    auto value = whole.substr(0, random() % whole.size() + 1);
    for (auto n = random() % 6; n > 0; --n) {
      auto c = static_cast<char>(random());
      // What ends a line ends the header.
      value[random() % value.size()] = c == '\r' || c == '\n' ? '%' : c;
    }
    CAPTURE(value);
    refer_to x;
    auto status = read(value, x);
    CHECK((status == passed || status == 400 || status == 603));
    if (status == passed) {
      CHECK(!x.uri.empty());
      CHECK((!x.replaces || !x.replaces->to_tag.empty()));
    }
    read_replaces(value);
  }
}

// -- NOTIFY -------------------------------------------------------------------

TEST_CASE("a NOTIFY says of which event it is, and how the subscription is") {
  struct row {
    const char* event;
    const char* state;
    const char* read;
  };
  for (auto row : {row{"refer", "active;expires=60", "refer"},
                   row{"refer;id=7", "terminated;reason=noresource", "refer"},
                   row{"talk", "", "talk"}}) {
    CAPTURE(row.event);
    const parsed message{request_text{"NOTIFY"}
                           .with("Event", row.event)
                           .with("Subscription-State", row.state)
                           .text()};
    auto x = notification_of(*message);
    REQUIRE(x.has_value());
    CHECK(x->event == row.read);
    CHECK(x->subscription_state == row.state);
  }
  const parsed none{request_text{"NOTIFY"}.text()};
  CHECK(!notification_of(*none));
}
