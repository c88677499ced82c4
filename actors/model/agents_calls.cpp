#include "actors/model/agents.hpp"
#include "actors/model/dn_features.hpp"

#include <algorithm>

namespace strowger::model {

namespace {

/// The name that `bsns-call-dev-types` has for a distribution device; empty for
/// others. Routing queues (rpq) are no type of our own.
std::string_view distributor_word(dn_type type) {
  switch (type) {
    case dn_type::acd_queue:
      return "acdq";
    case dn_type::routing_point:
    case dn_type::virtual_routing_point:
      return "rp";
    case dn_type::external_routing_point:
      return "xrp";
    case dn_type::extension:
    case dn_type::acd_position:
    case dn_type::access_resource:
    case dn_type::trunk:
    case dn_type::trunk_group:
    case dn_type::voip_service:
    case dn_type::voice_treatment_port:
      return {};
  }
  return {};
}

bool is_business(business_call kind) {
  return kind == business_call::business;
}

} // namespace

void agents::observe(const journal_event& e, const desk_context& ctx,
                     observation& out) {
  out.clear();
  switch (e.type) {
    case event_type::dialing:
      on_dialing(e, ctx, out);
      break;
    case event_type::ringing:
      on_ringing(e, ctx, out);
      break;
    case event_type::established:
      on_established(e, ctx, out);
      break;
    case event_type::party_changed:
      on_party_changed(e, ctx, out);
      break;
    case event_type::released:
    case event_type::abandoned:
      on_gone(e, ctx, out);
      break;
    case event_type::call_deleted:
      kinds_.erase(e.call.value);
      break;
    case event_type::dn_out_of_service:
      position_of(std::string_view{e.this_dn}).in_service = false;
      if (auto s = session_of(e.this_dn);
          s && ctx.config.flag(option::logout_on_out_of_service))
        end_session(*s, ctx, {}, out.after);
      break;
    case event_type::dn_back_in_service:
      position_of(std::string_view{e.this_dn}).in_service = true;
      break;
    case event_type::dnd_on:
    case event_type::dnd_off:
      position_of(std::string_view{e.this_dn}).dnd = e.type
                                                     == event_type::dnd_on;
      break;
    case event_type::network_reached:
    case event_type::destination_busy:
    case event_type::queued:
    case event_type::diverted:
    case event_type::held:
    case event_type::retrieved:
    case event_type::route_request:
    case event_type::route_used:
    case event_type::dtmf_sent:
    case event_type::attached_data_changed:
      out.business = business_class_of(e.call, e.this_dn);
      break;
    case event_type::call_created:
    case event_type::error:
    case event_type::user_event:
    case event_type::agent_login:
    case event_type::agent_logout:
    case event_type::agent_ready:
    case event_type::agent_not_ready:
    case event_type::agent_reserved:
    case event_type::forward_set:
    case event_type::forward_cancelled:
      break;
  }
}

// -- what kind of work a call is ----------------------------------------------

void agents::classify(call_id call, business_call kind) {
  if (kind == business_call::unknown)
    kinds_.erase(call.value);
  else
    kinds_[call.value] = kind;
}

/// A call's own kind counts for all its parties, as long as the call lives.
business_call agents::kind_of(const party& p) const {
  auto found = kinds_.find(p.call.value);
  return found == kinds_.end() ? p.kind : found->second;
}

business_call agents::business_class_of(call_id call,
                                        std::string_view dn) const {
  if (auto found = kinds_.find(call.value); found != kinds_.end())
    return found->second;
  auto found = positions_.find(dn);
  if (found == positions_.end())
    return business_call::unknown;
  auto p = std::ranges::find(found->second.parties, call, &party::call);
  return p == found->second.parties.end() ? business_call::unknown : p->kind;
}

/// What the device that distributed the call makes of it: its own
/// `bsns-call-type`, else `bsns-call-dev-types`, whose signs change the default
/// (all of them do).
void agents::mark_distributed(const journal_event& e, const directory& config) {
  if (e.this_queue.empty() || kinds_.contains(e.call.value))
    return;
  auto device = config.find(e.this_queue);
  if (!device)
    return;
  auto& own = config.text(option::bsns_call_type, device);
  auto kind = business_call::business;
  if (own == "private") {
    kind = business_call::personal;
  } else if (own == "ignore") {
    return;
  } else if (own.empty()) {
    auto word = distributor_word(device->type);
    if (word.empty())
      return;
    for (auto& item : config.list(option::bsns_call_dev_types))
      if (item.substr(1) == word)
        kind = item[0] == '+' ? business_call::business
                              : business_call::unknown;
  }
  classify(e.call, kind);
}

/// True if an agent's call of this type is a business call by option.
bool agents::is_business_by_type(const journal_event& e,
                                 const directory& config) const {
  if (e.call_type != call_type::consult)
    return is_business_type(e.call_type, config);
  auto main_call = kinds_.find(e.previous_call.value);
  return config.flag(option::inherit_bsns_type) && main_call != kinds_.end()
         && is_business(main_call->second);
}

/// `wrap-up-time` after a call that this queue distributed; untimed_s if it is
/// `untimed-wrap-up-value`.
int64_t agents::usual_wrap_up(const session& s, std::string_view queue,
                              const directory& config) const {
  auto result = config.integer(option::wrap_up_time,
                               scope_of(s.dn, config, queue));
  return result == config.integer(option::untimed_wrap_up_value) ? untimed_s
                                                                 : result;
}

// -- the life of a call at a DN -----------------------------------------------

namespace {

agent_party& party_at(agent_position& position, const journal_event& e) {
  auto p = position.find(e.call);
  if (!p) {
    p = &position.parties.emplace_back();
    p->call = e.call;
  }
  if (!e.this_queue.empty() && e.this_queue != e.this_dn)
    p->queue = e.this_queue;
  return *p;
}

} // namespace

void agents::on_dialing(const journal_event& e, const desk_context& ctx,
                        observation& out) {
  auto& position = position_of(std::string_view{e.this_dn});
  auto& p = party_at(position, e);
  if (auto s = position.session.get()) {
    if (s->resting() && !ctx.config.flag(option::backwds_compat_acw_behavior)
        && !is_business_by_type(e, ctx.config))
      p.kind = business_call::work;
    pause_rest(*s, ctx);
    rearm(*s, ctx.config);
  }
  out.business = kind_of(p);
}

void agents::on_ringing(const journal_event& e, const desk_context& ctx,
                        observation& out) {
  auto& position = position_of(std::string_view{e.this_dn});
  auto& p = party_at(position, e);
  mark_distributed(e, ctx.config);
  out.business = kind_of(p);
  if (auto s = position.session.get()) {
    // What the reservation was for has happened.
    end_reservation(*s, ctx, out.after);
    rearm(*s, ctx.config);
  }
}

void agents::on_established(const journal_event& e, const desk_context& ctx,
                            observation& out) {
  auto& position = position_of(std::string_view{e.this_dn});
  auto& p = party_at(position, e);
  auto s = position.session.get();
  p.established = true;
  mark_distributed(e, ctx.config);
  if (s && !kinds_.contains(e.call.value) && is_business_by_type(e, ctx.config))
    classify(e.call, business_call::business);
  if (p.kind == business_call::unknown)
    p.kind = business_call::personal;
  out.business = kind_of(p);
  if (!s)
    return;
  if (is_business(out.business)) {
    out.wrap_up_s = usual_wrap_up(*s, p.queue, ctx.config);
    on_business(*s, ctx, out);
  }
  resume_rest(*s, ctx); // the call may turn out to be no work-related one
  rearm(*s, ctx.config);
}

/// The agent talks business: the rest is over, and begins anew after the call.
/// Under the old rules it goes on by the clock.
void agents::on_business(session& s, const desk_context& ctx,
                         observation& out) {
  if (!s.resting() || ctx.config.flag(option::backwds_compat_acw_behavior))
    return;
  auto next = std::move(s.afterwards);
  enter(s, std::move(next), ctx, {}, out.before);
}

/// The party has come over from another call (semantics M18): the call it is
/// in now takes over that business was talked.
void agents::on_party_changed(const journal_event& e, const desk_context& ctx,
                              observation& out) {
  auto found = positions_.find(e.this_dn);
  if (found == positions_.end())
    return;
  auto& position = found->second;
  auto p = position.find(e.previous_call);
  auto moves = p && e.previous_call != e.call;
  auto was_business = p && is_business(kind_of(*p));
  if (moves) {
    if (was_business && !kinds_.contains(e.call.value))
      classify(e.call, business_call::business);
    std::erase_if(position.parties, [&](auto& x) { return x.call == e.call; });
    p = position.find(e.previous_call);
    p->call = e.call;
    if (!e.this_queue.empty())
      p->queue = e.this_queue;
  }
  out.business = business_class_of(e.call, e.this_dn);
  auto s = position.session.get();
  if (!s || !moves)
    return;
  if (p->established && !was_business && is_business(out.business))
    on_business(*s, ctx, out);
  resume_rest(*s, ctx);
  rearm(*s, ctx.config);
}

void agents::on_gone(const journal_event& e, const desk_context& ctx,
                     observation& out) {
  auto found = positions_.find(e.this_dn);
  auto p = found == positions_.end() ? nullptr : found->second.find(e.call);
  if (!p)
    return;
  auto gone = std::move(*p);
  out.business = kind_of(gone);
  auto& parties = found->second.parties;
  parties.erase(parties.begin() + (p - parties.data()));
  if (auto s = found->second.session.get()) {
    after_call(*s, gone, out.business, ctx, out);
    rearm(*s, ctx.config);
  }
}

/// After-call work, or only legal guard, when the last business call is over
/// that was ever established (semantics M28).
void agents::after_call(session& s, const party& gone, business_call kind,
                        const desk_context& ctx, observation& out) {
  auto& parties = s.at->parties;
  auto in_business = [this](auto& p) {
    return p.established && is_business(kind_of(p));
  };
  auto business_over = gone.established && is_business(kind)
                       && std::ranges::none_of(parties, in_business);
  auto asked_over = s.asked && gone.established
                    && std::ranges::none_of(parties, &party::established);
  if (business_over || asked_over) {
    auto asked = std::exchange(s.asked, std::nullopt);
    auto wrap_up_s = usual_wrap_up(s, gone.queue, ctx.config);
    if (asked)
      wrap_up_s = asked->wrap_up_s.value_or(wrap_up_s == 0 ? untimed_s
                                                           : wrap_up_s);
    auto afterwards = s.resting() ? s.afterwards : s.posture;
    // A registrar that watches the phone reports this call, too, and its end
    // only after us: the agent is not ready by no will of their own.
    if (s.not_ready_by_phone)
      afterwards = {agent_state::ready, work_mode::unknown, {}};
    auto guard_s = ctx.config.integer(option::legal_guard_time);
    if (wrap_up_s != 0)
      start_wrap_up(s, wrap_up_s, std::move(afterwards), ctx,
                    asked ? asked->request : std::string{}, out.before);
    else if (business_over && guard_s > 0 && !s.resting()
             && afterwards.state == agent_state::ready)
      start_guard(s, guard_s, std::move(afterwards), ctx, out.before);
  }
  resume_rest(s, ctx);
  if (parties.empty())
    s.idle_since = s.active_at = ctx.now;
}

} // namespace strowger::model
