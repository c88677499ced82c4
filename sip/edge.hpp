#pragma once

#include "actors/outlets.hpp"
#include "actors/reactor.hpp"
#include "actors/wire.hpp"
#include "sip/challenge.hpp"
#include "sip/guard.hpp"
#include "sip/identify.hpp"
#include "sip/leg.hpp"
#include "sip/listeners.hpp"
#include "sip/presence.hpp"
#include "sip/prober.hpp"
#include "sip/reference.hpp"
#include "sip/registrant.hpp"
#include "sip/registrar.hpp"
#include "sip/tls_sessions.hpp"
#include "sip/user_subscriptions.hpp"

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

struct msg_s;
struct nta_agent_s;
struct nta_incoming_s;
struct nta_outgoing_s;
struct nta_reliable_s;
struct sip_s;
struct su_timer_s;

namespace strowger::sip {

class loop;

/// What is inside a stack. Its parts live in several sources: receive.cpp takes
/// requests, responses.cpp takes responses, send.cpp sends requests, refer.cpp
/// what belongs to transfers, and respond.cpp sends responses.
class edge {
public:
  edge(loop& turner, caf::actor_system& system, reactor& host,
       switchboard& board, outlets& out);
  ~edge();

  std::optional<std::string> open(const model::directory& config,
                                  unsigned t1_ms);
  void send_through(const std::string& uri);
  const std::string& outbound() const {
    return outbound_;
  }
  void configure(const model::directory& config);
  void shut_down();
  void sample();

  // -- commands (send.cpp, refer.cpp, respond.cpp) ----------------------------

  void perform(call_entry& call, model::invite&& x);
  void perform(call_entry& call, model::refer&& x);
  void perform(leg& l, model::request&& x);
  void perform(leg& l, model::respond&& x);
  void perform(leg& l, model::acknowledge&& x);
  void perform(leg& l, model::cancel&& x);
  void forget(call_entry& call, model::leg_number number);
  void hand_over(call_entry& call, const model::hand_over& x);
  void adopt(model::call_id call, dialog_user&& handle);
  void close(model::call_id call);

  call_entry* find(model::call_id call);

  std::optional<prober> probes;
  std::optional<registrar> registrations;
  std::optional<presence> presences;
  std::optional<registrant> users;
  std::optional<user_subscriptions> watchers; // of simulated users

private:
  // -- requests in (receive.cpp) ----------------------------------------------

  static int on_message(void* self, nta_agent_s* agent, msg_s* message,
                        sip_s* parsed);
  static int on_ack_or_cancel(void* l, nta_incoming_s* irq,
                              const sip_s* parsed);
  static int on_prack(void* self, nta_reliable_s* reliable,
                      nta_incoming_s* irq, const sip_s* parsed);

  void receive(msg_s* message, sip_s* request);
  void receive_out_of_dialog(msg_s* message, sip_s* request,
                             const arrival& from);
  void receive_in_dialog(msg_s* message, sip_s* request, const arrival& from);
  void receive_invite(msg_s* message, sip_s* request, const arrival& from);
  std::optional<refusal> judge_invite(const sip_s& request);
  std::optional<refusal> judge_in_dialog(const leg& l, const sip_s& request);
  void open_call(msg_s* message, sip_s* request, const arrival& from,
                 const origin& who);
  void answer_options(msg_s* message);
  void deliver(leg& l, nta_incoming_s* irq, const sip_s& request,
               model::method method);
  leg* find_leg(const sip_s& request);
  leg* find_leg(const char* own_tag, std::string_view call_id);
  leg* find_leg(const replaced_dialog& x);
  leg* find_leg(const model::leg_name& x);
  leg* replaced_leg(const sip_s& invite);
  model::reference resolve(refer_to&& x);
  void turn_away(msg_s* message, const refusal& why);

  // -- NOTIFYs of our REFERs (refer.cpp) --------------------------------------

  void match(leg& l, const sip_s& request, model::notification& x);
  void remember_referral(leg& l);
  bool is_remembered(const sip_s& request, model::time_point now) const;

  // -- responses in (responses.cpp) -------------------------------------------

  static int on_response(void* l, nta_outgoing_s* orq, const sip_s* response);

  void receive_stray(msg_s* message, sip_s* response);
  void receive_response(leg& l, nta_outgoing_s* orq, const sip_s* response);
  bool answer_challenge(leg& l, client_transaction& txn,
                        const sip_s& response);
  void report(leg& l, const client_transaction& txn, uint16_t status,
              const sip_s* response, uint32_t rseq);

  // -- out (send.cpp) ---------------------------------------------------------

  bool send(leg& l, client_transaction& txn, const model::invite& x);
  bool send(leg& l, client_transaction& txn, const model::request& x);
  bool send(leg& l, client_transaction& txn, const model::refer& x);
  nta_outgoing_s* transmit(leg& l, model::method method, uint32_t cseq,
                           const model::content& body, uint16_t max_forwards,
                           const char* ack_branch);
  void report_failure(leg& l, model::txn_number txn, model::method method,
                      uint16_t status = 503);
  void add_body(msg_s* message, leg& l, const model::content& body);
  void append_reference(const leg& l, std::string_view refer_to,
                        std::optional<model::leg_name> replaces,
                        std::string_view headers);
  void release(leg& l);

  leg& open_leg(call_entry& call, model::leg_number number,
                const model::target& to, const model::caller_identity& caller);
  leg& add_leg(call_entry& call, model::leg_number number);
  uint32_t random();

  static void on_sample(void* magic, su_timer_s* timer, void* self);
  void sweep_tls_sessions();

  loop& loop_;
  caf::actor_system& system_;
  reactor& reactor_;
  switchboard& board_;
  outlets& out_;
  nta_agent_s* agent_ = nullptr;
  su_timer_s* sampler_ = nullptr;
  certificates certificates_;
  tls_sessions tls_sessions_;
  own_address self_;
  std::string outbound_; // URI to which all requests go; empty: where they want
  const model::directory* configured_ = nullptr;

  identifier identifier_;
  guard guard_{identifier_, std::random_device{}()};
  challenger challenger_;
  std::unordered_map<model::call_id, call_entry> calls_;
  // Legs of which the tag says where they were before, by that tag.
  std::unordered_map<std::string, leg*> moved_;
  // Dialogs of legs that are over, in which the last NOTIFY of a REFER is still
  // to come (RFC 6665 §4.4.1), by our tag.
  struct open_referral {
    std::string call_id;
    std::string remote_tag;
    model::time_point until;
  };
  std::unordered_map<std::string, open_referral> referrals_;
  model::duration transaction_limit_{}; // 64*T1
  std::mt19937_64 random_;
  std::string lines_; // header lines of the message that is being made
  uint64_t retries_seen_[2] = {};
  uint64_t bad_seen_ = 0;
};

} // namespace strowger::sip
