#pragma once

#include "services/control/event_batch.hpp"

#include <bitset>
#include <optional>
#include <string>
#include <unordered_set>

namespace strowger::services::control {

/// Which events a subscriber wants; see EventFilter in the protocol.
class event_filter {
public:
  /// Reads the filter of a request. Returns what is wrong with it, or nothing.
  std::optional<std::string> read(const api::EventFilter& x);

  /// Does every event pass?
  bool empty() const {
    return !by_place() && kinds_.all();
  }

  bool passes(const event_mark& x, const model::directory& config) const;

  // -- snapshots --------------------------------------------------------------

  bool wants_dn(const model::dn& x) const;
  /// Every party of the call?
  bool wants_call(model::call_id x) const;
  bool wants_party(std::string_view dn, const model::directory& config) const;

  // -- what must exist --------------------------------------------------------

  const auto& dns() const {
    return dns_;
  }
  const auto& calls() const {
    return calls_;
  }

private:
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  bool by_place() const {
    return !dns_.empty() || !calls_.empty() || types_.any();
  }
  bool has(const model::dn& x) const {
    return types_[static_cast<size_t>(x.type)];
  }

  std::unordered_set<std::string, text_hash, std::equal_to<>> dns_;
  std::unordered_set<uint64_t> calls_;
  std::bitset<model::dn_type_count> types_;
  std::bitset<model::event_type_count> kinds_ = ~decltype(kinds_){};
};

} // namespace strowger::services::control
