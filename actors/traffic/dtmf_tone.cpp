#include "actors/traffic/dtmf_tone.hpp"

#include "actors/traffic/tone.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>
#include <utility>

namespace strowger::traffic {

namespace {

// ITU-T Q.23: a digit is one of the low and one of the high group.
constexpr std::array<double, 4> low_hz{697, 770, 852, 941};
constexpr std::array<double, 4> high_hz{1209, 1336, 1477, 1633};
constexpr std::string_view digits = "123A456B789C*0#D";

constexpr double amplitude = 32767 * 0.17; // of each of the two
constexpr double quietest = 32767 * 0.005; // RMS, about -43 dBm0

// A block of 20 ms has bins of 50 Hz, so what is there falls beside them a
// little; between the two, 8 dB of difference are allowed (Q.24).
constexpr double share_of_a_digit = 0.75;
constexpr double difference = 6.3;

constexpr unsigned frames_of_a_digit = 2;

double angle_of(double hz) {
  return 2 * std::numbers::pi * hz / samples_per_s;
}

/// Goertzel: the energy at this angle, such that a pure tone there has all.
double energy_at(double angle, std::span<const double> samples) {
  auto factor = 2 * std::cos(angle);
  double before = 0;
  double last = 0;
  for (auto sample : samples)
    before = std::exchange(last, sample + factor * last - before);
  auto power = last * last + before * before - factor * last * before;
  return 2 * power / static_cast<double>(samples.size());
}

struct strongest {
  std::size_t which = 0;
  double energy = 0;
};

strongest strongest_of(const std::array<double, 4>& hz,
                       std::span<const double> samples) {
  strongest result;
  for (std::size_t i = 0; i < hz.size(); ++i)
    if (auto energy = energy_at(angle_of(hz[i]), samples);
        energy > result.energy)
      result = {i, energy};
  return result;
}

/// What a block sounds like; 0: no digit.
char digit_in(std::span<const double> samples) {
  double whole = 0;
  for (auto x : samples)
    whole += x * x;
  if (whole < quietest * quietest * static_cast<double>(samples.size()))
    return 0;
  auto low = strongest_of(low_hz, samples);
  auto high = strongest_of(high_hz, samples);
  if (low.energy + high.energy < share_of_a_digit * whole
      || low.energy > difference * high.energy
      || high.energy > difference * low.energy)
    return 0;
  return digits[low.which * high_hz.size() + high.which];
}

} // namespace

std::vector<std::uint8_t> make_dtmf(char digit, audio_codec law,
                                    std::size_t samples) {
  auto which = digits.find(digit);
  if (which == digits.npos)
    return {};
  auto low = angle_of(low_hz[which / high_hz.size()]);
  auto high = angle_of(high_hz[which % high_hz.size()]);
  std::vector<std::uint8_t> result(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    auto at = static_cast<double>(i);
    auto value = amplitude * (std::sin(low * at) + std::sin(high * at));
    result[i] = encode(law, static_cast<std::int16_t>(std::lround(value)));
  }
  return result;
}

std::optional<char> dtmf_detector::listen(std::span<const std::uint8_t> payload,
                                          audio_codec law) {
  std::array<double, frame_samples> samples{};
  auto count = std::min(payload.size(), samples.size());
  auto& decoded = decoding(law);
  for (std::size_t i = 0; i < count; ++i)
    samples[i] = decoded[payload[i]];
  auto now = digit_in(std::span{samples}.first(count));
  in_a_row_ = now == before_ ? in_a_row_ + 1 : 1;
  before_ = now;
  if (now == 0 || in_a_row_ != frames_of_a_digit)
    return std::nullopt;
  return now;
}

} // namespace strowger::traffic
