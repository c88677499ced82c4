#pragma once

#include "services/control/words.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace strowger::services::control {

/// The state of the switch at one moment. Taken on the thread of the switch,
/// which costs a pointer for each call; read anywhere.
class state_image {
public:
  state_image(std::string journal_id, uint64_t sequence, wall_clock clock,
              std::shared_ptr<const model::directory> config,
              model::ledger_image taken)
    : journal_id(std::move(journal_id)), sequence(sequence), clock(clock),
      config(std::move(config)), taken_(std::move(taken)) {
    // nop
  }

  const std::string journal_id;
  const uint64_t sequence;
  const wall_clock clock;
  const std::shared_ptr<const model::directory> config;

  /// Calls and special DNs, sorted by the first who asks.
  const model::ledger_image& ledger() const {
    std::call_once(sorted_, [this] { taken_.sort(); });
    return taken_;
  }

private:
  mutable std::once_flag sorted_;
  mutable model::ledger_image taken_;
};

} // namespace strowger::services::control
