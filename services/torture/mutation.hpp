#pragma once

#include "services/torture/cases.hpp"

#include <span>

namespace strowger::services::torture {

/// One way to spoil a message.
struct mutation_kind {
  std::string_view name;
  std::string_view method; // the only one it makes sense for; empty for any
  /// The bytes of a spoilt request; `what` becomes what was done to it.
  std::string (*make)(draft, chooser&, std::string& what);
  std::string_view good; // see expectation
  std::string_view allowed;
  std::string_view why;
};

std::span<const mutation_kind> header_mutations();
std::span<const mutation_kind> line_mutations();
std::span<const mutation_kind> body_mutations();
std::span<const mutation_kind> byte_mutations();

std::size_t mutation_kind_count();

/// mutation-1, mutation-2, …: the n-th depends on seed and n only, apart from
/// the token, and the kinds take turns. No datagram is too large for UDP.
torture_case mutation(std::uint64_t seed, std::size_t n,
                      const surroundings& around);

} // namespace strowger::services::torture
