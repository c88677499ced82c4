#include "actors/traffic/g711.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace strowger::traffic {

namespace {

// Both laws write a sample as sign, three bits of exponent and four of
// mantissa; µ-law adds a bias so that its segments meet, A-law inverts every
// second bit.
constexpr int bias = 132;
constexpr int clip = 32635;
constexpr std::uint8_t every_second = 0x55;

constexpr std::int16_t from_ulaw(std::uint8_t code) {
  auto bits = static_cast<unsigned>(code ^ 0xff);
  auto exponent = (bits >> 4) & 7;
  auto mantissa = static_cast<int>(bits & 15);
  auto size = (((mantissa << 3) + bias) << exponent) - bias;
  return static_cast<std::int16_t>((bits & 0x80) != 0 ? -size : size);
}

constexpr std::int16_t from_alaw(std::uint8_t code) {
  auto bits = static_cast<unsigned>(code ^ every_second);
  auto exponent = (bits >> 4) & 7;
  auto size = static_cast<int>((bits & 15) << 4) + 8;
  if (exponent > 0)
    size = (size + 0x100) << (exponent - 1);
  return static_cast<std::int16_t>((bits & 0x80) != 0 ? size : -size);
}

template <auto Decode>
constexpr std::array<std::int16_t, 256> table() {
  std::array<std::int16_t, 256> result{};
  for (unsigned i = 0; i < 256; ++i)
    result[i] = Decode(static_cast<std::uint8_t>(i));
  return result;
}

constexpr auto ulaw_table = table<from_ulaw>();
constexpr auto alaw_table = table<from_alaw>();

std::uint8_t to_ulaw(int sample) {
  auto sign = sample < 0 ? 0x80U : 0U;
  auto size = static_cast<unsigned>(std::min(std::abs(sample), clip) + bias);
  auto exponent = static_cast<unsigned>(std::bit_width(size)) - 8;
  auto mantissa = (size >> (exponent + 3)) & 15;
  return static_cast<std::uint8_t>(~(sign | (exponent << 4) | mantissa));
}

std::uint8_t to_alaw(int sample) {
  auto sign = sample >= 0 ? 0x80U : 0U;
  // -1 to -15 are the first step below 0, as 0 to 15 are the first above.
  auto size = static_cast<unsigned>(sample >= 0 ? sample : -sample - 1);
  size = std::min(size, 32767U) >> 4; // 11 bits
  auto exponent = size >= 16 ? static_cast<unsigned>(std::bit_width(size)) - 4
                             : 0U;
  auto mantissa = exponent > 1 ? (size >> (exponent - 1)) & 15 : size & 15;
  return static_cast<std::uint8_t>((sign | (exponent << 4) | mantissa)
                                   ^ every_second);
}

} // namespace

std::uint8_t encode(audio_codec law, std::int16_t sample) {
  return law == audio_codec::pcma ? to_alaw(sample) : to_ulaw(sample);
}

const std::array<std::int16_t, 256>& decoding(audio_codec law) {
  return law == audio_codec::pcma ? alaw_table : ulaw_table;
}

} // namespace strowger::traffic
