#pragma once

#include "services/torture/cases.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::torture {

/// What was seen of one case.
struct observation {
  std::vector<std::string> answers;        // responses to it, in order
  std::optional<double> answered_after_ms; // the first of them
  bool closed = false;                     // the device ended the connection
  bool alive = true;                       // it answered OPTIONS afterwards
  std::optional<double> revived_after_ms;  // if it was not alive
  std::string cannot_hear;    // why an answer could have been missed
  std::string could_not_send; // why it was not sent
};

enum class verdict { as_expected, remark, failed, unheard, not_sent };

std::string_view to_string(verdict x);

struct judgement {
  verdict is = verdict::as_expected;
  std::optional<int> answer;      // the first final status, else a 1xx
  std::vector<std::string> words; // what is wrong, or remarkable
};

/// An answer out of place, a response that is not well-formed and a device that
/// died are failures. Silence where an answer was due is none if we could not
/// have heard it.
judgement judge(const torture_case& what, const observation& seen);

} // namespace strowger::services::torture
