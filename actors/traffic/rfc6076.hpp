#pragma once

#include "actors/traffic/tally.hpp"

#include <optional>

namespace strowger::traffic {

/// The metrics of RFC 6076 by their names. Shares are from 0 to 1, where the
/// RFC has percent; they are undefined while there is nothing to divide by.
///
/// An attempt counts once, though it may take two INVITEs: what the RFC calls a
/// non-failure challenge (401, 407) is not the end of a request. A request
/// without a final response counts as 408, one that the transport lost as 503,
/// which is what RFC 3261 §8.1.3.1 makes of them. While a run goes on, the
/// attempts in progress are in the denominators, as the RFC wants all requests.
struct rfc6076 {
  /// §4.1 Registration Request Delay: REGISTER to its 2xx.
  const histogram& rrd;
  /// §4.2 Ineffective Registration Attempts: failed with 4xx, 5xx, 6xx or
  /// without a response / all REGISTER requests.
  std::optional<double> ira;
  /// §4.3.1 successful Session Request Delay: INVITE to the first response that
  /// is no 100: 18x, or 2xx if no 18x came before.
  const histogram& srd;
  /// §4.3.2 failed Session Request Delay: INVITE to its 4xx, 5xx or 6xx.
  const histogram& failed_srd;
  /// §4.4 Session Disconnect Delay: BYE to its 2xx.
  const histogram& sdd;
  /// §4.5.1 successful Session Duration Time: 2xx to BYE.
  const histogram& sdt;
  /// §4.5.2 failed Session Duration Time: 2xx to the time-out of BYE.
  const histogram& failed_sdt;
  /// §4.6 Session Establishment Ratio: 2xx / (all INVITEs − 3xx).
  std::optional<double> ser;
  /// §4.7 Session Establishment Effectiveness Ratio: 2xx, 480, 486, 600 and 603
  /// / (all INVITEs − 3xx): what the called user wants is no fault.
  std::optional<double> seer;
  /// §4.8 Ineffective Session Attempts: 408, 500, 503, 504 / all INVITEs.
  std::optional<double> isa;
  /// §4.9 Session Completion Ratio: answered and ended with an answered BYE
  /// / all INVITEs.
  std::optional<double> scr;

  /// The histograms are those of the tally, which must live as long.
  explicit rfc6076(const tally& from);
};

} // namespace strowger::traffic
