#include "actors/model/device.hpp"

#include <functional>

namespace strowger::model {

namespace {

// Only DNs are spread: there are few trunks, and whether they are alive should
// be known soon after the start.
duration probe_phase(const dn& of, duration period) {
  if (of.type == dn_type::trunk)
    return duration{0};
  auto hash = std::hash<std::string_view>{}(of.number) % 1024;
  return period / 1024 * static_cast<duration::rep>(hash);
}

credentials login_of(const directory& config, const dn& of) {
  // The password of a phone is what it must prove to us, not the other way.
  if (of.type != dn_type::trunk && of.type != dn_type::voip_service)
    return {};
  auto& password = config.text(option::password, &of);
  if (password.empty())
    return {};
  auto& username = config.text(option::username, &of);
  return {username.empty() ? of.number : username, password};
}

} // namespace

journal_event service_event(event_type type, std::string_view number,
                            time_point at) {
  journal_event result;
  result.type = type;
  result.this_dn = number;
  result.at = at;
  return result;
}

std::vector<target> static_targets(const directory& config, const dn& of,
                                   std::string_view number, contact_user user) {
  std::vector<target> result;
  auto& contact = config.text(option::contact, &of);
  if (contact.empty())
    return result;
  auto& backups = config.list(option::contacts_backup, &of);
  result.reserve(1 + backups.size());
  auto add = [&](std::string_view where) {
    auto& x = result.emplace_back();
    x.uri = request_uri(where, number, user);
    x.login = login_of(config, of);
    x.alert_info = config.text(option::sip_alert_info, &of);
    x.trusted = config.flag(option::trusted, &of);
  };
  add(contact);
  for (auto& backup : backups)
    add(backup);
  return result;
}

std::optional<refusal> device_core::objection(const device_context& cx) const {
  if (draining_ || !cx.self)
    return refusal::draining;
  if (!watch_.in_service())
    return refusal::out_of_service;
  auto capacity = cx.config.integer(option::capacity, cx.self);
  if (capacity > 0 && in_use() >= static_cast<size_t>(capacity))
    return refusal::at_capacity;
  return std::nullopt;
}

bool device_core::give_back(const release& x, const device_context& cx) {
  if (!held_.give_back(x.call, x.seizure))
    return false;
  // Semantics §6.15 (4): time-out, 5xx.
  auto failed = x.unreachable || (x.status >= 500 && x.status < 600);
  if (failed && cx.self)
    watch_.failed(read_service_terms(cx.config, *cx.self), cx.now);
  return true;
}

void device_core::probed(bool answered, const device_context& cx) {
  if (cx.self)
    watch_.probed(answered, read_service_terms(cx.config, *cx.self), cx.now);
}

bool device_core::settle(bool reachable, const device_context& cx,
                         device_effects& fx) {
  fx.finished = draining_ && held_.size() == 0;
  auto watched = reachable && cx.self && !draining_;
  service_terms terms;
  duration phase{};
  if (watched) {
    terms = read_service_terms(cx.config, *cx.self);
    if (terms.check_period > duration{0})
      phase = probe_phase(*cx.self, terms.check_period);
  }
  auto probe = watch_.advance(terms, phase, cx.now);
  // The removal of a DN is not a fault of it: no event.
  if (draining_ || !cx.self)
    return false;
  auto in_service = reachable && watch_.in_service();
  if (started_ && in_service != in_service_)
    fx.service = in_service ? event_type::dn_back_in_service
                            : event_type::dn_out_of_service;
  started_ = true;
  in_service_ = in_service;
  return probe;
}

} // namespace strowger::model
