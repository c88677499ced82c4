#pragma once

#include "actors/model/route_desk.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

/// The strategy that the switch brings along: callers wait for an agent of a
/// group, in the order in which they came.
namespace strowger::model {

/// An entry of `strategies` in the configuration.
struct group_strategy_settings {
  std::string name;
  std::vector<std::string> points; // routing points and queues
  std::string group;               // an agent group, or a place group
  int64_t overflow_after_s = 0;    // of waiting; 0 = never
  std::string overflow_to;         // a DN, or a number that a trunk takes
};

class group_queue {
public:
  /// The DN of the agent of the group who is ready and idle for the longest
  /// time, without these; nothing if there is none.
  using agent_finder = std::function<std::optional<std::string>(
    std::span<const std::string> exclude)>;

  struct instruction {
    call_id call;
    std::string point;
    std::string request; // unique in this queue
    std::string destination;
  };

  explicit group_queue(group_strategy_settings settings)
    : settings_(std::move(settings)) {
    // nop
  }

  /// What the desk has for this client.
  void take(const route_notice& x);

  /// What is to be instructed now; it counts as given.
  std::vector<instruction> next(time_point now, const agent_finder& find);

  /// When next() has more to say by time alone.
  time_point next_deadline() const;

  /// Somebody waits for an agent.
  bool waits() const {
    return waiting_ > 0;
  }
  /// Calls that it is asked about.
  size_t calls() const {
    return calls_.size();
  }

private:
  enum class stage {
    waiting, // for an agent
    routed,  // to `destination`
    resting, // nowhere to go until the desk asks again
  };
  struct entry {
    call_id call;
    std::string point;
    time_point overflow_at = never;
    std::vector<std::string> tried; // agents who did not take it
    stage at = stage::waiting;
    std::string destination;
    bool overflows = false;
  };

  void set(entry& x, stage to);
  instruction send(entry& x, std::string destination, bool overflows);

  group_strategy_settings settings_;
  std::map<std::pair<time_point, call_id>, entry> calls_; // by arrival
  std::map<call_id, time_point> arrived_;
  size_t waiting_ = 0;
  uint64_t last_request_ = 0;
};

} // namespace strowger::model
