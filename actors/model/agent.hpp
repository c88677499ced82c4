#pragma once

#include "actors/model/demand.hpp"
#include "actors/model/journal.hpp"
#include "actors/model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The vocabulary of agents (semantics 1.4 and 3.3): what a desktop asks, what
/// an agent's state is, and what kind of work a call is.
namespace strowger::model {

/// T-Library requests that concern an agent (TAgentLogin -> login).
enum class agent_verb : uint8_t {
  login,
  logout,
  ready,
  not_ready,
  reserve,
  cancel_reserve,
};
inline constexpr size_t agent_verb_count
  = static_cast<size_t>(agent_verb::cancel_reserve) + 1;

/// After-call work that does not end by itself.
inline constexpr int64_t untimed_s = -1;

/// Limits of what a client may say.
inline constexpr size_t max_agent_text = 255;        // bytes of any text
inline constexpr int64_t max_wrap_up_s = 86400;      // as `wrap-up-time`
inline constexpr int64_t max_reserve_ms = 3'600'000; // an hour

/// A request about an agent. Agent and DN find each other: a logged-in agent is
/// named by either; if both are given they must belong together.
struct agent_demand {
  agent_verb verb = agent_verb::login;
  std::string dn;
  std::string agent;                          // AgentID
  std::string password;                       // login
  std::string queue;                          // login: ACD Queue, or empty
  model::work_mode mode = work_mode::unknown; // login, ready, not_ready
  std::string reason;                         // not_ready: the ReasonCode
  std::optional<int64_t> wrap_up_s; // not_ready for ACW: extension WrapUpTime;
                                    // untimed_s for without end
  std::optional<bool> on_call;      // login, logout: AgentEmuLoginOnCall
  int64_t reserve_ms = 0;           // reserve: for how long
  int64_t reserve_priority = 0;     // reserve: the larger one takes it away
  std::string client;               // who asks; login: see agents::client_gone
  std::string request; // the client's id; stands in the events it causes
};

enum class agent_state : uint8_t { logged_out, ready, not_ready };

/// A state with its particulars.
struct agent_posture {
  agent_state state = agent_state::logged_out;
  model::work_mode mode = work_mode::unknown;
  std::string reason;
  bool operator==(const agent_posture&) const = default;
};

/// What everybody may know about an agent, or about an agent's DN.
struct agent_status {
  std::string agent;
  std::string dn;    // empty while logged out
  std::string queue; // of the login
  agent_posture posture;
  time_point since{};           // when the posture began
  time_point idle_since{};      // last call over, or ready; whichever is later
  time_point rest_ends = never; // after-call work, legal guard; never: untimed
                                // or paused
  bool paused = false;          // by a work-related call
  time_point reserved_until = never; // never: not reserved
  size_t calls = 0;                  // parties at the DN, ringing or connected
};

/// What happens to an agent who did not answer (`agent-no-answer-action`,
/// `after-routing-timeout-action`).
enum class agent_penalty : uint8_t { none, not_ready, logout };

/// Reads `none|notready|logout`.
agent_penalty parse_agent_penalty(std::string_view word);

/// "login", "ready", "business": words as the protocol and logs have them.
std::string_view to_string(agent_verb);
std::string_view to_string(agent_state);
std::string_view to_string(business_call);

} // namespace strowger::model
