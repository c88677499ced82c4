#pragma once

#include <cstdint>
#include <random>
#include <string_view>

namespace strowger::traffic {

/// What all choices are drawn from. One stream per purpose, so that one more
/// draw here does not change the choices there.
using random_source = std::mt19937_64;

/// The stream of this label: the same seed and label give the same stream.
random_source fork(std::uint64_t seed, std::string_view label);

} // namespace strowger::traffic
