#include "services/media/srtp_session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using strowger::services::media::make_srtp_key;
using strowger::services::media::srtp_session;

namespace {

using bytes = std::vector<std::uint8_t>;

bytes from_hex(const std::string& text) {
  bytes result;
  for (std::size_t i = 0; i < text.size(); i += 2)
    result.push_back(
      static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return result;
}

/// A packet of this number, with 160 bytes that follow from it.
bytes packet(std::uint16_t sequence, std::uint32_t ssrc = 7) {
  bytes x(172, static_cast<std::uint8_t>(sequence * 31 + ssrc));
  std::array<std::uint8_t, 12> head{0x80, 8,
                                    static_cast<std::uint8_t>(sequence >> 8),
                                    static_cast<std::uint8_t>(sequence)};
  head[11] = static_cast<std::uint8_t>(ssrc);
  std::ranges::copy(head, x.begin());
  return x;
}

bytes protect(srtp_session& by, bytes x) {
  auto size = x.size();
  x.resize(size + srtp_session::trailer);
  REQUIRE(by.protect(x.data(), size) == x.size());
  return x;
}

/// What is left; nothing if it proves nothing.
bytes unprotect(srtp_session& by, bytes x) {
  x.resize(by.unprotect(x.data(), x.size()));
  return x;
}

struct pair {
  std::string key = make_srtp_key();
  std::unique_ptr<srtp_session> out = srtp_session::make(key);
  std::unique_ptr<srtp_session> in = srtp_session::make(key);
};

} // namespace

TEST_CASE("a known key makes the packet that other implementations make") {
  // Key e1f97a0d3e018be0d64fa32c06de4139, salt 0ec675ad498afeebb6960b3aabe6:
  // what libsrtp checks itself with.
  auto session = srtp_session::make("4fl6DT4Bi+DWT6MsBt5BOQ7Gda1Jiv7rtpYLOqvm");
  REQUIRE(session);
  auto plain = from_hex("800f1234decafbadcafebabe"
                        "abababababababababababababababab");
  auto secret = from_hex("800f1234decafbadcafebabe"
                         "4e55dc4ce79978d88ca4d215949d2402"
                         "b78d6acc99ea179b8dbb");
  CHECK(protect(*session, plain) == secret);
  auto other = srtp_session::make("4fl6DT4Bi+DWT6MsBt5BOQ7Gda1Jiv7rtpYLOqvm");
  CHECK(unprotect(*other, secret) == plain);
}

TEST_CASE_FIXTURE(pair, "packets are what they were, over two wraps of the "
                        "sequence number, lost, late and twice") {
  for (std::uint32_t i = 60'000; i < 200'000; i += 1 + i % 3) {
    auto x = packet(static_cast<std::uint16_t>(i));
    auto secret = protect(*out, x);
    if (i % 7 == 0)
      continue; // lost
    CAPTURE(i);
    REQUIRE(unprotect(*in, secret) == x);
    if (i % 11 == 0)
      REQUIRE(unprotect(*in, secret) == x);
  }
}

TEST_CASE_FIXTURE(pair, "packets that change places where numbers wrap are "
                        "understood") {
  bytes late;
  for (std::uint32_t i = 65'500; i < 65'600; ++i) {
    auto secret = protect(*out, packet(static_cast<std::uint16_t>(i)));
    if (i == 65'535)
      late = secret;
    else
      REQUIRE(!unprotect(*in, secret).empty());
  }
  CHECK(unprotect(*in, late) == packet(65'535));
}

TEST_CASE_FIXTURE(pair, "streams of different sources do not disturb each "
                        "other") {
  for (std::uint16_t i = 0; i < 100; ++i)
    for (std::uint32_t ssrc : {1, 2, 3}) {
      auto x = packet(static_cast<std::uint16_t>(i * ssrc * 200), ssrc);
      REQUIRE(unprotect(*in, protect(*out, x)) == x);
    }
}

TEST_CASE_FIXTURE(pair, "one bit that is not as it was proves that it is not "
                        "the packet that was sent") {
  for (std::size_t bit = 0; bit < 182 * 8; bit += 5) {
    auto secret = protect(*out, packet(100));
    secret[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    CAPTURE(bit);
    CHECK(unprotect(*in, secret).empty());
  }
  CHECK(unprotect(*in, bytes(9, 0x80)).empty());
  CHECK(unprotect(*in, {}).empty());
  auto stranger = srtp_session::make(make_srtp_key());
  CHECK(unprotect(*stranger, protect(*out, packet(101))).empty());
}

TEST_CASE("what is no key makes no session") {
  CHECK(!srtp_session::make(""));
  CHECK(!srtp_session::make(std::string(40, '!')));
  CHECK(!srtp_session::make(make_srtp_key() + "AAAA"));
  CHECK(make_srtp_key() != make_srtp_key());
}
