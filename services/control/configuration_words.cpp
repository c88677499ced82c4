#include "services/control/configuration_words.hpp"

#include "actors/model/options.hpp"

#include <google/protobuf/timestamp.pb.h>

#include <string_view>

namespace strowger::services::control {

namespace {

using config::change_verb;
using config::object_kind;

void to_time(int64_t unix_ms, google::protobuf::Timestamp& to) {
  to.set_seconds(unix_ms / 1000);
  to.set_nanos(static_cast<int32_t>(unix_ms % 1000) * 1'000'000);
}

config::setting to_setting(const api::Setting& x) {
  return {x.key(), {x.values().begin(), x.values().end()}};
}

/// Without secrets.
void to_api(const config::setting& from, api::Setting& to) {
  to.set_key(from.key);
  if (!config::is_secret(from.key))
    to.mutable_values()->Assign(from.values.begin(), from.values.end());
}

/// Calls `f` for each part of a text.
template <class F>
void split(std::string_view text, std::string_view by, F f) {
  while (!text.empty()) {
    auto end = text.find(by);
    f(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size()
                                                     : end + by.size());
  }
}

api::OptionType to_api(model::value_type x) {
  switch (x) {
    case model::value_type::boolean:
      return api::OPTION_TYPE_BOOLEAN;
    case model::value_type::integer:
      return api::OPTION_TYPE_INTEGER;
    case model::value_type::text:
      return api::OPTION_TYPE_TEXT;
    case model::value_type::list:
      return api::OPTION_TYPE_LIST;
    case model::value_type::choice:
      return api::OPTION_TYPE_CHOICE;
  }
  return api::OPTION_TYPE_UNSPECIFIED;
}

api::OptionEffect to_api(model::option_effect x) {
  switch (x) {
    case model::option_effect::immediate:
      return api::OPTION_EFFECT_IMMEDIATE;
    case model::option_effect::next_call:
      return api::OPTION_EFFECT_NEXT_CALL;
    case model::option_effect::next_registration:
      return api::OPTION_EFFECT_NEXT_REGISTRATION;
    case model::option_effect::restart:
      return api::OPTION_EFFECT_RESTART;
  }
  return api::OPTION_EFFECT_UNSPECIFIED;
}

void to_api(const model::option_description& from, api::OptionInfo& to) {
  to.set_name(std::string{from.name});
  split(model::levels_to_string(from.levels), ", ",
        [&](auto word) { to.add_levels(std::string{word}); });
  to.set_type(to_api(from.type));
  if (from.type == model::value_type::integer) {
    to.set_min(from.min);
    to.set_max(from.max);
  }
  split(from.choices, "|",
        [&](auto word) { to.add_choices(std::string{word}); });
  to.set_unit(std::string{from.unit});
  to.set_default_value(std::string{from.default_text});
  to.set_effect(to_api(from.effect));
  to.set_changes_at_run_time(from.effect != model::option_effect::restart);
  to.set_summary(std::string{from.meaning});
}

} // namespace

std::optional<object_kind> to_kind(api::ObjectKind x) {
  if (x < api::OBJECT_KIND_SWITCH || x > api::OBJECT_KIND_STRATEGY)
    return std::nullopt;
  return static_cast<object_kind>(x - 1);
}

api::ObjectKind to_api(object_kind x) {
  return static_cast<api::ObjectKind>(static_cast<int>(x) + 1);
}

std::optional<std::string> read_change(const api::ConfigurationChange& from,
                                       config::change& to) {
  auto kind = to_kind(from.kind());
  if (!kind)
    return "kind: is none";
  to.object = {*kind, from.name()};
  switch (from.change_case()) {
    case api::ConfigurationChange::kSet:
      to.verb = change_verb::set;
      to.settings.push_back(to_setting(from.set()));
      return std::nullopt;
    case api::ConfigurationChange::kUnset:
      to.verb = change_verb::unset;
      to.settings.push_back({from.unset().key(), {}});
      return std::nullopt;
    case api::ConfigurationChange::kPut:
      to.verb = change_verb::put;
      for (auto& x : from.put().settings())
        to.settings.push_back(to_setting(x));
      return std::nullopt;
    case api::ConfigurationChange::kDelete:
      to.verb = change_verb::remove;
      return std::nullopt;
    case api::ConfigurationChange::kRevert:
      to.verb = change_verb::revert;
      if (!from.revert().key().empty())
        to.settings.push_back({from.revert().key(), {}});
      return std::nullopt;
    case api::ConfigurationChange::CHANGE_NOT_SET:
      break;
  }
  return "change: is not given";
}

void to_api(const config::change& from, api::ConfigurationChange& to) {
  to.set_kind(to_api(from.object.kind));
  to.set_name(from.object.name);
  switch (from.verb) {
    case change_verb::set:
      to_api(from.settings.front(), *to.mutable_set());
      break;
    case change_verb::unset:
      to.mutable_unset()->set_key(from.settings.front().key);
      break;
    case change_verb::put:
      to.mutable_put();
      for (auto& x : from.settings)
        to_api(x, *to.mutable_put()->add_settings());
      break;
    case change_verb::remove:
      to.mutable_delete_();
      break;
    case change_verb::revert:
      to.mutable_revert()->set_key(std::string{from.key()});
      break;
  }
}

void to_api(const config::change_fault& from, api::ConfigurationFault& to) {
  if (from.change)
    to.set_change(static_cast<uint32_t>(*from.change));
  to.set_kind(to_api(from.object.kind));
  to.set_name(from.object.name);
  to.set_key(from.key);
  to.set_message(from.message);
}

void to_api(const config::overlay_entry* from, api::SettingOrigin& to) {
  if (!from) {
    to.set_source(api::SETTING_SOURCE_FILE);
    return;
  }
  to.set_source(api::SETTING_SOURCE_CONTROL_PLANE);
  to.set_revision(from->by.revision);
  to.set_client(from->by.client);
  to_time(from->by.time_unix_ms, *to.mutable_time());
}

void to_api(const config::setting& from, api::SettingInfo& to) {
  to_api(from, *to.mutable_setting());
  to.set_secret(config::is_secret(from.key));
}

void to_api(const config::revision_news& from,
            api::WatchConfigurationResponse& to) {
  to.set_revision(from.revision);
  for (auto& x : from.changes)
    to_api(x, *to.add_changes());
  to.set_reloaded(from.reloaded);
  to.set_client(from.client);
  to_time(from.time_unix_ms, *to.mutable_time());
}

void list_options(const std::string& filter, api::ListOptionsResponse& to) {
  for (auto& about : model::option_table())
    if (about.name.find(filter) != std::string_view::npos
        || model::levels_to_string(about.levels).find(filter)
             != std::string::npos)
      to_api(about, *to.add_options());
}

} // namespace strowger::services::control
