#include "actors/model/ledger.hpp"

#include <algorithm>
#include <array>

namespace strowger::model {

namespace {

auto find_party(ledger_call& call, std::string_view dn) {
  return std::ranges::find(call.parties, dn, &ledger_party::dn);
}

bool same_data(const shared_user_data& a, const shared_user_data& b) {
  static const user_data nothing;
  return a == b || (a ? *a : nothing) == (b ? *b : nothing);
}

void set_state(ledger_party& party, ledger_state state, time_point now) {
  if (party.state == state)
    return;
  party.state = state;
  party.since = now;
}

void set_sides(ledger_party& party, const journal_event& x) {
  if (x.this_role != dn_role::none)
    party.role = x.this_role;
  party.other_dn = x.other_dn;
  if (!x.this_queue.empty())
    party.queue = x.this_queue;
}

} // namespace

const ledger_party* ledger_call::find(std::string_view dn) const {
  auto i = std::ranges::find(parties, dn, &ledger_party::dn);
  return i == parties.end() ? nullptr : &*i;
}

bool operator==(const ledger_call& a, const ledger_call& b) {
  return a.id == b.id && a.type == b.type && a.previous_call == b.previous_call
         && a.ani == b.ani && a.dnis == b.dnis && a.parties == b.parties
         && a.created == b.created && same_data(a.user_data, b.user_data);
}

// -- fold ---------------------------------------------------------------------

void ledger::fold(const journal_event& x) {
  switch (x.type) {
    case event_type::call_created:
      open(x).announced = true;
      break;
    case event_type::call_deleted:
      calls_.erase(x.call);
      break;
    case event_type::dialing:
    case event_type::network_reached:
      fold_party(x, ledger_state::dialing);
      break;
    case event_type::ringing:
      fold_party(x, ledger_state::alerting);
      break;
    case event_type::established:
    case event_type::retrieved:
      fold_party(x, ledger_state::connected);
      break;
    case event_type::destination_busy:
      fold_party(x, ledger_state::busy);
      break;
    case event_type::held:
      fold_party(x, ledger_state::held);
      break;
    case event_type::queued:
    case event_type::route_request:
      fold_party(x, ledger_state::queued);
      break;
    case event_type::party_changed:
      fold_change(x);
      break;
    case event_type::diverted:
    case event_type::abandoned:
    case event_type::released:
      fold_leave(x);
      break;
    case event_type::route_used:
    case event_type::attached_data_changed:
      fold_data(x);
      break;
    case event_type::dn_out_of_service:
    case event_type::dn_back_in_service:
    case event_type::dnd_on:
    case event_type::dnd_off:
    case event_type::forward_set:
    case event_type::forward_cancelled:
      fold_dn(x);
      break;
    case event_type::agent_login:
    case event_type::agent_logout:
    case event_type::agent_ready:
    case event_type::agent_not_ready:
      fold_agent(x);
      break;
    case event_type::agent_reserved:
    case event_type::error:
    case event_type::dtmf_sent:
    case event_type::user_event:
      break; // they say nothing that lasts
  }
}

template <class T>
T& ledger::own(entry<T>& x) {
  if (x.epoch != epoch_) {
    x.value = x.value ? std::make_shared<T>(*x.value) : std::make_shared<T>();
    x.epoch = epoch_;
  }
  return *x.value;
}

// -- calls --------------------------------------------------------------------

ledger_call& ledger::open(const journal_event& x) {
  auto& call = own(calls_[x.call]);
  if (call.id != x.call) {
    call.id = x.call;
    call.created = x.at;
    call.parties.reserve(2);
  }
  update(call, x);
  return call;
}

void ledger::update(ledger_call& call, const journal_event& x) {
  call.type = x.call_type;
  // In party_changed it is where the party came from.
  if (x.type != event_type::party_changed && x.previous_call != call_id{})
    call.previous_call = x.previous_call;
  if (call.ani != x.ani)
    call.ani = x.ani;
  if (call.dnis != x.dnis)
    call.dnis = x.dnis;
  call.user_data = x.user_data;
}

void ledger::fold_party(const journal_event& x, ledger_state state) {
  auto& call = open(x);
  auto i = find_party(call, x.this_dn);
  if (i == call.parties.end()) {
    i = call.parties.insert(i, {x.this_dn, x.this_role, state, {}, {}, x.at});
  }
  set_state(*i, state, x.at);
  set_sides(*i, x);
}

void ledger::fold_change(const journal_event& x) {
  auto moved = x.previous_call != call_id{} && x.previous_call != x.call;
  if (moved)
    move_party(x);
  auto& call = open(x);
  auto i = find_party(call, x.this_dn);
  if (i == call.parties.end()) {
    // A party that was never heard of: it talks, or nobody would tell it.
    i = call.parties.insert(
      i, {x.this_dn, x.this_role, ledger_state::connected, {}, {}, x.at});
  }
  set_sides(*i, x);
}

void ledger::move_party(const journal_event& x) {
  auto i = calls_.find(x.previous_call);
  if (i == calls_.end())
    return;
  auto& before = own(i->second);
  auto party = find_party(before, x.this_dn);
  if (party == before.parties.end())
    return;
  auto moved = std::move(*party);
  before.parties.erase(party);
  if (before.parties.empty() && !before.announced)
    calls_.erase(i);
  auto& call = open(x);
  auto there = find_party(call, x.this_dn);
  if (there == call.parties.end())
    call.parties.push_back(std::move(moved));
  else
    *there = std::move(moved);
}

void ledger::fold_leave(const journal_event& x) {
  auto i = calls_.find(x.call);
  if (i == calls_.end())
    return;
  auto& call = own(i->second);
  update(call, x);
  if (auto party = find_party(call, x.this_dn); party != call.parties.end())
    call.parties.erase(party);
  if (call.parties.empty() && !call.announced)
    calls_.erase(i);
}

void ledger::fold_data(const journal_event& x) {
  if (auto i = calls_.find(x.call); i != calls_.end())
    update(own(i->second), x);
}

// -- DNs ----------------------------------------------------------------------

template <class Change>
void ledger::change_dn(std::string_view number, Change change) {
  auto i = dns_.find(number);
  if (i == dns_.end())
    i = dns_.emplace(std::string{number}, entry<ledger_dn>{}).first;
  auto& dn = own(i->second);
  dn.number = number;
  change(dn);
  ledger_dn nothing;
  nothing.number = number;
  if (dn == nothing)
    dns_.erase(i);
}

void ledger::fold_dn(const journal_event& x) {
  change_dn(x.this_dn, [&](ledger_dn& dn) {
    auto forwards = x.type == event_type::forward_set;
    if (forwards || x.type == event_type::forward_cancelled) {
      dn.forward_mode = forwards && x.details ? x.details->reason : "";
      dn.forward_to = forwards && x.details ? x.details->target : "";
    } else if (x.type == event_type::dnd_on || x.type == event_type::dnd_off) {
      dn.dnd = x.type == event_type::dnd_on;
    } else {
      dn.in_service = x.type == event_type::dn_back_in_service;
    }
  });
}

void ledger::fold_agent(const journal_event& x) {
  static const event_details nothing;
  auto& about = x.details ? *x.details : nothing;
  change_dn(x.this_dn, [&](ledger_dn& dn) {
    if (x.type == event_type::agent_logout) {
      dn.agent.reset();
      return;
    }
    if (!dn.agent || x.type == event_type::agent_login)
      dn.agent = ledger_agent{};
    if (!about.agent.empty())
      dn.agent->id = about.agent;
    dn.agent->ready = x.type == event_type::agent_ready;
    dn.agent->work_mode = about.work_mode;
    dn.agent->reason = about.reason;
    dn.agent->since = x.at;
  });
}

// -- reading ------------------------------------------------------------------

ledger_image ledger::image() {
  ledger_image result;
  result.calls.reserve(calls_.size());
  for (auto& [id, x] : calls_)
    result.calls.push_back(x.value);
  result.dns.reserve(dns_.size());
  for (auto& [number, x] : dns_)
    result.dns.push_back(x.value);
  ++epoch_;
  return result;
}

void ledger_image::sort() {
  std::ranges::sort(calls, {}, [](auto& x) { return x->id; });
  std::ranges::sort(
    dns, {}, [](auto& x) -> auto& { return x->number; });
}

const ledger_call* ledger_image::find(call_id id) const {
  auto i = std::ranges::lower_bound(calls, id, {},
                                    [](auto& x) { return x->id; });
  return i == calls.end() || (*i)->id != id ? nullptr : i->get();
}

const ledger_dn* ledger_image::find(std::string_view dn) const {
  auto i = std::ranges::lower_bound(
    dns, dn, {}, [](auto& x) -> std::string_view { return x->number; });
  return i == dns.end() || (*i)->number != dn ? nullptr : i->get();
}

const ledger_call* ledger::find(call_id id) const {
  auto i = calls_.find(id);
  return i == calls_.end() ? nullptr : i->second.value.get();
}

const ledger_dn* ledger::find(std::string_view dn) const {
  auto i = dns_.find(dn);
  return i == dns_.end() ? nullptr : i->second.value.get();
}

std::string_view to_string(ledger_state x) {
  constexpr std::array<std::string_view, 6> words = {
    "dialing", "queued", "alerting", "connected", "held", "busy"};
  static_assert(words.size() == static_cast<size_t>(ledger_state::busy) + 1);
  return words[static_cast<size_t>(x)];
}

} // namespace strowger::model
