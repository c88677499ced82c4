#include "actors/traffic/rfc6076.hpp"

#include <algorithm>

namespace strowger::traffic {

namespace {

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0)
    return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::uint64_t without_redirected(const tally& from) {
  return from.attempts - std::min(from.attempts, from[outcome::redirected]);
}

/// A 3xx to REGISTER is a failure to us, but not one that the RFC counts.
std::uint64_t ineffective_registrations(const tally& from) {
  std::uint64_t result = 0;
  for (auto [status, count] : from.registrations.failed_by_status)
    if (status == 0 || status >= 400)
      result += count;
  return result;
}

std::uint64_t effective(const tally& from) {
  return from[outcome::answered] + from.with_status(480) + from.with_status(486)
         + from.with_status(600) + from.with_status(603);
}

std::uint64_t ineffective(const tally& from) {
  return from.with_status(408) + from.with_status(500) + from.with_status(503)
         + from.with_status(504) + from[outcome::timeout]
         + from[outcome::transport];
}

} // namespace

rfc6076::rfc6076(const tally& from)
  : rrd{from[latency::registration]}, ira{share(ineffective_registrations(from),
                                                from.registrations.attempts)},
    srd{from[latency::request]}, failed_srd{from[latency::failed_request]},
    sdd{from[latency::bye]}, sdt{from[latency::session]},
    failed_sdt{from[latency::failed_session]}, ser{share(
                                                 from[outcome::answered],
                                                 without_redirected(from))},
    seer{share(effective(from), without_redirected(from))},
    isa{share(ineffective(from), from.attempts)}, scr{share(from.ended_cleanly,
                                                            from.attempts)} {
  // nop
}

} // namespace strowger::traffic
