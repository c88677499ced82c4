#pragma once

#include "services/config/keeper.hpp"

#include <strowger/v1/configuration_service.pb.h>

#include <optional>
#include <string>

/// Words of the configuration in those of the protocol, and back.
namespace strowger::services::control {

namespace api = strowger::v1;

/// Nothing if it is none.
std::optional<config::object_kind> to_kind(api::ObjectKind x);
api::ObjectKind to_api(config::object_kind x);

/// Reads a change; returns what is wrong with its shape, or nothing.
std::optional<std::string> read_change(const api::ConfigurationChange& from,
                                       config::change& to);

/// Without the values that are secret.
void to_api(const config::change& from, api::ConfigurationChange& to);

void to_api(const config::change_fault& from, api::ConfigurationFault& to);

/// Null: it is the file's.
void to_api(const config::overlay_entry* from, api::SettingOrigin& to);

/// Without the values if they are secret.
void to_api(const config::setting& from, api::SettingInfo& to);

void to_api(const config::revision_news& from,
            api::WatchConfigurationResponse& to);

/// The options with this in their names or levels.
void list_options(const std::string& filter, api::ListOptionsResponse& to);

} // namespace strowger::services::control
