#include "sip/gate.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace strowger::sip {

namespace {

// Finaliser of SplitMix64: every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

model::duration seconds(double value) {
  // A century is far enough, and keeps the sums inside 64 bits of nanoseconds.
  constexpr double century_s = 100.0 * 365 * 86'400;
  return std::chrono::duration_cast<model::duration>(
    std::chrono::duration<double>(std::clamp(value, 0.0, century_s)));
}

} // namespace

gate::gate(gate_limits limits, network_list exempt, std::uint64_t seed)
  : seed_(seed) {
  configure(limits, std::move(exempt));
}

void gate::configure(gate_limits limits, network_list exempt) {
  exempt_ = std::move(exempt);
  sources_ = 0;
  slots_.clear();
  interval_ = tolerance_ = {};
  if (!(limits.rate_per_s > 0)) {
    slots_.shrink_to_fit();
    return;
  }
  interval_ = std::max(seconds(1 / limits.rate_per_s), model::duration{1});
  tolerance_ = seconds((std::max(limits.burst, 1.0) - 1) / limits.rate_per_s);
  const auto sources = std::clamp<std::size_t>(limits.sources_max, 1, 1 << 24);
  slots_.resize(std::bit_ceil((sources + ways - 1) / ways) * ways);
}

bool gate::admit(const ip_address& source, model::time_point now) {
  if (slots_.empty() || (!exempt_.empty() && exempt_.contains(source)))
    return true;
  auto& slot = slot_of(source);
  const auto full_at = std::max(slot.full_at, now);
  if (full_at - now > tolerance_) {
    ++rejected_;
    return false;
  }
  slot.full_at = full_at + interval_;
  return true;
}

gate::slot& gate::slot_of(const ip_address& source) {
  std::uint64_t half[2];
  std::memcpy(half, source.bytes.data(), sizeof(half));
  const auto hash = mix(mix(half[0] ^ seed_) + half[1] + seed_);
  const auto first = (hash & (slots_.size() / ways - 1)) * ways;
  auto* victim = &slots_[first];
  for (auto i = first; i < first + ways; ++i) {
    auto& slot = slots_[i];
    if (slot.full_at != model::time_point::min() && slot.source == source)
      return slot;
    if (slot.full_at < victim->full_at)
      victim = &slot;
  }
  if (victim->full_at == model::time_point::min())
    ++sources_;
  *victim = {source, model::time_point::min()};
  return *victim;
}

} // namespace strowger::sip
