#include "actors/traffic/media_tally.hpp"

#include "actors/traffic/mos.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace strowger::traffic {

namespace {

constexpr std::uint64_t half_a_second = 25; // packets

constexpr std::uint64_t media_tally::*sums[] = {
  &media_tally::calls,
  &media_tally::one_way_calls,
  &media_tally::silent_calls,
  &media_tally::streams,
  &media_tally::packets_sent,
  &media_tally::packets_received,
  &media_tally::packets_expected,
  &media_tally::packets_lost,
  &media_tally::packets_reordered,
  &media_tally::packets_duplicated,
  &media_tally::packets_late,
  &media_tally::packets_refused,
  &media_tally::loss_runs,
  &media_tally::tones_expected,
  &media_tally::tones_detected,
  &media_tally::digits_sent,
  &media_tally::digits_expected,
  &media_tally::digits_detected,
  &media_tally::digits_wrong,
  &media_tally::mismatches,
  &media_tally::without_port,
  &media_tally::packets_sent_late,
};

std::uint64_t whole(double x) {
  return static_cast<std::uint64_t>(std::llround(std::max(0.0, x)));
}

} // namespace

void media_tally::heard(const rtp_stream& x, double delay_ms) {
  ++streams;
  packets_received += x.unique() + x.duplicates() + x.late();
  packets_expected += x.expected();
  packets_lost += x.lost();
  packets_reordered += x.reordered();
  packets_duplicated += x.duplicates();
  packets_late += x.late();
  loss_runs += x.loss_runs();
  longest_loss_packets = std::max(longest_loss_packets, x.longest_loss());
  if (x.expected() < half_a_second)
    return;
  jitter.record(whole(x.mean_jitter_us()));
  auto score = mos_of(r_factor({x.loss_share(), x.burst_ratio(),
                                delay_ms + ends_delay_ms(x.mean_jitter_us())}));
  ++streams_by_mos_hundredths[static_cast<std::uint16_t>(whole(score * 100))];
}

void media_tally::merge(const media_tally& other) {
  for (auto field : sums)
    this->*field += other.*field;
  longest_loss_packets = std::max(longest_loss_packets,
                                  other.longest_loss_packets);
  jitter.merge(other.jitter);
  for (auto [score, count] : other.streams_by_mos_hundredths)
    streams_by_mos_hundredths[score] += count;
}

double media_tally::mos_percentile(double p) const {
  std::uint64_t all = 0;
  for (auto [score, count] : streams_by_mos_hundredths)
    all += count;
  auto rank = std::max<std::uint64_t>(
    1, static_cast<std::uint64_t>(
         std::ceil(p / 100 * static_cast<double>(all) * (1 - 1e-12))));
  std::uint64_t seen = 0;
  for (auto [score, count] : streams_by_mos_hundredths)
    if ((seen += count) >= rank)
      return score / 100.0;
  return 0;
}

double media_tally::mean_mos() const {
  double sum = 0;
  double all = 0;
  for (auto [score, count] : streams_by_mos_hundredths) {
    sum += score / 100.0 * static_cast<double>(count);
    all += static_cast<double>(count);
  }
  return all == 0 ? 0 : sum / all;
}

digit_check compare_digits(std::string_view sent, std::string_view heard) {
  // The longest that both have in common, in order.
  std::vector<std::uint64_t> row(heard.size() + 1);
  for (auto digit : sent) {
    std::uint64_t diagonal = 0;
    for (std::size_t i = 0; i < heard.size(); ++i) {
      auto above = row[i + 1];
      row[i + 1] = heard[i] == digit ? diagonal + 1 : std::max(above, row[i]);
      diagonal = above;
    }
  }
  auto right = row.back();
  return {right, heard.size() - right, sent.size() - right};
}

} // namespace strowger::traffic
