#pragma once

#include "actors/model/demand.hpp"
#include "actors/model/party.hpp"

#include <cstdint>
#include <string>
#include <variant>

/// What calls tell each other, and clients a call.
namespace strowger::model {

/// A client's request, or another call's on its behalf (token 0). Answered at
/// once by a verdict; the outcome comes as events.
struct demanded {
  demand what;
  uint64_t token = 0; // finds whoever waits for the verdict
};

/// Give me the far side of the call that this DN has with you: the DN transfers
/// it to me. Answered with leg_moved, or far_side_denied.
struct far_side_wanted {
  call_id by;
  leg_number as = 0; // its number there
  std::string dn;
  std::string stays;          // DN with whom it is to talk there
  bool even_alerting = false; // it need not have answered
};

/// The answer if that side waits on a routing point: it waits in your call from
/// now on (semantics M22).
struct queue_moved {
  call_id from;
  std::string queue;
  std::string transferred_by;
  leg_number as = 0; // the number kept for the leg, which is not needed
  time_point route_until = never;
};

/// No, and why.
struct far_side_denied {
  fault why = fault::none;
  std::string dn;    // that wanted to transfer
  leg_number as = 0; // the number kept for the leg
};

/// An INVITE with Replaces (RFC 3891) came in for one of your legs: may I bring
/// it? Answered with place_granted or place_denied.
struct place_wanted {
  call_id by;
  leg_number of = 0; // the leg to be replaced
  std::string dn;    // who sent it; empty: nobody of ours
  bool early_only = false;
};

/// Yes: as this leg, for the party of that DN.
struct place_granted {
  leg_name place;
  std::string dn;
};

/// No; the status for whoever wants it.
struct place_denied {
  uint16_t status = 481;
};

/// A leg moves to another call; the wire has been told. Whatever it still sends
/// to the old call is passed on.
struct leg_moved {
  model::leg leg; // its number is the new one already
  party who;      // whom it reaches
  use_of_device use;
  leg_name from;
  // The answer to far_side_wanted, for this DN; empty: a phone that has one
  // dialog for two calls speaks in this one now.
  std::string transferred_by;
  // Of a party that rings: what becomes of the call if it does not answer.
  std::shared_ptr<const diversion_terms> diversions;
  bool agent_called = false;
  bool early_only = false; // came with Replaces, for a leg that rings
  time_point no_answer_until = never;
};

/// The user data that the two calls have in common (ConsultUserData=joint), as
/// the DN `by` has changed them.
struct data_shared {
  shared_user_data data;
  std::string by;
};

using word_to_call = std::variant<demanded, far_side_wanted, far_side_denied,
                                  queue_moved, place_wanted, place_granted,
                                  place_denied, leg_moved, data_shared>;

} // namespace strowger::model
