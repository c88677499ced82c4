#pragma once

#include <span>
#include <string_view>

namespace strowger::services::torture {

/// One message of an RFC as it stands in services/torture/rfc*/NAME.dat.
struct test_vector {
  std::string_view rfc; // its folder: rfc4475, rfc5118
  std::string_view name;
  std::string_view bytes;
};

/// All of them, sorted by RFC and name. Made by TortureVectors.cmake.
std::span<const test_vector> test_vectors();

} // namespace strowger::services::torture
