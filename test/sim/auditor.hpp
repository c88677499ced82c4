#pragma once

#include "test/sim/trace.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>

/// Watches one leg from where the call stands: what was handed to it, and what
/// it asked for in return. It knows what SIP allows (RFC 3261, 3262, 3264,
/// 3311, 6337) and throws `broken` when a command does not comply.
namespace strowger::sim {

class auditor {
public:
  /// With `fair` peers, offers and answers are judged, too; nobody can make
  /// sense of those of a peer that breaks the rules itself.
  auditor(model::leg_number leg, bool fair);

  // -- wire -> call, right before the call takes the step ---------------------

  void hear(const model::offered&);
  void hear(const model::responded&);
  void hear(const model::requested&);
  void hear(const model::acked&);
  void hear(const model::cancelled&);
  void hear(const model::unacknowledged&);

  // -- call -> wire -----------------------------------------------------------

  void tell(const model::invite&);
  void tell(const model::request&);
  void tell(const model::respond&);
  void tell(const model::acknowledge&);
  void tell(const model::cancel&);
  void tell(const model::forget&);
  void tell(const model::refer&);
  void tell(const model::hand_over&);

  /// After each step: what a step may not leave half done.
  void settled() const;

  // -- questions --------------------------------------------------------------

  bool forgotten() const {
    return forgotten_;
  }
  /// Is a request of the peer known here, and without a final answer?
  bool owes_answer(model::txn_number) const;
  /// Was a 2xx to this INVITE of the peer sent that it did not acknowledge yet?
  bool awaits_ack(model::txn_number) const;
  /// Does a reliable provisional still lack its PRACK?
  bool awaits_prack() const {
    return unpracked_;
  }
  /// And may the call still give up on it: no final response was sent?
  bool rings_reliably() const {
    return unpracked_ && server_.at(0).status == 0;
  }
  /// Has a final response to our request been handed over?
  bool answered(model::txn_number) const;
  /// Did the caller give up before it had a final response?
  bool given_up() const {
    return given_up_;
  }
  /// The final status we gave to the peer's first INVITE, or 0.
  uint16_t status_given() const;
  /// Nothing is under way on the leg as the call sees it.
  bool quiet() const;

private:
  enum class talk { idle, peer_offers, we_offer };

  struct server {
    model::method method = model::method::invite;
    bool asks = false;        // INVITE without an offer
    bool must_refuse = false; // its offer met another one
    bool acked = false;
    bool unacked = false; // the wire gave up waiting
    uint16_t status = 0;
  };

  struct client {
    model::method method = model::method::invite;
    bool asks = false;
    bool acked = false;
    uint16_t status = 0;
  };

  void judge(bool holds, const char* what) const;
  void open(talk, bool ours, model::txn_number);
  bool is_open(talk, bool ours, model::txn_number) const;
  void judge_body(const model::respond&, const server&);
  void judge_place(const model::request&) const;
  bool established() const;
  bool invite_open() const;

  bool incoming_;
  bool fair_;
  bool forgotten_ = false;
  bool early_ = false;
  bool update_allowed_ = false;
  bool reliable_allowed_ = false;
  bool unpracked_ = false;
  bool bye_sent_ = false;
  bool bye_heard_ = false;
  bool cancel_sent_ = false;
  bool given_up_ = false;
  bool lost_ = false;     // a 481 or a time-out ended the dialog
  bool owes_bye_ = false; // an offer was left without an answer
  bool exchanged_ = false;
  talk talk_ = talk::idle;
  bool talk_ours_ = false; // the transaction that opened the exchange
  model::txn_number talk_txn_ = 0;
  std::string sent_; // last session description
  std::map<model::txn_number, server> server_;
  std::map<model::txn_number, client> client_;
  std::set<uint32_t> rseqs_; // not acknowledged by PRACK yet
};

} // namespace strowger::sim
