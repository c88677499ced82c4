#pragma once

#include "actors/model/between_calls.hpp"
#include "actors/model/journal.hpp"
#include "actors/model/seizure.hpp"
#include "actors/model/signal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace strowger::model {

/// What a step of a call asks to be done, in order within each list. The shell
/// reuses one of these for every step, so nothing is allocated in the long run.
struct effects {
  struct seizing {
    std::string device;
    seize request;
  };
  struct releasing {
    std::string device;
    release notice;
  };

  struct telling {
    call_id to; // made if there is no such call yet
    word_to_call word;
  };
  /// An agent did not answer: `no-answer-action`, or that of after-routing.
  struct leaving_unanswered {
    std::string dn;
    bool after_routing = false; // `after-routing-timeout-action`
  };
  struct answering {
    uint64_t token = 0;
    model::verdict verdict;
  };

  /// The device was asked to call; its INVITE belongs to this call.
  struct awaiting {
    call_id call;
    std::string source; // empty: nothing is awaited any more
    std::string called;
    leg_number leg = 0;
  };

  std::vector<command> wire;
  std::vector<leaving_unanswered> unanswered;
  std::vector<journal_event> events;
  std::vector<seizing> seizes;
  std::vector<releasing> releases;
  std::vector<telling> tells;
  std::vector<answering> verdicts;
  std::vector<awaiting> awaits;
  std::optional<call_record> finished; // the call is over and holds nothing

  void clear() {
    wire.clear();
    unanswered.clear();
    events.clear();
    seizes.clear();
    releases.clear();
    tells.clear();
    verdicts.clear();
    awaits.clear();
    finished.reset();
  }
};

} // namespace strowger::model
