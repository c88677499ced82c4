#pragma once

#include "actors/model/journal.hpp"
#include "actors/model/signal.hpp"
#include "actors/model/user_data.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

/// The vocabulary between the control plane and the switch: what a client asks
/// (a T-Library request, TMakeCall -> verb::make_call) and the verdict on it.
namespace strowger::model {

/// T-Library requests that concern a call, or a DN by itself.
enum class verb : uint8_t {
  make_call,
  answer_call,
  release_call,
  clear_call,
  hold_call,
  retrieve_call,
  redirect_call,
  route_call,
  keep_waiting, // on the routing point `this_dn`: `router-timeout` begins anew
  initiate_transfer,
  complete_transfer,
  mute_transfer,
  single_step_transfer,
  alternate_call,
  reconnect_call,
  merge_calls,
  send_dtmf,
  attach_user_data, // adds, and replaces what is there
  update_user_data, // replaces everything
  delete_user_data, // the pair whose key is `text`
  delete_all_user_data,
  set_dnd, // these four concern a DN: `this_dn`
  cancel_dnd,
  set_forward, // to `destination`; `text` says when: see forward_mode
  cancel_forward,
};
inline constexpr size_t verb_count = static_cast<size_t>(verb::cancel_forward)
                                     + 1;

/// Is the request for a DN, whatever calls it has?
inline bool concerns_dn(verb x) {
  return x >= verb::set_dnd;
}

/// Does a consult call come of the request?
inline bool makes_consult_call(verb x) {
  return x == verb::initiate_transfer || x == verb::mute_transfer;
}

/// How a routing instruction is meant (T-Library RouteType).
enum class route_type : uint8_t {
  standard,
  overwrite_dnis,
  direct,
  reject,
  announcement,
  agent_id,
  call_disconnect,
};

/// ConsultUserData: what a consult call gets of the call it belongs to.
enum class consult_data : uint8_t { by_option, separate, inherited, joint };

/// A request of a client. Which fields count is said at the verb's handler and
/// in the protocol; the others are left as they are here.
struct demand {
  model::verb verb = verb::make_call;
  std::string this_dn;
  call_id call;        // the call; of two, the held one
  call_id second_call; // of two calls, the current one
  std::string destination;
  std::string text; // digits; key of a pair; DNIS of route_call; forward mode
  // A consult call whose phone has one dialog for two calls: its leg comes over
  // from the first call. Only calls say so, to each other.
  bool phone_lent = false;
  user_data pairs;
  model::route_type route = route_type::standard;
  model::consult_data consult = consult_data::by_option;
  business_call business = business_call::unknown; // of make_call
  std::string request; // the client's id; stands in the events it causes
};

/// Why a request is refused, or failed later. The names are stable: clients
/// branch on them (they are the reasons of google.rpc.ErrorInfo).
enum class fault : uint8_t {
  none,
  not_registered,     // the DN has no phone to talk to
  unknown_dn,         // no such DN in the configuration
  invalid_calling_dn, // not a DN that can make calls
  invalid_called_dn,  // neither a DN nor a number that a trunk takes
  unknown_call,       // no such call, or it is over
  party_not_on_call,  // the DN has no part in the call
  invalid_call_state, // not now
  wrong_kind_of_call, // not this kind of call
  no_trunk,           // every trunk is full or out of service
  out_of_service,     // the device does not answer
  busy,               // 486, 600
  no_answer,          // 408, 480, or a limit of ours
  rejected,           // 403, 603 and other refusals
  timeout,            // a deadline of the request
  unsupported,        // the device cannot do this
  invalid_argument,   // a field makes no sense
  too_large,          // user data over its limits
  not_logged_in,      // the DN has no agent
  already_logged_in,  // the DN has another agent
  agent_in_use,       // the agent is logged in elsewhere
  unknown_agent,      // not configured (`agent-strict-id`)
  wrong_password,
  overloaded, // the switch drains or is full
  conflict,   // this request id was used for another request
  cancelled,  // the call went away meanwhile
};
inline constexpr size_t fault_count = static_cast<size_t>(fault::cancelled) + 1;

/// The answer to a demand: accepted (`fault::none`), or why not. Outcomes come
/// as events.
struct verdict {
  fault why = fault::none;
  std::string text; // for people
  call_id call;     // that the request made or concerned

  bool accepted() const {
    return why == fault::none;
  }
};

/// The verdict on a request that is refused.
inline verdict refuse(fault why, std::string_view text) {
  return {why, std::string{text}, {}};
}

/// Takes the verdict, on the reactor's thread, exactly once.
using verdict_taker = std::function<void(verdict&&)>;

/// "make_call", "NOT_REGISTERED": words as the protocol and logs have them.
std::string_view to_string(verb);
std::string_view to_string(fault);

} // namespace strowger::model
