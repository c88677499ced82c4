#include "test/sim/peer.hpp"

#include "test/sim/broken.hpp"
#include "test/sim/world.hpp"

#include <algorithm>
#include <utility>

namespace strowger::sim {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr auto transaction_timeout = 32s; // 64*T1

content sdp(std::string data) {
  return data.empty() ? content{} : content{"application/sdp", std::move(data)};
}

} // namespace

peer::peer(world& w, leg_number leg) : world_{w}, leg_{leg} {
  auto& r = world_.random;
  timer_ = r.chance(60);
  update_ = r.chance(70);
  lazy_ = r.chance(20);
  min_se_s_ = r.pick({90u, 90u, 90u, 120u, 1800u, 3600u});
  acts_left_ = static_cast<unsigned>(r.below(6));
}

bool peer::quiet() const {
  return confirmed_ && !over_ && !dead_ && talk_ == talk::idle && mine_.empty()
         && theirs_.empty();
}

void peer::check_end() const {
  demand(over_, "every peer learns that the call is over");
  demand(mine_.empty(), "every request of a peer gets a final response");
}

void peer::expect(bool holds, const char* what) const {
  demand(holds || !world_.fair(), what);
}

// -- offer and answer ---------------------------------------------------------

void peer::open(talk who, bool ours, txn_number txn, std::string description) {
  talk_ = who;
  talk_ours_ = ours;
  talk_txn_ = txn;
  offer_ = std::move(description);
}

bool peer::is_open(talk who, bool ours, txn_number txn) const {
  return talk_ == who && talk_ours_ == ours && talk_txn_ == txn;
}

void peer::settle(std::string local, std::string remote) {
  talk_ = talk::idle;
  local_ = std::move(local);
  remote_ = std::move(remote);
}

void peer::void_offer(bool ours, txn_number txn) {
  if (talk_ != talk::idle && talk_ours_ == ours && talk_txn_ == txn)
    talk_ = talk::idle;
}

const char* peer::some_direction() {
  return world_.random.pick(
    {"sendrecv", "sendrecv", "sendrecv", "sendonly", "inactive"});
}

/// The answer to an offer; the same one if the offer changes nothing.
std::string peer::reply_to(const std::string& offer) {
  if (!local_.empty() && offer == remote_)
    return local_;
  return world_.new_sdp(leg_, "sendrecv");
}

bool peer::invite_open() const {
  auto is_invite = [](const auto& x) {
    return x.second.method == method::invite;
  };
  return std::any_of(mine_.begin(), mine_.end(), is_invite)
         || std::any_of(theirs_.begin(), theirs_.end(), is_invite);
}

// -- calling ------------------------------------------------------------------

void peer::call(const std::string& source, const std::string& number) {
  auto& r = world_.random;
  offered x;
  x.source = source;
  x.trusted = !source.empty() || r.chance(50);
  x.may_call_out = x.trusted;
  x.called = number;
  x.caller.user = source.empty() ? "anonymous" : source;
  x.reliable = r.chance(60);
  x.update_allowed = update_;
  if (timer_) {
    x.session.supported = true;
    x.session.interval_s = r.pick({0u, 0u, 60u, 90u, 90u, 120u, 1800u});
    if (x.session.interval_s != 0)
      x.session.refresher = r.pick(
        {refresher::none, refresher::uac, refresher::uas});
  }
  mine_[0].method = method::invite;
  asks_ = r.chance(20);
  if (!asks_) {
    x.body = sdp(world_.new_sdp(leg_, "sendrecv"));
    open(talk::we_offer, true, 0, x.body.data);
  }
  world_.send(leg_, std::move(x));
  world_.after(r.chance(35) ? r.thinking() : r.between(50s, 250s),
               [this] { give_up(); });
  // What is lost for good is not waited for for ever.
  world_.after(300s, [this] {
    if (trying_)
      timed_out(0);
  });
}

