#include "actors/reactor.hpp"

#include <caf/detail/test_actor_clock.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/send.hpp>

#include <cassert>
#include <chrono>
#include <utility>

namespace strowger {

model::time_point real_clock::now() {
  auto t = std::chrono::steady_clock::now().time_since_epoch();
  return model::time_point{std::chrono::duration_cast<model::duration>(t)};
}

uint64_t real_clock::unix_seconds() {
  auto t = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint64_t>(
    std::chrono::duration_cast<std::chrono::seconds>(t).count());
}

// -- CAF's view of the reactor ------------------------------------------------

namespace {

// How many messages an actor may take in one go; a call has a handful, so the
// limit only keeps a flooded DN from holding up everybody else.
constexpr size_t max_throughput = 300;

class reactor_unit final : public caf::execution_unit {
public:
  reactor_unit(caf::actor_system* system, reactor& host)
    : execution_unit(system), host_(host) {
    // nop
  }
  void exec_later(caf::resumable* job) override {
    host_.enqueue(job);
  }

private:
  reactor& host_;
};

} // namespace

/// The scheduler module that CAF sees; it owns nothing but the clock that CAF
/// insists on. Actors of the switch arm deadlines at the reactor instead.
class reactor::coordinator final : public caf::scheduler::abstract_coordinator {
public:
  coordinator(caf::actor_system& system, reactor& host)
    : abstract_coordinator(system), host_(host), unit_(&system, host) {
    host_.unit_ = &unit_;
  }
  ~coordinator() override {
    host_.unit_ = nullptr;
  }
  void enqueue(caf::resumable* job) override {
    host_.enqueue(job);
  }
  bool detaches_utility_actors() const override {
    return false;
  }
  void start() override {
    // nop: whoever owns the thread calls reactor::run()
  }
  void stop() override {
    host_.shut_down();
  }
  caf::actor_clock& clock() noexcept override {
    return clock_;
  }

private:
  reactor& host_;
  reactor_unit unit_;
  caf::detail::test_actor_clock clock_;
};

void reactor::install(caf::actor_system_config& config) {
  config.module_factories.push_back(
    [this](caf::actor_system& system) -> caf::actor_system::module* {
      return new coordinator(system, *this);
    });
}

// -- life ---------------------------------------------------------------------

reactor::reactor(time_source& clock)
  : clock_(clock), now_(clock.now()), thread_(std::this_thread::get_id()) {
  // nop
}

reactor::~reactor() {
  assert(local_.empty() && remote_jobs_.empty());
}

void reactor::shut_down() {
  // A deadline must not keep what is left of an actor beyond its system.
  deadlines_.clear();
  run();
}

// -- work ---------------------------------------------------------------------

void reactor::enqueue(caf::resumable* job) {
  if (std::this_thread::get_id() == thread_) {
    local_.push_back(job);
    return;
  }
  std::lock_guard guard{mutex_};
  remote_jobs_.push_back(job);
  has_remote_.store(true, std::memory_order_release);
  // Under the lock: the owner may replace the waker on its way down.
  if (wake_)
    wake_();
}

void reactor::post(std::function<void()> f) {
  std::lock_guard guard{mutex_};
  remote_calls_.push_back(std::move(f));
  has_remote_.store(true, std::memory_order_release);
  if (wake_)
    wake_();
}

void reactor::on_remote_work(std::function<void()> wake) {
  std::lock_guard guard{mutex_};
  wake_ = std::move(wake);
}

bool reactor::has_work() {
  return !local_.empty() || has_remote_.load(std::memory_order_acquire)
         || next_deadline() <= clock_.now();
}

void reactor::run() {
  assert(std::this_thread::get_id() == thread_);
  now_ = clock_.now();
  last_turn_ns_.store(now_.time_since_epoch().count(),
                      std::memory_order_relaxed);
  probe_.queue_depth.set(local_.size());
  feel_pulse();
  fire_due();
  take_remote();
  run_jobs();
  // What was armed for this turn meanwhile: no timer has to be set for it. Once
  // only, as it may arm again.
  fire_due();
  run_jobs();
  probe_.deadlines.set(deadlines_.size());
}

void reactor::take_remote() {
  if (!has_remote_.load(std::memory_order_acquire))
    return;
  std::vector<std::function<void()>> calls;
  {
    std::lock_guard guard{mutex_};
    local_.insert(local_.end(), remote_jobs_.begin(), remote_jobs_.end());
    remote_jobs_.clear();
    calls.swap(remote_calls_);
    has_remote_.store(false, std::memory_order_relaxed);
  }
  for (auto& f : calls)
    f();
}

void reactor::watch_lag(model::duration period) {
  pulse_period_ = period;
  pulse_due_ = clock_.now() + period;
}

void reactor::feel_pulse() {
  if (now_ < pulse_due_)
    return;
  lag_ = now_ - pulse_due_;
  probe_.lag.observe(lag_);
  pulse_due_ = now_ + pulse_period_;
}

void reactor::fire_due() {
  if (deadlines_.next() > now_)
    return;
  while (deadlines_.next() <= now_)
    caf::anon_send(deadlines_.pop(), tick{now_});
}

void reactor::run_jobs() {
  while (!local_.empty()) {
    auto* job = local_.front();
    local_.pop_front();
    switch (job->resume(unit_, max_throughput)) {
      case caf::resumable::resume_later:
        local_.push_back(job);
        break;
      case caf::resumable::done:
      case caf::resumable::awaiting_message:
        caf::intrusive_ptr_release(job);
        break;
      case caf::resumable::shutdown_execution_unit:
        break;
    }
  }
}

} // namespace strowger
