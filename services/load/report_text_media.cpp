#include "services/load/report_text_media.hpp"

#include "services/load/figures.hpp"

#include <fmt/format.h>

#include <functional>
#include <ostream>

namespace strowger::services::load {

namespace {

using traffic::media_tally;

std::string part(std::uint64_t count, std::uint64_t whole) {
  return count == 0 ? "0" : in_groups(count) + " = " + in_percent(count, whole);
}

std::string score(double mos) {
  return mos == 0 ? "-" : fmt::format("{:.2f}", mos);
}

} // namespace

void print_media(const result& x, std::ostream& out) {
  out << "\nRTP\n";
  std::vector<std::vector<std::string>> lines{{"", "callers", "callees"}};
  auto add = [&](const char* name,
                 const std::function<std::string(const media_tally&)>& say) {
    lines.push_back({name, say(x.callers.media), say(x.callees.media)});
  };
  add("calls that were to hear", [](auto& m) { return in_groups(m.calls); });
  add("one-way (nothing came)",
      [](auto& m) { return part(m.one_way_calls, m.calls); });
  add("silence came", [](auto& m) { return part(m.silent_calls, m.calls); });
  add("tone detected",
      [](auto& m) { return part(m.tones_detected, m.tones_expected); });
  add("packets sent", [](auto& m) { return in_groups(m.packets_sent); });
  add("packets received",
      [](auto& m) { return in_groups(m.packets_received); });
  add("packets lost",
      [](auto& m) { return part(m.packets_lost, m.packets_expected); });
  add("longest loss, packets",
      [](auto& m) { return in_groups(m.longest_loss_packets); });
  add("packets out of order",
      [](auto& m) { return part(m.packets_reordered, m.packets_expected); });
  add("packets twice",
      [](auto& m) { return part(m.packets_duplicated, m.packets_expected); });
  add("jitter p50",
      [](auto& m) { return in_time_us(m.jitter.percentile_us(50)); });
  add("jitter p99",
      [](auto& m) { return in_time_us(m.jitter.percentile_us(99)); });
  add("MOS p50", [](auto& m) { return score(m.mos_percentile(50)); });
  add("MOS p5", [](auto& m) { return score(m.mos_percentile(5)); });
  auto seldom = [&](const char* name, std::uint64_t media_tally::*field) {
    if (x.callers.media.*field + x.callees.media.*field > 0)
      add(name, [field](auto& m) { return in_groups(m.*field); });
  };
  seldom("packets late", &media_tally::packets_late);
  seldom("packets refused", &media_tally::packets_refused);
  seldom("packets sent late", &media_tally::packets_sent_late);
  seldom("digits sent", &media_tally::digits_sent);
  seldom("digits expected", &media_tally::digits_expected);
  seldom("digits detected", &media_tally::digits_detected);
  seldom("digits wrong", &media_tally::digits_wrong);
  seldom("nothing in common", &media_tally::mismatches);
  seldom("no local port", &media_tally::without_port);
  print_columns(lines, out);
}

} // namespace strowger::services::load
