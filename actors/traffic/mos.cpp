#include "actors/traffic/mos.hpp"

#include <algorithm>

namespace strowger::traffic {

namespace {

constexpr double undisturbed = 93.2; // all of G.107 at its defaults
constexpr double robustness = 25.1;  // Bpl of G.711 with G.711 Appendix I

// Beyond this delay people begin to interrupt each other.
constexpr double patience_ms = 177.3;

} // namespace

double r_factor(const speech_path& x) {
  auto delay = 0.024 * x.delay_ms;
  if (x.delay_ms > patience_ms)
    delay += 0.11 * (x.delay_ms - patience_ms);
  auto loss = x.loss_share * 100;
  auto equipment = 95 * loss / (loss / x.burst_ratio + robustness);
  return std::max(0.0, undisturbed - delay - equipment);
}

double mos_of(double r) {
  if (r <= 0)
    return 1;
  if (r >= 100)
    return 4.5;
  // The cubic dips below 1 for very small R.
  return std::max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

double ends_delay_ms(double jitter_us) {
  return 20 + std::max(20.0, 4 * jitter_us / 1000);
}

} // namespace strowger::traffic
