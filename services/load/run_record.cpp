#include "services/load/run_record.hpp"

#include "services/load/run_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace strowger::services::load {

namespace {

using namespace std::chrono_literals;

// A controller that has prepared a run and gone is not waited for: others would
// find the generator busy for ever.
constexpr auto begins_within = 60s;

// Whoever reads is seconds behind at most; a day of histograms would take some
// 300 MB.
constexpr std::size_t histograms_kept = 600;

std::shared_ptr<const api::LoadSample>
without_histograms(const api::LoadSample& x) {
  auto result = std::make_shared<api::LoadSample>(x);
  result->clear_answers();
  result->clear_lateness();
  return result;
}

} // namespace

run_record::run_record(std::string id, const traffic::scenario& script,
                       bool has_rate)
  : id_(std::move(id)), scenario_(script.name), target_(script.target),
    has_rate_(has_rate), result_(std::make_shared<api::LoadResult>()) {
  // nop
}

// -- the thread that plays ----------------------------------------------------

void run_record::prepared(run& host) {
  {
    std::lock_guard guard{mutex_};
    host_ = &host;
    phase_ = api::LOAD_PHASE_PREPARED;
  }
  tell();
}

bool run_record::wait_to_begin() {
  std::unique_lock guard{mutex_};
  auto last = clock::now() + begins_within;
  auto is_told = [this] { return begin_at_ || is_cancelled_; };
  if (!changed_.wait_until(guard, last, is_told))
    return false;
  if (!is_cancelled_)
    changed_.wait_until(guard, *begin_at_, [this] { return is_cancelled_; });
  return !is_cancelled_;
}

void run_record::enter(run::phase x) {
  if (x == run::phase::over)
    return; // release() says so, with the result
  {
    std::lock_guard guard{mutex_};
    phase_ = to_api(x);
  }
  tell();
}

void run_record::add_second(const result& so_far, const run& host) {
  auto sample = std::make_shared<api::LoadSample>();
  auto counted = std::make_shared<api::LoadResult>();
  to_api(so_far.samples.back(), host.last_second(), host.rate_per_s(), *sample);
  sample->set_phase(to_api(host.where()));
  to_api(so_far, host.all_counts(), *counted);
  {
    std::lock_guard guard{mutex_};
    samples_.push_back(std::move(sample));
    if (samples_.size() > histograms_kept) {
      auto& old = samples_[samples_.size() - histograms_kept - 1];
      old = without_histograms(*old);
    }
    result_ = std::move(counted);
  }
  tell();
}

void run_record::release(const result& x) {
  auto counted = std::make_shared<api::LoadResult>();
  {
    std::lock_guard guard{mutex_};
    to_api(x, host_ ? host_->all_counts() : live_counts{}, *counted);
    host_ = nullptr;
    phase_ = api::LOAD_PHASE_OVER;
    result_ = std::move(counted);
  }
  tell();
}

void run_record::tell() {
  std::vector<std::shared_ptr<run_watch>> all;
  {
    std::lock_guard guard{mutex_};
    all = watches_;
  }
  for (auto& x : all)
    x->look();
}

// -- orders -------------------------------------------------------------------

void run_record::go_on(model::duration after) {
  std::lock_guard guard{mutex_};
  if (!begin_at_) {
    begin_at_ = clock::now() + after;
    changed_.notify_all();
  } else if (host_) {
    host_->let_call(after);
  }
}

void run_record::stop(api::LoadStop how) {
  std::lock_guard guard{mutex_};
  if (phase_ <= api::LOAD_PHASE_PREPARED) {
    is_cancelled_ = true;
    changed_.notify_all();
  }
  if (!host_)
    return;
  if (how == api::LOAD_STOP_CALLING)
    host_->stop_calls();
  else
    host_->stop();
  if (how == api::LOAD_STOP_AT_ONCE)
    host_->stop();
}

std::optional<double> run_record::set_rate(double per_s) {
  std::lock_guard guard{mutex_};
  auto has_calls = phase_ == api::LOAD_PHASE_WARM_UP
                   || phase_ == api::LOAD_PHASE_STEADY;
  if (!host_ || !has_rate_ || !has_calls)
    return std::nullopt;
  host_->set_rate(per_s);
  return samples_.empty() ? 0 : samples_.back()->rate_per_s();
}

// -- questions ----------------------------------------------------------------

bool run_record::is_over() const {
  std::lock_guard guard{mutex_};
  return phase_ == api::LOAD_PHASE_OVER;
}

void run_record::describe(api::GetRunResponse& to) const {
  std::lock_guard guard{mutex_};
  to.set_run_id(id_);
  to.set_scenario(scenario_);
  to.set_target(target_);
  to.set_phase(phase_);
  *to.mutable_result() = *result_;
  if (!samples_.empty())
    *to.mutable_last_sample() = *samples_.back();
}

void run_record::follow(std::shared_ptr<run_watch> x) {
  std::lock_guard guard{mutex_};
  watches_.push_back(std::move(x));
}

void run_record::unfollow(const std::shared_ptr<run_watch>& x) {
  std::lock_guard guard{mutex_};
  std::erase(watches_, x);
}

bool run_record::news(std::size_t& seconds, api::LoadPhase& phase,
                      api::WatchRunResponse& to) const {
  std::lock_guard guard{mutex_};
  if (seconds < samples_.size()) {
    auto& sample = *samples_[seconds++];
    *to.mutable_sample() = sample;
    to.set_phase(sample.phase());
    if (seconds == samples_.size())
      *to.mutable_result() = *result_;
    return true;
  }
  if (phase == phase_)
    return false;
  phase = phase_;
  to.set_phase(phase);
  if (phase == api::LOAD_PHASE_OVER)
    *to.mutable_result() = *result_;
  return true;
}

} // namespace strowger::services::load
