#pragma once

#include "actors/traffic/impairment.hpp"
#include "actors/traffic/self_watch.hpp"
#include "actors/traffic/tally.hpp"
#include "actors/traffic/verdict.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What came of a load run: the one thing that all reports are made of.
namespace strowger::services::load {

/// One second of a run, as the callers saw it.
struct sample {
  double at_s = 0; // since the start
  std::uint64_t attempts = 0;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t in_flight = 0; // sessions of callers, at the end of the second
  // Of the calls answered in this second, from their intended start.
  double answer_p50_s = 0;
  double answer_p90_s = 0;
  double answer_p99_s = 0;
  double answer_max_s = 0;
  double lateness_p99_s = 0;            // of our own starts
  double cpu_share = 0;                 // of one core, that we took
  std::uint64_t retransmitted = 0;      // by us
  std::uint64_t peer_retransmitted = 0; // to us
  // RTP in this second, at both sides.
  std::uint64_t rtp_sent = 0; // packets
  std::uint64_t rtp_received = 0;
  std::uint64_t rtp_lost = 0;
  double rtp_jitter_p95_s = 0; // of the streams, at the end of the second
  double rtp_mos_mean = 0;     // 0: nothing was heard
  double rtp_mos_min = 0;
  double rtp_cpu_share = 0; // of one core, that RTP took beside cpu_share
};

/// The window that counts, and what lies around it, in seconds since the start.
struct window_times {
  double steady_from_s = 0;
  double steady_to_s = 0;
  double end_s = 0;
};

/// One of several generators that made a run together.
struct generator_part {
  std::string address;        // of its control plane
  std::string role;           // "both", "caller", "callee"
  std::uint64_t attempts = 0; // its callers, in the steady window
  std::uint64_t answered = 0; // of those
  std::uint64_t failed = 0;   // of those
  std::uint64_t came_in = 0;  // at its callees, in the steady window
  std::uint64_t lateness_p99_us = 0;
  double cpu_share_mean = 0;        // of one core
  double cpu_share_max = 0;         // in one second
  std::vector<std::string> invalid; // why the run says nothing
};

struct result {
  std::string scenario;
  std::string file;
  std::string target;
  std::uint64_t seed = 0;
  std::string started; // RFC 3339, UTC
  std::string version;
  window_times times;
  // What started in the steady window; the callees' side counts what came in
  // during it.
  traffic::tally callers;
  traffic::tally callees;
  // Whatever the window, and every trial of a search: what the other side has
  // counted too. Without latencies.
  traffic::tally all_callers;
  traffic::tally all_callees;
  std::vector<sample> samples;
  std::vector<traffic::verdict> verdicts;
  traffic::self_watch watch;
  std::vector<std::string> invalid; // why the run says nothing; empty: valid
  std::vector<std::string> broken_laws; // of conservation; empty: none
  std::uint64_t left_over = 0; // sessions that had not ended when the run did
  double cpu_per_call_us = 0;  // of this process, both sides if it has both
  std::vector<generator_part> generators; // empty: this process was it
  traffic::impairment_tally impairments;  // from the first message to the last

  bool passed() const {
    for (auto& x : verdicts)
      if (!x.met)
        return false;
    return broken_laws.empty();
  }
  /// What criteria judge: the callers, and what both sides have heard.
  traffic::tally judged() const {
    auto x = callers;
    x.media.merge(callees.media);
    return x;
  }
  bool has_media() const {
    return callers.media.any() || callees.media.any();
  }
  /// 0: valid and passed; 2: missed a criterion; 3: invalid.
  int exit_code() const {
    return !invalid.empty() ? 3 : passed() ? 0 : 2;
  }
};

} // namespace strowger::services::load
