#pragma once

#include "actors/model/journal.hpp"
#include "actors/model/ledger.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace strowger::test {

/// What holds for the events of every call, whatever happens: a DN comes once,
/// before it goes, goes once, and is gone before the call is (semantics §5).
class event_laws {
public:
  /// Nothing, or which law the event breaks.
  std::string broken_by(const model::journal_event& x) {
    using enum model::event_type;
    auto& parties = calls_[x.call];
    auto& here = parties[x.this_dn];
    switch (x.type) {
      case dialing:
      case ringing:
      case queued:
        return here++ == 0 ? "" : told(x, "of a DN that is in the call");
      case released:
      case abandoned:
      case diverted:
        return here-- > 0 ? "" : told(x, "of a DN that is not in the call");
      case party_changed:
        if (x.previous_call.value != 0 && x.previous_call != x.call) {
          if (here++ != 0)
            return told(x, "of a DN that is in the call");
          return calls_[x.previous_call][x.this_dn]-- > 0
                   ? ""
                   : told(x, "of a DN that was not in the other call");
        }
        [[fallthrough]];
      case established:
      case held:
      case retrieved:
      case destination_busy:
      case dtmf_sent:
      case attached_data_changed:
      case route_request:
      case route_used:
        return here > 0 ? "" : told(x, "of a DN that is not in the call");
      case call_deleted:
        for (auto& [dn, count] : parties)
          if (count != 0)
            return told(x, "while " + dn + " is in it");
        calls_.erase(x.call);
        return {};
      default:
        return {};
    }
  }

private:
  static std::string told(const model::journal_event& x, std::string what) {
    return std::string{to_string(x.type)} + " of " + x.this_dn + " in "
           + std::to_string(x.call.value) + ": " + what;
  }

  std::map<model::call_id, std::map<std::string, int>> calls_;
};

/// All that has happened keeps to the laws, and leaves no call to those who
/// follow it.
inline void check_events(const std::vector<model::journal_event>& all) {
  model::ledger book;
  event_laws laws;
  for (auto& x : all) {
    book.fold(x);
    CHECK(laws.broken_by(x) == "");
  }
  CHECK(book.calls() == 0);
}

} // namespace strowger::test
