#pragma once

#include "actors/model/demand.hpp"
#include "actors/model/journal.hpp"
#include "actors/model/subscription.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

/// Dumb counters that the rooms bump on the reactor's thread and that
/// services/metrics reads from another one. One thread writes, so a relaxed
/// load and store is enough and costs what a plain variable costs.
namespace strowger {

/// Counts events; never goes back.
class counter {
public:
  void add(uint64_t n = 1) {
    value_.store(read() + n, std::memory_order_relaxed);
  }
  uint64_t read() const {
    return value_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<uint64_t> value_ = 0;
};

/// A level that cannot go below zero: a give without a take is a programmer
/// error that must not end as 1.8e19 on a dashboard.
class gauge {
public:
  void set(uint64_t x) {
    value_.store(x, std::memory_order_relaxed);
    if (x > peak())
      peak_.store(x, std::memory_order_relaxed);
  }
  void take() {
    set(read() + 1);
  }
  void give() {
    set(read() > 0 ? read() - 1 : 0);
  }
  uint64_t read() const {
    return value_.load(std::memory_order_relaxed);
  }
  uint64_t peak() const {
    return peak_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<uint64_t> value_ = 0;
  std::atomic<uint64_t> peak_ = 0;
};

/// A histogram over times, with bounds that suit both a switch's own delay and
/// a phone's ringing: 1-2-5 steps from 50 us to 200 s.
class time_histogram {
public:
  static constexpr std::array<double, 21> bounds_s = {
    50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 0.1,
    0.2,   0.5,    1,      2,      5,    10,   20,   50,    100,   200};

  void observe(model::duration x) {
    auto seconds = std::chrono::duration<double>(x).count();
    auto at = std::lower_bound(bounds_s.begin(), bounds_s.end(), seconds);
    buckets_[static_cast<size_t>(at - bounds_s.begin())].add();
    sum_ns_.add(static_cast<uint64_t>(std::max<int64_t>(x.count(), 0)));
  }

  /// Observations in bucket `i`, not cumulative; the last one has no bound.
  uint64_t bucket(size_t i) const {
    return buckets_[i].read();
  }
  double sum_s() const {
    return static_cast<double>(sum_ns_.read()) * 1e-9;
  }

private:
  std::array<counter, bounds_s.size() + 1> buckets_;
  counter sum_ns_;
};

/// Which way a message went.
enum class heading : uint8_t { in, out };

/// Why the edge refused a message before any call saw it.
enum class rejection : uint8_t {
  calls,        // `max-calls`
  lag,          // `max-reactor-lag`
  drain,        // the switch is shutting down
  source_rate,  // `source-rate-limit`
  too_large,    // `max-message-size`, `max-header-size`
  malformed,    // 400
  unauthorised, // wrong credentials
  unknown_user, // 404 at the edge
  forbidden,    // unknown source may not use trunks
  loop,         // 482, 483
  unsupported,  // 405, 415, 416, 420, 501
};
inline constexpr size_t rejection_count
  = static_cast<size_t>(rejection::unsupported) + 1;

/// Methods that have a label of their own, by the index into probe::requests.
inline constexpr std::array<std::string_view, 14> sip_method_labels = {
  "OTHER", "INVITE", "ACK",    "CANCEL",  "BYE",       "OPTIONS", "REGISTER",
  "INFO",  "PRACK",  "UPDATE", "MESSAGE", "SUBSCRIBE", "NOTIFY",  "REFER"};
inline constexpr size_t sip_method_count = sip_method_labels.size();

/// All counters of the switch that are not per trunk.
struct probe {
  // -- calls; every one ends in exactly one result --------------------------
  counter calls_opened;
  counter calls_joined; // became a party of another one (Replaces)
  std::array<std::array<counter, model::call_result_count>,
             model::call_type_count>
    calls;
  gauge calls_in_progress;
  gauge legs_in_progress;
  counter events;
  time_histogram added_delay;     // INVITE in to INVITE out, if that is first
  time_histogram post_dial_delay; // INVITE in to first 18x out
  time_histogram setup_time;      // INVITE in to 2xx out

  // -- SIP --------------------------------------------------------------------
  std::array<std::array<counter, sip_method_count>, 2> requests; // [heading]
  std::array<std::array<counter, 6>, 2> responses; // [heading][class - 1]
  std::array<counter, 2> retransmissions;          // [heading]
  counter parse_errors;
  std::array<counter, rejection_count> rejections;
  gauge registrations; // DNs with at least one binding
  /// Subscriptions to the presence of phones, by subscription_phase.
  std::array<gauge, model::subscription_phase_count> presence_subscriptions;
  gauge transactions;
  gauge tls_sessions; // of open connections

  // -- routing ----------------------------------------------------------------
  gauge routing_clients;
  gauge routing_open;      // calls that are with a client
  gauge routing_unclaimed; // calls that wait for one
  /// Instructions of clients by what came of them; fault::none: used.
  std::array<counter, model::fault_count> instructions;
  time_histogram strategy_answer; // route request to instruction

  // -- reactor ----------------------------------------------------------------
  time_histogram lag; // how late a turn began its due deadlines
  gauge queue_depth;
  gauge deadlines;
};

/// The counters of one trunk.
struct trunk_counters {
  gauge current;    // calls on it, in both directions; its peak() is theirs
  gauge in_service; // 1 or 0
  counter attempts; // calls sent towards it
  counter refused;  // calls not even sent: full, out of service, draining
  /// Attempts that its final response ended, by [class - 3]: 3xx to 6xx.
  std::array<counter, 4> rejections;
  counter unreachable; // attempts that nobody answered, or a transport error
};

} // namespace strowger
