#include "actors/model/bindings.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace model = strowger::model;
using namespace std::chrono_literals;
using namespace std::string_literals;
using model::contact_value;
using model::register_request;
using model::time_point;

namespace {

constexpr time_point start{1h};

// The bindings of one DN and a phone that counts its requests.
struct registrar {
  model::bindings table;
  model::register_limits limits{.expires_min_s = 60,
                                .expires_max_s = 3600,
                                .expires_default_s = 1800,
                                .contacts_max = 3};
  std::uint32_t cseq = 0;

  register_request make(std::vector<contact_value> contacts) {
    register_request request;
    request.contacts = std::move(contacts);
    request.call_id = "phone";
    request.cseq = ++cseq;
    return request;
  }

  model::register_result send(const register_request& request,
                              time_point now = start) {
    return table.apply(request, now, limits);
  }

  model::register_result add(const std::string& uri,
                             const std::string& params = "",
                             time_point now = start) {
    return send(make({{uri, params}}), now);
  }

  std::vector<std::string> uris() const {
    std::vector<std::string> result;
    for (const auto& entry : table.list())
      result.push_back(entry.contact_uri);
    return result;
  }
};

using uris = std::vector<std::string>;

} // namespace

// -- one contact --------------------------------------------------------------

TEST_CASE("a contact registers, refreshes and leaves") {
  registrar r;
  auto result = r.add("sip:a@1.1.1.1");
  CHECK(result.status == 200);
  CHECK(result.changed);
  CHECK(result.became_registered);
  CHECK(r.table.next_expiry() == start + 1800s);

  result = r.add("sip:a@1.1.1.1", ";expires=600", start + 10s);
  CHECK(result.changed);
  CHECK_FALSE(result.became_registered);
  CHECK(r.table.list().size() == 1);
  CHECK(r.table.next_expiry() == start + 610s);

  // A query changes nothing.
  result = r.send(r.make({}), start + 20s);
  CHECK(result.status == 200);
  CHECK_FALSE(result.changed);
  CHECK(r.table.list().size() == 1);

  result = r.add("sip:a@1.1.1.1", ";expires=0", start + 30s);
  CHECK(result.changed);
  CHECK(result.became_unregistered);
  CHECK(r.table.empty());
  CHECK_FALSE(r.table.next_expiry());

  // Leaving twice is no mistake.
  result = r.add("sip:a@1.1.1.1", ";expires=0", start + 40s);
  CHECK(result.status == 200);
  CHECK_FALSE(result.changed);
  CHECK_FALSE(result.became_unregistered);
}

TEST_CASE("contact parameter before Expires header before default") {
  struct row {
    std::string params;
    std::optional<std::uint32_t> header;
    int status;
    int granted_s;
  };
  const row rows[] = {
    {"", {}, 200, 1800},
    {"", 300, 200, 300},
    {";expires=120", 300, 200, 120},
    {";EXPIRES = \"120\"", 300, 200, 300}, // not a number: as if absent
    {";expires= 120 ;q=0.1", 300, 200, 120},
    {";expires=7x", {}, 200, 1800},
    {";expires", {}, 200, 1800},
    {";expires=-1", {}, 200, 1800},
    {";x=\";expires=70\"", {}, 200, 1800},
    {";expires=99999999999999999999", {}, 200, 3600},
    {"", UINT32_MAX, 200, 3600},
    {";expires=60", {}, 200, 60},
    {";expires=59", {}, 423, 0},
    {"", 1, 423, 0},
    {"", 0, 200, 0},
    {";expires=0", 300, 200, 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.params);
    registrar r;
    auto request = r.make({{"sip:a@b", row.params}});
    request.expires = row.header;
    const auto result = r.send(request);
    CHECK(result.status == row.status);
    CHECK(result.min_expires_s == (row.status == 423 ? 60 : 0));
    CHECK(r.table.empty() == (row.granted_s == 0));
    if (row.granted_s != 0)
      CHECK(r.table.next_expiry()
            == start + std::chrono::seconds{row.granted_s});
  }
}