void peer::give_up() {
  if (!trying_ || cancelled_ || dead_)
    return;
  cancelled_ = true;
  if (early_ && world_.random.chance(15))
    request(method::bye);
  else
    world_.send(leg_, cancelled{leg_});
}

// -- requests -----------------------------------------------------------------

txn_number peer::request(method m, std::string offer, session_terms terms) {
  auto txn = next_txn_++;
  mine_[txn] = {m, m == method::invite && offer.empty()};
  requested x;
  x.leg = leg_;
  x.txn = txn;
  x.method = m;
  x.session = terms;
  x.body = sdp(std::move(offer));
  world_.send(leg_, std::move(x));
  world_.after(transaction_timeout, [this, txn] { timed_out(txn); });
  return txn;
}

void peer::timed_out(txn_number txn) {
  auto found = mine_.find(txn);
  if (found == mine_.end() || dead_)
    return;
  auto m = found->second.method;
  mine_.erase(found);
  void_offer(true, txn);
  if (txn == 0) {
    trying_ = false;
    over_ = true;
  } else if (m != method::bye) {
    hang_up();
  }
}

void peer::hang_up() {
  if (over_ || dead_)
    return;
  if (!confirmed_) { // the callee has to wait for the ACK
    if (!trying_)
      world_.after(1s, [this] { hang_up(); });
    return;
  }
  over_ = true;
  for (auto& [txn, t] : std::exchange(theirs_, {}))
    if (!t.answered)
      respond(txn, t.method, 487);
  request(method::bye);
}

void peer::begin_to_talk() {
  auto& r = world_.random;
  auto length = r.chance(60) ? r.thinking()
                             : r.between(1min, r.chance(80) ? 5min : 90min);
  world_.after(length, [this] { hang_up(); });
  world_.after(r.thinking(), [this] { act(); });
}

void peer::act() {
  if (over_ || dead_ || !confirmed_ || acts_left_ == 0)
    return;
  --acts_left_;
  act_once();
  world_.after(world_.random.thinking(), [this] { act(); });
}

void peer::act_once() {
  auto m = world_.random.pick({method::invite, method::invite, method::invite,
                               method::update, method::update, method::info,
                               method::message, method::options, method::notify,
                               method::refer});
  auto with_offer = world_.random.chance(75);
  if (m != method::invite && m != method::update) {
    request(m);
    return;
  }
  if (m == method::invite && invite_open())
    return;
  if (talk_ != talk::idle || unpracked_) // a PRACK may bring an offer, too
    return;
  if (!with_offer) {
    session_terms brief; // too brief: asks for a 422
    brief.supported = true;
    brief.interval_s = 60;
    request(m, {}, world_.random.chance(10) ? brief : session_terms{});
    return;
  }
  auto offer = world_.random.chance(15)
                 ? local_
                 : world_.new_sdp(leg_, some_direction());
  auto txn = next_txn_;
  open(talk::we_offer, true, txn, offer);
  request(m, offer);
}

/// Inside an early dialog, after the first exchange (RFC 3311).
void peer::act_early() {
  if (over_ || dead_ || !trying_ || cancelled_ || talk_ != talk::idle)
    return;
  if (world_.random.chance(30)) {
    request(method::info);
    return;
  }
  // An UPDATE before the PRACK might meet an offer in it, which cannot well be
  // refused (RFC 6337 2.3).
  if (local_.empty() || unpracked_)
    return;
  auto offer = world_.new_sdp(leg_, some_direction());
  open(talk::we_offer, true, next_txn_, offer);
  request(method::update, offer);
}

// -- session timer ------------------------------------------------------------

void peer::arm_refresh(const session_terms& x, bool we_are_uac) {
  terms_ = x;
  auto generation = ++refresh_generation_;
  auto ours = (x.refresher == refresher::uac) == we_are_uac;
  if (x.interval_s == 0 || !ours || lazy_ || !timer_)
    return;
  world_.after(std::chrono::seconds{x.interval_s} / 2,
               [this, generation] { refresh(generation); });
}

