#pragma once

#include "services/config/change.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// How objects and their settings are written in a configuration file.
namespace strowger::services::config {

/// Kinds that the file has lists of.
inline constexpr std::array listed_kinds = {
  object_kind::dn,    object_kind::agent,       object_kind::agent_group,
  object_kind::place, object_kind::place_group, object_kind::strategy,
};

/// `dns`, the list of a kind.
std::string_view list_key(object_kind kind);

/// `number`, the key of a name.
std::string_view name_key(object_kind kind);

/// Where the value of a key stands in the map of an object; the first is where
/// a new one is put.
std::vector<std::vector<std::string>> paths_of(object_kind kind,
                                               std::string_view key);

/// The key of a value that stands there.
std::string key_of(object_kind kind, std::span<const std::string> path);

/// Is it no setting: the name of the object, or a list of objects?
bool is_structure(object_kind kind, std::span<const std::string> path);

/// Is it a list even if it has one item only?
bool is_list(object_kind kind, std::string_view key);

} // namespace strowger::services::config
