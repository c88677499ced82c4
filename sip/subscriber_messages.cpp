#include "sip/address.hpp"
#include "sip/challenge.hpp"
#include "sip/counts.hpp"
#include "sip/loop.hpp"
#include "sip/message.hpp"
#include "sip/sofia.hpp"
#include "sip/stack.hpp"
#include "sip/subscriber_one.hpp"
#include "sip/text.hpp"
#include "sip/translate.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace strowger::sip {

namespace {

constexpr int id_digits = 8;
constexpr int random_digits = 8;

std::uint32_t clipped(unsigned long seconds) {
  return static_cast<std::uint32_t>(std::min<unsigned long>(
    seconds, std::numeric_limits<std::uint32_t>::max()));
}

/// Nothing for what is absent, or no number.
std::optional<std::uint32_t> number_in(const char* text) {
  std::string_view digits{text != nullptr ? text : ""};
  std::uint32_t result = 0;
  auto end = digits.data() + digits.size();
  auto [stop, error] = std::from_chars(digits.data(), end, result);
  if (digits.empty() || stop != end || error != std::errc{})
    return std::nullopt;
  return result;
}

model::subscription_answer answer_of(const sip_s* response,
                                     std::uint16_t status) {
  model::subscription_answer result;
  result.status = status;
  if (response == nullptr)
    return result;
  if (const auto* x = response->sip_expires)
    result.expires_s = clipped(x->ex_delta);
  if (const auto* x = response->sip_min_expires)
    result.min_expires_s = clipped(x->me_delta);
  if (const auto* x = response->sip_retry_after)
    result.retry_after_s = clipped(x->af_delta);
  return result;
}

/// The words belong to the message.
model::subscription_notice notice_of(const sip_s& notify) {
  const auto& state = *notify.sip_subscription_state;
  model::subscription_notice result;
  result.terminated = same_text(state.ss_substate, "terminated");
  if (state.ss_reason != nullptr)
    result.reason = state.ss_reason;
  result.expires_s = number_in(state.ss_expires);
  result.retry_after_s = number_in(state.ss_retry_after).value_or(0);
  return result;
}

} // namespace

// -- tags ---------------------------------------------------------------------

/// A tag names the subscription, so that a NOTIFY finds it without an index of
/// dialogs. Those of calls are of another length.
std::string subscriber::make_tag(std::uint32_t id) {
  auto result = tag_head_;
  append_hex(result, id, id_digits);
  append_hex(result, random_(), random_digits);
  return result;
}

std::optional<std::uint32_t> subscriber::id_in(const char* tag) const {
  std::string_view text{tag != nullptr ? tag : ""};
  std::uint64_t id = 0;
  if (text.size() != tag_head_.size() + id_digits + random_digits
      || !text.starts_with(tag_head_)
      || !read_hex(text.substr(tag_head_.size(), id_digits), id))
    return std::nullopt;
  return static_cast<std::uint32_t>(id);
}

// -- SUBSCRIBE ----------------------------------------------------------------

void subscriber::open_dialog(one& x) {
  auto& d = x.facts;
  d = {};
  d.local_tag = make_tag(x.id);
  append_hex(d.call_id, random_(), 16);
  d.call_id.append("@").append(self_.host);
  d.local = "<" + x.terms.where.from + ">;tag=" + d.local_tag;
  d.remote = "<" + x.terms.where.target + ">";
  d.remote_target = x.terms.where.target;
}

void subscriber::send(one& x, model::subscription_request what) {
  switch (what) {
    case model::subscription_request::none:
      return;
    case model::subscription_request::subscribe:
      open_dialog(x);
      x.expires_s = x.machine.expires_s();
      break;
    case model::subscription_request::refresh:
      x.expires_s = x.machine.expires_s();
      break;
    case model::subscription_request::unsubscribe:
      x.expires_s = 0;
      break;
  }
  give_up_request(x);
  if (!transmit(x)) {
    owner_.answered(x.id, 503);
    x.machine.on_response({.status = 503}, reactor_.clock_now());
  }
}

/// Until the notifier has said where it is, requests go to the first hop.
bool subscriber::transmit(one& x) {
  auto& d = x.facts;
  auto* message = make_request(agent_, d, sip_method_subscribe, "SUBSCRIBE",
                               ++d.local_cseq, max_forwards_default);
  if (message == nullptr)
    return false;
  bool at_first = d.remote_target == x.terms.where.target && d.route.empty();
  std::string_view next = at_first ? x.terms.where.hop : d.remote_target;
  std::string lines;
  append_line(lines, "Contact", self_.contacts[transport_of(next, {})]);
  append_line(lines, "User-Agent", product);
  append_line(lines, "Event", x.terms.event);
  append_line(lines, "Accept", x.terms.accept);
  append_line(lines, "Expires", std::to_string(x.expires_s));
  lines += x.authorization;
  add_lines(message, lines);
  x.out = nta_outgoing_mcreate(
    agent_, on_response, &x,
    at_first ? as_url(x.terms.where.hop.c_str()) : nullptr, message, TAG_END());
  if (x.out == nullptr) {
    msg_destroy(message);
    return false;
  }
  count_request_out(reactor_.counters(), sip_method_subscribe);
  return true;
}

