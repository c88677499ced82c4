#pragma once

#include "actors/model/effects.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

/// Watches what a call tells the world and what it takes from it: events of
/// parties, uses of devices, its record. Throws `broken` on what is not
/// conserved.
namespace strowger::sim {

class ledger {
public:
  void note(const model::effects&, model::time_point now);

  /// Devices answer through here.
  void granted(model::seizure_number);
  void refused(model::seizure_number);

  bool finished() const {
    return finished_;
  }
  const model::call_record& record() const {
    return record_;
  }

private:
  enum class party { none, dialing, queued, alerting, connected, held };
  enum class use { asked, granted, over };

  void note(const model::journal_event&);
  void note_queue(const model::journal_event&);
  void note_finish(const model::call_record&, model::time_point now);

  std::map<std::pair<std::string, model::dn_role>, party> parties_;
  std::map<std::string, party> queues_;
  std::map<std::string, bool> refused_callers_; // after DestinationBusy
  std::map<model::seizure_number, use> uses_;
  bool finished_ = false;
  model::call_record record_;
};

} // namespace strowger::sim
