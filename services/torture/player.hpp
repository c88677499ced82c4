#pragma once

#include "services/torture/judge.hpp"
#include "services/torture/response.hpp"
#include "services/torture/wire.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace strowger::services::torture {

/// A case, and what came of it.
struct case_result {
  torture_case what;
  observation seen;
  judgement found;
};

struct settings {
  std::chrono::milliseconds timeout{500};          // for an answer
  std::chrono::milliseconds revive_within{30'000}; // after a death
  // For an answer to OPTIONS; three times that is less than 3 s.
  std::chrono::milliseconds one_try{950};
};

/// Sends cases one by one, and asks after each whether the device lives.
class player {
public:
  /// `around` is what knows both ends; `run` makes tokens the run's own.
  player(wire& to, const surroundings& around, std::string run,
         const settings& wanted);

  /// Whether the device is there: asks for 3 s. Empty, or what is wrong.
  std::string knock();

  /// Every case, each shown when it is judged. If the device does not come back
  /// the rest is not sent.
  std::vector<case_result>
  play(std::vector<torture_case> cases,
       const std::function<void(const case_result&)>& show);

  /// From any thread: the rest is not sent.
  void stop() {
    stopped_ = true;
  }

private:
  void perform(const torture_case& what, observation& seen);
  void listen(way& from, const torture_case& what, observation& seen,
              monotonic::time_point sent);
  void take(way& from, const std::string& message, const torture_case& what,
            observation& seen);
  bool belongs(std::string_view message, const torture_case& what) const;
  bool ping(const torture_case& what, observation& seen,
            monotonic::time_point until, std::string& problem);
  void see_whether_it_lives(const torture_case& what, observation& seen);
  surroundings fresh(std::size_t first);

  wire& wire_;
  surroundings around_;
  std::string run_;
  settings wanted_;
  std::size_t tokens_ = 0;
  bool recording_ = false; // what comes now is an answer to the case
  monotonic::time_point began_{};
  struct sent {
    std::string key;
    request_facts facts;
    const torture_case* by = nullptr;
  };
  const sent* sent_for(std::string_view message) const;
  std::vector<sent> sent_; // what answers may belong to
  std::atomic<bool> stopped_{false};
};

} // namespace strowger::services::torture
