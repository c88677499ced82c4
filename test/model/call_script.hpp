#pragma once

#include "actors/model/call.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

/// Plays a call against the model in words, so that call models read as tables.
///
/// Legs are letters: A is the caller, B, C, ... are opened in this order. What
/// happens:
///   "A: INVITE 2002 offer1"   the call begins (body optional)
///   "B: 180", "B: 183 answer1", "B: 200 answer1", "B: 302 2003"
///   "B: rel 183 answer1"      a reliable provisional response
///   "A: ACK", "A: ACK answer1", "A: CANCEL", "A: no ACK"
///   "A: BYE", "A: INFO x", "A: re-INVITE hold1", "A: UPDATE offer2", "A:
///   PRACK" "B: 200 to BYE", "B: 200 to re-INVITE answer2", "B: lost" "after
///   10s"               the time passes, deadlines come
/// Devices grant what they are asked for, unless they were told to refuse or
/// to forward. "route 9 2002" is a client's RouteCall; a 3xx names numbers, or
/// URIs if they have a colon.
/// A body that begins with "hold" is a description that holds (a=sendonly).
namespace strowger::test {

class call_script {
public:
  explicit call_script(const model::directory& config);

  /// Who calls: a DN or trunk number; empty = unknown.
  std::string source = "2001";
  bool trusted = true;
  bool caller_100rel = false;
  bool caller_update = false;
  model::session_terms caller_session;

  /// The device refuses from now on.
  void refuse(const std::string& device, model::refusal why);
  /// The device forwards every call.
  void forward(const std::string& device, const std::string& destination) {
    forwarding_[device] = destination;
  }
  /// What the device wants of calls that it does not take.
  void wants(const std::string& device, model::diversion_terms terms);
  /// The device has several addresses.
  void addresses(const std::string& device, size_t n, bool parallel);

  /// What happens -> what the call does, as "A: 180; B: INVITE offer1".
  std::string wire(const std::string& what);

  /// Events of the last wire(), as "2002 Ringing, 2001 Established(Busy)".
  std::string events() const;

  /// Everything held is given back and the record was made.
  bool finished() const;

  const model::invite& last_invite() const {
    return last_invite_;
  }
  const model::call_record& record() const {
    return record_;
  }
  const model::call& state() const {
    return call_;
  }
  const std::vector<model::journal_event>& all_events() const {
    return events_;
  }

private:
  void offer(const std::vector<std::string>& words);
  void respond(model::leg_number leg, std::vector<std::string> words);
  void request(model::leg_number leg, std::vector<std::string> words);
  void pass(std::chrono::seconds time);
  void absorb();
  std::string say(const model::command& x);
  model::context now();

  const model::directory& config_;
  model::turn_counters turns_;
  model::time_point now_{std::chrono::hours{1}};
  model::call call_;
  model::effects fx_;
  std::map<std::string, model::refusal> refusing_;
  std::map<std::string, std::string> forwarding_;
  std::map<std::string, std::shared_ptr<const model::diversion_terms>> wants_;
  std::map<std::string, std::pair<size_t, bool>> addresses_;
  std::map<std::pair<int, std::string>, model::txn_number> ours_; // by method
  std::map<int, model::txn_number> invites_; // last INVITE of each peer
  std::map<int, model::txn_number> next_;    // of the peers' requests
  std::map<std::string, std::string> asked_; // "A12" -> "BYE"
  std::set<std::string> held_devices_;
  std::string said_;
  model::invite last_invite_;
  std::vector<model::journal_event> events_;
  size_t reported_ = 0;
  model::call_record record_;
  bool finished_ = false;
};

} // namespace strowger::test
