#include "services/torture/cases.hpp"
#include "services/torture/message.hpp"
#include "services/torture/mutation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

using namespace strowger::services::torture;

namespace {

selection everything(std::string transport, std::string run = "0badcafe") {
  selection x;
  x.around.device = "192.0.2.9:5060";
  x.around.own = "192.0.2.1:50000";
  x.around.transport = std::move(transport);
  x.run = std::move(run);
  x.mutations = 1'000;
  return x;
}

std::string joined(const torture_case& x) {
  std::string result;
  for (auto& piece : x.pieces)
    result += piece;
  return result;
}

} // namespace

TEST_CASE("every case has a name of its own, a reason and readable answers") {
  for (auto transport : {"UDP", "TCP"}) {
    std::set<std::string> names;
    for (auto& x : cases_of(everything(transport))) {
      CAPTURE(x.name);
      CHECK(names.insert(x.name).second);
      CHECK(!x.expect.why.empty());
      CHECK(!x.expect.good.empty());
      CHECK(answer_set::parse(x.expect.good).has_value());
      CHECK(answer_set::parse(x.expect.allowed).has_value());
    }
    CHECK(names.size() == 62 + 1'000 + (names.contains("frame-two") ? 17 : 0));
    CHECK(names.contains("frame-two") == (transport == std::string("TCP")));
  }
}

TEST_CASE("an answer to one case cannot be taken for another's") {
  auto cases = cases_of(everything("TCP"));
  for (auto& x : cases)
    for (auto& key : x.keys) {
      CAPTURE(x.name);
      CHECK((x.source.ends_with("archive") || !x.what.empty()
             || joined(x).find(key) != std::string::npos));
      for (auto& y : cases)
        for (auto& other : y.keys)
          if (&x != &y && other.find(key) != std::string::npos)
            FAIL("the key of " << x.name << " is in that of " << y.name);
    }
}

TEST_CASE("a seed reproduces the mutations, whatever else is sent") {
  auto wanted = everything("UDP");
  wanted.seed = 5;
  auto all = cases_of(wanted);
  wanted.only = "mutation-17";
  wanted.mutations = 20;
  auto one = cases_of(wanted);
  REQUIRE(one.size() == 1);
  CHECK(joined(one.front()) == joined(all[62 + 16]));
  CHECK(one.front().keys == all[62 + 16].keys);
  wanted.run = "11111111";
  auto later = cases_of(wanted);
  auto bytes = joined(later.front());
  for (auto at = bytes.find("11111111"); at != bytes.npos;
       at = bytes.find("11111111"))
    bytes.replace(at, 8, "0badcafe");
  CHECK(bytes == joined(one.front()));
}

TEST_CASE("both requests of dblreq are fresh over a stream") {
  auto wanted = everything("TCP");
  wanted.only = "dblreq";
  auto x = cases_of(wanted).front();
  auto raw = joined(x);
  auto second = raw.substr(*body_of(raw));
  CHECK(usable_branch(raw)->in(raw).ends_with(x.keys.front()));
  CHECK(usable_branch(second)->in(second).ends_with(x.keys.front()));
  CHECK(method_of(second) == "INVITE");
}

TEST_CASE("another seed makes other mutations") {
  auto wanted = everything("UDP");
  wanted.only = "mutation-*";
  auto a = cases_of(wanted);
  wanted.seed = 2;
  auto b = cases_of(wanted);
  std::size_t same = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    same += joined(a[i]) == joined(b[i]) ? 1 : 0;
  CHECK(same < a.size() / 4); // some kinds have few variants
}

TEST_CASE("200 mutations have every kind, and fit into datagrams") {
  auto wanted = everything("UDP");
  wanted.only = "mutation-*";
  wanted.mutations = 200;
  std::map<std::string, int> kinds;
  for (auto& x : cases_of(wanted)) {
    ++kinds[x.source];
    CHECK(x.pieces.size() == 1);
    CHECK(x.pieces.front().size() <= 60'000);
    CHECK(!x.what.empty());
  }
  CHECK(kinds.size() == mutation_kind_count());
}

TEST_CASE("no mutation of an INVITE without a needed header may get a 2xx") {
  auto wanted = everything("UDP");
  int seen = 0;
  for (wanted.seed = 1; wanted.seed < 20; ++wanted.seed)
    for (auto& x : cases_of(wanted)) {
      auto raw = joined(x);
      if (!x.name.starts_with("mutation") || method_of(raw) != "INVITE"
          || missing_header(raw).empty())
        continue;
      ++seen;
      CAPTURE(x.source);
      CHECK_FALSE(answer_set::parse(x.expect.good)->has(200));
      CHECK_FALSE(answer_set::parse(x.expect.allowed)->has(200));
    }
  CHECK(seen > 50);
}

TEST_CASE("--exact sends the bytes of the RFC") {
  auto wanted = everything("UDP");
  wanted.mutations = 0;
  wanted.exact = true;
  auto raw = rfc_cases(false);
  auto exact = cases_of(wanted);
  REQUIRE(exact.size() == raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i)
    CHECK(exact[i].pieces == raw[i].pieces);
}

TEST_CASE("a request with which nothing is wrong has all that it needs") {
  auto around = everything("TCP").around;
  around.token = "-1";
  for (auto method : {"INVITE", "REGISTER", "OPTIONS", "SUBSCRIBE"}) {
    auto x = valid_request(method, around);
    auto raw = x.bytes();
    CHECK(missing_header(raw) == "");
    CHECK(method_of(raw) == method);
    CHECK(usable_branch(raw)->in(raw) == "z9hG4bK-1");
    CHECK(raw.substr(*body_of(raw)) == x.body);
    CHECK(find_header(raw, "Content-Length")->in(raw)
          == std::to_string(x.body.size()));
  }
}
