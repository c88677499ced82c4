#pragma once

#include "actors/model/seizure.hpp"
#include "actors/model/session_timer.hpp"
#include "actors/model/signal.hpp"

#include <memory>
#include <optional>

/// The dialogs of a call, and the exchanges that are under way in them.
namespace strowger::model {

// -- legs ---------------------------------------------------------------------

/// A dialog, or one about to be, as RFC 3261 §12 sees it.
enum class leg_state : uint8_t {
  inviting,  // INVITE sent or received, no final response yet
  answered,  // 2xx sent or received, ACK not yet
  confirmed, // ACK sent or received
  cancelled, // we gave up; waiting for the final response of our INVITE
  releasing, // BYE sent
  gone,
};

/// Where the offer/answer exchange of a leg stands (RFC 3264, RFC 6337).
enum class negotiation : uint8_t { idle, offer_received, offer_sent };

/// A session description, shared by the leg it came from and the one it went
/// to.
using description = std::shared_ptr<const content>;

/// The session timer of a leg (RFC 4028); `never` when there is none.
struct session_state {
  session_terms terms;
  time_point refresh_at = never;
  time_point give_up_at = never;
  txn_number refresh_txn = 0; // our refresh that is under way, or 0
};

/// In place of a leg number: no leg.
inline constexpr leg_number nobody = 255;

/// One SIP dialog of the call.
struct leg {
  leg_number number = 0;
  leg_number partner = nobody; // who is to hear it: see topology.hpp
  bool incoming = false;       // the peer opened it
  leg_state state = leg_state::inviting;
  negotiation media = negotiation::idle;
  bool early = false;              // a provisional response made a dialog
  bool reliable = false;           // 100rel is allowed on it
  bool update_allowed = false;     // the peer takes UPDATE
  bool release_when_acked = false; // BYE has to wait for the ACK
  bool held = false;               // the peer put the call on hold
  bool by_refer = false;           // no session: our REFER and its NOTIFYs
  bool referred = false;           // a REFER of ours went out in its dialog
  seizure_number seizure = 0;
  txn_number next_txn = 1;      // of our requests
  txn_number order_txn = 0;     // NOTIFY with an order to the phone, last one
  time_point answer_by = never; // of an INVITE that nobody has answered yet
  time_point done_by = never;   // what our REFER or NOTIFY asks the peer for
  std::shared_ptr<const target> goal; // where its INVITE went; until answered
  leg_number linked = nobody; // whose description the peer has; nobody: on hold
  std::optional<leg_name> moved_to; // gone from here, but not from the switch
  description sent;                 // last session description to the peer
  description received;             // last one from the peer
  session_state session;
};

/// A request of one leg's peer that was passed on to the partner leg.
struct relay {
  model::method method = method::info;    // as it came
  model::method to_method = method::info; // as it was passed on
  leg_number from = 0;
  leg_number to = 0;
  txn_number from_txn = 0;
  txn_number to_txn = 0;
  bool offer = false;      // the request carries an offer
  bool asks_offer = false; // INVITE without offer: its 2xx carries one
  bool awaits_ack = false; // that 2xx was passed on; the ACK has the answer
  session_terms session;   // of the request
  description body;        // of the request
};

/// An offer and answer that we began, to bring the wire to the topology.
struct media_flow {
  enum class stage : uint8_t {
    asking,  // `first` was asked for an offer: INVITE without one
    passing, // its offer went to `second`; the answer goes back in the ACK
    holding, // `second` was offered to hear nobody; there is no `first`
  };
  stage at = stage::asking;
  leg_number first = nobody;
  leg_number second = nobody;
  txn_number first_txn = 0;
  txn_number second_txn = 0;
  description offer;
};

} // namespace strowger::model
