#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace strowger::traffic {

/// A condition that a run has to meet, such as "p99 answer < 200 ms" or
/// "failed < 0.01 %".
struct criterion {
  enum class relation : std::uint8_t { less, at_most, greater, at_least };
  /// In place of a percentile.
  static constexpr double mean = -2;

  std::string text;       // as written
  std::string measure;    // "answer", "ringing", "failed", "SER", …
  double percentile = -1; // 0 to 100; -1: no latency is measured; or `mean`
  relation is = relation::less;
  double bound = 0; // seconds for times, else a number; 1 % is 0.01
};

/// Reads one; otherwise what is wrong with it, with what was expected.
///   p50|p90|p99|p99.9|…|max|mean LATENCY RELATION NUMBER us|ms|s
///   answered|abandoned|busy|failed|SER|SEER|ISA|SCR|IRA RELATION NUMBER %
///   rate RELATION NUMBER /s, calls RELATION NUMBER
///   p50|p90|…|max|mean jitter RELATION NUMBER us|ms|s
///   p5|p50|…|max|mean MOS RELATION NUMBER
///   lost packets|tones|digits RELATION NUMBER %
///   one-way|silent RELATION NUMBER
/// LATENCY: 100, ringing (18x), answer (2xx), ack, bye (SDD), register (RRD),
/// SRD, SDT. RELATION: <, <=, >, >=. The four shares without an RFC are of all
/// attempts; `failed` are all that were neither answered nor abandoned. What
/// was heard is measured at both sides together: lost packets of those that
/// were expected, tones and digits detected of those that should have been.
std::variant<criterion, std::string> parse_criterion(std::string_view text);

} // namespace strowger::traffic
