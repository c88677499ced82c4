#include "actors/traffic/random.hpp"

namespace strowger::traffic {

namespace {

/// FNV-1a: labels that differ in one letter give unrelated numbers once they
/// have gone through `scatter`.
std::uint64_t digest(std::string_view label) {
  std::uint64_t result = 0xcbf29ce484222325;
  for (auto letter : label) {
    result ^= static_cast<unsigned char>(letter);
    result *= 0x100000001b3;
  }
  return result;
}

/// The finisher of SplitMix64: every bit of x changes half of the result.
std::uint64_t scatter(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

} // namespace

random_source fork(std::uint64_t seed, std::string_view label) {
  return random_source{scatter(scatter(seed) ^ digest(label))};
}

} // namespace strowger::traffic
