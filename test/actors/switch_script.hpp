#pragma once

#include "test/actors/paper_wire.hpp"

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

/// Plays several calls on a whole switch on paper, so that call models with
/// transfers read as tables. Who has a leg is named by where the leg goes or
/// comes from: "2001", "gateway".
///
/// What happens:
///   "2001: INVITE 2002 o1"        a phone or trunk calls
///   "2002: 180", "2002: 200 a1"   responses to our INVITE
///   "2002: 200 to re-INVITE a2", "2002: 486 to re-INVITE", "2002: 200 to BYE"
///   "2001: ACK a1", "2001: BYE", "2001: re-INVITE hold1", "2001: CANCEL"
///   "2002: REFER 2003", "2002: REFER 2003 replaces 2002'", "2001: NOTIFY 200"
///   "SetForward 2002 2003 on_busy"
///   "MakeCall 2001 2002 private"  BusinessCallType
///   "MakeCall 2001 2002", "HoldCall 2002 c1", "CompleteTransfer 2002 c1 c2"
///                                 requests of clients; calls are c1, c2, ...
///   "RouteCall 9 c1 agent:ada"    RouteType AgentID
///   "after 10"                    seconds pass
/// Answered requests for nothing but BYE, NOTIFY and re-INVITE are asked for by
/// the table; `auto_bye` answers every BYE with 200.
namespace strowger::test {

class switch_script : public paper_switch {
public:
  struct row {
    const char* what;
    const char* wire;
    const char* events = "";
  };

  explicit switch_script(std::shared_ptr<const model::directory> config);

  /// What happens -> what the switch sends, and which events it makes.
  void play(std::initializer_list<row> rows);

  /// The verdict on the last request, as "accepted" or its fault.
  std::string verdict;
  bool auto_bye = true;

  /// Nothing is left: no call, no leg, no device in use.
  bool idle() const {
    return exchange.idle();
  }

protected:
  /// The events since the last look, in words.
  std::string new_events();

  /// The call of a word: "c1".
  model::call_id call_of(const std::string& word);

private:
  struct place {
    model::call_id call;
    model::leg_number leg = 0;
    bool operator<(const place& x) const {
      return std::pair(call, leg) < std::pair(x.call, x.leg);
    }
  };
  struct peer {
    place at;
    std::map<model::method, model::txn_number> ours;
    std::map<model::txn_number, std::string> asked;
    model::txn_number next = 0;
    model::txn_number last_invite = 0;
    bool over = false;
  };

  void happen(const std::vector<std::string>& words);
  void ask(const std::vector<std::string>& words);
  void respond(peer& p, const std::vector<std::string>& words);
  void request(peer& p, const std::vector<std::string>& words);
  void call_in(const std::string& who, const std::vector<std::string>& words);
  std::string heard();
  std::string say(const model::call_id& call, const model::command& x);
  peer& find(const std::string& who);
  std::string name_at(place x);
  std::string word_of(model::call_id x);
  template <class Signal>
  void tell(peer& p, Signal x);

  std::map<std::string, peer> peers_;
  std::vector<model::call_id> calls_;
  std::vector<std::string> byes_; // to be answered by `auto_bye`
  size_t commands_seen_ = 0;
  size_t events_seen_ = 0;
  int asked_ = 0; // requests of clients
};

} // namespace strowger::test
