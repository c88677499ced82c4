#include "sip/registrant.hpp"

#include "sip/address.hpp"
#include "sip/challenge.hpp"
#include "sip/counts.hpp"
#include "sip/loop.hpp"
#include "sip/message.hpp"
#include "sip/sofia.hpp"
#include "sip/stack.hpp"
#include "sip/text.hpp"
#include "sip/translate.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace strowger::sip {

struct registrant::one {
  registrant* owner = nullptr;
  dialog facts;
  registration_order order;
  registration_listener asker;
  nta_outgoing_t* out = nullptr;
  std::string authorization; // not empty: challenged once
  bool too_brief = false;    // 423 seen
};

namespace {

/// What the registrar grants this user: the parameter of its Contact, else
/// Expires, else what was asked for.
std::uint32_t granted(const sip_s& response, const std::string& number,
                      std::uint32_t asked_s) {
  for (const auto* m = response.sip_contact; m != nullptr; m = m->m_next)
    if (m->m_expires != nullptr && user_of(m->m_url) == number)
      return static_cast<std::uint32_t>(
        std::strtoul(m->m_expires, nullptr, 10));
  if (const auto* x = response.sip_expires)
    return static_cast<std::uint32_t>(x->ex_delta);
  return asked_s;
}

} // namespace

registrant::registrant(nta_agent_s* agent, const own_address& self,
                       loop& turner, reactor& host)
  : agent_(agent), self_(self), loop_(turner), reactor_(host),
    random_(std::random_device{}()) {
  // nop
}

registrant::~registrant() {
  close();
}

void registrant::close() {
  for (auto& [user, x] : users_)
    if (x->out != nullptr)
      nta_outgoing_destroy(x->out);
  users_.clear();
}

void registrant::send(registration_order&& order, registration_listener asker) {
  auto& place = users_[order.user];
  if (place == nullptr) {
    place = std::make_unique<one>();
    auto& d = place->facts;
    append_hex(d.call_id, random_(), 16);
    d.call_id.append("@").append(self_.host);
    append_hex(d.local_tag, random_(), 8);
    place->owner = this;
  }
  auto& x = *place;
  if (x.out != nullptr)
    return;
  std::string self = "<sip:";
  append_user(self, order.number);
  self.append("@").append(order.domain).append(">");
  x.facts.local = self + ";tag=" + x.facts.local_tag;
  x.facts.remote = self;
  x.facts.remote_target = "sip:" + order.domain;
  x.order = std::move(order);
  x.asker = std::move(asker);
  x.authorization.clear();
  x.too_brief = false;
  if (!transmit(x))
    finish(x, 0, 0);
}

std::string registrant::contact_of(const one& x) const {
  // "<sip:host:port;transport=tcp>" with the number before the host.
  auto result = self_.contacts[transport_of(x.order.registrar, {})];
  std::string user;
  append_user(user, x.order.number);
  auto at = result.find(':') + 1;
  return result.insert(at, user + "@");
}

bool registrant::transmit(one& x) {
  auto* message = make_request(agent_, x.facts, sip_method_register, "REGISTER",
                               ++x.facts.local_cseq, max_forwards_default);
  if (message == nullptr)
    return false;
  std::string lines;
  append_line(lines, "Contact", contact_of(x));
  append_line(lines, "Expires", std::to_string(x.order.expires_s));
  append_line(lines, "User-Agent", product);
  lines += x.authorization;
  add_lines(message, lines);
  x.out = nta_outgoing_mcreate(agent_, on_response, &x,
                               as_url(x.order.registrar.c_str()), message,
                               TAG_END());
  if (x.out == nullptr) {
    msg_destroy(message);
    return false;
  }
  count_request_out(reactor_.counters(), sip_method_register);
  return true;
}

int registrant::on_response(void* magic, nta_outgoing_s* transaction,
                            const sip_s* response) {
  auto& x = *static_cast<one*>(magic);
  if (x.out != transaction)
    return 0;
  auto local = response == nullptr || nta_sip_is_internal(response)
               || response->sip_status == nullptr;
  auto status = static_cast<std::uint16_t>(
    local ? 0 : response->sip_status->st_status);
  if (!local && status < 200)
    return 0;
  auto& self = *x.owner;
  nta_outgoing_destroy(std::exchange(x.out, nullptr));
  if (local) {
    self.finish(x, 0, 0);
    self.loop_.nudge();
    return 0;
  }
  count_response_in(self.reactor_.counters(), status);
  if (!self.try_again(x, *response, status))
    self.finish(x, status,
                granted(*response, x.order.number, x.order.expires_s));
  return 0;
}

bool registrant::try_again(one& x, const sip_s& response,
                           std::uint16_t status) {
  if ((status == 401 || status == 407) && x.authorization.empty()
      && !x.order.login.username.empty()) {
    auto line = answer_challenges(
      response, x.order.login, random_(),
      {.method = "REGISTER", .uri = x.facts.remote_target});
    if (!line)
      return false;
    x.authorization = std::move(*line);
    return transmit(x);
  }
  if (status == 423 && !x.too_brief && response.sip_min_expires != nullptr) {
    x.too_brief = true;
    x.authorization.clear();
    x.order.expires_s = static_cast<std::uint32_t>(
      response.sip_min_expires->me_delta);
    return transmit(x);
  }
  return false;
}

void registrant::finish(one& x, std::uint16_t status, std::uint32_t expires_s) {
  caf::anon_send(x.asker, registered{x.order.user, status, expires_s});
}

} // namespace strowger::sip
