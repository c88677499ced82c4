#pragma once

#include "services/ctl/connection.hpp"
#include "services/load/live_metrics.hpp"
#include "services/load/merger.hpp"
#include "services/load/scenario_reader.hpp"

#include <strowger/v1/load_service.pb.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace strowger::services::load {

/// What a run of several generators is made of.
struct controlled_run {
  traffic::scenario script; // the whole
  scenario_bundle files;
  std::vector<generator_name> generators;
  ctl::settings access; // how to get in; the server is that of each generator
  std::string target;   // in place of the scenario's; empty: the scenario's
  std::optional<std::uint64_t> seed;
  bool is_probing = true;
  std::shared_ptr<live_metrics> metrics; // may be null
};

/// Has several generators play one scenario together and makes one result of
/// theirs. They register, and begin to call, at the same moment. A generator
/// that is lost, or was the limit, makes the run invalid.
class controller {
public:
  using progress = std::function<void(const result&)>;

  /// `show` is called for each second that all generators have told of.
  controller(controlled_run what, progress show);
  ~controller();
  controller(const controller&) = delete;
  controller& operator=(const controller&) = delete;

  /// Plays to the end. A text says what kept it from beginning.
  std::variant<result, std::string> play();

  /// No more calls, and the end as soon as those in progress have ended; the
  /// second time, at once. From any thread.
  void stop();

private:
  struct seat;
  struct order;
  using fault = std::optional<std::string>;

  fault connect();
  fault prepare(std::size_t index);
  void watch(std::size_t index);
  void hear(seat& from, const api::WatchRunResponse& x);
  void let_go_on();
  void follow();
  void look_for_silence();
  void show_seconds();
  std::vector<order> orders_due();
  void send(const std::vector<order>& all);
  bool is_over() const;
  bool have_registered() const;
  bool have_called() const;
  std::string why_not_begun() const;
  void dismiss();

  const controlled_run what_;
  const progress show_;
  const std::string run_id_;
  const bool has_calls_; // somebody calls
  std::vector<std::unique_ptr<seat>> seats_;

  std::mutex mutex_; // guards all below, and what is heard in seats
  std::condition_variable changed_;
  merger merged_;
  int stops_ = 0;
  int stops_sent_ = 0;
  bool calls_begun_ = false;
  bool is_released_ = false; // callees may go
  bool is_broken_ = false;   // a generator was lost, all others were told
};

} // namespace strowger::services::load
