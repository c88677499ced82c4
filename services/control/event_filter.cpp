#include "services/control/event_filter.hpp"

#include <algorithm>

namespace strowger::services::control {

namespace {

constexpr int dns_max = 10'000;
constexpr int calls_max = 1'000;

} // namespace

std::optional<std::string> event_filter::read(const api::EventFilter& x) {
  if (x.dns_size() > dns_max)
    return "filter.dns: more than 10,000";
  if (x.call_ids_size() > calls_max)
    return "filter.call_ids: more than 1,000";
  for (auto& dn : x.dns())
    dns_.insert(dn);
  for (auto& text : x.call_ids()) {
    auto id = parse_call_id(text);
    if (!id)
      return "filter.call_ids: \"" + text + "\" is not 16 hex digits";
    calls_.insert(id->value);
  }
  for (auto type : x.dn_types()) {
    auto known = to_model(static_cast<api::DnType>(type));
    if (!known)
      return "filter.dn_types: there is no type " + std::to_string(type);
    types_.set(static_cast<size_t>(*known));
  }
  if (x.kinds().empty())
    return std::nullopt;
  kinds_.reset();
  for (auto kind : x.kinds()) {
    if (kind == api::EVENT_KIND_UNSPECIFIED || !api::EventKind_IsValid(kind))
      return "filter.kinds: there is no kind " + std::to_string(kind);
    for (size_t i = 0; i < kinds_.size(); ++i)
      if (kind_of(static_cast<model::event_type>(i)) == kind)
        kinds_.set(i);
  }
  return std::nullopt;
}

bool event_filter::passes(const event_mark& x,
                          const model::directory& config) const {
  if (!kinds_[static_cast<size_t>(x.type)])
    return false;
  if (!by_place())
    return true;
  return calls_.contains(x.call.value) || calls_.contains(x.previous_call.value)
         || (!x.this_dn.empty() && wants_party(x.this_dn, config));
}

bool event_filter::wants_dn(const model::dn& x) const {
  return !by_place() || has(x) || dns_.contains(x.number);
}

bool event_filter::wants_call(model::call_id x) const {
  return !by_place() || calls_.contains(x.value);
}

bool event_filter::wants_party(std::string_view dn,
                               const model::directory& config) const {
  if (!by_place() || dns_.contains(dn))
    return true;
  if (types_.none())
    return false;
  auto* known = config.find(dn);
  return known && has(*known);
}

} // namespace strowger::services::control
