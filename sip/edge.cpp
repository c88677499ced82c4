#include "sip/edge.hpp"

#include "sip/intake.hpp"
#include "sip/loop.hpp"
#include "sip/sofia.hpp"

#include <algorithm>
#include <cassert>
#include <climits>
#include <utility>

namespace strowger::sip {

// -- life ---------------------------------------------------------------------

edge::edge(loop& turner, caf::actor_system& system, reactor& host,
           switchboard& board, outlets& out)
  : loop_(turner),
    system_(system),
    reactor_(host),
    board_(board),
    out_(out),
    random_(std::random_device{}()) {
  // nop
}

edge::~edge() {
  shut_down();
}

std::optional<std::string> edge::open(const model::directory& config,
                                      unsigned t1_ms) {
  assert(agent_ == nullptr);
  transaction_limit_ = std::chrono::milliseconds{64 * t1_ms};
  agent_ = nta_agent_create(
    loop_.root(), reinterpret_cast<url_string_t*>(-1), on_message, this,
    NTATAG_UA(1), NTATAG_MERGE_482(1), NTATAG_CANCEL_487(0),
    NTATAG_MCLASS(message_class()), NTATAG_BAD_REQ_MASK(0),
    // Without an answer of the call, sofia sends the 100 after 200 ms
    // (RFC 3261 §17.2.1); a call that rings sooner saves the datagram.
    NTATAG_EXTRA_100(1), NTATAG_PASS_100(1), NTATAG_CLIENT_RPORT(1),
    NTATAG_SERVER_RPORT(1), NTATAG_MAX_PROCEEDING(UINT_MAX),
    // Phones that only know UDP outnumber networks that lose fragments, so a
    // large request does not go over to TCP as RFC 3261 §18.1.1 would have it.
    NTATAG_UDP_MTU(65'535), NTATAG_USE_NAPTR(0),
    NTATAG_SIP_T1(t1_ms), NTATAG_SIP_T1X64(64 * t1_ms),
    NTATAG_SIP_T2(8 * t1_ms), NTATAG_SIP_T4(10 * t1_ms), TAG_END());
  if (agent_ == nullptr)
    return "cannot make a SIP agent";
  if (auto error = listen(agent_, config, certificates_, self_)) {
    shut_down();
    return error;
  }
  registrations.emplace(challenger_, reactor_.counters());
  probes.emplace(agent_, "sip:" + self_.host + ":" + self_.port);
  users.emplace(agent_, self_, loop_, reactor_);
  watchers.emplace(agent_, self_, loop_, system_, reactor_);
  presences.emplace(agent_, self_, loop_, system_, reactor_, board_);
  sampler_ = su_timer_create(su_root_task(loop_.root()), 1000);
  su_timer_set_for_ever(sampler_, on_sample, this);
  configure(config);
  return std::nullopt;
}

void edge::send_through(const std::string& uri) {
  assert(agent_ != nullptr);
  outbound_ = uri;
  nta_agent_set_params(agent_, NTATAG_DEFAULT_PROXY(uri.c_str()), TAG_END());
}

void edge::configure(const model::directory& config) {
  configured_ = &config;
  identifier_.configure(config);
  guard_.configure(config);
  challenger_.configure(config);
  if (presences)
    presences->configure(config);
}

void edge::shut_down() {
  if (agent_ == nullptr)
    return;
  while (!calls_.empty())
    close(calls_.begin()->first);
  if (registrations)
    registrations->close();
  if (probes)
    probes->close();
  if (presences)
    presences->close();
  if (users)
    users->close();
  if (watchers)
    watchers->close();
  if (sampler_ != nullptr)
    su_timer_destroy(sampler_);
  sampler_ = nullptr;
  nta_agent_destroy(agent_);
  agent_ = nullptr;
  sweep_tls_sessions();
  probes.reset();
  presences.reset();
  users.reset();
  watchers.reset();
  registrations.reset();
}

// -- calls and legs -----------------------------------------------------------

call_entry* edge::find(model::call_id call) {
  auto i = calls_.find(call);
  return i == calls_.end() ? nullptr : &i->second;
}

void edge::adopt(model::call_id call, dialog_user&& handle) {
  assert(!calls_.contains(call));
  auto& entry = calls_[call];
  entry.id = call;
  entry.handle = std::move(handle);
  entry.delay_known = true; // there is no INVITE from which to count a delay
}

uint32_t edge::random() {
  return static_cast<uint32_t>(random_() >> 32);
}

leg& edge::add_leg(call_entry& call, model::leg_number number) {
  forget(call, number);
  auto& result = *call.legs.emplace_back(std::make_unique<leg>());
  result.wire = this;
  result.name = {call.id, number};
  result.handle = &call.handle;
  result.local_tag = make_tag(result.name, random());
  result.session_id = random_() >> 1;
  reactor_.counters().legs_in_progress.take();
  return result;
}

// Sofia keeps what it needs to absorb repetitions after this.
void edge::release(leg& l) {
  for (auto& x : l.servers)
    nta_incoming_destroy(x.irq);
  for (auto& x : l.clients) {
    // Sofia acknowledges the refusal of an INVITE that nobody waits for any
    // more only if it was cancelled (BYE that crosses a re-INVITE).
    if (x.method == model::method::invite && x.status < 200)
      nta_outgoing_tcancel(x.orq, nullptr, nullptr, TAG_END());
    nta_outgoing_destroy(x.orq);
  }
  l.servers.clear();
  l.clients.clear();
  moved_.erase(l.local_tag);
  remember_referral(l);
  reactor_.counters().legs_in_progress.give();
}

void edge::forget(call_entry& call, model::leg_number number) {
  auto i = std::find_if(call.legs.begin(), call.legs.end(),
                        [=](const auto& x) { return x->name.leg == number; });
  if (i == call.legs.end())
    return;
  release(**i);
  call.legs.erase(i);
}

// The leg keeps its place in memory: sofia's transactions point to it.
void edge::hand_over(call_entry& call, const model::hand_over& x) {
  auto* to = find(x.to.call);
  auto i = std::find_if(call.legs.begin(), call.legs.end(),
                        [&](const auto& l) { return l->name.leg == x.leg; });
  if (to == nullptr || i == call.legs.end())
    return;
  auto moving = std::move(*i);
  call.legs.erase(i);
  forget(*to, x.to.leg);
  moving->name = x.to;
  moving->handle = &to->handle;
  moved_[moving->local_tag] = moving.get();
  to->legs.push_back(std::move(moving));
}

void edge::close(model::call_id call) {
  auto i = calls_.find(call);
  if (i == calls_.end())
    return;
  for (auto& l : i->second.legs)
    release(*l);
  calls_.erase(i);
}

// -- what sofia counts, and what it leaves behind -----------------------------

void edge::on_sample(void*, su_timer_s*, void* self) {
  static_cast<edge*>(self)->sample();
}

void edge::sample() {
  std::erase_if(referrals_, [now = reactor_.clock_now()](const auto& x) {
    return x.second.until <= now;
  });
  usize_t servers = 0;
  usize_t clients = 0;
  usize_t retried_in = 0;
  usize_t retried_out = 0;
  usize_t bad = 0;
  nta_agent_get_stats(agent_, NTATAG_S_IRQ_HASH_USED_REF(servers),
                      NTATAG_S_ORQ_HASH_USED_REF(clients),
                      NTATAG_S_RECV_RETRY_REF(retried_in),
                      NTATAG_S_RETRY_REQUEST_REF(retried_out),
                      NTATAG_S_BAD_MESSAGE_REF(bad), TAG_END());
  auto& counters = reactor_.counters();
  counters.transactions.set(servers + clients);
  auto grow = [](counter& to, uint64_t& seen, uint64_t now) {
    if (now > seen)
      to.add(now - seen);
    seen = now;
  };
  grow(counters.retransmissions[0], retries_seen_[0], retried_in);
  grow(counters.retransmissions[1], retries_seen_[1], retried_out);
  grow(counters.parse_errors, bad_seen_, bad);
  sweep_tls_sessions();
}

void edge::sweep_tls_sessions() {
  reactor_.counters().tls_sessions.set(tls_sessions_.sweep());
}

} // namespace strowger::sip
