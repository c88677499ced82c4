#include "sip/subscriber.hpp"

#include "actors/watcher.hpp"
#include "sip/subscriber_one.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <cassert>

namespace strowger::sip {

using model::subscription_phase;

subscriber::subscriber(nta_agent_s* agent, const own_address& self,
                       loop& turner, caf::actor_system& system, reactor& host,
                       subscription_owner& owner, std::string_view tag_head,
                       pace limit)
  : agent_(agent), self_(self), loop_(turner), system_(system), reactor_(host),
    owner_(owner), tag_head_(tag_head), pace_(limit),
    random_(std::random_device{}()) {
  // nop
}

subscriber::~subscriber() {
  close();
}

void subscriber::close() {
  auto now = reactor_.clock_now();
  for (auto& [id, x] : all_) {
    x->machine.stop(now);
    send(*x, x->machine.on_tick(now));
    forget_request(*x);
  }
  all_.clear();
  due_.clear();
  wake_.cancel();
  if (watcher_)
    caf::anon_send_exit(watcher_, caf::exit_reason::user_shutdown);
  watcher_ = nullptr;
}

void subscriber::begin(std::uint32_t id, subscription_terms&& terms,
                       model::time_point first) {
  auto& place = all_[id];
  assert(place == nullptr);
  place = std::make_unique<one>();
  auto& x = *place;
  x.owner = this;
  x.id = id;
  x.terms = std::move(terms);
  x.machine.start(x.terms.expires_s, first);
  settle(x);
}

void subscriber::change(std::uint32_t id, model::credentials&& login,
                        std::uint32_t expires_s) {
  auto& x = *all_.at(id);
  x.terms.login = std::move(login);
  x.machine.wish(expires_s);
}

void subscriber::end(std::uint32_t id) {
  auto& x = *all_.at(id);
  x.wanted = false;
  x.machine.stop(reactor_.clock_now());
  settle(x);
}

// -- deadlines ----------------------------------------------------------------

void subscriber::tick() {
  auto now = reactor_.now();
  if (now >= paused_until_) {
    std::size_t sent = 0;
    while (!due_.empty() && due_.begin()->first <= now && sent < pace_.burst) {
      auto [due, id] = *due_.begin();
      auto& x = *all_.at(id);
      auto what = x.machine.on_tick(now);
      if (what != model::subscription_request::none) {
        owner_.sent(id, due);
        send(x, what);
        ++sent;
      }
      settle(x);
    }
    if (sent > 0)
      paused_until_ = now + pace_.pause;
  }
  arm();
}

/// All subscriptions share one deadline at the reactor.
void subscriber::arm() {
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
void subscriber::settle(one& x) {
  if (!x.machine.listens())
    give_up_request(x);
  owner_.settled(x.id, x.machine);
  if (x.queued != x.machine.next_deadline()) {
    due_.erase({x.queued, x.id});
    x.queued = x.machine.next_deadline();
    if (x.queued != model::never)
      due_.emplace(x.queued, x.id);
  }
  if (x.machine.phase() == subscription_phase::ended && !x.wanted)
    all_.erase(x.id);
}

} // namespace strowger::sip
