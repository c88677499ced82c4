#pragma once

namespace strowger::traffic {

/// What a listener has to bear.
struct speech_path {
  double loss_share = 0;  // of packets, 0 to 1
  double burst_ratio = 1; // BurstR, 1: losses come one by one, by chance
  double delay_ms = 0;    // from mouth to ear
};

/// The rating R of the E-model (ITU-T G.107) for G.711 whose receiver conceals
/// losses (G.113: Ie = 0, Bpl = 25.1), all else at its default: 93.2 less what
/// delay and loss take. Not below 0.
double r_factor(const speech_path& x);

/// Mean opinion score, 1 to 4.5, that R means (G.107 Annex B).
double mos_of(double r);

/// Mouth to ear without what the network takes: one packet of 20 ms, and a
/// buffer of four times the jitter, at least 20 ms.
double ends_delay_ms(double jitter_us);

} // namespace strowger::traffic
