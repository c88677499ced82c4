#include "sip/presence.hpp"

#include "actors/model/contact.hpp"
#include "actors/model/device.hpp"
#include "sip/address.hpp"
#include "sip/sofia.hpp"

#include <utility>

namespace strowger::sip {

namespace {

using model::option;
using model::subscription_phase;

constexpr std::string_view package = "presence";

/// What the body says; nothing if it is malformed. Without a body, as before
/// somebody has allowed the subscription, nothing is said.
std::optional<basic_status> status_in(const sip_s& notify) {
  const auto* body = notify.sip_payload;
  if (body == nullptr || body->pl_len == 0)
    return basic_status::unsaid;
  return read_pidf({body->pl_data, body->pl_len});
}

} // namespace

presence::presence(nta_agent_s* agent, const own_address& self, loop& turner,
                   caf::actor_system& system, reactor& host, switchboard& board)
  : self_(self), reactor_(host), board_(board),
    subscriptions_(agent, self, turner, system, host, *this, "presence-",
                   pace) {
  // nop
}

presence::~presence() {
  close();
}

void presence::close() {
  subscriptions_.close();
  for (auto& [id, x] : phones_)
    count(x, subscription_phase::ended);
  phones_.clear();
  wanted_.clear();
}

// -- configuration ------------------------------------------------------------

/// `subscribe-presence` and its kin; nothing without it, or if the trunk has no
/// contact. Without a domain it is the trunk's own address, without a From the
/// switch's: what a registrar without domains of its own expects.
std::optional<subscription_terms>
presence::terms_of(const model::directory& config, const model::dn& dn,
                   const own_address& self) {
  const auto& name = config.text(option::subscribe_presence, &dn);
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
  subscription_terms result;
  result.event = package;
  result.accept = pidf_type;
  result.where.target = model::request_uri(
    domain.empty() ? host_of(notifier.uri) : std::string_view{domain},
    dn.number, model::contact_user::replace);
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
  for (const auto& dn : config.dns()) {
    auto agreed = terms_of(config, dn, self_);
    if (!agreed)
      continue;
    auto known = wanted_.find(dn.number);
    if (known != wanted_.end()) {
      auto& x = phones_.at(known->second);
      if (x.where == agreed->where) {
        x.generation = generation_;
        subscriptions_.change(known->second, std::move(agreed->login),
                              agreed->expires_s);
        continue;
      }
      end(known->second);
    }
    begin(dn.number, std::move(*agreed));
  }
  for (auto i = wanted_.begin(); i != wanted_.end();) {
    auto id = (i++)->second; // end() takes it out
    if (phones_.at(id).generation != generation_)
      end(id);
  }
  subscriptions_.arm();
}

void presence::begin(const std::string& dn, subscription_terms&& agreed) {
  auto id = ++last_id_;
  auto& x = phones_[id];
  x.dn = dn;
  x.where = agreed.where;
  x.generation = generation_;
  wanted_[dn] = id;
  subscriptions_.begin(id, std::move(agreed), reactor_.clock_now());
}

void presence::end(std::uint32_t id) {
  wanted_.erase(phones_.at(id).dn);
  subscriptions_.end(id);
}

// -- what comes of it ---------------------------------------------------------

std::optional<refusal> presence::read(std::uint32_t id, const sip_s& notify) {
  auto said = status_in(notify);
  if (!said) {
    reactor_.counters().parse_errors.add();
    return refusal{.phrase = "Bad Presence Document"};
  }
  phones_.at(id).said = *said;
  return std::nullopt;
}

void presence::notified(std::uint32_t id, const model::subscription& machine) {
  auto& x = phones_.at(id);
  if (x.said != basic_status::unsaid && machine.believed())
    tell(x, x.said == basic_status::closed);
}

void presence::settled(std::uint32_t id, const model::subscription& machine) {
  auto& x = phones_.at(id);
  // Who was busy when the subscription was lost for good is idle: nobody would
  // ever say so, and a phone that turns out to be busy costs one attempt.
  if (x.busy && !machine.believed())
    tell(x, false);
  auto phase = machine.phase();
  count(x, phase);
  auto wanted = wanted_.find(x.dn);
  if (phase == subscription_phase::ended
      && (wanted == wanted_.end() || wanted->second != id))
    phones_.erase(id);
}

void presence::count(phone& x, subscription_phase now) {
  auto& gauges = reactor_.counters().presence_subscriptions;
  if (now == x.counted)
    return;
  if (x.counted != subscription_phase::ended)
    gauges[static_cast<std::size_t>(x.counted)].give();
  if (now != subscription_phase::ended)
    gauges[static_cast<std::size_t>(now)].take();
  x.counted = now;
}

void presence::tell(phone& x, bool busy) {
  if (x.busy == busy)
    return;
  x.busy = busy;
  board_.phone_busy(x.dn, busy);
}

} // namespace strowger::sip
