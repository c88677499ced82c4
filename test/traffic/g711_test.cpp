#include "actors/traffic/g711.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

using namespace strowger::traffic;

TEST_CASE("what is decoded becomes the same byte again") {
  for (auto law : {audio_codec::pcma, audio_codec::pcmu})
    for (unsigned code = 0; code < 256; ++code) {
      CAPTURE(to_string(law));
      CAPTURE(code);
      auto sample = decoding(law)[code];
      auto again = encode(law, sample);
      CHECK(decoding(law)[again] == sample); // µ-law has two bytes for 0
    }
}

TEST_CASE("known samples have the bytes of G.711") {
  CHECK(encode(audio_codec::pcmu, 0) == 0xff);
  CHECK(encode(audio_codec::pcma, 0) == 0xd5);
  CHECK(encode(audio_codec::pcmu, 32767) == 0x80);
  CHECK(encode(audio_codec::pcmu, -32768) == 0x00);
  CHECK(encode(audio_codec::pcma, 32767) == 0xaa);
  CHECK(encode(audio_codec::pcma, -32768) == 0x2a);
}

TEST_CASE("a sample comes back within half a step of its segment") {
  for (auto law : {audio_codec::pcma, audio_codec::pcmu})
    for (int x = -32768; x <= 32767; x += 7) {
      auto sample = static_cast<std::int16_t>(x);
      auto error = std::abs(decoding(law)[encode(law, sample)] - x);
      auto allowed = std::max(std::abs(x) / 23, 8)
                     + (std::abs(x) > 32635) * 640;
      CAPTURE(x);
      REQUIRE(error <= allowed);
    }
}
