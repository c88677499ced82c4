#include "actors/model/line.hpp"

#include <algorithm>
#include <utility>

namespace strowger::model {

namespace {

// Phones without a contact of their own are at the softswitch, if there is one.
const dn* softswitch_of(const dn& x, const directory& config) {
  return is_phone(x) ? config.softswitch() : nullptr;
}

register_limits limits_of(const directory& config, const dn& of) {
  auto seconds = [&](option id) {
    return static_cast<uint32_t>(config.integer(id, &of));
  };
  register_limits result;
  result.expires_min_s = seconds(option::registrar_min_timeout);
  result.expires_max_s = seconds(option::registrar_max_timeout);
  result.expires_default_s = seconds(option::registrar_default_timeout);
  auto most = config.integer(option::registrar_max_contacts, &of);
  result.contacts_max = static_cast<size_t>(most);
  return result;
}

} // namespace

// -- where the DN is ----------------------------------------------------------

bool line::uses_bindings(const directory& config) const {
  return !bindings_.empty() && config.flag(option::internal_registrar_enabled);
}

bool line::reachable(const device_context& cx) const {
  if (!cx.self)
    return false;
  return uses_bindings(cx.config)
         || !cx.config.text(option::contact, cx.self).empty()
         || softswitch_of(*cx.self, cx.config);
}

std::vector<target> line::targets(std::string_view number,
                                  const device_context& cx) const {
  auto& alert_info = cx.config.text(option::sip_alert_info, cx.self);
  auto trusted = cx.config.flag(option::trusted, cx.self);
  std::vector<target> result;
  if (uses_bindings(cx.config)) {
    result.reserve(bindings_.list().size());
    for (auto& x : bindings_.list())
      result.push_back(
        {x.contact_uri, x.path, x.received, {}, alert_info, trusted});
    return result;
  }
  result = static_targets(cx.config, *cx.self, number, contact_user::keep);
  if (!result.empty())
    return result;
  if (auto home = softswitch_of(*cx.self, cx.config)) {
    // The softswitch knows the phone by its number.
    result = static_targets(cx.config, *home, number, contact_user::replace);
    for (auto& x : result) {
      x.alert_info = alert_info;
      x.trusted = trusted;
    }
  }
  return result;
}

std::string line::probe_uri(const device_context& cx) const {
  if (uses_bindings(cx.config)) {
    auto& best = bindings_.list().front();
    auto source = source_uri(best.received, cx.self->number);
    return source.empty() ? best.contact_uri : source;
  }
  auto all = targets(cx.self->number, cx);
  return all.empty() ? std::string{} : std::move(all.front().uri);
}

// -- steps --------------------------------------------------------------------

void line::on_start(std::vector<binding>&& stored, const device_context& cx,
                    line_effects& fx) {
  for (auto& x : stored)
    bindings_.restore(std::move(x), cx.now);
  settle(false, cx, fx);
}

seize_answer line::on_seize(const seize& x, const device_context& cx,
                            line_effects& fx) {
  auto expired = bindings_.expire(cx.now);
  settle(expired, cx, fx);
  auto refuse = [&](refusal why) -> seize_answer {
    return refused{x.seizure, why};
  };
  if (x.purpose == purpose::origin) {
    if (core_.draining() || !cx.self)
      return refuse(refusal::draining);
    core_.hold(x);
    return seized{x.seizure, {}};
  }
  auto called = x.purpose == purpose::reach && !core_.draining() && cx.self;
  if (called && features_.forwards_all())
    return forwarded{x.seizure, features_.forward_to()};
  auto why = objection(x, cx);
  auto where = why ? std::vector<target>{} : targets(x.number, cx);
  if (!why && where.empty())
    why = refusal::not_registered;
  if (why) {
    auto* elsewhere = called ? features_.forwards(*why) : nullptr;
    if (elsewhere)
      return forwarded{x.seizure, *elsewhere};
    return refuse(*why);
  }
  core_.hold(x);
  seized answer{x.seizure, std::move(where), uses_bindings(cx.config)};
  if (called) {
    answer.agent_logged_in = cx.agent.logged_in;
    answer.diversions = features_.diversions(cx);
  }
  return answer;
}

std::optional<refusal> line::objection(const seize& x,
                                       const device_context& cx) const {
  auto called = x.purpose == purpose::reach;
  if (auto why = core_.objection(cx); why == refusal::draining)
    return why;
  else if (called && features_.do_not_disturb())
    return refusal::do_not_disturb;
  else if (why)
    return why;
  auto in_call = core_.in_use() > 0
                 && cx.config.flag(option::reject_call_incall, cx.self);
  if (called && (in_call || cx.agent.refuses_calls))
    return refusal::at_capacity;
  return std::nullopt;
}

void line::on_release(const release& x, const device_context& cx,
                      line_effects& fx) {
  core_.give_back(x, cx);
  settle(bindings_.expire(cx.now), cx, fx);
}

verdict line::on_demand(const demand& x, const device_context& cx,
                        line_effects& fx) {
  verdict result;
  if (core_.draining() || !cx.self)
    result = {fault::unknown_dn, "the DN was removed", {}};
  else
    result = features_.on_demand(x, cx, fx.events);
  settle(bindings_.expire(cx.now), cx, fx);
  return result;
}

register_result line::on_enrolment(const register_request& x,
                                   const device_context& cx, line_effects& fx) {
  register_result result;
  if (core_.draining() || !cx.self)
    result.status = 404;
  else if (!is_phone(*cx.self)
           || !cx.config.flag(option::internal_registrar_enabled))
    result.status = 403;
  else
    result = bindings_.apply(x, cx.now, limits_of(cx.config, *cx.self));
  settle(result.changed, cx, fx);
  return result;
}

void line::on_probed(bool answered, const device_context& cx,
                     line_effects& fx) {
  core_.probed(answered, cx);
  settle(bindings_.expire(cx.now), cx, fx);
}

void line::on_tick(const device_context& cx, line_effects& fx) {
  settle(bindings_.expire(cx.now), cx, fx);
}

void line::on_reconfigured(bool kept, const device_context& cx,
                           line_effects& fx) {
  core_.reconfigured(kept);
  settle(bindings_.expire(cx.now), cx, fx);
}

void line::settle(bool bindings_changed, const device_context& cx,
                  line_effects& fx) {
  fx.persist = bindings_changed
               && cx.config.flag(option::internal_registrar_persistent);
  if (core_.settle(reachable(cx), cx, fx))
    fx.probe = probe_uri(cx);
}

time_point line::next_deadline() const {
  return std::min(core_.next_deadline(),
                  bindings_.next_expiry().value_or(never));
}

} // namespace strowger::model