// RFC 4475: cparam01, cparam02, regescrt and escnull.
TEST_CASE("contacts are kept and listed byte for byte") {
  struct row {
    std::string uri, params, listed;
  };
  const row rows[] = {
    {"sip:+19725552222@gw1.example.net;unknownparam", "",
     "<sip:+19725552222@gw1.example.net;unknownparam>;expires=1800"},
    {"sip:+19725552222@gw1.example.net", ";unknownparam",
     "<sip:+19725552222@gw1.example.net>;unknownparam;expires=1800"},
    {"sip:user@example.com?Route=%3Csip:sip.example.com%3E", "",
     "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>;expires=1800"},
    {"sip:%00@host5.example.com", "",
     "<sip:%00@host5.example.com>;expires=1800"},
    {"sip:%00%00@host5.example.com", "",
     "<sip:%00%00@host5.example.com>;expires=1800"},
    {"sip:A@B", "; Q=0.5 ;expires=1800; +sip.instance=\"<urn:a;b>\"",
     "<sip:A@B>; Q=0.5 ; +sip.instance=\"<urn:a;b>\";expires=1800"},
  };
  for (const auto& row : rows) {
    registrar r;
    REQUIRE(r.add(row.uri, row.params).status == 200);
    CHECK(model::contact_header(r.table.list()[0], start) == row.listed);
  }
  registrar both;
  CHECK(both.send(both.make({{"sip:%00@c", ""}, {"sip:%00%00@c", ""}})).status
        == 200);
  CHECK(both.table.list().size() == 2);
}

TEST_CASE("what is left of a binding is listed in seconds, rounded up") {
  registrar r;
  r.add("sip:a@b", ";expires=100");
  const auto& entry = r.table.list()[0];
  CHECK(model::contact_header(entry, start + 1ms) == "<sip:a@b>;expires=100");
  CHECK(model::contact_header(entry, start + 99s) == "<sip:a@b>;expires=1");
  CHECK(model::contact_header(entry, start + 200s) == "<sip:a@b>;expires=0");
}

// -- several contacts ---------------------------------------------------------

TEST_CASE("contacts are ordered by q, then the newest first") {
  registrar r;
  r.limits.contacts_max = 10;
  r.add("sip:old@h");
  r.add("sip:backup@h", ";q=0.3", start + 1s);
  r.add("sip:new@h", ";q=1.000", start + 2s);
  r.add("sip:last@h", ";q=0", start + 3s);
  r.add("sip:broken@h", ";q=high", start + 4s);
  CHECK(r.uris()
        == uris{"sip:broken@h", "sip:new@h", "sip:old@h", "sip:backup@h",
                "sip:last@h"});
  r.add("sip:old@h", "", start + 5s);
  CHECK(r.uris().front() == "sip:old@h");
  r.add("sip:old@h", ";q=0.25", start + 6s);
  CHECK(r.uris()
        == uris{"sip:broken@h", "sip:new@h", "sip:backup@h", "sip:old@h",
                "sip:last@h"});
}

TEST_CASE("a request is applied wholly or not at all") {
  registrar r;
  r.add("sip:a@h");
  const auto before = r.table.list();
  struct row {
    std::vector<contact_value> contacts;
    int status;
  };
  for (const auto& row : {
         row{{{"sip:a@h", ";expires=0"}, {"sip:b@h", ";expires=5"}}, 423},
         row{{{"sip:b@h", ""}, {"sip:c@h", ""}, {"sip:d@h", ""}}, 403},
       }) {
    const auto result = r.send(r.make(row.contacts));
    CHECK(result.status == row.status);
    CHECK_FALSE(result.changed);
    CHECK(r.table.list() == before);
  }
  CHECK(r.send(r.make({{"sip:a@h", ";expires=0"},
                       {"sip:b@h", ""},
                       {"sip:c@h", ""},
                       {"sip:d@h", ""}}))
          .status
        == 200);
  CHECK(r.table.list().size() == 3);
}

TEST_CASE("the same contact twice in one request counts once, the last wins") {
  registrar r;
  CHECK(
    r.send(r.make({{"sip:a@h", ";expires=100"}, {"sip:%61@H", ";expires=200"}}))
      .status
    == 200);
  CHECK(r.uris() == uris{"sip:%61@H"});
  CHECK(r.table.next_expiry() == start + 200s);
}

TEST_CASE("a lowered limit does not turn refreshes away") {
  registrar r;
  r.send(r.make({{"sip:a@h", ""}, {"sip:b@h", ""}, {"sip:c@h", ""}}));
  r.limits.contacts_max = 1;
  CHECK(r.add("sip:b@h").status == 200);
  CHECK(r.add("sip:d@h").status == 403);
  CHECK(r.table.list().size() == 3);
}

// -- star ---------------------------------------------------------------------

TEST_CASE("a star with Expires 0 removes all, anything else is refused") {
  registrar r;
  r.send(r.make({{"sip:a@h", ""}, {"sip:b@h", ""}}));
  struct row {
    std::optional<std::uint32_t> expires;
    std::vector<contact_value> contacts;
    int status;
  };
  for (const auto& row : {row{{}, {}, 400}, row{1, {}, 400},
                          row{0, {{"sip:c@h", ""}}, 400}, row{0, {}, 200}}) {
    auto request = r.make(row.contacts);
    request.star = true;
    request.expires = row.expires;
    const auto result = r.send(request);
    CHECK(result.status == row.status);
    CHECK(result.became_unregistered == (row.status == 200));
    CHECK(r.table.empty() == (row.status == 200));
  }
}

