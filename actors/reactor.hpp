#pragma once

#include "actors/deadline_queue.hpp"
#include "actors/probe.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/resumable.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace strowger {

/// Tells the reactor what time it is.
class time_source {
public:
  virtual ~time_source() = default;
  virtual model::time_point now() = 0;

  /// Seconds since 1970, for names that must not repeat over restarts.
  virtual uint64_t unix_seconds() = 0;
};

/// The machine's monotonic clock.
class real_clock final : public time_source {
public:
  model::time_point now() override;
  uint64_t unix_seconds() override;
};

/// A clock that moves only when it is told to.
class virtual_clock final : public time_source {
public:
  model::time_point now() override {
    return now_;
  }
  uint64_t unix_seconds() override {
    return 1'000'000'000;
  }
  void advance(model::duration by) {
    now_ += by;
  }

private:
  model::time_point now_{std::chrono::hours{1}};
};

/// Runs every actor of the switch, and their deadlines, on one thread. It does
/// not wait by itself: whoever owns the thread (sip::loop, a test) calls run()
/// whenever there may be work, and sleeps until next_deadline() or a wake-up.
/// run(), arm() and cancel() belong to that thread; post() and sending to an
/// actor are allowed from every thread.
class reactor {
public:
  explicit reactor(time_source& clock);
  ~reactor();
  reactor(const reactor&) = delete;
  reactor& operator=(const reactor&) = delete;

  // -- time -----------------------------------------------------------------

  /// The time, as of the start of this turn.
  model::time_point now() const {
    return now_;
  }

  /// Reads the clock anew; for measuring inside a turn.
  model::time_point clock_now() {
    return clock_.now();
  }

  uint64_t unix_seconds() {
    return clock_.unix_seconds();
  }

  /// Sends `tick` to `listener` at `due`; if that is now, when the turn ends.
  deadline_id arm(model::time_point due, deadline_listener listener) {
    return deadlines_.arm(due, std::move(listener));
  }

  void cancel(deadline_id id) {
    deadlines_.cancel(id);
  }

  model::time_point next_deadline() const {
    return std::min(deadlines_.next(), pulse_due_);
  }

  /// Takes the reactor's own pulse every `period`: how late it comes is how far
  /// this thread is behind its work.
  void watch_lag(model::duration period);

  /// How late the last pulse came.
  model::duration lag() const {
    return lag_;
  }

  /// When the last turn began; may be asked from every thread.
  model::time_point last_turn() const {
    return model::time_point{
      model::duration{last_turn_ns_.load(std::memory_order_relaxed)}};
  }

  // -- work -----------------------------------------------------------------

  /// One turn: fires what is due and runs jobs until none is left.
  void run();

  /// Is there something that run() would do now?
  bool has_work();

  /// Runs `f` on the reactor's thread in its next turn.
  void post(std::function<void()> f);

  /// `wake` is called, from any thread, when another thread has left work. It
  /// must make the owner of the thread call run() soon.
  void on_remote_work(std::function<void()> wake);

  /// Jobs waiting now; how long the longest of recent turns took.
  size_t queue_depth() const {
    return local_.size();
  }

  /// Counters of the switch; the reactor fills lag and depth.
  probe& counters() {
    return probe_;
  }

  // -- CAF ------------------------------------------------------------------

  /// Makes `config` run its actors on this reactor instead of on threads.
  void install(caf::actor_system_config& config);

  /// Called by CAF for every actor that has something to do.
  void enqueue(caf::resumable* job);

  /// Drops all deadlines and runs the jobs that are left, at the end of the
  /// actor system.
  void shut_down();

private:
  class coordinator;
  friend class coordinator;

  void take_remote();
  void fire_due();
  void run_jobs();

  void feel_pulse();

  time_source& clock_;
  model::time_point now_;
  model::time_point pulse_due_ = model::never;
  model::duration pulse_period_{0};
  model::duration lag_{0};
  std::atomic<int64_t> last_turn_ns_ = 0;
  probe probe_;
  deadline_queue deadlines_;
  std::deque<caf::resumable*> local_;
  caf::execution_unit* unit_ = nullptr;

  std::thread::id thread_;
  std::mutex mutex_; // guards remote_jobs_, remote_calls_ and wake_
  std::deque<caf::resumable*> remote_jobs_;
  std::vector<std::function<void()>> remote_calls_;
  std::function<void()> wake_;
  std::atomic<bool> has_remote_ = false;
};

} // namespace strowger
