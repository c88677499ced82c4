#include "actors/model/dn_type.hpp"

#include <array>

namespace strowger::model {

namespace {

constexpr std::array<std::string_view, dn_type_count> words = {
  "extension",
  "acd-position",
  "acd-queue",
  "routing-point",
  "virtual-routing-point",
  "external-routing-point",
  "access-resource",
  "trunk",
  "trunk-group",
  "voip-service",
  "voice-treatment-port",
};

static_assert(words.size()
              == static_cast<size_t>(dn_type::voice_treatment_port) + 1);

} // namespace

std::string_view to_string(dn_type type) {
  return words[static_cast<size_t>(type)];
}

std::optional<dn_type> parse_dn_type(std::string_view word) {
  for (size_t i = 0; i < words.size(); ++i)
    if (words[i] == word)
      return static_cast<dn_type>(i);
  return std::nullopt;
}

} // namespace strowger::model
