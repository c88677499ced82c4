#include "actors/model/demand.hpp"

#include <array>

namespace strowger::model {

namespace {

constexpr std::array<std::string_view, verb_count> verb_words = {
  "make_call",
  "answer_call",
  "release_call",
  "clear_call",
  "hold_call",
  "retrieve_call",
  "redirect_call",
  "route_call",
  "keep_waiting",
  "initiate_transfer",
  "complete_transfer",
  "mute_transfer",
  "single_step_transfer",
  "alternate_call",
  "reconnect_call",
  "merge_calls",
  "send_dtmf",
  "attach_user_data",
  "update_user_data",
  "delete_user_data",
  "delete_all_user_data",
  "set_dnd",
  "cancel_dnd",
  "set_forward",
  "cancel_forward",
};
static_assert(!verb_words.back().empty());

constexpr std::array<std::string_view, fault_count> fault_words = {
  "NONE",
  "NOT_REGISTERED",
  "UNKNOWN_DN",
  "INVALID_CALLING_DN",
  "INVALID_CALLED_DN",
  "UNKNOWN_CALL",
  "PARTY_NOT_ON_CALL",
  "INVALID_CALL_STATE",
  "WRONG_KIND_OF_CALL",
  "NO_TRUNK",
  "OUT_OF_SERVICE",
  "BUSY",
  "NO_ANSWER",
  "REJECTED",
  "TIMEOUT",
  "UNSUPPORTED",
  "INVALID_ARGUMENT",
  "TOO_LARGE",
  "NOT_LOGGED_IN",
  "ALREADY_LOGGED_IN",
  "AGENT_IN_USE",
  "UNKNOWN_AGENT",
  "WRONG_PASSWORD",
  "OVERLOADED",
  "CONFLICT",
  "CANCELLED",
};
static_assert(!fault_words.back().empty());

} // namespace

std::string_view to_string(verb x) {
  return verb_words[static_cast<size_t>(x)];
}

std::string_view to_string(fault x) {
  return fault_words[static_cast<size_t>(x)];
}

} // namespace strowger::model
