#include "actors/traffic/tone.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <vector>

using namespace strowger::traffic;

namespace {

/// A second of sound to a detector, in packets.
tone_detector listening(unsigned hz, const std::vector<std::uint8_t>& sound,
                        audio_codec law) {
  tone_detector x{hz};
  for (std::size_t at = 0; at + frame_samples <= sound.size() && x.wants_more();
       at += frame_samples)
    x.listen({&sound[at], frame_samples}, law);
  return x;
}

} // namespace

TEST_CASE("a tone is heard by who listens for it, not by others") {
  for (auto law : {audio_codec::pcma, audio_codec::pcmu})
    for (auto hz : {300U, 440U, 1004U, 2600U, 3400U}) {
      CAPTURE(hz);
      auto sound = make_tone(hz, law);
      auto right = listening(hz, sound, law);
      CHECK(right.heard());
      CHECK(!right.wants_more());
      CHECK(!right.only_silence());
      CHECK(!listening(hz + 150, sound, law).heard());
      CHECK(!listening(hz - 100, sound, law).heard());
    }
}

TEST_CASE("silence is no tone, but silence") {
  for (auto law : {audio_codec::pcma, audio_codec::pcmu}) {
    auto x = listening(440, std::vector<std::uint8_t>(8000, encode(law, 0)),
                       law);
    CHECK(!x.heard());
    CHECK(x.only_silence());
    CHECK(!x.wants_more());
  }
}

TEST_CASE("noise is neither") {
  std::mt19937 dice{1};
  std::vector<std::uint8_t> sound(8000);
  for (auto& x : sound)
    x = static_cast<std::uint8_t>(dice());
  auto x = listening(440, sound, audio_codec::pcma);
  CHECK(!x.heard());
  CHECK(!x.only_silence());
}

TEST_CASE("a tone is a whole number of waves, so it has no seam") {
  auto sound = make_tone(441, audio_codec::pcma);
  REQUIRE(sound.size() == samples_per_s);
  auto& samples = decoding(audio_codec::pcma);
  // The first sample continues the last as the others continue theirs.
  auto step = samples[sound[1]] - samples[sound[0]];
  CHECK(std::abs(samples[sound[0]] - samples[sound.back()] - step) < 300);
}
