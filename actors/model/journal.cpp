#include "actors/model/journal.hpp"

#include <array>

namespace strowger::model {

namespace {

/// Looks an enumerator up in the table of its words. A table that is too short
/// does not compile: see the static_asserts below.
template <class Enum, size_t N>
std::string_view word(const std::array<std::string_view, N>& words, Enum x) {
  return words[static_cast<size_t>(x)];
}

constexpr std::array<std::string_view, event_type_count> event_words = {
  "EventDialing",
  "EventNetworkReached",
  "EventRinging",
  "EventEstablished",
  "EventDestinationBusy",
  "EventQueued",
  "EventDiverted",
  "EventAbandoned",
  "EventReleased",
  "EventHeld",
  "EventRetrieved",
  "EventPartyChanged",
  "EventRouteRequest",
  "EventRouteUsed",
  "EventDNOutOfService",
  "EventDNBackInService",
  "EventCallCreated",
  "EventCallDeleted",
  "EventError",
  "EventDTMFSent",
  "EventAttachedDataChanged",
  "EventUserEvent",
  "EventAgentLogin",
  "EventAgentLogout",
  "EventAgentReady",
  "EventAgentNotReady",
  "EventAgentReserved",
  "EventDNDOn",
  "EventDNDOff",
  "EventForwardSet",
  "EventForwardCancel",
};

constexpr std::array<std::string_view, call_type_count> call_type_words = {
  "unknown", "internal", "inbound", "outbound", "consult"};

constexpr std::array<std::string_view, call_result_count> result_words = {
  "answered", "abandoned", "busy",   "rejected",   "no_answer",
  "invalid",  "no_trunk",  "failed", "redirected",
};

constexpr std::array<std::string_view, 23> state_words = {
  "Ok",           "Transferred",  "Conferenced",
  "GeneralError", "SystemError",  "RemoteRelease",
  "Busy",         "NoAnswer",     "SitInvalidnum",
  "SitVacant",    "SitIntercept", "SitUnknown",
  "SitNocircuit", "SitReorder",   "AllTrunksBusy",
  "QueueFull",    "Cleared",      "Overflowed",
  "Abandoned",    "Redirected",   "Forwarded",
  "Consult",      "Dropped",
};
static_assert(state_words.size()
              == static_cast<size_t>(call_state::dropped) + 1);

constexpr std::array<std::string_view, 11> role_words = {
  "None",          "Origination",   "Destination", "ConferenceMember",
  "NewParty",      "AddedBy",       "DeletedBy",   "DeletedParty",
  "TransferredBy", "ConferencedBy", "Observer",
};
static_assert(role_words.size() == static_cast<size_t>(dn_role::observer) + 1);

constexpr std::array<std::string_view, 9> work_mode_words = {
  "Unknown", "ManualIn",         "AutoIn",   "LegalGuard", "AfterCallWork",
  "AuxWork", "NoCallDisconnect", "WalkAway", "ReturnBack",
};
static_assert(work_mode_words.size()
              == static_cast<size_t>(work_mode::return_back) + 1);

constexpr std::array<std::string_view, 3> releaser_words = {"caller", "called",
                                                            "switch"};
static_assert(releaser_words.size()
              == static_cast<size_t>(releaser::switch_itself) + 1);

} // namespace

std::string_view to_string(event_type x) {
  return word(event_words, x);
}

std::string_view to_string(call_type x) {
  return word(call_type_words, x);
}

std::string_view to_string(call_state x) {
  return word(state_words, x);
}

std::string_view to_string(dn_role x) {
  return word(role_words, x);
}

std::string_view to_string(work_mode x) {
  return word(work_mode_words, x);
}

std::string_view to_string(call_result x) {
  return word(result_words, x);
}

std::string_view to_string(releaser x) {
  return word(releaser_words, x);
}

} // namespace strowger::model
