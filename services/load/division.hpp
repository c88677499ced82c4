#pragma once

#include "actors/traffic/scenario.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Who of several generators plays what.
namespace strowger::services::load {

/// Which populations a generator plays: all; those who call, and those who only
/// register; those who answer.
enum class role { both, caller, callee };

/// "both", "caller", "callee".
std::string_view to_string(role x);
std::optional<role> parse_role(std::string_view word);

/// A generator of several, as reports name it.
struct generator_name {
  std::string address;
  load::role role = load::role::both;
};

/// Reads `HOST:PORT[=ROLE],…`, with this role for those that name none; a text
/// says what is wrong.
std::variant<std::vector<generator_name>, std::string>
parse_generators(std::string_view list, role otherwise);

/// Leaves the populations, and what they do, of this role; false if nobody is
/// left.
bool keep_role(traffic::scenario& script, role whose);

/// The part of one of several generators, whose roles these are. Those who have
/// a population in common share its users, in ranges, and its rate, by users:
/// the sum of all parts is the scenario. Parts of Poisson processes are Poisson
/// processes, parts of evenly spaced starts lie between each other, parts of
/// bursts have their moods in common. Criteria and search stay behind: they are
/// about the whole. A text says why there is no such part.
std::variant<traffic::scenario, std::string>
part_of(const traffic::scenario& whole, std::span<const role> roles,
        std::size_t index);

} // namespace strowger::services::load
