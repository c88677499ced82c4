#pragma once

#include "actors/crowd.hpp"
#include "services/load/live_metrics.hpp"
#include "services/load/result.hpp"
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

  /// Has stop() been called?
  bool was_stopped() const {
    return stops_ > 0;
  }

  /// No more calls, and the end as soon as those in progress have ended; the
  /// second time, at once. From any thread.
  void stop();

private:
  enum class phase : uint8_t {
    knocking, // is there anybody at the target?
    registering,
    warm_up,
    steady,
    drain,
    clearing,
    over,
  };

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
  };

  /// CPU time that this thread has taken, in seconds.
  static double thread_cpu_s();
  std::optional<std::string> open_place(const traffic::population& what,
                                        size_t index);
  void begin();
  void open_doors();
  phase first_phase() const;
  void knock();
  void on_answer(uint16_t status);
  bool anybody(bool (*does)(const traffic::population&)) const;
  bool calls_somebody() const;
  bool only_answers() const;
  void on_pulse();
  void take_sample();
  void collect(sample& now);
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
  real_clock clock_;
  reactor reactor_;
  reactor_config caf_config_;
  caf::actor_system system_;
  std::unique_ptr<silent_outlets> outlets_;
  std::unique_ptr<sip::loop> loop_;
  std::vector<place> places_;
  std::vector<unsigned> ports_;

  phase phase_ = phase::knocking;
  model::time_point started_{};
  model::time_point next_pulse_{};
  model::time_point next_phase_{};
  double cpu_before_s_ = 0; // of this thread, at the last pulse
  double cpu_started_s_ = 0;
  uint64_t drops_before_ = 0;
  uint64_t retries_before_[2] = {};
  result result_;
  live_counts all_; // whatever the window
  std::shared_ptr<live_metrics> published_;
  deadline_listener pulse_;
  alarm wake_;
  probe_listener visitor_; // hears whether the target is there
  bool knocks_ = true;
  int stops_ = 0;
};

} // namespace strowger::services::load
