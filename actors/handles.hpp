#pragma once

#include "actors/messages.hpp"

#include <caf/typed_actor.hpp>

/// Who can say what to whom: every typed actor interface of the switch. All
/// messages are one-way; nobody waits for an answer.
namespace strowger {

/// Anything that armed a deadline at the reactor.
using deadline_listener = caf::typed_actor<
  // reactor -> actor: the deadline has come.
  caf::reacts_to<tick>>;

/// Whoever seizes devices.
using seizer = caf::typed_actor<
  // device -> call: granted, with the targets to invite.
  caf::reacts_to<model::seized>,
  // device -> call: not now, with the reason.
  caf::reacts_to<model::refused>,
  // DN -> call: go there instead (call forwarding).
  caf::reacts_to<model::forwarded>>;

/// Whoever asked for an OPTIONS probe.
using probe_listener = caf::typed_actor<
  // wire -> device: the probe was answered, or was not.
  caf::reacts_to<probed>>;

/// Whoever registers users at a registrar.
using registration_listener = caf::typed_actor<
  // wire -> crowd: what came of a REGISTER.
  caf::reacts_to<registered>>;

/// Whoever subscribes for users.
using subscription_listener = caf::typed_actor<
  // wire -> crowd: what happens to a subscription.
  caf::reacts_to<subscription_news>>;

/// A DN or trunk, as calls see it.
using device_actor = deadline_listener::extend<
  // call -> device: may I use you? Answered with seized or refused.
  caf::reacts_to<model::seize, seizer>,
  // call -> device: I am done with you; once for every seized.
  caf::reacts_to<model::release>,
  // wire -> device: result of an OPTIONS probe (`oos-check`).
  caf::reacts_to<probed>,
  // wire -> DN: an authenticated REGISTER. Trunks answer 403.
  caf::reacts_to<enrolment>,
  // client -> DN, by the exchange: a request for the DN itself (T-Library).
  caf::reacts_to<model::demanded>,
  // exchange -> device: the configuration has changed.
  caf::reacts_to<reconfigured>>;

/// Whoever has dialogs, as a wire sees it.
using dialog_user = deadline_listener::extend<
  // wire -> user: the INVITE that opened the call. Always the first message.
  caf::reacts_to<model::offered>,
  // wire -> user: a response to a request of the user.
  caf::reacts_to<model::responded>,
  // wire -> user: a request of a peer inside a dialog.
  caf::reacts_to<model::requested>,
  // wire -> user: ACK to a 2xx of ours.
  caf::reacts_to<model::acked>,
  // wire -> user: the peer cancelled its INVITE.
  caf::reacts_to<model::cancelled>,
  // wire -> user: our 2xx was never acknowledged.
  caf::reacts_to<model::unacknowledged>>;

/// One call of a simulated user.
using session_actor = dialog_user::extend<
  // crowd -> session: the run is over, end the call.
  caf::reacts_to<clear>>;

/// One call of the switch.
using call_actor = dialog_user::extend<
  // device -> call: answers to seize.
  caf::reacts_to<model::seized>, caf::reacts_to<model::refused>,
  caf::reacts_to<model::forwarded>,
  // client -> call, by the exchange: a request (T-Library).
  caf::reacts_to<model::demanded>,
  // call -> call: transfers, and all else that concerns two calls.
  caf::reacts_to<model::word_to_call>,
  // exchange -> call: end now (drain limit reached).
  caf::reacts_to<clear>,
  // call -> itself: my mailbox is read, I may quit.
  caf::reacts_to<farewell>>;

} // namespace strowger

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(strowger::seizer)
