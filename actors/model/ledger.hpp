#pragma once

#include "actors/model/journal.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// The state of a switch as its events tell it: what a client has who folds
/// every event into a snapshot. The switch makes its snapshots from the same
/// fold, so snapshot and events cannot disagree.
namespace strowger::model {

/// What a party of a call is doing (semantics §1.3).
enum class ledger_state : uint8_t {
  dialing,
  queued,
  alerting,
  connected,
  held,
  busy,
};

/// A DN's part in a call.
struct ledger_party {
  std::string dn;
  dn_role role = dn_role::none;
  ledger_state state = ledger_state::dialing;
  std::string queue; // where the call came from to this DN
  std::string other_dn;
  time_point since{}; // in this state
  bool operator==(const ledger_party&) const = default;
};

/// A call that had an event.
struct ledger_call {
  call_id id;
  call_type type = call_type::unknown;
  call_id previous_call;
  std::string ani;
  std::string dnis;
  shared_user_data user_data; // null is empty
  std::vector<ledger_party> parties;
  time_point created{};
  bool announced = false; // began with call_created, so ends with call_deleted

  const ledger_party* find(std::string_view dn) const;
};

/// Compares what user data says, not where it lies.
bool operator==(const ledger_call& a, const ledger_call& b);

/// An agent who is logged in.
struct ledger_agent {
  std::string id;
  bool ready = false;
  model::work_mode work_mode = model::work_mode::unknown;
  std::string reason;
  time_point since{};
  bool operator==(const ledger_agent&) const = default;
};

/// What events told about a DN. `in_service` is empty until one spoke of it.
struct ledger_dn {
  std::string number;
  std::optional<bool> in_service;
  bool dnd = false;
  std::string forward_mode;
  std::string forward_to;
  std::optional<ledger_agent> agent;
  bool operator==(const ledger_dn&) const = default;
};

/// A ledger at one moment, for whoever reads it on another thread.
struct ledger_image {
  std::vector<std::shared_ptr<const ledger_call>> calls;
  std::vector<std::shared_ptr<const ledger_dn>> dns;

  /// Calls by id, the oldest first, and DNs by number. An image comes in no
  /// order, so that the thread of the switch need not sort.
  void sort();

  const ledger_call* find(call_id id) const;        // only if sorted
  const ledger_dn* find(std::string_view dn) const; // only if sorted
};

/// Folds events. Cheap enough for every event of the switch: an image shares
/// what it shows, and what changes after it is copied once.
class ledger {
public:
  /// Takes one event, in the order of the journal.
  void fold(const journal_event& x);

  /// The state now, in no order.
  ledger_image image();

  /// A call, or null.
  const ledger_call* find(call_id id) const;

  /// What is special about a DN, or null. A DN that became again as it was at
  /// the start is not special.
  const ledger_dn* find(std::string_view dn) const;

  size_t calls() const {
    return calls_.size();
  }

  /// Shows every call, and every DN that is special, in no order.
  template <class F>
  void each_call(F f) const {
    for (auto& [id, x] : calls_)
      f(*x.value);
  }
  template <class F>
  void each_dn(F f) const {
    for (auto& [number, x] : dns_)
      f(*x.value);
  }

private:
  /// Written to only if no image shows it: those show what has an older epoch.
  template <class T>
  struct entry {
    std::shared_ptr<T> value;
    uint64_t epoch = 0;
  };
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct id_hash {
    size_t operator()(call_id x) const {
      // Ids count up, which spreads well over any number of buckets.
      return static_cast<size_t>(x.value);
    }
  };

  template <class T>
  T& own(entry<T>& x);
  ledger_call& open(const journal_event& x);
  void update(ledger_call& call, const journal_event& x);
  void fold_party(const journal_event& x, ledger_state state);
  void fold_change(const journal_event& x);
  void fold_leave(const journal_event& x);
  void fold_data(const journal_event& x);
  void move_party(const journal_event& x);
  template <class Change>
  void change_dn(std::string_view dn, Change change);
  void fold_dn(const journal_event& x);
  void fold_agent(const journal_event& x);

  std::unordered_map<call_id, entry<ledger_call>, id_hash> calls_;
  std::unordered_map<std::string, entry<ledger_dn>, text_hash, std::equal_to<>>
    dns_;
  uint64_t epoch_ = 1;
};

/// "dialing": words of logs and tests.
std::string_view to_string(ledger_state);

} // namespace strowger::model
