#include "test/services/load_results.hpp"

#include "actors/traffic/random.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace strowger::services {

namespace {

using load::sample;
using traffic::latency;
using traffic::outcome;

constexpr double warm_up_s = 5;
constexpr double drain_s = 4;
constexpr double talk_s = 20;

/// One run as it is made up, second by second.
class dream {
public:
  dream(std::uint64_t seed, const made_up& what)
    : what_{what}, random_{traffic::fork(seed, "reports")} {
    // nop
  }

  load::result play();

private:
  double lognormal(double median, double sigma) {
    return std::lognormal_distribution{std::log(median), sigma}(random_);
  }
  bool happens(double chance) {
    return std::bernoulli_distribution{chance}(random_);
  }
  std::uint64_t poisson(double mean) {
    return std::poisson_distribution<std::uint64_t>{mean}(random_);
  }
  static std::uint64_t us(double seconds) {
    return static_cast<std::uint64_t>(seconds * 1e6);
  }

  void second(double at_s);
  void call(double slower, bool counts, sample& now,
            traffic::histogram& answers);
  void fail(traffic::tally& to, double answer_s);
  void answer(traffic::tally& to, double answer_s);
  void watch(sample& now);
  void registrations();
  void media();
  void generators();
  void impairments();

  const made_up& what_;
  traffic::random_source random_;
  load::result result_;
};

void dream::fail(traffic::tally& to, double answer_s) {
  static constexpr std::pair<outcome, std::uint16_t> kinds[] = {
    {outcome::server_error, 503}, {outcome::server_error, 503},
    {outcome::server_error, 500}, {outcome::refused, 404},
    {outcome::busy, 486},         {outcome::no_answer, 480},
    {outcome::timeout, 0}};
  auto [how, status]
    = kinds[std::uniform_int_distribution<std::size_t>{0, 6}(random_)];
  to.came_out(how, status);
  if (status != 0)
    to.record(latency::failed_request, us(answer_s / 3));
}

void dream::answer(traffic::tally& to, double answer_s) {
  to.came_out(outcome::answered, 200);
  to.record(latency::trying, us(lognormal(0.0006, 0.5)));
  to.record(latency::ringing, us(answer_s / 2));
  to.record(latency::request, us(answer_s / 2));
  to.record(latency::answer, us(answer_s));
  result_.callees.record(latency::acknowledge, us(lognormal(0.0009, 0.4)));
  to.record(latency::bye, us(lognormal(0.002, 0.5)));
  to.record(latency::session, us(lognormal(talk_s, 0.2)));
  if (happens(0.0003))
    ++to.cut_off;
  else
    ++to.ended_cleanly;
  if (happens(0.1))
    ++to.steps[0].done, ++to.steps[1].done;
}

void dream::call(double slower, bool counts, sample& now,
                 traffic::histogram& answers) {
  traffic::tally unseen;
  auto& to = counts ? result_.callers : unseen;
  auto answer_s = lognormal(what_.answer_s, 0.35) * slower;
  ++to.attempts;
  ++now.attempts;
  if (happens(0.001)) {
    to.came_out(outcome::abandoned, 487);
    ++now.abandoned;
  } else if (happens(what_.failing * slower)) {
    fail(to, answer_s);
    ++now.failed;
  } else {
    answer(to, answer_s);
    answers.record(us(answer_s));
    ++now.answered;
  }
}

void dream::watch(sample& now) {
  auto start = model::time_point{};
  traffic::histogram late;
  for (std::uint64_t i = 0; i < now.attempts; ++i) {
    auto late_us = us(lognormal(what_.overloaded ? 0.006 : 6e-5, 0.8));
    late.record(late_us);
    result_.watch.started(start, start + std::chrono::microseconds{late_us});
  }
  if (what_.overloaded)
    result_.watch.skipped(poisson(3));
  now.lateness_p99_s = static_cast<double>(late.percentile_us(99)) / 1e6;
  now.cpu_share = what_.overloaded
                    ? 0.97
                    : what_.rate_per_s * 1.1e-4 + lognormal(0.01, 0.4);
  result_.watch.second(now.cpu_share);
}

void dream::second(double at_s) {
  auto steady_to_s = warm_up_s + what_.seconds;
  auto middle_s = warm_up_s + what_.seconds / 2;
  sample now;
  now.at_s = at_s;
  auto ending = std::max(0.0, at_s - steady_to_s);
  auto rate = what_.rate_per_s * std::min(1.0, at_s / warm_up_s);
  if (ending > 0)
    rate = 0;
  auto slower = std::abs(at_s - middle_s) < 1 ? 6.0 : 1.0;
  auto counts = at_s > warm_up_s && ending == 0;
  traffic::histogram answers;
  for (auto calls = poisson(rate); calls > 0; --calls)
    call(slower, counts, now, answers);
  now.in_flight = static_cast<std::uint64_t>(
    what_.rate_per_s * std::min(at_s, talk_s) * std::max(0.0, 1 - ending / 4));
  auto at = [&answers](double p) {
    return static_cast<double>(answers.percentile_us(p)) / 1e6;
  };
  now.answer_p50_s = at(50);
  now.answer_p90_s = at(90);
  now.answer_p99_s = at(99);
  now.answer_max_s = at(100);
  now.retransmitted = poisson(slower > 1 ? 40 : 0.2);
  now.peer_retransmitted = poisson(0.1);
  result_.callers.retransmitted += now.retransmitted;
  result_.callers.peer_retransmitted += now.peer_retransmitted;
  watch(now);
  result_.samples.push_back(now);
}

void dream::registrations() {
  auto& to = result_.callers.registrations;
  for (int i = 0; i < 500; ++i) {
    ++to.attempts;
    if (happens(0.004)) {
      ++to.failed_by_status[happens(0.5) ? 403 : 0];
    } else {
      ++to.succeeded;
      result_.callers.record(latency::registration, us(lognormal(0.004, 0.4)));
    }
  }
}

void dream::media() {
  for (auto* to : {&result_.callers.media, &result_.callees.media}) {
    to->calls = to->tones_expected = to->tones_detected = 400;
    to->one_way_calls = 1;
    to->streams = 399;
    to->packets_sent = 400'000;
    to->packets_expected = to->streams * 1000;
    to->packets_lost = poisson(180);
    to->packets_received = to->packets_expected - to->packets_lost;
    to->packets_reordered = poisson(12);
    to->loss_runs = to->packets_lost / 2;
    to->longest_loss_packets = 4;
    to->digits_sent = to->digits_expected = to->digits_detected = 800;
    for (std::uint64_t i = 0; i < to->streams; ++i) {
      auto jitter_s = lognormal(0.0008, 0.6);
      to->jitter.record(us(jitter_s));
      auto score = 440 - std::min(200.0, std::floor(jitter_s * 15000));
      ++to->streams_by_mos_hundredths[static_cast<std::uint16_t>(score)];
    }
  }
  for (auto& x : result_.samples) {
    x.rtp_sent = x.in_flight * 100;
    x.rtp_lost = poisson(2);
    x.rtp_received = x.rtp_sent - std::min(x.rtp_sent, x.rtp_lost);
    x.rtp_jitter_p95_s = lognormal(0.002, 0.3);
    x.rtp_mos_mean = 4.4 - lognormal(0.02, 0.4);
    x.rtp_mos_min = x.rtp_mos_mean - lognormal(0.2, 0.4);
    x.rtp_cpu_share = 0.4;
  }
}

void dream::generators() {
  for (int i = 0; i < what_.generators; ++i) {
    auto& x = result_.generators.emplace_back();
    x.address = "192.0.2." + std::to_string(i + 1) + ":50052";
    x.role = i == 0 ? "callee" : "caller";
    if (i == 0)
      x.came_in = result_.callees.attempts;
    else
      x.attempts = result_.callers.attempts
                   / static_cast<std::uint64_t>(what_.generators - 1);
    x.answered = x.attempts;
    x.lateness_p99_us = 120 + static_cast<std::uint64_t>(i);
    x.cpu_share_mean = 0.25;
    x.cpu_share_max = 0.5;
  }
  if (what_.generators > 1)
    result_.generators.back().invalid = {"was lost after 3 s (UNAVAILABLE)"};
}

void dream::impairments() {
  using traffic::direction;
  std::vector<traffic::impairment_rule> rules(2);
  rules[0].what = *traffic::parse_pattern("INVITE");
  rules[0].lose = 0.05;
  rules[1].way = direction::received;
  rules[1].duplicate = rules[1].reorder = 0.01;
  rules[1].delay = traffic::duration_law{
    traffic::duration_law::exponential{0.02}};
  traffic::impairments law{rules, random_(), "callers"};
  for (int i = 0; i < 1000; ++i)
    for (auto [way, kind] : {std::pair{direction::sent, "INVITE"},
                             {direction::received, "200 INVITE"},
                             {direction::received, "BYE"}}) {
      auto what = *traffic::parse_pattern(kind);
      law.judge(way, {what.first_status, *what.method});
    }
  result_.impairments = law.done();
}

load::result dream::play() {
  result_.scenario = "gateway capacity";
  result_.file = "deploy/examples/load/capacity.yaml";
  result_.target = "sip:192.0.2.7:5060;transport=udp";
  result_.seed = 12'345'678'901'234'567'890U;
  result_.started = "2024-05-06T07:08:09Z";
  result_.version = "0.1.0";
  auto steady_to_s = warm_up_s + what_.seconds;
  result_.times = {warm_up_s, steady_to_s, steady_to_s + drain_s};
  for (double at_s = 1; at_s <= result_.times.end_s; ++at_s)
    second(at_s);
  auto& callees = result_.callees;
  callees.attempts = result_.callers[outcome::answered];
  callees.outcomes[0] = callees.attempts;
  callees.by_status[200] = callees.attempts;
  callees.ended_cleanly = callees.attempts;
  if (what_.with_registrations)
    registrations();
  if (what_.with_media)
    media();
  if (what_.with_impairments)
    impairments();
  result_.all_callers = result_.callers;
  ++result_.all_callers.attempts; // it came in the warm-up
  ++result_.all_callers.outcomes[1];
  result_.all_callees = result_.callees;
  result_.cpu_per_call_us = 112.5;
  for (auto text : {"p99 answer < 600 ms", "failed < 1 %", "SER >= 99 %",
                    "p99.9 bye < 50 ms"})
    result_.verdicts.push_back(traffic::judge(
      std::get<traffic::criterion>(traffic::parse_criterion(text)),
      result_.callers,
      std::chrono::duration_cast<model::duration>(
        std::chrono::duration<double>(what_.seconds))));
  result_.invalid = result_.watch.reasons_invalid();
  generators();
  return result_;
}

} // namespace

load::result make_up(std::uint64_t seed, const made_up& what) {
  return dream{seed, what}.play();
}

} // namespace strowger::services
