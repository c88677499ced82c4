#include "actors/model/agent.hpp"

namespace strowger::model {

agent_penalty parse_agent_penalty(std::string_view word) {
  if (word == "notready")
    return agent_penalty::not_ready;
  if (word == "logout")
    return agent_penalty::logout;
  return agent_penalty::none;
}

std::string_view to_string(agent_verb x) {
  switch (x) {
    case agent_verb::login:
      return "login";
    case agent_verb::logout:
      return "logout";
    case agent_verb::ready:
      return "ready";
    case agent_verb::not_ready:
      return "not_ready";
    case agent_verb::reserve:
      return "reserve";
    case agent_verb::cancel_reserve:
      return "cancel_reserve";
  }
  return "";
}

std::string_view to_string(agent_state x) {
  switch (x) {
    case agent_state::logged_out:
      return "logged_out";
    case agent_state::ready:
      return "ready";
    case agent_state::not_ready:
      return "not_ready";
  }
  return "";
}

std::string_view to_string(business_call x) {
  switch (x) {
    case business_call::unknown:
      return "unknown";
    case business_call::personal:
      return "private";
    case business_call::business:
      return "business";
    case business_call::work:
      return "work";
  }
  return "";
}

} // namespace strowger::model
