#pragma once

#include "actors/model/time.hpp"
#include "actors/traffic/random.hpp"
#include "actors/traffic/scenario.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace strowger::traffic {

/// A step in the middle of a call, with the time drawn for it.
struct planned_step {
  step_kind what = step_kind::hold;
  model::duration after{0}; // the answer, or the step before
  const std::string* argument = nullptr;
};

/// What one call is to be like, as its user sees it: every choice is drawn
/// before it begins, so that what the peer does changes none of them.
struct course {
  model::duration talk{0}; // until this side hangs up
  bool hangs_up = false;   // else the other side is to
  std::vector<planned_step> steps;
  // of a caller
  model::duration patience{0}; // until it cancels; 0: it never does
  // of a callee
  std::uint16_t status = 200;
  bool rings = false;
  bool early_media = false;
  model::duration ring_after{0};
  model::duration answer_after{0};
};

/// The scenario has to outlive what is drawn from it.
course draw(const calling& of, random_source& from);
course draw(const answering& of, random_source& from);

} // namespace strowger::traffic
