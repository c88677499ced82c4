#include "actors/traffic/tone.hpp"

#include <cmath>
#include <numbers>
#include <utility>

namespace strowger::traffic {

namespace {

// A sine of +3.14 dBm0 (µ-law: 3.17) reaches the largest sample.
constexpr double amplitude = 32767 * 0.22;           // -10 dBm0
constexpr double silence = 32767.0 * 0.0007 * 0.707; // -60 dBm0, RMS

constexpr unsigned frames_of_a_tone = 5;

// A block of 20 ms does not hold whole waves of every tone, and what falls
// beside the filter is a few per cent.
constexpr double share_of_a_tone = 0.8;

double angle_of(unsigned hz) {
  return 2 * std::numbers::pi * hz / samples_per_s;
}

} // namespace

std::vector<std::uint8_t> make_tone(unsigned hz, audio_codec law) {
  std::vector<std::uint8_t> result(samples_per_s);
  for (std::size_t i = 0; i < result.size(); ++i) {
    auto value = amplitude * std::sin(angle_of(hz) * static_cast<double>(i));
    result[i] = encode(law, static_cast<std::int16_t>(std::lround(value)));
  }
  return result;
}

tone_detector::tone_detector(unsigned hz)
  : factor_(2 * std::cos(angle_of(hz))) {
  // nop
}

void tone_detector::listen(std::span<const std::uint8_t> payload,
                           audio_codec law) {
  if (payload.empty())
    return;
  auto& samples = decoding(law);
  double before = 0;
  double last = 0;
  double energy = 0;
  for (auto code : payload) {
    double sample = samples[code];
    energy += sample * sample;
    auto now = sample + factor_ * last - before;
    before = std::exchange(last, now);
  }
  ++frames_;
  auto count = static_cast<double>(payload.size());
  auto is_silent = energy < silence * silence * count;
  silent_frames_ += is_silent;
  // |X|² of the filter; a pure tone has all its energy there.
  auto power = last * last + before * before - factor_ * last * before;
  auto is_tone = !is_silent && 2 * power > share_of_a_tone * energy * count;
  in_a_row_ = is_tone ? in_a_row_ + 1 : 0;
  heard_ = heard_ || in_a_row_ >= frames_of_a_tone;
}

} // namespace strowger::traffic
