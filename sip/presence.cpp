#include "sip/presence.hpp"

#include "actors/model/contact.hpp"
#include "actors/model/device.hpp"
#include "actors/watcher.hpp"
#include "sip/address.hpp"
#include "sip/presence_one.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace strowger::sip {

using model::option;
using model::subscription_phase;

// -- life ---------------------------------------------------------------------

presence::presence(nta_agent_s* agent, const own_address& self, loop& turner,
                   caf::actor_system& system, reactor& host, switchboard& board)
  : agent_(agent), self_(self), loop_(turner), system_(system), reactor_(host),
    board_(board), random_(std::random_device{}()) {
  // nop
}

presence::~presence() {
  close();
}

void presence::close() {
  auto now = reactor_.clock_now();
  for (auto& [id, x] : all_) {
    x->machine.stop(now);
    send(*x, x->machine.on_tick(now));
    forget_request(*x);
    if (x->counted != subscription_phase::ended)
      reactor_.counters()
        .presence_subscriptions[static_cast<std::size_t>(x->counted)]
        .give();
  }
  all_.clear();
  wanted_.clear();
  due_.clear();
  wake_.cancel();
  if (watcher_)
    caf::anon_send_exit(watcher_, caf::exit_reason::user_shutdown);
  watcher_ = nullptr;
}

// -- configuration ------------------------------------------------------------

/// `subscribe-presence` and its kin; nothing without it, or if the trunk has no
/// contact. Without a domain it is the trunk's own address, without a From the
/// switch's: what a registrar without domains of its own expects.
std::optional<presence::terms>
presence::terms_of(const model::directory& config, const model::dn& phone,
                   const own_address& self) {
  const auto& name = config.text(option::subscribe_presence, &phone);
  const auto* trunk = name.empty() ? nullptr : config.find(name);
  if (trunk == nullptr)
    return std::nullopt;
  auto targets = model::static_targets(config, *trunk, {},
                                       model::contact_user::replace);
  if (targets.empty())
    return std::nullopt;
  auto& notifier = targets.front();
  const auto& domain = config.text(option::subscribe_presence_domain, trunk);
  const auto& from = config.text(option::subscribe_presence_from, trunk);
  terms result;
  result.where.target = model::request_uri(
    domain.empty() ? host_of(notifier.uri) : std::string_view{domain},
    phone.number, model::contact_user::replace);
  result.where.from = from.empty() ? "sip:" + self.host
                                   : model::request_uri(
                                     from, {}, model::contact_user::keep);
  result.where.hop = std::move(notifier.uri);
  result.login = std::move(notifier.login);
  result.expires_s = static_cast<std::uint32_t>(
    config.integer(option::subscribe_presence_expire, trunk));
  return result;
}

void presence::configure(const model::directory& config) {
  ++generation_;
  for (const auto& phone : config.dns()) {
    auto agreed = terms_of(config, phone, self_);
    if (!agreed)
      continue;
    auto known = wanted_.find(phone.number);
    if (known != wanted_.end() && known->second->where == agreed->where) {
      auto& x = *known->second;
      x.generation = generation_;
      x.login = std::move(agreed->login);
      x.machine.wish(agreed->expires_s);
      continue;
    }
    if (known != wanted_.end())
      end(*known->second);
    begin(phone.number, std::move(*agreed));
  }
  for (auto i = wanted_.begin(); i != wanted_.end();) {
    auto& x = *(i++)->second; // end() takes it out
    if (x.generation != generation_)
      end(x);
  }
  arm();
}

void presence::begin(const std::string& dn, terms&& agreed) {
  auto fresh = std::make_unique<one>();
  auto& x = *fresh;
  x.owner = this;
  x.id = ++last_id_;
  x.dn = dn;
  x.where = std::move(agreed.where);
  x.login = std::move(agreed.login);
  x.generation = generation_;
  x.machine.start(agreed.expires_s, reactor_.clock_now());
  all_.emplace(x.id, std::move(fresh));
  wanted_[x.dn] = &x;
  settle(x);
}

void presence::end(one& x) {
  x.wanted = false;
  wanted_.erase(x.dn);
  x.machine.stop(reactor_.clock_now());
  settle(x);
}

// -- deadlines ----------------------------------------------------------------

void presence::tick() {
  auto now = reactor_.now();
  if (now >= paused_until_) {
    std::size_t sent = 0;
    while (!due_.empty() && due_.begin()->first <= now && sent < burst) {
      auto& x = *all_.at(due_.begin()->second);
      auto what = x.machine.on_tick(now);
      if (what != model::subscription_request::none) {
        send(x, what);
        ++sent;
      }
      settle(x);
    }
    if (sent > 0)
      paused_until_ = now + pause;
  }
  arm();
}

/// All subscriptions share one deadline at the reactor.
void presence::arm() {
  if (due_.empty()) {
    wake_.cancel();
    return;
  }
  if (!watcher_)
    watcher_ = system_.spawn(watcher, [this] {
      wake_.rang();
      tick();
    });
  wake_.set(reactor_, std::max(due_.begin()->first, paused_until_), watcher_);
}

/// To be called after every step of a subscription, which may be its last.
void presence::settle(one& x) {
  if (!x.machine.listens())
    forget_request(x);
  // Who was busy when the subscription was lost for good is idle: nobody would
  // ever say so, and a phone that turns out to be busy costs one attempt.
  if (x.busy && !x.machine.believed())
    tell(x, false);
  auto phase = x.machine.phase();
  auto& gauges = reactor_.counters().presence_subscriptions;
  if (phase != x.counted) {
    if (x.counted != subscription_phase::ended)
      gauges[static_cast<std::size_t>(x.counted)].give();
    if (phase != subscription_phase::ended)
      gauges[static_cast<std::size_t>(phase)].take();
    x.counted = phase;
  }
  if (x.queued != x.machine.next_deadline()) {
    due_.erase({x.queued, x.id});
    x.queued = x.machine.next_deadline();
    if (x.queued != model::never)
      due_.emplace(x.queued, x.id);
  }
  if (phase == subscription_phase::ended && !x.wanted)
    all_.erase(x.id);
}

void presence::tell(one& x, bool busy) {
  if (x.busy == busy)
    return;
  x.busy = busy;
  board_.phone_busy(x.dn, busy);
}

} // namespace strowger::sip
