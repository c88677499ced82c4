#include "services/load/run.hpp"
#include "services/load/socket_drops.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <utility>

/// What a run sees of itself and of its users, once a second.
namespace strowger::services::load {

using traffic::latency;
using traffic::outcome;

namespace {

double seconds_of(std::uint64_t us) {
  return static_cast<double>(us) * 1e-6;
}

} // namespace

double run::thread_cpu_s() {
  rusage x{};
  getrusage(RUSAGE_THREAD, &x);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec)
           + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(x.ru_utime) + seconds(x.ru_stime);
}

// -- what is seen -------------------------------------------------------------

void run::take_sample() {
  sample now;
  now.at_s = since_start(reactor_.clock_now());
  collect(now);
  watch_ourselves(now);
  result_.times.end_s = now.at_s;
  result_.samples.push_back(now);
  check_laws();
  publish(now);
  if (show_)
    show_(result_);
}

void run::collect(sample& now) {
  for (auto* x :
       {&result_.callers, &result_.callees, &all_.callers, &all_.callees})
    x->in_progress = x->up = x->registrations.in_progress
      = x->subscriptions.in_progress = 0;
  traffic::tally second; // of the callers, whatever their window
  for (auto& x : places_) {
    auto fresh = x.users->take_counts();
    for (auto window :
         {run_window::warm_up, run_window::steady, run_window::drain}) {
      auto& calls = crowd::of(fresh, call_side::caller, window);
      second.merge(calls);
      all_.callers.merge(calls);
      all_.callees.merge(crowd::of(fresh, call_side::callee, window));
    }
    auto steady = run_window::steady;
    result_.callers.merge(crowd::of(fresh, call_side::caller, steady));
    result_.callees.merge(crowd::of(fresh, call_side::callee, steady));
  }
  now.attempts = second.attempts;
  now.answered = second[outcome::answered];
  now.failed = second.failed();
  now.abandoned = second[outcome::abandoned];
  now.in_flight = second.in_progress + second.up;
  auto& answers = last_second_.answers = second[latency::answer];
  now.answer_p50_s = seconds_of(answers.percentile_us(50));
  now.answer_p90_s = seconds_of(answers.percentile_us(90));
  now.answer_p99_s = seconds_of(answers.percentile_us(99));
  now.answer_max_s = seconds_of(answers.max_us());
  if (media_)
    collect_media(now);
}

void run::watch_ourselves(sample& now) {
  auto cpu = thread_cpu_s();
  now.cpu_share = cpu - std::exchange(cpu_before_s_, cpu);
  result_.watch.second(now.cpu_share);
  auto drops = socket_drops(ports_);
  result_.watch.dropped(drops - std::exchange(drops_before_, drops));
  auto& late = last_second_.lateness = {};
  for (auto& x : places_) {
    auto fresh = x.users->take_lateness();
    late.merge(fresh.lateness());
    result_.watch.merge_starts(fresh);
  }
  now.lateness_p99_s = seconds_of(late.percentile_us(99));
  auto& retries = reactor_.counters().retransmissions;
  auto& ours = retries[static_cast<size_t>(heading::out)];
  auto& theirs = retries[static_cast<size_t>(heading::in)];
  now.retransmitted = ours.read()
                      - std::exchange(retries_before_[0], ours.read());
  now.peer_retransmitted = theirs.read()
                           - std::exchange(retries_before_[1], theirs.read());
  result_.callers.retransmitted += now.retransmitted;
  result_.callers.peer_retransmitted += now.peer_retransmitted;
}

void run::publish(const sample& now) {
  all_.callers.retransmitted = result_.callers.retransmitted;
  all_.callers.peer_retransmitted = result_.callers.peer_retransmitted;
  all_.lateness = result_.watch.lateness();
  all_.skipped_starts = result_.watch.skipped_starts();
  all_.cpu_share = now.cpu_share;
  if (published_)
    published_->publish(all_);
}

void run::check_laws() {
  for (auto* x : {&result_.callers, &result_.callees})
    if (auto broken = x->unbalanced()) {
      auto& all = result_.broken_laws;
      if (all.size() < 10) // the first ones tell what is wrong
        all.push_back(
          fmt::format("at {:.0f} s: {}", result_.samples.back().at_s, *broken));
    }
}

void run::finish() {
  wake_.cancel(); // a drain of nothing has armed it once more
  for (auto& x : places_)
    x.wire->count();
  take_sample();
  for (auto& x : places_)
    if (x.link)
      traffic::merge(result_.impairments, x.link->done());
  auto length = std::chrono::duration<double>{result_.times.steady_to_s
                                              - result_.times.steady_from_s};
  result_.verdicts = traffic::judge(
    script_.criteria, result_.judged(),
    std::chrono::duration_cast<model::duration>(length));
  result_.all_callers = all_.callers;
  result_.all_callees = all_.callees;
  result_.invalid = result_.watch.reasons_invalid();
  judge_media();
  uint64_t calls = 0;
  for (auto& x : result_.samples)
    calls += x.attempts;
  if (calls > 0)
    result_.cpu_per_call_us = (thread_cpu_s() - cpu_started_s_) * 1e6
                              / static_cast<double>(calls);
  loop_->stop();
}

} // namespace strowger::services::load
