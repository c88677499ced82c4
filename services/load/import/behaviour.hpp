#pragma once

#include "actors/traffic/scenario.hpp"
#include "services/load/import/law.hpp"
#include "services/load/import/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The user behind a scenario of SIPp: what it does, as far as scenarios of
/// `strowger load` can say it.
namespace strowger::services::load::sipp {

struct mid_call_step {
  traffic::step_kind what = traffic::step_kind::hold;
  double after_ms = 0;
  std::string argument; // digits, or the number to transfer to
};

struct calling {
  source to;
  std::vector<law> talk; // one after the other
  std::optional<std::vector<law>> patience;
  bool callee_hangs_up = false;
  bool is_refused = false; // the device is expected to refuse it
  std::vector<mid_call_step> steps;
};

struct answering {
  struct code {
    int status = 200;
    double chance = 1;
  };
  std::vector<code> codes; // none: it waits for CANCEL
  std::optional<std::vector<law>> ring_after;
  std::vector<law> answer_after;
  bool early_media = false;
  std::optional<std::vector<law>> talk; // it hangs up
  std::vector<mid_call_step> steps;
};

struct registering {
  std::chrono::seconds expires{3600};
};

struct behaviour {
  source user; // its number
  source domain;
  std::optional<registering> registers;
  std::optional<calling> calls;
  std::optional<answering> answers;
  // How it proves itself, if it does.
  bool proves = false;
  source password;
  /// Column of the injection file that holds the whole keyword
  /// [authentication …].
  std::optional<std::size_t> login_field;

  bool is_anybody() const {
    return registers || calls || answers;
  }
};

} // namespace strowger::services::load::sipp
