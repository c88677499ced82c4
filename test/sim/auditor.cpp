#include "test/sim/auditor.hpp"

#include "test/sim/broken.hpp"

#include <algorithm>

namespace strowger::sim {

using namespace model;

namespace {

bool offers_by(method x) {
  return x == method::invite || x == method::update || x == method::prack;
}

} // namespace

auditor::auditor(leg_number leg, bool fair)
  : incoming_{leg == 0}, fair_{fair} {}

// -- offer and answer ---------------------------------------------------------

void auditor::judge(bool holds, const char* what) const {
  demand(holds || !fair_, what);
}

void auditor::open(talk who, bool ours, txn_number txn) {
  talk_ = who;
  talk_ours_ = ours;
  talk_txn_ = txn;
}

bool auditor::is_open(talk who, bool ours, txn_number txn) const {
  return talk_ == who && talk_ours_ == ours && talk_txn_ == txn;
}

// -- heard --------------------------------------------------------------------

void auditor::hear(const offered& x) {
  reliable_allowed_ = x.reliable;
  update_allowed_ = x.update_allowed;
  auto& s = server_[0];
  s.asks = x.body.empty();
  if (!s.asks)
    open(talk::peer_offers, false, 0);
}

void auditor::hear(const responded& x) {
  auto& c = client_.at(x.txn);
  if (x.txn == 0 && x.status > 100 && x.status < 300) {
    early_ = true;
    update_allowed_ = update_allowed_ || x.update_allowed;
  }
  if (x.rseq != 0)
    rseqs_.insert(x.rseq);
  if (x.status >= 200)
    c.status = x.status;
  if (x.txn != 0 && (x.status == 481 || (x.status == 408 && x.local)))
    lost_ = true;
  auto binding = x.rseq != 0 || (x.status >= 200 && x.status < 300);
  if (x.status >= 300) {
    if (talk_ours_ && talk_txn_ == x.txn)
      talk_ = talk::idle;
  } else if (binding && is_open(talk::we_offer, true, x.txn)) {
    if (!x.body.empty() || x.status >= 200) {
      talk_ = talk::idle;
      exchanged_ = true;
      c.asks = false;
    }
  } else if (binding && c.asks && !x.body.empty()) {
    c.asks = false;
    open(talk::peer_offers, true, x.txn);
  }
}

void auditor::hear(const requested& x) {
  auto& s = server_[x.txn];
  s.method = x.method;
  if (x.method == method::bye) {
    bye_heard_ = true;
    given_up_ = given_up_ || (incoming_ && server_.at(0).status == 0);
  }
  if (x.method == method::prack)
    unpracked_ = false;
  if (x.method == method::prack && is_open(talk::we_offer, false, 0)) {
    talk_ = talk::idle;
    exchanged_ = true;
  } else if (offers_by(x.method) && !x.body.empty()) {
    if (talk_ == talk::idle)
      open(talk::peer_offers, false, x.txn);
    else
      s.must_refuse = true;
  } else if (x.method == method::invite) {
    s.asks = true;
    s.must_refuse = talk_ != talk::idle;
  }
}

void auditor::hear(const acked& x) {
  server_.at(x.txn).acked = true;
  if (is_open(talk::we_offer, false, x.txn)) {
    talk_ = talk::idle;
    exchanged_ = true;
  }
}

void auditor::hear(const cancelled&) {
  given_up_ = given_up_ || server_.at(0).status == 0;
}

void auditor::hear(const unacknowledged& x) {
  server_.at(x.txn).unacked = true;
  if (is_open(talk::we_offer, false, x.txn))
    talk_ = talk::idle;
}

// -- told: requests -----------------------------------------------------------

void auditor::tell(const invite& x) {
  demand(!incoming_ && client_.empty(), "a leg is opened once");
  auto& c = client_[0];
  c.asks = x.body.empty();
  sent_ = x.body.data;
  if (!c.asks)
    open(talk::we_offer, true, 0);
}

bool auditor::established() const {
  if (incoming_) {
    auto& s = server_.at(0);
    return s.status >= 200 && s.status < 300 && (s.acked || s.unacked);
  }
  auto& c = client_.at(0);
  return c.status >= 200 && c.status < 300 && c.acked;
}

bool auditor::invite_open() const {
  auto open = [](const auto& x) {
    return x.second.method == method::invite && x.second.status == 0;
  };
  return std::any_of(client_.begin(), client_.end(), open)
         || std::any_of(server_.begin(), server_.end(), open);
}

void auditor::judge_place(const request& x) const {
  demand(!forgotten_, "no request on a leg that was forgotten");
  demand(!bye_sent_, "no request after our BYE");
  demand(!bye_heard_, "no request after the peer's BYE");
  demand(client_.count(x.txn) == 0, "a transaction number is used once");
  demand(x.txn != 0, "0 is the first INVITE");
  demand(early_ || established() || (incoming_ && status_given() / 100 == 2),
         "no request inside a dialog before there is one");
  if (x.method == method::bye)
    demand(established(), "no BYE before the ACK, nor in an early dialog");
  if (x.method == method::invite)
    demand(established() && !invite_open(),
           "no re-INVITE before the ACK, or while another INVITE is open");
  if (x.method == method::update)
    demand(update_allowed_, "UPDATE only for a peer that allows it");
}

void auditor::tell(const request& x) {
  judge_place(x);
  auto& c = client_[x.txn];
  c.method = x.method;
  bye_sent_ = bye_sent_ || x.method == method::bye;
  if (x.method == method::prack) {
    demand(!incoming_ && rseqs_.erase(x.rseq) == 1,
           "PRACK names a provisional response that awaits it");
    if (is_open(talk::peer_offers, true, 0)) {
      judge(!x.body.empty(), "the PRACK answers the offer of the 1xx");
      sent_ = x.body.data;
      exchanged_ = true;
      talk_ = talk::idle;
      return;
    }
  }
  if (!offers_by(x.method))
    return;
  if (!x.body.empty()) {
    judge(talk_ == talk::idle, "no offer while another is pending");
    judge(exchanged_ || x.method != method::update || established(),
          "no offer in UPDATE before the first exchange (RFC 3311 5.1)");
    sent_ = x.body.data;
    open(talk::we_offer, true, x.txn);
  } else if (x.method == method::invite) {
    judge(talk_ == talk::idle, "no offer is asked for while one is pending");
    c.asks = true;
  }
}

void auditor::tell(const acknowledge& x) {
  demand(client_.count(x.txn) == 1, "ACK for an INVITE that was sent");
  auto& c = client_.at(x.txn);
  demand(c.method == method::invite && c.status >= 200 && c.status < 300,
         "ACK only for a 2xx to an INVITE");
  demand(!c.acked, "a 2xx is acknowledged once");
  // The wire ignores it; only a 2xx after the peer's own BYE leads to it.
  judge(!forgotten_, "no ACK on a leg that was forgotten");
  c.acked = true;
  if (is_open(talk::peer_offers, true, x.txn)) {
    // RFC 3261 13.2.1 wants an answer even in the ACK of a dialog that ends at
    // once. Nobody writes one for a session that nobody will hear, so that is
    // let pass if BYE follows in the same step.
    owes_bye_ = x.body.empty();
    talk_ = talk::idle;
    exchanged_ = true;
  } else {
    judge(x.body.empty(), "no answer in the ACK without an offer in the 2xx");
  }
  if (!x.body.empty())
    sent_ = x.body.data;
}

void auditor::tell(const cancel&) {
  demand(!incoming_ && !client_.empty(), "CANCEL only for an INVITE of ours");
  demand(client_.at(0).status == 0, "no CANCEL after the final response");
  demand(!cancel_sent_ && !forgotten_, "CANCEL is sent once");
  cancel_sent_ = true;
}

// -- told: responses ----------------------------------------------------------

void auditor::judge_body(const respond& x, const server& s) {
  auto has = !x.body.empty();
  auto success = x.status >= 200 && x.status < 300;
  if (x.status >= 300) {
    if (!talk_ours_ && talk_txn_ == x.txn)
      talk_ = talk::idle;
    return;
  }
  judge(!success || !s.must_refuse, "an offer that met another is refused");
  if (!offers_by(s.method))
    return;
  auto binding = success || x.reliable;
  if (is_open(talk::peer_offers, false, x.txn)) {
    judge(has || !success, "a 2xx answers the offer of the request");
    if (has && binding) {
      talk_ = talk::idle;
      exchanged_ = true;
    }
  } else if (s.method == method::invite && s.asks) {
    judge(has || !binding, "a reliable response to an INVITE without an "
                           "offer makes one (RFC 3261 13.2.1)");
    judge(!has || binding, "no offer in an unreliable response");
    if (has) {
      judge(talk_ == talk::idle, "no offer while another is pending");
      open(talk::we_offer, false, x.txn);
    }
  } else if (has) {
    // Many phones repeat the answer of a reliable 1xx in the 2xx; harmless.
    judge(x.body.data == sent_, "no answer without an offer");
  }
  if (has)
    sent_ = x.body.data;
}

void auditor::tell(const respond& x) {
  auto found = server_.find(x.txn);
  demand(found != server_.end(), "no response to a request that never came");
  auto& s = found->second;
  demand(s.status == 0, "one final response to each request, none after it");
  demand(x.status > 100 && x.status < 700, "a status is from 101 to 699");
  if (x.status < 200) {
    demand(incoming_ && x.txn == 0, "ringing is for the first INVITE");
    demand(!x.reliable || reliable_allowed_, "100rel only if the peer wants");
    demand(!x.reliable || !unpracked_,
           "no second reliable response before the PRACK (RFC 3262 3)");
    unpracked_ = unpracked_ || x.reliable;
    early_ = true;
    judge_body(x, s);
    if (s.asks && !x.body.empty())
      s.asks = false;
    return;
  }
  if (x.txn == 0 && incoming_ && x.status < 300 && unpracked_)
    judge(!is_open(talk::we_offer, false, 0),
          "no 2xx before the PRACK that answers the offer (RFC 3262 3)");
  judge_body(x, s);
  s.status = x.status;
}

void auditor::tell(const forget&) {
  demand(!forgotten_, "a leg is forgotten once");
  forgotten_ = true;
  for (auto& [txn, c] : client_)
    if (c.method == method::invite && c.status >= 200 && c.status < 300)
      demand(c.acked, "every 2xx to an INVITE is acknowledged");
  auto& first = incoming_ ? server_.at(0).status : client_.at(0).status;
  // A callee whose 2xx was lost says BYE in the end; that is answer enough.
  demand(first != 0 || (!incoming_ && bye_heard_),
         "no leg is forgotten before its INVITE has an answer");
  if (first >= 300)
    return;
  auto ended = [](const auto& x) {
    return x.second.method == method::bye && x.second.status != 0;
  };
  demand(bye_heard_ || lost_
           || std::any_of(client_.begin(), client_.end(), ended),
         "a dialog ends with BYE");
}

void auditor::tell(const refer&) {
  demand(false, "no call of this world is made by a client");
}

void auditor::tell(const hand_over&) {
  demand(false, "there is one call in this world");
}

void auditor::settled() const {
  judge(!owes_bye_ || bye_sent_ || bye_heard_ || lost_,
        "an offer is answered, or the dialog ends");
  if (!forgotten_)
    return;
  for (auto& [txn, s] : server_)
    demand(s.status != 0, "every request of a peer is answered");
}

// -- questions ----------------------------------------------------------------

bool auditor::owes_answer(txn_number txn) const {
  auto found = server_.find(txn);
  return found != server_.end() && found->second.status == 0;
}

bool auditor::awaits_ack(txn_number txn) const {
  auto found = server_.find(txn);
  return found != server_.end() && found->second.method == method::invite
         && found->second.status / 100 == 2 && !found->second.acked;
}

bool auditor::answered(txn_number txn) const {
  auto found = client_.find(txn);
  return found != client_.end() && found->second.status != 0;
}

uint16_t auditor::status_given() const {
  auto found = server_.find(0);
  return found == server_.end() ? 0 : found->second.status;
}

bool auditor::quiet() const {
  auto open = [](const auto& x) { return x.second.status == 0; };
  return talk_ == talk::idle && established()
         && std::none_of(client_.begin(), client_.end(), open)
         && std::none_of(server_.begin(), server_.end(), open);
}

} // namespace strowger::sim
