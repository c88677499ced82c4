#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Changes of a configuration, as the control plane makes them.
namespace strowger::services::config {

/// What can be changed: the switch itself, and what the file has lists of.
enum class object_kind : uint8_t {
  switch_itself,
  dn, ///< also a range, whose name is FROM-TO
  agent,
  agent_group,
  place,
  place_group,
  strategy,
};

inline constexpr size_t object_kind_count = 7;

/// `agent group`
std::string_view to_string(object_kind x);

/// An object by kind and name; the switch has none.
struct object_id {
  object_kind kind = object_kind::switch_itself;
  std::string name;

  friend bool operator==(const object_id&, const object_id&) = default;
};

/// `dn 2001`
std::string to_string(const object_id& x);

/// A value of an object. The key is a word of the object in the file,
/// `skills/NAME`, or the name of an option (of the switch `extrouter/NAME` for
/// those of that section).
struct setting {
  std::string key;
  std::vector<std::string> values;

  friend bool operator==(const setting&, const setting&) = default;
};

enum class change_verb : uint8_t {
  set,    ///< one setting
  unset,  ///< one setting, without values
  put,    ///< the whole object
  remove, ///< the whole object; no settings
  revert, ///< forgets changes: of one setting if there is one, else of all
};

/// `set`
std::string_view to_string(change_verb x);

/// One step of a change set.
struct change {
  change_verb verb = change_verb::set;
  object_id object;
  std::vector<setting> settings;

  /// The key of one setting; empty if the object as a whole is meant.
  std::string_view key() const {
    return verb == change_verb::put || settings.empty()
             ? std::string_view{}
             : std::string_view{settings.front().key};
  }

  friend bool operator==(const change&, const change&) = default;
};

/// `set dn 2001 ring-timeout`; never values, which may be secret.
std::string to_string(const change& x);

/// Is the value of this key a password?
bool is_secret(std::string_view key);

/// What is wrong with the words of a change itself, or nothing: no name,
/// control characters, a setting that only the file can change.
std::string fault_of(const change& x);

} // namespace strowger::services::config
