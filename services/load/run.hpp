#pragma once

#include "actors/crowd.hpp"
#include "services/load/live_metrics.hpp"
#include "services/load/result.hpp"
#include "services/media/engine.hpp"
#include "sip/impaired_link.hpp"
#include "sip/loop.hpp"
#include "sip/stack.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace strowger::services::load {

/// One run of a scenario: its users, each population on a SIP stack of its own,
/// on one reactor. It belongs to the thread that made it.
class run {
public:
  using progress = std::function<void(const result&)>;

  enum class phase : uint8_t {
    knocking, // is there anybody at the target?
    registering,
    registered, // waits for other generators
    warm_up,
    steady,
    drain,
    clearing,
    over,
  };
  /// What a sample has only percentiles of.
  struct distributions {
    traffic::histogram answers;  // of that second, from the intended start
    traffic::histogram lateness; // of our own starts
  };

  /// `show` is called once a second with what is known by then.
  run(traffic::scenario script, progress show);
  ~run();
  run(const run&) = delete;
  run& operator=(const run&) = delete;

  /// Opens the sockets; returns what keeps it from starting, or nothing.
  std::optional<std::string> open();

  /// Plays the scenario to its end; what keeps it from beginning is in
  /// result::invalid.
  result play();

  /// Where Prometheus sees the run, brought up to date once a second.
  void publish_to(std::shared_ptr<live_metrics> where) {
    published_ = std::move(where);
  }

  /// Do not ask the target by OPTIONS whether it is there.
  void trust_target() {
    knocks_ = false;
  }

  /// It is one of several: everybody registers, then waits for let_call(). Who
  /// answers goes on doing so when there are no calls, until stop() or the end
  /// of the drain, as callers elsewhere may still call.
  void wait_for_others() {
    waits_ = true;
  }

  /// `f` is told where the run is whenever that changes.
  void on_phase(std::function<void(phase)> f) {
    entered_ = std::move(f);
  }

  /// Has stop() been called?
  bool was_stopped() const {
    return stops_ > 0;
  }

  // -- from any thread --------------------------------------------------------

  /// Calls begin then, or as soon as everybody has registered.
  void let_call(model::duration after);
  /// From now on so many calls a second, by all who call at a rate, each with
  /// the share that it has now. Nothing happens before calls begin.
  void set_rate(double per_s);
  /// No more calls; who answers goes on, see wait_for_others().
  void stop_calls();
  /// No more calls, and the end as soon as those in progress have ended; the
  /// second time, at once.
  void stop();

  // -- while it plays, for `show` ---------------------------------------------

  phase where() const {
    return phase_;
  }
  /// Calls a second that are intended now.
  double rate_per_s() const;
  /// Of the last sample.
  const distributions& last_second() const {
    return last_second_;
  }
  /// All that was counted, whatever the window.
  const live_counts& all_counts() const {
    return all_;
  }

private:
  struct reactor_config : caf::actor_system_config {
    explicit reactor_config(reactor& host) {
      host.install(*this);
    }
  };
  /// Nothing is kept of what sessions do but counts.
  class silent_outlets;
  struct place {
    std::shared_ptr<const model::directory> config;
    std::unique_ptr<crowd> users;
    std::unique_ptr<sip::stack> wire;
    std::unique_ptr<sip::impaired_link> link; // null: a network like any
  };

  /// CPU time that this thread has taken, in seconds.
  static double thread_cpu_s();
  std::optional<std::string> open_place(const traffic::population& what,
                                        size_t index);
  void set_tls(model::directory_builder& b, unsigned port) const;
  std::optional<std::string> open_link(place& x, const traffic::population& of,
                                       const std::string& address);
  void begin();
  void open_doors();
  phase first_phase() const;
  void knock();
  void on_answer(uint16_t status);
  bool anybody(bool (*does)(const traffic::population&)) const;
  bool calls_somebody() const;
  bool only_answers() const;
  bool answers_others() const;
  void on_pulse();
  void take_sample();
  void collect(sample& now);
  void collect_media(sample& now);
  void judge_media();
  void publish(const sample& now);
  void check_laws();
  void move_on(model::time_point now);
  void enter(phase x);
  void watch_ourselves(sample& now);
  void finish();
  bool idle() const;
  double since_start(model::time_point x) const;

  traffic::scenario script_;
  progress show_;
  std::function<void(phase)> entered_;
  real_clock clock_;
  reactor reactor_;
  reactor_config caf_config_;
  caf::actor_system system_;
  std::unique_ptr<silent_outlets> outlets_;
  std::unique_ptr<sip::loop> loop_;
  std::unique_ptr<media::engine> media_; // if the scenario has RTP
  std::vector<place> places_;
  std::vector<unsigned> ports_;

  phase phase_ = phase::knocking;
  model::time_point started_{};
  model::time_point next_pulse_{};
  model::time_point next_phase_{};
  double cpu_before_s_ = 0; // of this thread, at the last pulse
  double cpu_started_s_ = 0;
  double media_cpu_before_s_ = 0;
  uint64_t drops_before_ = 0;
  uint64_t retries_before_[2] = {};
  result result_;
  live_counts all_; // whatever the window
  distributions last_second_;
  std::shared_ptr<live_metrics> published_;
  deadline_listener pulse_;
  alarm wake_;
  probe_listener visitor_; // hears whether the target is there
  bool knocks_ = true;
  bool waits_ = false;
  bool may_call_ = false; // let_call() was called
  model::time_point call_at_{};
  int stops_ = 0;
};

} // namespace strowger::services::load
