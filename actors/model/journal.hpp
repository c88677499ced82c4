#pragma once

#include "actors/model/signal.hpp"
#include "actors/model/time.hpp"
#include "actors/model/user_data.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// What the switch tells the world: T-Library events and call records.
namespace strowger::model {

/// T-Library events (EventRinging -> ringing).
enum class event_type : uint8_t {
  dialing,
  network_reached,
  ringing,
  established,
  destination_busy,
  queued,
  diverted,
  abandoned,
  released,
  held,
  retrieved,
  party_changed,
  route_request,
  route_used,
  dn_out_of_service,
  dn_back_in_service,
  call_created, // the call-based stream: once per call, before its first event
  call_deleted, // and once after its last
  error,        // a request that was accepted has failed
  dtmf_sent,
  attached_data_changed,
  user_event,
  agent_login,
  agent_logout,
  agent_ready,
  agent_not_ready,
  agent_reserved,
  dnd_on,
  dnd_off,
  forward_set,
  forward_cancelled,
};

/// T-Library CallType.
enum class call_type : uint8_t {
  unknown,
  internal,
  inbound,
  outbound,
  consult
};

/// T-Library CallState, the ones in use.
enum class call_state : uint8_t {
  ok,
  transferred,
  conferenced,
  general_error,
  system_error,
  remote_release,
  busy,
  no_answer,
  sit_invalid_number,
  sit_vacant,
  sit_intercept,
  sit_unknown,
  sit_no_circuit,
  sit_reorder,
  all_trunks_busy,
  queue_full,
  cleared,
  overflowed,
  abandoned,
  redirected,
  forwarded,
  consult,
  dropped,
};

/// T-Library DNRole.
enum class dn_role : uint8_t {
  none,
  origination,
  destination,
  conference_member,
  new_party,
  added_by,
  deleted_by,
  deleted_party,
  transferred_by,
  conferenced_by,
  observer,
};

/// T-Library AgentWorkMode, the ones in use.
enum class work_mode : uint8_t {
  unknown,
  manual_in,
  auto_in,
  legal_guard,
  after_call_work,
  aux_work,
  no_call_disconnect,
  walk_away,
  return_back,
};

/// What kind of work a call is to the party of a DN (extension BusinessCall).
enum class business_call : uint8_t {
  unknown,  // not decided before it is established
  personal, // "private": 0
  business, // 1: after-call work follows
  work,     // 2: made during after-call work, which waits meanwhile
};

/// What only some events carry.
struct event_details {
  std::string agent; // AgentID, in events of an agent's DN
  model::work_mode work_mode = model::work_mode::unknown;
  std::string reason;      // error: its stable name; not ready: the ReasonCode
  std::string text;        // error: for people; dtmf_sent: the digits
  std::string target;      // forward_set: where to; forward mode is in `reason`
  int64_t wrap_up_s = 0;   // agent_not_ready for after-call work, established
                           // of a business call of an agent; -1 = untimed
  int64_t reserved_ms = 0; // agent_reserved: for how long; 0 = no longer
  business_call business = business_call::unknown; // established, released and
                                                   // abandoned at an agent's DN
  bool operator==(const event_details&) const = default;
};

/// One T-Library event. The journal gives it its sequence number.
struct journal_event {
  event_type type = event_type::dialing;
  model::call_type call_type = call_type::unknown;
  model::call_state call_state = call_state::ok;
  dn_role this_role = dn_role::none;
  dn_role other_role = dn_role::none;
  dn_role third_party_role = dn_role::none;
  call_id call;
  call_id previous_call; // PreviousConnID: of a consult call, and of a party
                         // that came over from another call
  time_point at{};
  std::string this_dn;
  std::string other_dn;
  std::string third_party_dn;
  std::string this_queue;
  std::string ani;
  std::string dnis;
  shared_user_data user_data;                   // null is empty
  std::shared_ptr<const event_details> details; // null if there are none
  std::string request; // id of the client's request that caused it, or empty
};

/// How a call ended.
enum class call_result : uint8_t {
  answered,   // was established, then released
  abandoned,  // the caller gave up
  busy,       // 486, 600
  rejected,   // 403, 603 and other refusals of the called side
  no_answer,  // nobody answered in time, 408, 480
  invalid,    // no such number: 404, 484, 604
  no_trunk,   // no trunk was free or in service: 503
  failed,     // everything else: 4xx, 5xx, errors
  redirected, // sent elsewhere by 302
};

/// Who ended a call.
enum class releaser : uint8_t { caller, called, switch_itself };

/// One end of a finished call.
struct record_leg {
  std::string device;      // DN or trunk, or empty
  std::string number;      // ANI or the number dialled there
  std::string address;     // where the signalling came from or went to
  std::string sip_call_id; // without @host where `sip-address` is not set
};

/// The call detail record, made once when a call ends.
struct call_record {
  call_id call;
  model::call_type call_type = call_type::unknown;
  call_result result = call_result::failed;
  releaser released_by = releaser::switch_itself;
  uint16_t status = 0; // final SIP status towards the caller
  uint8_t redirections = 0;
  leg_number invited_leg = 0; // of the destination; 0 if none was invited
  record_leg origin;
  record_leg destination;
  time_point started{};
  time_point invited{};  // first INVITE out; never if none was sent
  time_point alerted{};  // first 18x to the caller; never if there was none
  time_point answered{}; // 2xx to the caller; never if not answered
  time_point ended{};
};

// -- words as text (T-Library spelling for events, snake case for the rest) ---

std::string_view to_string(event_type);
std::string_view to_string(call_type);
std::string_view to_string(call_state);
std::string_view to_string(dn_role);
std::string_view to_string(work_mode);
std::string_view to_string(call_result);
std::string_view to_string(releaser);

/// Label counts for metrics.
inline constexpr size_t event_type_count
  = static_cast<size_t>(event_type::forward_cancelled) + 1;
inline constexpr size_t call_type_count
  = static_cast<size_t>(call_type::consult) + 1;
inline constexpr size_t call_result_count
  = static_cast<size_t>(call_result::redirected) + 1;

} // namespace strowger::model
