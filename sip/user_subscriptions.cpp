#include "sip/user_subscriptions.hpp"

#include "sip/text.hpp"

#include <caf/send.hpp>

#include <utility>

namespace strowger::sip {

namespace {

std::string address_of(const std::string& number, const std::string& domain) {
  std::string result = "sip:";
  append_user(result, number);
  return result.append("@").append(domain);
}

} // namespace

user_subscriptions::user_subscriptions(nta_agent_s* agent,
                                       const own_address& self, loop& turner,
                                       caf::actor_system& system, reactor& host)
  : subscriptions_(agent, self, turner, system, host, *this, "watching-", {}) {
  // nop
}

void user_subscriptions::send(subscription_order&& x,
                              subscription_listener asker) {
  asker_ = std::move(asker);
  subscription_terms terms;
  terms.where.hop = std::move(x.hop);
  terms.where.target = address_of(x.watched, x.domain);
  terms.where.from = address_of(x.number, x.domain);
  terms.event = std::move(x.event);
  terms.accept = std::move(x.accept);
  terms.login = std::move(x.login);
  terms.expires_s = x.expires_s;
  subscriptions_.begin(x.user, std::move(terms), x.first);
  subscriptions_.arm();
}

void user_subscriptions::close() {
  asker_ = nullptr;
  subscriptions_.close();
}

void user_subscriptions::notified(std::uint32_t id,
                                  const model::subscription&) {
  caf::anon_send(asker_, subscription_news{id, news::notified, 200, {}});
}

void user_subscriptions::sent(std::uint32_t id, model::time_point due) {
  caf::anon_send(asker_, subscription_news{id, news::sent, 0, due});
}

void user_subscriptions::answered(std::uint32_t id, std::uint16_t status) {
  if (asker_)
    caf::anon_send(asker_, subscription_news{id, news::answered, status, {}});
}

} // namespace strowger::sip
