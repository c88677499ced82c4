#include "sip/pidf.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace strowger::sip;

namespace {

std::string presence(const std::string& inside) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" "
         "entity=\"sip:2002@test.example\">\n"
         + inside + "</presence>\n";
}

std::string tuple(const std::string& basic) {
  return "<tuple id=\"1\"><status><basic>" + basic
         + "</basic></status><contact>sip:2002@test.example</contact>"
           "</tuple>\n";
}

/// "open", "closed", "unsaid" or "malformed".
std::string read(const std::string& body) {
  auto result = read_pidf(body);
  if (!result)
    return "malformed";
  switch (*result) {
    case basic_status::unsaid:
      return "unsaid";
    case basic_status::open:
      return "open";
    case basic_status::closed:
      return "closed";
  }
  return "";
}

} // namespace

TEST_CASE("a presence document says open, closed or nothing (RFC 3863)") {
  struct row {
    std::string why, body, result;
  };
  const row rows[] = {
    {"idle", presence(tuple("open")), "open"},
    {"busy", presence(tuple("closed")), "closed"},
    {"blanks around it", presence(tuple("\n  closed\r\n")), "closed"},
    {"one open tuple is enough", presence(tuple("closed") + tuple("open")),
     "open"},
    {"in whatever order", presence(tuple("open") + tuple("closed")), "open"},
    {"all of them closed", presence(tuple("closed") + tuple("closed")),
     "closed"},
    {"a prefix",
     "<p:presence xmlns:p=\"urn:ietf:params:xml:ns:pidf\"><p:tuple id=\"x\">"
     "<p:status><p:basic>closed</p:basic></p:status></p:tuple></p:presence>",
     "closed"},
    {"a prefix that nobody declares",
     "<pres:presence><pres:tuple><pres:status><pres:basic>open</pres:basic>"
     "</pres:status></pres:tuple></pres:presence>",
     "open"},
    {"persons and notes are no tuples",
     presence("<pp:person><status><basic>closed</basic></status></pp:person>"
              "<note>On the phone</note>"
              + tuple("open")),
     "open"},
    {"no tuple", presence(""), "unsaid"},
    {"no basic status",
     presence("<tuple id=\"1\"><status><im>busy</im></status></tuple>"),
     "unsaid"},
    {"another value", presence(tuple("busy")), "malformed"},
    {"an empty value", presence(tuple("")), "malformed"},
    {"beside a good one, too", presence(tuple("open") + tuple("perhaps")),
     "malformed"},
    {"another document", "<dialog-info/>", "malformed"},
    {"no end", "<presence><tuple>", "malformed"},
    {"no XML", "open", "malformed"},
    {"nothing", "", "malformed"},
  };
  for (const auto& x : rows) {
    CAPTURE(x.why);
    CHECK(read(x.body) == x.result);
  }
}

TEST_CASE("entities do not grow, and depth costs no stack") {
  auto bomb = "<!DOCTYPE presence [<!ENTITY a \"open\"><!ENTITY b "
              "\"&a;&a;&a;&a;\">]>"
              + presence(tuple("&b;"));
  CHECK(read(bomb) == "malformed");
  std::string deep;
  for (int i = 0; i < 100'000; ++i)
    deep += "<a>";
  CHECK(read(presence(deep)) == "malformed");
}

TEST_CASE("whatever is cut, put in or taken out, it is read or refused") {
  const auto good = presence(tuple("closed") + tuple("open"));
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    auto body = good;
    for (auto n = 1 + random() % 4; n > 0 && !body.empty(); --n) {
      auto at = random() % body.size();
      switch (random() % 3) {
        case 0:
          body[at] = static_cast<char>(random());
          break;
        case 1:
          body.erase(at, 1 + random() % 9);
          break;
        default:
          body.insert(at, 1, "<>/&\"'\0!"[random() % 8]);
          break;
      }
    }
    CHECK(!read(body).empty());
  }
}
