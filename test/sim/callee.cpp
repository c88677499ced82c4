#include "test/sim/offices.hpp"
#include "test/sim/peer.hpp"
#include "test/sim/world.hpp"

#include <utility>

/// The half of a peer that answers.
namespace strowger::sim {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr auto transaction_timeout = 32s; // 64*T1

} // namespace

void peer::respond(txn_number txn, method m, uint16_t status, std::string body,
                   session_terms terms) {
  responded x;
  x.leg = leg_;
  x.txn = txn;
  x.method = m;
  x.status = status;
  x.session = terms;
  if (!body.empty())
    x.body = {"application/sdp", std::move(body)};
  if (txn == 0)
    x.update_allowed = update_;
  world_.send(leg_, std::move(x));
}

session_terms peer::settle_terms(const session_terms& asked) {
  session_terms x;
  if (!timer_ || asked.interval_s == 0)
    return x;
  x.supported = x.required = true;
  x.interval_s = asked.interval_s;
  x.refresher = asked.refresher;
  if (x.refresher == refresher::none)
    x.refresher = world_.random.pick({refresher::uac, refresher::uas});
  return x;
}

/// A 2xx is repeated for a while; if no ACK comes, the dialog ends.
void peer::expect_ack(txn_number txn) {
  world_.after(transaction_timeout, [this, txn] {
    if (theirs_.count(txn) == 0)
      return;
    confirmed_ = true;
    hang_up();
  });
}

// -- the first INVITE ---------------------------------------------------------

void peer::on_invite(const invite& x) {
  world_.check_sdp(leg_, x.body);
  auto& r = world_.random;
  theirs_[0].session = x.session;
  asks_ = x.body.empty();
  if (!asks_)
    open(talk::they_offer, false, 0, x.body.data);
  reliable_ = x.reliable;
  rings_left_ = static_cast<unsigned>(r.below(4));
  auto fate = r.below(100);
  plan_ = fate < 62   ? plan::answer
          : fate < 85 ? plan::refuse
          : fate < 93 ? plan::redirect
                      : plan::silence;
  world_.after(r.thinking(), [this] { progress(); });
}

void peer::progress() {
  if (!trying_ || over_ || dead_)
    return;
  // Only what depends on the PRACK has to wait for it (RFC 3262 §3).
  auto bound = rings_left_ > 0 || (plan_ == plan::answer && unpracked_sdp_);
  auto waits = (unpracked_ && bound)
               || (talk_ != talk::idle && !is_open(talk::they_offer, false, 0));
  if (waits && ++waits_ < 600) {
    world_.after(50ms, [this] { progress(); });
    return;
  }
  if (waits) {
    plan_ = plan::refuse;
    rings_left_ = 0;
  }
  if (rings_left_ > 0) {
    --rings_left_;
    ring();
  } else if (plan_ == plan::answer) {
    answer();
    return;
  } else if (plan_ != plan::silence) {
    refuse();
    return;
  } else {
    return;
  }
  world_.after(world_.random.thinking(), [this] { progress(); });
}

void peer::ring() {
  auto& r = world_.random;
  early_ = true;
  responded x;
  x.leg = leg_;
  x.status = r.pick({uint16_t{180}, uint16_t{180}, uint16_t{183}, uint16_t{181},
                     uint16_t{100}});
  x.update_allowed = update_ && r.chance(50);
  auto offered_to_us = is_open(talk::they_offer, false, 0);
  std::string body;
  if (x.status != 100 && reliable_ && r.chance(60)) {
    x.rseq = ++rseq_;
    unpracked_ = true;
    if (offered_to_us && r.chance(60)) {
      body = preview_.empty() ? reply_to(offer_) : preview_;
      settle(body, offer_);
      if (r.chance(30))
        world_.after(r.thinking(), [this] { act_early(); });
    } else if (asks_) {
      asks_ = false;
      body = world_.new_sdp(leg_, "sendrecv");
      open(talk::we_offer, false, 0, body);
    }
  } else if (x.status != 100 && offered_to_us && r.chance(40)) {
    if (preview_.empty())
      preview_ = reply_to(offer_);
    body = preview_;
  }
  if (x.rseq != 0)
    unpracked_sdp_ = !body.empty();
  if (!body.empty())
    x.body = {"application/sdp", body};
  world_.send(leg_, std::move(x));
}

void peer::answer() {
  trying_ = false;
  early_ = true;
  std::string body;
  if (is_open(talk::they_offer, false, 0)) {
    body = preview_.empty() ? reply_to(offer_) : preview_;
    settle(body, offer_);
  } else if (asks_) {
    body = world_.new_sdp(leg_, "sendrecv");
    open(talk::we_offer, false, 0, body);
  } else if (world_.random.chance(30)) {
    body = local_; // needless, but usual
  }
  auto& t = theirs_[0];
  t.answered = true;
  auto terms = settle_terms(t.session);
  respond(0, method::invite, 200, body, terms);
  arm_refresh(terms, false);
  expect_ack(0);
}