// -- order of requests --------------------------------------------------------

TEST_CASE("a late request of the same client changes nothing") {
  registrar r;
  r.cseq = 10;
  r.add("sip:a@h");
  const auto before = r.table.list();
  auto late = r.make({{"sip:new@h", ""}, {"sip:a@h", ";expires=0"}});
  late.cseq = 10;
  CHECK(r.send(late).status == 500);
  late.contacts.clear();
  late.star = true;
  late.expires = 0;
  CHECK(r.send(late).status == 500);
  CHECK(r.table.list() == before);
  // After a reboot the phone counts anew, under a new Call-ID.
  late = r.make({{"sip:a@h", ";expires=700"}});
  late.call_id = "rebooted";
  late.cseq = 1;
  CHECK(r.send(late).status == 200);
  CHECK(r.table.next_expiry() == start + 700s);
}

// -- time ---------------------------------------------------------------------

TEST_CASE("bindings expire on time, and only those") {
  registrar r;
  r.add("sip:a@h", ";expires=100");
  r.add("sip:b@h", ";expires=200");
  CHECK(r.table.next_expiry() == start + 100s);
  CHECK_FALSE(r.table.expire(start + 100s - 1ns));
  CHECK(r.table.expire(start + 100s));
  CHECK(r.uris() == uris{"sip:b@h"});
  CHECK(r.table.expire(start + 1h));
  CHECK(r.table.empty());
}

TEST_CASE("a request after the expiry finds the DN unregistered") {
  registrar r;
  r.add("sip:a@h", ";expires=100");
  auto result = r.add("sip:a@h", ";expires=5", start + 200s);
  CHECK(result.status == 423);
  CHECK(result.changed);
  CHECK(result.became_unregistered);
  result = r.add("sip:a@h", "", start + 200s);
  CHECK(result.became_registered);
  // What has expired does not count against the limit, nor against the order.
  r.limits.contacts_max = 1;
  CHECK(r.add("sip:b@h", "", start + 3h).status == 200);
}

TEST_CASE("stored bindings come back in order unless they have expired") {
  registrar r;
  r.limits.contacts_max = 10;
  r.add("sip:a@h", ";q=0.5");
  r.add("sip:b@h", ";expires=60");
  r.add("sip:c@h", "", start + 1s);
  auto stored = r.table.list();
  std::reverse(stored.begin(), stored.end());
  model::bindings fresh;
  for (const auto& entry : stored)
    fresh.restore(entry, start + 60s);
  for (const auto& entry : stored) // twice does no harm
    fresh.restore(entry, start + 60s);
  REQUIRE(fresh.list().size() == 2);
  CHECK(fresh.list()[0].contact_uri == "sip:c@h");
  CHECK(fresh.list()[1] == stored[0]);
}

// -- everything together ------------------------------------------------------

TEST_CASE("whatever phones send, the table keeps its promises") {
  std::mt19937_64 random(3261);
  for (int round = 0; round < 200; ++round) {
    registrar r;
    auto now = start;
    bool registered = false;
    for (int i = 0; i < 100; ++i) {
      now += std::chrono::seconds{random() % 100};
      std::vector<contact_value> contacts;
      for (auto count = random() % 4; count > 0; --count)
        contacts.push_back(
          {"sip:"s + static_cast<char>('a' + random() % 5) + "@h",
           random() % 2 ? ";expires="s + std::to_string(random() % 150)
                        : ";q=0."s + std::to_string(random() % 1000)});
      auto request = r.make(contacts);
      request.call_id = random() % 2 ? "one" : "two";
      if (random() % 4 == 0)
        request.cseq = static_cast<std::uint32_t>(random() % (r.cseq + 1));
      request.star = random() % 8 == 0;
      if (random() % 3 == 0)
        request.expires = random() % 2 ? 0 : 500;

      auto expected = r.table; // what a refusal must leave
      expected.expire(now);
      const auto result = r.send(request, now);
      const auto& list = r.table.list();
      if (result.status != 200)
        REQUIRE(list == expected.list());
      REQUIRE(list.size() <= r.limits.contacts_max);
      REQUIRE(result.became_registered == (!registered && !list.empty()));
      REQUIRE(result.became_unregistered == (registered && list.empty()));
      REQUIRE((result.min_expires_s != 0) == (result.status == 423));
      registered = !list.empty();
      for (std::size_t j = 0; j < list.size(); ++j) {
        REQUIRE(list[j].expires > now);
        REQUIRE(list[j].expires <= now + 3600s);
        for (std::size_t k = 0; k < j; ++k) {
          REQUIRE_FALSE(
            model::same_uri(list[j].contact_uri, list[k].contact_uri));
          REQUIRE(list[k].q_thousandths >= list[j].q_thousandths);
        }
      }
    }
  }
}