void subscriber::forget_request(one& x) {
  if (x.out != nullptr)
    nta_outgoing_destroy(x.out);
  x.out = nullptr;
  x.authorization.clear();
}

void subscriber::give_up_request(one& x) {
  bool was_out = x.out != nullptr;
  forget_request(x);
  if (was_out)
    owner_.answered(x.id, 0);
}

// -- its response -------------------------------------------------------------

int subscriber::on_response(void* magic, nta_outgoing_s* transaction,
                            const sip_s* response) {
  auto& x = *static_cast<one*>(magic);
  if (x.out != transaction)
    return 0;
  bool local = response == nullptr || nta_sip_is_internal(response)
               || response->sip_status == nullptr;
  auto status = static_cast<std::uint16_t>(
    local ? nta_outgoing_status(transaction) : response->sip_status->st_status);
  auto& self = *x.owner;
  if (!local)
    count_response_in(self.reactor_.counters(), status);
  if (status >= 200)
    self.receive_response(x, local ? nullptr : response, status);
  if (local)
    self.loop_.nudge();
  return 0;
}

void subscriber::receive_response(one& x, const sip_s* response,
                                  std::uint16_t status) {
  if (response != nullptr && status < 300)
    learn_dialog(x.facts, *response, status);
  if (response != nullptr && (status == 401 || status == 407)
      && answer_challenge(x, *response))
    return;
  forget_request(x);
  owner_.answered(x.id, status);
  x.machine.on_response(answer_of(response, status), reactor_.clock_now());
  settle(x);
  arm();
}

/// Once a request, as for calls.
bool subscriber::answer_challenge(one& x, const sip_s& response) {
  if (x.terms.login.username.empty() || !x.authorization.empty())
    return false;
  auto line = answer_challenges(
    response, x.terms.login, random_(),
    {.method = "SUBSCRIBE", .uri = x.facts.remote_target});
  if (!line)
    return false;
  forget_request(x);
  x.authorization = std::move(*line);
  return transmit(x);
}

// -- NOTIFY -------------------------------------------------------------------

subscriber::one* subscriber::find(const sip_s& notify) {
  const char* own = notify.sip_to->a_tag;
  auto id = id_in(own);
  auto i = id ? all_.find(*id) : all_.end();
  if (i == all_.end())
    return nullptr;
  auto& x = *i->second;
  const char* tag = notify.sip_from->a_tag;
  // The first NOTIFY may overtake the 2xx; of several notifiers (forking) only
  // the first is heard, as RFC 6665 §4.1.2.4 allows.
  bool known = x.machine.listens() && x.facts.local_tag == own
               && x.facts.call_id == notify.sip_call_id->i_id
               && (!x.facts.settled
                   || x.facts.remote_tag == (tag != nullptr ? tag : ""));
  return known ? &x : nullptr;
}

std::optional<refusal> subscriber::judge(const one& x,
                                         const sip_s& notify) const {
  if (notify.sip_cseq->cs_seq < x.facts.remote_cseq) // RFC 3261 §12.2.2
    return refusal{.status = 500, .phrase = "CSeq Out Of Order"};
  if (notify.sip_event == nullptr
      || !same_text(notify.sip_event->o_type, x.terms.event)) {
    refusal result{
      .status = 489, .phrase = "Bad Event", .label = rejection::unsupported};
    append_line(result.headers, "Allow-Events", x.terms.event);
    return result;
  }
  if (notify.sip_subscription_state == nullptr
      || notify.sip_subscription_state->ss_substate == nullptr)
    return refusal{.phrase = "Missing Subscription-State Header"};
  const auto* body = notify.sip_payload;
  if (body == nullptr || body->pl_len == 0)
    return std::nullopt;
  const auto* type = notify.sip_content_type;
  if (type == nullptr || !same_text(type->c_type, x.terms.accept)) {
    refusal result{.status = 415, .label = rejection::unsupported};
    append_line(result.headers, "Accept", x.terms.accept);
    return result;
  }
  return std::nullopt;
}

bool subscriber::receive(msg_s* message, const sip_s& request) {
  auto* x = find(request);
  if (x == nullptr)
    return false;
  auto& counters = reactor_.counters();
  auto why = judge(*x, request);
  if (!why)
    why = owner_.read(x->id, request);
  if (why) {
    refuse(agent_, message, *why, counters);
    return true;
  }
  auto& d = x->facts;
  d.remote_cseq = request.sip_cseq->cs_seq;
  if (!d.settled)
    settle_dialog(d, request);
  else if (const auto* contact = request.sip_contact)
    d.remote_target = text_of(contact->m_url);
  x->machine.on_notify(notice_of(request), reactor_.clock_now());
  owner_.notified(x->id, x->machine);
  settle(*x);
  arm();
  counters.responses[static_cast<std::size_t>(heading::out)][1].add();
  nta_msg_treply(agent_, message, SIP_200_OK, TAG_END());
  return true;
}

} // namespace strowger::sip
