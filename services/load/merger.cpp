#include "services/load/merger.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace strowger::services::load {

namespace {

// A sample is taken when its second is over, or a little later; the last one
// of a run anywhere within a second.
constexpr double late_at_most_s = 0.25;

std::uint64_t second_of(const sample& x) {
  return static_cast<std::uint64_t>(
    std::max(1.0, std::ceil(x.at_s - late_at_most_s)));
}

double seconds_of(std::uint64_t us) {
  return static_cast<double>(us) * 1e-6;
}

/// RTP of a second: the score of all is that of their packets.
void add_rtp(const sample& x, sample& to) {
  auto before = static_cast<double>(to.rtp_received);
  auto more = static_cast<double>(x.rtp_received);
  if (before + more > 0)
    to.rtp_mos_mean = (to.rtp_mos_mean * before + x.rtp_mos_mean * more)
                      / (before + more);
  if (x.rtp_mos_min > 0)
    to.rtp_mos_min = to.rtp_mos_min > 0
                       ? std::min(to.rtp_mos_min, x.rtp_mos_min)
                       : x.rtp_mos_min;
  to.rtp_sent += x.rtp_sent;
  to.rtp_received += x.rtp_received;
  to.rtp_lost += x.rtp_lost;
  to.rtp_jitter_p95_s = std::max(to.rtp_jitter_p95_s, x.rtp_jitter_p95_s);
  to.rtp_cpu_share = std::max(to.rtp_cpu_share, x.rtp_cpu_share);
}

} // namespace

merger::merger(std::vector<generator_name> all) {
  for (auto& x : all)
    seats_.emplace_back().name = std::move(x);
}

// -- what generators tell -----------------------------------------------------

void merger::take(std::size_t generator, counted_second x) {
  // What comes too late for its second is not lost.
  auto at = std::max(second_of(x.sample), closed_ + 1);
  seats_[generator].heard = std::max(seats_[generator].heard, at);
  auto& to = open_[at];
  auto& sums = to.sums;
  sums.at_s = std::max(sums.at_s, x.sample.at_s);
  sums.attempts += x.sample.attempts;
  sums.answered += x.sample.answered;
  sums.failed += x.sample.failed;
  sums.abandoned += x.sample.abandoned;
  sums.cpu_share = std::max(sums.cpu_share, x.sample.cpu_share);
  sums.retransmitted += x.sample.retransmitted;
  sums.peer_retransmitted += x.sample.peer_retransmitted;
  add_rtp(x.sample, sums);
  to.in_flight[generator] = x.sample.in_flight;
  to.distributions.answers.merge(x.distributions.answers);
  to.distributions.lateness.merge(x.distributions.lateness);
}

void merger::take(std::size_t generator, counted_part x) {
  seats_[generator].counted = std::move(x);
}

void merger::ended(std::size_t generator, const std::string& fault) {
  auto& x = seats_[generator];
  x.over = true;
  if (!fault.empty())
    x.faults.push_back(fault);
}

// -- seconds ------------------------------------------------------------------

bool merger::is_complete(std::uint64_t second) const {
  return std::ranges::all_of(
    seats_, [=](auto& x) { return x.over || x.heard >= second; });
}

void merger::close(second& x) {
  auto& sums = x.sums;
  if (!samples_.empty()) // time does not go back for a late one
    sums.at_s = std::max(sums.at_s, samples_.back().at_s);
  for (auto& [generator, count] : x.in_flight)
    sums.in_flight += count;
  auto& answers = x.distributions.answers;
  sums.answer_p50_s = seconds_of(answers.percentile_us(50));
  sums.answer_p90_s = seconds_of(answers.percentile_us(90));
  sums.answer_p99_s = seconds_of(answers.percentile_us(99));
  sums.answer_max_s = seconds_of(answers.max_us());
  sums.lateness_p99_s = seconds_of(x.distributions.lateness.percentile_us(99));
  samples_.push_back(sums);
}

std::size_t merger::merge_seconds() {
  std::size_t result = 0;
  for (; !open_.empty() && is_complete(open_.begin()->first); ++result) {
    closed_ = open_.begin()->first;
    close(open_.begin()->second);
    open_.erase(open_.begin());
  }
  return result;
}

// -- the whole ----------------------------------------------------------------

/// The window is that of the callers; where nobody calls, that of all.
window_times merger::times() const {
  window_times result;
  auto somebody_calls = std::ranges::any_of(
    seats_, [](auto& x) { return x.counted.all.callers.attempts > 0; });
  auto is_first = true;
  for (auto& x : seats_) {
    auto& times = x.counted.times;
    result.end_s = std::max(result.end_s, times.end_s);
    if (somebody_calls && x.counted.all.callers.attempts == 0)
      continue;
    result.steady_from_s = is_first ? times.steady_from_s
                                    : std::min(result.steady_from_s,
                                               times.steady_from_s);
    result.steady_to_s = std::max(result.steady_to_s, times.steady_to_s);
    is_first = false;
  }
  return result;
}

void merger::summarise(const seat& from, result& to) const {
  auto& counted = from.counted;
  auto& line = to.generators.emplace_back();
  line.address = from.name.address;
  line.role = to_string(from.name.role);
  line.attempts = counted.steady.callers.attempts;
  line.answered = counted.steady.callers[traffic::outcome::answered];
  line.failed = counted.steady.callers.failed();
  line.came_in = counted.steady.callees.attempts;
  line.lateness_p99_us = counted.watch.lateness().percentile_us(99);
  line.cpu_share_mean = counted.watch.mean_cpu_share();
  line.cpu_share_max = counted.watch.max_cpu_share();
  line.invalid = counted.invalid;
  line.invalid.insert(line.invalid.end(), from.faults.begin(),
                      from.faults.end());
  auto name = "generator " + from.name.address + ": ";
  for (auto& reason : line.invalid)
    to.invalid.push_back(name + reason);
  for (auto& law : counted.broken_laws)
    to.broken_laws.push_back(name + law);
}

result merger::so_far() const {
  result x;
  x.times = times();
  x.samples = samples_;
  for (auto& seat : seats_) {
    auto& counted = seat.counted;
    x.callers.merge(counted.steady.callers);
    x.callees.merge(counted.steady.callees);
    x.watch.merge(counted.watch);
    x.left_over += counted.left_over;
    traffic::merge(x.impairments, counted.impairments);
    summarise(seat, x);
  }
  for (auto* side : {&x.callers, &x.callees})
    if (auto broken = side->unbalanced())
      x.broken_laws.push_back("all generators: " + *broken);
  auto whole = all();
  x.all_callers = std::move(whole.callers);
  x.all_callees = std::move(whole.callees);
  auto calls = x.all_callers.attempts;
  if (calls > 0)
    x.cpu_per_call_us = x.watch.to_image().cpu_share_sum * 1e6
                        / static_cast<double>(calls);
  return x;
}

live_counts merger::all() const {
  live_counts result;
  for (auto& seat : seats_) {
    auto& all = seat.counted.all;
    result.callers.merge(all.callers);
    result.callees.merge(all.callees);
    result.lateness.merge(all.lateness);
    result.skipped_starts += all.skipped_starts;
  }
  if (!samples_.empty())
    result.cpu_share = samples_.back().cpu_share;
  return result;
}

} // namespace strowger::services::load
