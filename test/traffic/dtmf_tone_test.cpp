#include "actors/traffic/dtmf_tone.hpp"
#include "actors/traffic/tone.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <random>
#include <string>

using namespace strowger::traffic;

namespace {

/// What is heard of a sound whose packets begin anywhere in it.
std::string heard(std::vector<std::uint8_t> sound, audio_codec law,
                  std::size_t offset) {
  sound.erase(sound.begin(),
              sound.begin() + static_cast<std::ptrdiff_t>(offset));
  dtmf_detector x;
  std::string result;
  for (std::size_t at = 0; at + frame_samples <= sound.size();
       at += frame_samples)
    if (auto digit = x.listen({&sound[at], frame_samples}, law))
      result += *digit;
  return result;
}

/// Digits of 100 ms with pauses of 60 ms, a little noise over all.
std::vector<std::uint8_t> dialled(const std::string& digits, audio_codec law,
                                  std::mt19937& dice) {
  std::vector<std::uint8_t> result(320, encode(law, 0));
  for (auto digit : digits) {
    auto tone = make_dtmf(digit, law, 800);
    result.insert(result.end(), tone.begin(), tone.end());
    result.insert(result.end(), 480, encode(law, 0));
  }
  for (auto& x : result) {
    auto noise = static_cast<int>(dice() % 400) - 200;
    x = encode(law, static_cast<std::int16_t>(decoding(law)[x] + noise));
  }
  return result;
}

} // namespace

TEST_CASE("every digit is heard once, wherever packets begin, with noise "
          "around it") {
  std::mt19937 dice{1};
  const std::string all = "0123456789*#ABCD11";
  for (auto law : {audio_codec::pcma, audio_codec::pcmu}) {
    auto sound = dialled(all, law, dice);
    for (std::size_t offset = 0; offset < frame_samples; offset += 7) {
      CAPTURE(offset);
      CHECK(heard(sound, law, offset) == all);
    }
  }
}

TEST_CASE("single tones, noise and silence are no digits") {
  for (auto hz : {440U, 697U, 770U, 1004U, 1209U, 1633U, 2600U})
    CHECK(heard(make_tone(hz, audio_codec::pcma), audio_codec::pcma, 0) == "");
  std::mt19937 dice{2};
  std::vector<std::uint8_t> noise(80'000);
  for (auto& x : noise)
    x = static_cast<std::uint8_t>(dice());
  CHECK(heard(noise, audio_codec::pcmu, 0) == "");
  CHECK(heard(std::vector<std::uint8_t>(8000, 0xd5), audio_codec::pcma, 0)
        == "");
}

TEST_CASE("what is no digit has no tones") {
  CHECK(make_dtmf('x', audio_codec::pcma, 160).empty());
}
