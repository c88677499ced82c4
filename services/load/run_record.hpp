#pragma once

#include "services/load/load_words.hpp"
#include "services/load/run.hpp"

#include <strowger/v1/load_service.pb.h>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace strowger::services::load {

class run_watch;

/// A run of a generator as its clients know it. The thread that plays writes,
/// others read and give orders; each member may be used from any thread.
class run_record {
public:
  /// `has_rate`: somebody calls by a law of arrivals.
  run_record(std::string id, const traffic::scenario& script, bool has_rate);

  const std::string& id() const {
    return id_;
  }

  // -- the thread that plays --------------------------------------------------

  /// The sockets are open: from now on orders go to that run, until release().
  void prepared(run& host);
  /// Waits until it may begin; false: it is not to begin at all.
  bool wait_to_begin();
  void enter(run::phase x);
  void add_second(const result& so_far, const run& host);
  /// It is over; that is what came of it.
  void release(const result& x);

  // -- orders -----------------------------------------------------------------

  void go_on(model::duration after);
  void stop(api::LoadStop how);
  /// The rate before; nothing: no calls are made at a rate now.
  std::optional<double> set_rate(double per_s);

  // -- questions --------------------------------------------------------------

  bool is_over() const;
  void describe(api::GetRunResponse& to) const;

  /// Tells `x` of every change from now on.
  void follow(std::shared_ptr<run_watch> x);
  void unfollow(const std::shared_ptr<run_watch>& x);

  /// What whoever knows so many seconds, and that phase, does not know yet.
  /// False: nothing. `seconds` and `phase` become what is known then.
  bool news(std::size_t& seconds, api::LoadPhase& phase,
            api::WatchRunResponse& to) const;

private:
  using clock = std::chrono::steady_clock;

  void tell();

  const std::string id_;
  const std::string scenario_;
  const std::string target_;
  const bool has_rate_;

  mutable std::mutex mutex_; // guards all below
  std::condition_variable changed_;
  run* host_ = nullptr;
  api::LoadPhase phase_ = api::LOAD_PHASE_UNSPECIFIED;
  std::optional<clock::time_point> begin_at_;
  bool is_cancelled_ = false;
  std::vector<std::shared_ptr<const api::LoadSample>> samples_;
  std::shared_ptr<const api::LoadResult> result_;
  std::vector<std::shared_ptr<run_watch>> watches_;
};

} // namespace strowger::services::load