void peer::refuse() {
  auto& r = world_.random;
  trying_ = false;
  over_ = true;
  responded x;
  x.leg = leg_;
  x.status = r.pick<uint16_t>({400, 401, 403, 404, 407, 408, 422, 480,
                               481, 484, 486, 486, 487, 488, 491, 500,
                               501, 503, 503, 504, 600, 603, 604});
  x.session.min_se_s = x.status == 422 ? r.pick({0u, 90u, 1900u, 4000u}) : 0;
  if (plan_ == plan::redirect) {
    x.status = r.pick<uint16_t>({300, 301, 302, 305, 380});
    for (auto i = r.below(3); i > 0; --i)
      x.contacts.push_back("sip:" + some_number(r) + "@192.0.2.1");
    if (r.chance(10))
      x.contacts.assign(1, r.pick({"tel:100", "sip:192.0.2.1", "", "sip:@x"}));
  }
  theirs_.clear();
  world_.send(leg_, std::move(x));
}

void peer::on_cancel() {
  if (!trying_)
    return;
  trying_ = false;
  over_ = true;
  auto pending = std::exchange(theirs_, {});
  for (auto& [txn, t] : pending)
    if (!t.answered)
      respond(txn, t.method, 487);
}

void peer::on_ack(const model::acknowledge& x) {
  world_.check_sdp(leg_, x.body);
  theirs_.erase(x.txn);
  if (is_open(talk::we_offer, false, x.txn)) {
    if (x.body.empty())
      talk_ = talk::idle; // BYE follows; the auditor sees to that
    else
      settle(offer_, x.body.data);
  }
  if (x.txn != 0 || confirmed_)
    return;
  confirmed_ = true;
  if (!over_)
    begin_to_talk();
}

// -- requests inside the dialog -----------------------------------------------

void peer::on_request(const model::request& x) {
  world_.check_sdp(leg_, x.body);
  if (over_) {
    respond(x.txn, x.method, 481);
    return;
  }
  switch (x.method) {
    case method::invite:
      on_reinvite(x);
      break;
    case method::update:
      on_update(x);
      break;
    case method::prack:
      on_prack(x);
      break;
    case method::bye:
      on_bye(x);
      break;
    default:
      respond(x.txn, x.method, world_.random.chance(85) ? 200 : 415);
  }
}

void peer::on_bye(const model::request& x) {
  over_ = true;
  for (auto& [txn, t] : std::exchange(theirs_, {}))
    if (!t.answered)
      respond(txn, t.method, 487);
  respond(x.txn, x.method, 200);
}

void peer::on_prack(const model::request& x) {
  unpracked_ = false;
  std::string body;
  if (is_open(talk::we_offer, false, 0)) {
    expect(!x.body.empty(), "PRACK answers the offer");
    settle(offer_, x.body.data);
  } else if (!x.body.empty()) {
    expect(talk_ == talk::idle, "no offer in PRACK while one is pending");
    body = reply_to(x.body.data);
    settle(body, x.body.data);
  }
  respond(x.txn, x.method, 200, body);
}

void peer::on_update(const model::request& x) {
  if (x.body.empty()) {
    auto terms = settle_terms(x.session);
    auto status = uint16_t{200};
    if (world_.random.chance(10))
      status = world_.random.pick<uint16_t>({405, 422, 481, 500, 501});
    if (status == 422)
      terms.min_se_s = world_.random.pick({0u, 90u, 2000u});
    respond(x.txn, x.method, status, {}, terms);
    if (status == 200)
      arm_refresh(terms, false);
    over_ = over_ || status == 481;
    return;
  }
  if (talk_ != talk::idle) {
    respond(x.txn, x.method, talk_ == talk::we_offer ? 491 : 500);
    return;
  }
  if (world_.random.chance(8)) {
    respond(x.txn, x.method, world_.random.pick<uint16_t>({488, 500, 504}));
    return;
  }
  auto body = reply_to(x.body.data);
  settle(body, x.body.data);
  auto terms = settle_terms(x.session);
  respond(x.txn, x.method, 200, body, terms);
  arm_refresh(terms, false);
}

void peer::on_reinvite(const model::request& x) {
  if (invite_open() || talk_ != talk::idle) {
    respond(x.txn, x.method, 491);
    return;
  }
  if (timer_ && x.session.interval_s != 0 && x.session.interval_s < min_se_s_
      && world_.random.chance(20)) {
    session_terms terms;
    terms.min_se_s = min_se_s_;
    respond(x.txn, x.method, 422, {}, terms);
    return;
  }
  auto& t = theirs_[x.txn];
  t.session = x.session;
  if (!x.body.empty())
    open(talk::they_offer, false, x.txn, x.body.data);
  if (world_.random.chance(20))
    respond(x.txn, x.method, 100);
  auto delay = world_.random.thinking() / 2;
  world_.after(delay, [this, x] { answer_reinvite(x.txn, x); });
}

void peer::answer_reinvite(txn_number txn, const model::request& x) {
  auto found = theirs_.find(txn);
  if (over_ || dead_ || found == theirs_.end())
    return;
  auto& r = world_.random;
  if (r.chance(10)) {
    void_offer(false, txn);
    theirs_.erase(found);
    auto status = r.pick<uint16_t>({480, 481, 488, 500, 503, 603});
    respond(txn, method::invite, status);
    if (status == 481)
      over_ = true;
    return;
  }
  std::string body;
  if (x.body.empty()) {
    body = r.chance(30) && !local_.empty()
             ? local_
             : world_.new_sdp(leg_, some_direction());
    open(talk::we_offer, false, txn, body);
  } else {
    body = reply_to(x.body.data);
    settle(body, x.body.data);
  }
  found->second.answered = true;
  auto terms = settle_terms(x.session);
  respond(txn, method::invite, 200, body, terms);
  arm_refresh(terms, false);
  expect_ack(txn);
}

} // namespace strowger::sim
