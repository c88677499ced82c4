#pragma once

#include "actors/model/dn_type.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace strowger::model {

// -- names --------------------------------------------------------------------

/// Every option of the switch. The enumerator is the option's name with '-'
/// turned into '_'; the order is that of the table.
// clang-format off
enum class option : uint16_t {
  // addresses and listeners
  sip_address, sip_interface, sip_port, sip_port_tls, sip_tls_cert,
  sip_tls_cert_key, sip_tls_trusted_ca, sip_tls_mutual,
  sip_nat_rewrite_contact, max_message_size, max_header_size, max_forwards,
  trusted_networks,
  // registrar and digest
  internal_registrar_enabled, internal_registrar_persistent,
  registrar_default_timeout, registrar_min_timeout, registrar_max_timeout,
  registrar_max_contacts, authenticate_requests, password, username,
  digest_algorithms, nonce_lifetime,
  // where a DN is, and trunks
  contact, contacts_backup, service_type, prefix, replace_prefix, priority,
  capacity, capacity_group, recovery_timeout, oos_check, oos_force, trusted,
  straight_forward, max_redirections, dr_forward, dr_peer_trunk,
  // calls on the wire
  sip_invite_timeout, sip_trying_timeout, ring_timeout,
  session_refresh_interval, min_session_interval, sip_hold_rfc3264,
  override_to_on_divert, event_ringing_on_100trying, sip_early_dialog_mode,
  sip_ring_tone_mode, sip_busy_type, sip_alert_info,
  // third-party call control
  refer_enabled, sip_refer_to_sst_enabled, make_call_rfc3725_flow,
  dual_dialog_enabled, sip_cti_control, makecall_subst_uname,
  blind_transfer_enabled, oosp_transfer_enabled, cpd_capability,
  sip_enable_call_info, sip_enable_two_party_mute, releasing_party_report,
  consult_user_data,
  // no answer
  no_answer_timeout, no_answer_overflow, no_answer_action,
  extn_no_answer_timeout, extn_no_answer_overflow, posn_no_answer_timeout,
  posn_no_answer_overflow, agent_no_answer_timeout, agent_no_answer_overflow,
  agent_no_answer_action, recall_no_answer_timeout, nas_private,
  no_response_dn,
  // routing points and queues
  router_timeout, after_routing_timeout, after_routing_timeout_action,
  divert_on_ringing, default_dn, alternate_route_profile, alternate_route_cof,
  default_redirection_limit, ringing_on_route_point, route_request_policy,
  // agents
  agent_strict_id, agent_logout_on_unreg, agent_emu_login_on_call,
  auto_logout_timeout, auto_logout_ready, logout_on_out_of_service,
  emulated_login_state, wrap_up_time, untimed_wrap_up_value,
  timed_acw_in_idle, acw_in_idle_force_ready, legal_guard_time,
  backwds_compat_acw_behavior, enable_agentlogin_subscribe,
  reject_call_notready, reject_call_incall, inbound_bsns_calls,
  outbound_bsns_calls, internal_bsns_calls, unknown_bsns_calls,
  inherit_bsns_type, bsns_call_dev_types, bsns_call_type,
  // media, treatments, monitoring
  ring_tone, default_music, music_in_queue_file, music_in_conference_file,
  music_on_hold, sip_treatments_continuous, charge_type, msml_support, record,
  disable_media_before_greeting, default_monitor_mode, default_monitor_scope,
  intrusion_enabled, monitor_internal_calls, monitor_consult_calls,
  cancel_monitor_on_disconnect, monitor_party_on_hold,
  // shared lines, presence, voice mail
  shared_line, shared_line_capacity, shared_line_number, subscribe_presence,
  subscribe_presence_domain, subscribe_presence_from,
  subscribe_presence_expire, request_uri, subscription_id, mwi_mode,
  mwi_domain, mwi_host, mwi_port, mwi_extension_enable, mwi_agent_enable,
  mwi_group_enable, gvm_mailbox, gvm_group_mailbox, gvm_mailbox_context,
  gvm_name, gvm_password, gvm_email, gvm_pager_email, gvm_options,
  // several sites
  handle_vsp, match_call_once, cast_type, timeout, request_tout,
  reconnect_tout, route_dn, use_data_from, report_connid_changes,
  register_attempts, resource_allocation_mode, cof_feature, tcs_use,
  // load, shutdown, being watched
  max_calls, max_reactor_lag, overload_retry_after, source_rate_limit,
  source_rate_burst, drain_timeout, shutdown_sip_reject_code, sip_pass_check,
  journal_size, metrics_labels_limit,
  count_, // not an option
};
// clang-format on

inline constexpr size_t option_count = static_cast<size_t>(option::count_);

// -- descriptions -------------------------------------------------------------

enum class value_type : uint8_t { boolean, integer, text, list, choice };

/// What the text of a value has to look like.
enum class value_format : uint8_t {
  any,
  contact, ///< `[sip:][user@]host[:port][;params]`
  network, ///< CIDR, such as `10.0.0.0/8`
  address, ///< an IP address or a host name
  digits,  ///< `0-9 + * #` and letters: what can start a dialled number
  trunk,   ///< the name of a Trunk DN
};

/// From when on a changed value counts.
enum class option_effect : uint8_t {
  immediate,
  next_call,
  next_registration,
  restart,
};

/// A set of places where an option may stand.
using level_set = uint32_t;

namespace level {

inline constexpr level_set application = 1u << 0; ///< section `TServer`
inline constexpr level_set extrouter = 1u << 1;   ///< section `extrouter`
inline constexpr level_set agent_login = 1u << 2;

constexpr level_set of(dn_type type) {
  return 1u << (3 + static_cast<unsigned>(type));
}

inline constexpr level_set any_dn = ((1u << dn_type_count) - 1) << 3;

} // namespace level

struct option_description {
  option id;
  std::string_view name;
  level_set levels;
  value_type type;
  int64_t min; ///< integers: smallest and largest value allowed
  int64_t max;
  std::string_view default_text; ///< as in a file; empty = unset
  std::string_view choices;      ///< `a|b|c`; empty = any text
  value_format format;
  std::string_view unit;
  option_effect effect;
  std::string_view meaning;
};

/// The one table that describes all options, in the order of the enum.
std::span<const option_description> option_table();

const option_description& describe(option id);

/// The option of this name, if there is one.
std::optional<option> find_option(std::string_view name);

/// The option whose name needs the fewest edits to become `name`.
option nearest_option(std::string_view name);

std::string_view to_string(value_type type);
std::string_view to_string(option_effect effect);

} // namespace strowger::model
