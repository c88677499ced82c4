#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace strowger::model {

/// The kinds of directory number a switch holds.
enum class dn_type : uint8_t {
  extension,
  acd_position,
  acd_queue,
  routing_point,
  virtual_routing_point,
  external_routing_point,
  access_resource,
  trunk,
  trunk_group,
  voip_service,
  voice_treatment_port,
};

inline constexpr size_t dn_type_count = 11;

/// Is a DN of this type one at which somebody speaks?
inline bool is_station(dn_type x) {
  return x == dn_type::extension || x == dn_type::acd_position
         || x == dn_type::voice_treatment_port;
}

/// The word of the configuration file, such as `acd-position`.
std::string_view to_string(dn_type type);

/// Reads the word of the configuration file; nothing if there is no such type.
std::optional<dn_type> parse_dn_type(std::string_view word);

} // namespace strowger::model