void peer::refresh(unsigned generation) {
  if (generation != refresh_generation_ || over_ || dead_ || !confirmed_)
    return;
  if (talk_ != talk::idle || invite_open() || local_.empty()) {
    world_.after(3s, [this, generation] { refresh(generation); });
    return;
  }
  session_terms x;
  x.supported = true;
  x.interval_s = terms_.interval_s;
  x.refresher = refresher::uac;
  if (world_.random.chance(50)) {
    request(method::update, {}, x);
    return;
  }
  open(talk::we_offer, true, next_txn_, local_);
  request(method::invite, local_, x);
}

// -- responses ----------------------------------------------------------------

void peer::on_ringing(const model::respond& x) {
  early_ = true;
  if (!x.reliable)
    return; // a description in it is a preview of the answer
  if (world_.random.chance(30))
    world_.after(world_.random.thinking(), [this] { act_early(); });
  if (!x.body.empty() && is_open(talk::we_offer, true, 0)) {
    settle(offer_, x.body.data);
  } else if (!x.body.empty() && asks_) {
    asks_ = false;
    settle(reply_to(x.body.data), x.body.data);
    request(method::prack, local_);
    return;
  } else if (talk_ == talk::idle && world_.random.chance(5)) {
    auto offer = world_.new_sdp(leg_, "sendrecv");
    open(talk::we_offer, true, next_txn_, offer);
    request(method::prack, offer);
    return;
  }
  request(method::prack);
}

/// ACK for a 2xx, with the answer if the 2xx made the offer.
void peer::acknowledge(txn_number txn, bool asked, const content& from) {
  acked y;
  y.leg = leg_;
  y.txn = txn;
  if (is_open(talk::we_offer, true, txn)) {
    expect(!from.empty(), "a 2xx answers the offer");
    settle(offer_, from.data);
  } else if (asked) {
    expect(!from.empty(), "a 2xx makes the offer that was asked for");
    settle(reply_to(from.data), from.data);
    y.body = sdp(local_);
  }
  world_.send(leg_, std::move(y));
}

void peer::on_first_final(const model::respond& x) {
  trying_ = false;
  void_offer(true, x.status >= 300 ? 0 : next_txn_);
  if (x.status >= 300) {
    over_ = true;
    return;
  }
  confirmed_ = true;
  acknowledge(0, std::exchange(asks_, false), x.body);
  arm_refresh(x.session, true);
  if (over_)
    return;
  if (cancelled_)
    hang_up();
  else
    begin_to_talk();
}

void peer::on_response(const model::respond& x) {
  world_.check_sdp(leg_, x.body);
  auto found = mine_.find(x.txn);
  if (found == mine_.end())
    return; // it has timed out
  if (x.status < 200) {
    on_ringing(x);
    return;
  }
  auto [m, asks] = found->second;
  mine_.erase(found);
  if (x.txn == 0) {
    on_first_final(x);
    return;
  }
  if (x.status >= 300) {
    void_offer(true, x.txn);
    if (x.status == 481 && m != method::notify && m != method::prack)
      over_ = !trying_;
    return;
  }
  if (m == method::invite)
    acknowledge(x.txn, asks, x.body);
  else if (is_open(talk::we_offer, true, x.txn))
    settle(offer_, x.body.data);
  if (m == method::invite || m == method::update)
    arm_refresh(x.session, true);
}

void peer::receive(const command& x) {
  if (auto* y = std::get_if<model::respond>(&x))
    on_response(*y);
  else if (auto* z = std::get_if<model::request>(&x))
    on_request(*z);
  else if (auto* i = std::get_if<invite>(&x))
    on_invite(*i);
  else if (auto* a = std::get_if<model::acknowledge>(&x))
    on_ack(*a);
  else if (std::holds_alternative<cancel>(x))
    on_cancel();
}

} // namespace strowger::sim
