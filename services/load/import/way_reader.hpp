#pragma once

#include "services/load/import/behaviour.hpp"
#include "services/load/import/ledger.hpp"
#include "services/load/import/ways.hpp"

#include <string>
#include <utility>
#include <vector>

namespace strowger::services::load::sipp {

/// Follows one way through a scenario and tells what user goes it.
class way_reader {
public:
  way_reader(const document& of, const ledger& before);

  void read(const way& x);

  const behaviour& found() const {
    return found_;
  }
  const ledger& notes() const {
    return notes_;
  }
  /// How much of it was understood, to choose between ways: calls that come to
  /// an end first.
  std::size_t score() const {
    return (ended_ ? 100'000 : 0) + understood_;
  }

private:
  enum class stage {
    idle,
    inviting,  // INVITE sent
    accepted,  // 2xx received, no ACK sent
    talking,   // also of the called side
    ringing,   // INVITE received
    releasing, // BYE sent
    over,
    another, // a second call, which is left out
  };

  const element& at(std::size_t i) const {
    return of_.elements[i];
  }
  void good(std::size_t i);
  void note(std::size_t i, fate what, std::string means) {
    notes_.note(i, what, std::move(means));
  }
  /// Does this optional step happen on this way?
  bool jumps_at(std::size_t i) const;
  void finish();
  void end_in_the_middle();

  // -- time -------------------------------------------------------------------

  void on_pause(std::size_t i);
  std::variant<law, std::string> law_of(std::size_t i) const;
  /// The pauses since the last thing that took them.
  std::vector<law> take_pauses();
  /// Nothing waits for them; `means` says why.
  void drop_pauses(fate what, const std::string& means);
  /// Their mean; `why` they cannot be drawn goes to those that were.
  double fix_pauses(const std::string& why);
  std::vector<law> talk_time(std::size_t bye);

  // -- requests that it sends -------------------------------------------------

  void on_send(std::size_t i);
  void on_sent_request(std::size_t i, const message& x);
  /// A request that users do not send; its response is left out as well.
  void ignore(std::size_t i, fate what, std::string means);
  void on_sent_register(std::size_t i, const message& x);
  void on_sent_invite(std::size_t i, const message& x);
  void on_sent_ack(std::size_t i);
  void on_sent_bye(std::size_t i);
  void on_sent_cancel(std::size_t i);
  void begin_call(std::size_t i, const message& x);
  void change_session(std::size_t i, const message& x);
  void send_info(std::size_t i, const message& x);
  void refer(std::size_t i, const message& x);
  void add_step(std::size_t i, traffic::step_kind what, std::string argument);
  void learn_user(std::size_t i, const std::string& address);
  void learn_login(std::size_t i, const message& x);

  // -- responses that it sends ------------------------------------------------

  void on_sent_response(std::size_t i, const message& x);
  void on_sent_answer(std::size_t i, const message& x);
  void on_sent_provisional(std::size_t i, const message& x);

  // -- what it receives -------------------------------------------------------

  void on_receive(std::size_t i);
  void on_received_response(std::size_t i, int status, bool happens);
  void on_invite_answered(std::size_t i, int status, bool happens);
  void on_received_request(std::size_t i, const std::string& method,
                           bool happens);
  void on_received_invite(std::size_t i);
  void on_received_bye(std::size_t i);
  void on_received_cancel(std::size_t i, bool happens);

  const document& of_;
  const way* way_ = nullptr;
  ledger notes_;
  behaviour found_;
  stage stage_ = stage::idle;
  bool called_ = false;  // this call came in
  bool ended_ = false;   // a call, or a registration, came to its end
  bool is_twin_ = false; // another SIPp decides part of it
  bool holding_ = false;
  std::size_t understood_ = 0;
  std::string sent_;     // our last request that users send
  std::string before_;   // the one before it
  bool ignored_ = false; // what was sent last is no request of users
  std::string received_; // the last request of the other side
  std::vector<std::pair<std::size_t, law>> pauses_;
  std::vector<law> since_invite_; // pauses of a call not answered yet
  std::vector<mid_call_step> steps_;
};

} // namespace strowger::services::load::sipp
