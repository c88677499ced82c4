#include "sip/auth.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace sip = strowger::sip;
using namespace std::chrono_literals;
using sip::digest_algorithm;
using sip::verdict;

namespace {

constexpr sip::authenticator::time_point start{1h};

// A switch that challenges, and a phone that answers.
struct exchange {
  sip::authenticator server;
  sip::credentials phone{"2001", "s3cret"};

  explicit exchange(sip::authenticator_options options = {})
    : server(std::move(options), {1, 2, 3}) {}

  std::string reply(std::string_view challenge, std::uint32_t count = 1,
                    std::string_view method = "REGISTER") const {
    const auto value = sip::answer(challenge, phone,
                                   {.method = method,
                                    .uri = "sip:office",
                                    .body = "body",
                                    .nonce_count = count,
                                    .cnonce = "c0ffee"});
    REQUIRE(value);
    return *value;
  }

  verdict judge(std::string_view value,
                sip::authenticator::time_point now = start,
                std::string_view method = "REGISTER") {
    return server.verify(value, method, "office", "2001", "s3cret", "body",
                         now);
  }
};

std::string replaced(std::string text, std::string_view from,
                     std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

std::string parameter(std::string_view value, std::string_view name) {
  const auto parameters = sip::digest_parameters::parse(value);
  REQUIRE(parameters);
  return std::string{parameters->find(name).value_or("(absent)")};
}

} // namespace

// -- parameters ---------------------------------------------------------------

TEST_CASE("digest parameters are read with tolerance") {
  const auto read = sip::digest_parameters::parse(
    " dIgEsT ,, Realm = \"a \\\"b\\\" c, d\" ,\r\n nonce=x y , alone, "
    "algorithm=md5, opaque=\"never closed, qop=auth");
  REQUIRE(read);
  CHECK(read->find("realm") == "a \"b\" c, d");
  CHECK(read->find("NONCE") == "x y");
  CHECK(read->find("algorithm") == "md5");
  CHECK(read->find("opaque") == "never closed, qop=auth");
  CHECK_FALSE(read->find("qop"));
  CHECK_FALSE(read->find("alone"));
}

TEST_CASE("other schemes are not Digest") {
  CHECK_FALSE(sip::digest_parameters::parse("Basic abc"));
  CHECK_FALSE(sip::digest_parameters::parse("Digestive realm=\"x\""));
  CHECK_FALSE(sip::digest_parameters::parse(""));
  CHECK(sip::digest_parameters::parse("Digest"));
}

// -- published examples -------------------------------------------------------

TEST_CASE("the published examples come out as published") {
  struct row {
    std::string_view source, challenge, user, password, uri, cnonce, response;
  };
  constexpr std::string_view rfc7616_cnonce
    = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  const row rows[] = {
    {"RFC 2617 section 3.5",
     "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
     "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
     "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
     "Mufasa", "Circle Of Life", "/dir/index.html", "0a4f113b",
     "6629fae49393a05397450978507c4ef1"},
    {"RFC 7616 section 3.9.1, MD5",
     "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
     "algorithm=MD5, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
     "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
     "Mufasa", "Circle of Life", "/dir/index.html", rfc7616_cnonce,
     "8ca523f5e9506fed4657c9700eebdbec"},
    {"RFC 7616 section 3.9.1, SHA-256",
     "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
     "algorithm=SHA-256, "
     "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
     "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
     "Mufasa", "Circle of Life", "/dir/index.html", rfc7616_cnonce,
     "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.source);
    const auto value = sip::answer(
      row.challenge, {std::string{row.user}, std::string{row.password}},
      {.method = "GET", .uri = row.uri, .cnonce = row.cnonce});
    REQUIRE(value);
    CHECK(parameter(*value, "response") == row.response);
    CHECK(parameter(*value, "opaque") == parameter(row.challenge, "opaque"));
    CHECK(parameter(*value, "qop") == "auth");
    CHECK(parameter(*value, "nc") == "00000001");
  }
}

// -- client -------------------------------------------------------------------

TEST_CASE("the client answers SHA-256 before MD5 and skips what it cannot") {
  const std::string_view md5 = "Digest realm=\"a\", nonce=\"n\", qop=\"auth\"";
  const std::string_view sha
    = "Digest realm=\"a\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"";
  const std::string_view unknown
    = "Digest realm=\"a\", nonce=\"n\", algorithm=SHA-512-256, qop=\"auth\"";
  const std::string_view basic = "Basic realm=\"a\"";
  const sip::credentials who{"u", "p"};
  const sip::digest_request request{.method = "INVITE", .uri = "sip:x"};

  const std::vector<std::string_view> all = {basic, md5, unknown, sha};
  const auto best = sip::answer_best(all, who, request);
  REQUIRE(best);
  CHECK(parameter(*best, "algorithm") == "SHA-256");

  const std::vector<std::string_view> weak = {unknown, md5};
  const auto only = sip::answer_best(weak, who, request);
  REQUIRE(only);
  CHECK(parameter(*only, "algorithm") == "(absent)");

  for (const auto challenge :
       {basic, unknown, std::string_view{"Digest realm=\"a\""},
        std::string_view{"Digest nonce=\"a\""},
        std::string_view{"Digest realm=\"a\", nonce=\"n\", qop=\"token\""}})
    CHECK_FALSE(sip::answer(challenge, who, request));
}

TEST_CASE("quotes in a user name survive the way to the server") {
  exchange x;
  x.phone.user = "20\"0\\1";
  const auto challenge = x.server.challenge("of\"fice", false, start).front();
  CHECK(x.server.verify(x.reply(challenge), "REGISTER", "of\"fice",
                        x.phone.user, "s3cret", "body", start)
        == verdict::ok);
}

// -- server -------------------------------------------------------------------

TEST_CASE("challenges name the algorithms in the configured order") {
  exchange x;
  const auto values = x.server.challenge("office", false, start);
  REQUIRE(values.size() == 2);
  CHECK(parameter(values[0], "algorithm") == "SHA-256");
  CHECK(parameter(values[1], "algorithm") == "MD5");
  CHECK(parameter(values[0], "nonce") == parameter(values[1], "nonce"));
  CHECK(parameter(values[0], "stale") == "(absent)");
  CHECK(parameter(x.server.challenge("office", true, start)[0], "stale")
        == "true");
  CHECK(parameter(x.server.challenge("office", false, start)[0], "nonce")
        != parameter(values[0], "nonce"));
}

TEST_CASE("every algorithm and quality of protection gets through") {
  const std::vector<digest_algorithm> algorithms = {
    digest_algorithm::md5, digest_algorithm::md5_sess, digest_algorithm::sha256,
    digest_algorithm::sha256_sess};
  exchange x({.algorithms = algorithms});
  for (const std::string qop : {", qop=\"auth\"", ", qop=\"auth-int\"",
                                ", qop=\"auth-int,auth\"", ""}) {
    for (const auto& offered : x.server.challenge("office", false, start)) {
      CAPTURE(qop);
      CAPTURE(offered);
      // Four algorithms share a nonce, which a real client would use once.
      const auto fresh = x.server.challenge("office", false, start).front();
      auto challenge = replaced(offered, ", qop=\"auth\"", qop);
      challenge = replaced(challenge, parameter(offered, "nonce"),
                           parameter(fresh, "nonce"));
      const auto value = x.reply(challenge);
      CHECK(x.judge(value, start, "INVITE") == verdict::wrong);
      CHECK(x.server.verify(value, "REGISTER", "office", "2001", "other",
                            "body", start)
            == verdict::wrong);
      const bool covers_body = parameter(value, "qop") == "auth-int";
      if (covers_body)
        CHECK(x.server.verify(value, "REGISTER", "office", "2001", "s3cret",
                              "forged", start)
              == verdict::wrong);
      CHECK(x.judge(value) == verdict::ok);
      CHECK(x.judge(value) == verdict::stale); // a replay
    }
  }
}

TEST_CASE("an algorithm that was not offered is not taken") {
  exchange x({.algorithms = {digest_algorithm::sha256}});
  const auto offered = x.server.challenge("office", false, start).front();
  CHECK(x.judge(x.reply(replaced(offered, "SHA-256", "MD5")))
        == verdict::wrong);
}

TEST_CASE("changing any character of nonce or response fails") {
  for (const auto algorithm :
       {digest_algorithm::md5, digest_algorithm::sha256}) {
    exchange x({.algorithms = {algorithm}});
    const auto value = x.reply(
      x.server.challenge("office", false, start).front());
    for (const std::string_view name : {"nonce", "response"}) {
      const auto old = parameter(value, name);
      for (std::size_t i = 0; i < old.size(); ++i) {
        auto changed = old;
        changed[i] = changed[i] == '7' ? '8' : '7';
        CHECK(x.judge(replaced(value, old, changed)) == verdict::wrong);
      }
      CHECK(x.judge(replaced(value, old, old.substr(1))) == verdict::wrong);
      CHECK(x.judge(replaced(value, old, "")) == verdict::wrong);
    }
    CHECK(x.server.remembered() == 0);
    CHECK(x.judge(value) == verdict::ok);
  }
}

TEST_CASE("a nonce that somebody else made up is stale even if all else fits") {
  exchange x;
  exchange other;
  other.server = sip::authenticator({}, {9});
  const auto offered = other.server.challenge("office", false, start).front();
  CHECK(x.judge(x.reply(offered)) == verdict::stale);
  const auto nonce = parameter(offered, "nonce");
  for (const std::string made_up : {"0", "zz", "ffffffffffffffff"})
    CHECK(x.judge(x.reply(replaced(offered, nonce, made_up)))
          == verdict::stale);
}

TEST_CASE("a nonce is stale after its lifetime and before its birth") {
  exchange x({.nonce_lifetime = 60s});
  const auto challenge = x.server.challenge("office", false, start).front();
  CHECK(x.judge(x.reply(challenge, 1), start + 60s) == verdict::ok);
  CHECK(x.judge(x.reply(challenge, 2), start + 60s + 1ns) == verdict::stale);
  CHECK(x.judge(x.reply(challenge, 3), start - 1ns) == verdict::stale);
}

TEST_CASE("a nonce count is good once, in whatever order UDP brings it") {
  std::mt19937_64 random(7);
  exchange x;
  const auto challenge = x.server.challenge("office", false, start).front();
  std::map<std::uint32_t, int> uses;
  std::uint32_t highest = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto count = 1
                       + static_cast<std::uint32_t>(
                         random() % (1 + static_cast<unsigned>(i) / 2));
    const bool late = highest > 63 && count <= highest - 64;
    const bool fresh = uses[count] == 0 && !late;
    CHECK((x.judge(x.reply(challenge, count)) == verdict::ok) == fresh);
    uses[count] += fresh;
    highest = std::max(highest, count);
  }
  CHECK(x.judge(x.reply(challenge, UINT32_MAX)) == verdict::ok);
  CHECK(x.judge(x.reply(challenge, UINT32_MAX)) == verdict::stale);
  CHECK(x.judge(x.reply(challenge, 1)) == verdict::stale);
}

TEST_CASE("a replay is refused although the table of nonces has overflown") {
  exchange x({.nonces_max = 8});
  std::vector<std::string> values;
  for (int i = 0; i < 40; ++i) {
    const auto now = start + std::chrono::milliseconds{i};
    values.push_back(x.reply(x.server.challenge("office", false, now).front()));
    CHECK(x.judge(values.back(), now) == verdict::ok);
    CHECK(x.server.remembered() <= 8);
  }
  for (const auto& value : values)
    CHECK(x.judge(value, start + 1s) == verdict::stale);
}

TEST_CASE("nonces leave the table when they have expired") {
  exchange x({.nonce_lifetime = 10s});
  for (int i = 0; i < 100; ++i) {
    const auto now = start + std::chrono::seconds{i};
    const auto challenge = x.server.challenge("office", false, now).front();
    CHECK(x.judge(x.reply(challenge), now) == verdict::ok);
  }
  CHECK(x.server.remembered() <= 11);
}

TEST_CASE("the user name must be the DN's, with or without a domain") {
  struct row {
    std::string user;
    verdict expected;
  };
  for (const auto& [user, expected] :
       std::vector<row>{{"2001", verdict::ok},
                        {"2001@office", verdict::ok},
                        {"2002", verdict::wrong},
                        {"20011", verdict::wrong},
                        {"200", verdict::wrong},
                        {"", verdict::wrong}}) {
    CAPTURE(user);
    exchange x;
    x.phone.user = user;
    CHECK(x.judge(x.reply(x.server.challenge("office", false, start).front()))
          == expected);
  }
}

TEST_CASE("credentials for another realm or scheme are no credentials") {
  exchange x;
  const auto other = x.server.challenge("elsewhere", false, start).front();
  CHECK(x.judge(x.reply(other)) == verdict::no_credentials);
  CHECK(x.judge("Basic YTpi") == verdict::no_credentials);
  CHECK(x.judge("") == verdict::no_credentials);
}

TEST_CASE("nonsense never verifies") {
  exchange x;
  const auto good = x.reply(x.server.challenge("office", false, start).front());
  std::mt19937_64 random(42);
  for (int i = 0; i < 20'000; ++i) {
    auto text = good;
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      const auto at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 20);
          break;
        default:
          text.insert(at, 1, "\"\\,= \0"[random() % 6]);
      }
      if (text.empty())
        text = "D";
    }
    if (x.judge(text) == verdict::ok) {
      // Only harmless changes (spaces, opaque, case) may get through.
      for (const auto name : {"nonce", "uri", "nc", "cnonce", "username"})
        CHECK(parameter(text, name) == parameter(good, name));
      x = exchange{};
    }
  }
}
