#pragma once

#include "test/sim/trace.hpp"

#include <cstdint>
#include <map>
#include <string>

/// A simulated SIP user agent: keeps to the RFCs, but what it does, and when,
/// is left to chance.
namespace strowger::sim {

class world;

class peer {
public:
  peer(world&, model::leg_number);

  /// Calls: sends the INVITE of leg 0.
  void call(const std::string& source, const std::string& number);

  /// What the switch sent.
  void receive(const model::command&);

  /// Says and hears nothing any more.
  void die() {
    dead_ = true;
  }
  bool dead() const {
    return dead_;
  }

  /// In a dialog, and nothing is under way as far as it knows.
  bool quiet() const;
  const std::string& local() const {
    return local_;
  }
  const std::string& remote() const {
    return remote_;
  }

  /// Throws unless it ended as a user agent should: no dialog, nothing open.
  void check_end() const;

private:
  enum class talk { idle, they_offer, we_offer };

  struct mine {
    model::method method = model::method::invite;
    bool asks = false; // INVITE without an offer
  };
  struct theirs {
    model::method method = model::method::invite;
    bool answered = false; // 2xx sent, ACK awaited
    model::session_terms session;
  };

  // peer.cpp: requests of ours
  model::txn_number request(model::method, std::string offer = {},
                            model::session_terms = {});
  void give_up();
  void hang_up();
  void begin_to_talk();
  void act();
  void act_once();
  void act_early();
  void refresh(unsigned generation);
  void arm_refresh(const model::session_terms&, bool we_are_uac);
  void timed_out(model::txn_number);
  void acknowledge(model::txn_number, bool asked, const model::content& from);
  void on_ringing(const model::respond&);
  void on_response(const model::respond&);
  void on_first_final(const model::respond&);

  // callee.cpp: requests of the switch
  void on_invite(const model::invite&);
  void on_request(const model::request&);
  void on_reinvite(const model::request&);
  void on_update(const model::request&);
  void on_prack(const model::request&);
  void on_ack(const model::acknowledge&);
  void on_cancel();
  void on_bye(const model::request&);
  void progress();
  void ring();
  void answer();
  void refuse();
  void answer_reinvite(model::txn_number, const model::request&);
  void respond(model::txn_number, model::method, uint16_t status,
               std::string body = {}, model::session_terms = {});
  model::session_terms settle_terms(const model::session_terms&);
  void expect_ack(model::txn_number);

  // offer and answer
  void open(talk, bool ours, model::txn_number, std::string description);
  bool is_open(talk, bool ours, model::txn_number) const;
  void settle(std::string local, std::string remote);
  void void_offer(bool ours, model::txn_number);
  std::string reply_to(const std::string& offer);
  bool invite_open() const;
  const char* some_direction();
  void expect(bool holds, const char* what) const;

  world& world_;
  model::leg_number leg_;
  bool dead_ = false;
  bool trying_ = true; // no final response to the first INVITE
  bool early_ = false;
  bool confirmed_ = false;
  bool over_ = false;
  bool cancelled_ = false;
  bool asks_ = false; // the first INVITE came without an offer
  bool timer_ = false;
  bool update_ = false; // takes UPDATE
  bool lazy_ = false;   // never refreshes
  uint32_t min_se_s_ = 90;
  unsigned acts_left_ = 0;
  unsigned refresh_generation_ = 0;
  model::session_terms terms_;
  talk talk_ = talk::idle;
  bool talk_ours_ = false;
  model::txn_number talk_txn_ = 0;
  std::string offer_; // the one that is pending
  std::string local_;
  std::string remote_;
  std::string preview_; // answer shown in an unreliable 18x
  model::txn_number next_txn_ = 1;
  std::map<model::txn_number, mine> mine_;
  std::map<model::txn_number, theirs> theirs_;

  // of a callee
  enum class plan { answer, refuse, redirect, silence };
  plan plan_ = plan::answer;
  unsigned rings_left_ = 0;
  bool reliable_ = false;
  uint32_t rseq_ = 0;
  bool unpracked_ = false;
  bool unpracked_sdp_ = false;
  unsigned waits_ = 0;
};

} // namespace strowger::sim
