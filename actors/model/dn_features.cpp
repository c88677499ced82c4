#include "actors/model/dn_features.hpp"

#include "actors/model/call.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace strowger::model {

namespace {

constexpr std::array<std::string_view, 5> mode_words = {
  "none", "unconditional", "on_busy", "on_no_answer", "on_busy_and_no_answer",
};
static_assert(mode_words.size()
              == static_cast<size_t>(forward_mode::on_busy_and_no_answer) + 1);

journal_event feature_event(event_type type, const demand& x,
                            const device_context& cx) {
  journal_event result;
  result.type = type;
  result.this_dn = cx.self->number;
  result.at = cx.now;
  result.request = x.request;
  return result;
}

/// The application's options for a DN of this kind; unset: it has none.
struct no_answer_family {
  std::optional<option> timeout;
  option overflow = option::extn_no_answer_overflow;
};

no_answer_family family_of(const device_context& cx) {
  if (!is_phone(*cx.self))
    return {};
  if (cx.agent.logged_in)
    return {option::agent_no_answer_timeout, option::agent_no_answer_overflow};
  if (cx.self->type == dn_type::acd_position)
    return {option::posn_no_answer_timeout, option::posn_no_answer_overflow};
  return {option::extn_no_answer_timeout, option::extn_no_answer_overflow};
}

} // namespace

std::string_view to_string(forward_mode x) {
  return mode_words[static_cast<size_t>(x)];
}

std::optional<forward_mode> parse_forward_mode(std::string_view word) {
  auto i = std::ranges::find(mode_words, word);
  if (i == mode_words.end())
    return std::nullopt;
  return static_cast<forward_mode>(i - mode_words.begin());
}

bool is_phone(const dn& x) {
  return x.type == dn_type::extension || x.type == dn_type::acd_position;
}

bool is_business_type(call_type type, const directory& config) {
  switch (type) {
    case call_type::inbound:
      return config.flag(option::inbound_bsns_calls);
    case call_type::outbound:
      return config.flag(option::outbound_bsns_calls);
    case call_type::internal:
      return config.flag(option::internal_bsns_calls);
    case call_type::unknown:
      return config.flag(option::unknown_bsns_calls);
    case call_type::consult:
      return false;
  }
  return false;
}

diversion_terms read_no_answer_terms(const device_context& cx) {
  diversion_terms result;
  auto& config = cx.config;
  auto family = family_of(cx);
  option_scope scope{cx.agent.login, cx.self};
  auto own_timeout = config.is_set(option::no_answer_timeout, scope);
  auto own_overflow = config.is_set(option::no_answer_overflow, scope);
  if (own_timeout)
    result.no_answer_timeout_s = config.integer(option::no_answer_timeout,
                                                scope);
  else if (family.timeout)
    result.no_answer_timeout_s = config.integer(*family.timeout);
  if (own_overflow || family.timeout) {
    auto& all = own_overflow ? config.list(option::no_answer_overflow, scope)
                             : config.list(family.overflow);
    auto end = std::ranges::find(all, std::string_view{"none"});
    result.overflow.assign(all.begin(), end);
  }
  result.business_only = !own_timeout && !own_overflow
                         && !config.flag(option::nas_private);
  return result;
}

// -- requests -----------------------------------------------------------------

verdict dn_features::on_demand(const demand& x, const device_context& cx,
                               std::vector<journal_event>& events) {
  if (!is_phone(*cx.self))
    return {fault::unsupported, "only phones have features", {}};
  if (x.verb == verb::set_dnd || x.verb == verb::cancel_dnd) {
    do_not_disturb_ = x.verb == verb::set_dnd;
    auto type = do_not_disturb_ ? event_type::dnd_on : event_type::dnd_off;
    events.push_back(feature_event(type, x, cx));
    return {};
  }
  if (x.verb == verb::cancel_forward) {
    mode_ = forward_mode::none;
    forward_to_.clear();
    events.push_back(feature_event(event_type::forward_cancelled, x, cx));
    return {};
  }
  if (x.verb != verb::set_forward)
    return {fault::unsupported, "not a request for a DN", {}};
  auto mode = parse_forward_mode(x.text);
  if (!mode || *mode == forward_mode::none)
    return {fault::invalid_argument,
            "a forward mode is unconditional, on_busy, on_no_answer or "
            "on_busy_and_no_answer",
            {}};
  if (x.destination == cx.self->number
      || !is_reachable(cx.config, x.destination))
    return {fault::invalid_called_dn, "no other DN and no trunk prefix", {}};
  mode_ = *mode;
  forward_to_ = x.destination;
  auto event = feature_event(event_type::forward_set, x, cx);
  event_details details;
  details.target = forward_to_;
  details.reason = to_string(mode_);
  event.details = std::make_shared<const event_details>(std::move(details));
  events.push_back(std::move(event));
  return {};
}

// -- calls --------------------------------------------------------------------

bool dn_features::forwards_busy() const {
  return mode_ == forward_mode::on_busy
         || mode_ == forward_mode::on_busy_and_no_answer;
}

bool dn_features::forwards_no_answer() const {
  return mode_ == forward_mode::on_no_answer
         || mode_ == forward_mode::on_busy_and_no_answer;
}

const std::string* dn_features::forwards(refusal why) const {
  auto applies = false;
  switch (why) {
    case refusal::at_capacity:
    case refusal::do_not_disturb:
      applies = forwards_busy();
      break;
    case refusal::not_registered:
    case refusal::out_of_service:
      applies = forwards_no_answer();
      break;
    case refusal::draining:
      break;
  }
  return applies ? &forward_to_ : nullptr;
}

std::shared_ptr<const diversion_terms>
dn_features::diversions(const device_context& cx) const {
  auto terms = read_no_answer_terms(cx);
  if (forwards_busy())
    terms.on_busy = forward_to_;
  if (forwards_no_answer())
    terms.on_no_answer = forward_to_;
  // Most calls go to phones that want nothing of the kind.
  if (terms.on_busy.empty() && terms.on_no_answer.empty()
      && terms.overflow.empty() && !cx.agent.logged_in)
    return nullptr;
  return std::make_shared<const diversion_terms>(std::move(terms));
}

} // namespace strowger::model
