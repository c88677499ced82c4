#include "actors/model/session_timer.hpp"

#include <algorithm>

namespace strowger::model {

namespace {

// A peer that answers with less than the RFC allows gets its will, as it would
// hang up otherwise, but not a stream of refreshes.
constexpr std::uint32_t interval_floor_s = 10;

std::uint32_t at_least(std::uint32_t interval_s, std::uint32_t min_se_s) {
  return std::max({interval_s, min_se_s, session_interval_min_s});
}

} // namespace

// -- UAS ----------------------------------------------------------------------

session_answer answer_session(const session_terms& request,
                              const session_policy& policy) {
  const auto own_min_s = std::max(policy.min_se_s, session_interval_min_s);
  const bool asked = request.interval_s != 0;
  // A UAC without timer support would not understand a 422; what a proxy put
  // into its request is raised instead.
  if (asked && request.interval_s < own_min_s && request.supported)
    return {.reject_min_se_s = own_min_s};
  // Nobody asks, or only we do of a peer that could not take part.
  if (!asked
      && (policy.interval_s == 0
          || (!request.supported && !policy.refresh_unsupporting)))
    return {};

  session_answer answer;
  auto& terms = answer.terms;
  terms.interval_s = asked ? request.interval_s : policy.interval_s;
  if (policy.interval_s != 0)
    terms.interval_s = std::min(terms.interval_s, policy.interval_s);
  terms.interval_s = at_least(terms.interval_s,
                              std::max(request.min_se_s, own_min_s));
  terms.supported = true;
  terms.required = request.supported;
  if (!request.supported)
    terms.refresher = refresher::uas; // RFC 4028 table 2
  else if (request.refresher != refresher::none)
    terms.refresher = request.refresher;
  else
    terms.refresher = policy.uas_choice == refresher::uas ? refresher::uas
                                                          : refresher::uac;
  return answer;
}

// -- UAC ----------------------------------------------------------------------

session_terms offer_session(const session_policy& policy) {
  session_terms terms;
  terms.supported = true;
  if (policy.interval_s != 0)
    terms.interval_s = at_least(policy.interval_s, policy.min_se_s);
  // Without the header the peer takes 90 s, so there is no need to say it.
  if (policy.min_se_s > session_interval_min_s)
    terms.min_se_s = policy.min_se_s;
  return terms;
}

session_terms refresh_session(const session_terms& settled, bool ours,
                              const session_policy& policy) {
  auto terms = offer_session(policy);
  if (settled.interval_s == 0)
    return terms;
  // A 422 may have raised the interval above our wish, and Min-SE is sticky.
  terms.interval_s = settled.interval_s;
  terms.min_se_s = std::max(terms.min_se_s, settled.min_se_s);
  // Naming the refresher keeps the task where it is, whoever sends (§7.4).
  terms.refresher = ours ? refresher::uac : refresher::uas;
  return terms;
}

std::optional<session_terms> retry_session(const session_terms& sent,
                                           std::uint32_t min_se_s) {
  if (min_se_s == 0 || sent.interval_s == 0 || min_se_s <= sent.interval_s)
    return std::nullopt;
  auto again = sent;
  again.interval_s = min_se_s;
  again.min_se_s = std::max(min_se_s, sent.min_se_s);
  return again;
}

session_terms settle_session(const session_terms& sent,
                             const session_terms& response,
                             const session_policy& policy) {
  session_terms settled;
  settled.supported = response.supported || response.required;
  settled.min_se_s = sent.min_se_s;
  if (response.interval_s == 0) {
    // §7.2: no session timer; refreshing on our own still finds dead peers.
    if (policy.refresh_unsupporting && sent.interval_s != 0) {
      settled.interval_s = sent.interval_s;
      settled.refresher = refresher::uac;
    }
    return settled;
  }
  settled.interval_s = std::max(response.interval_s, interval_floor_s);
  // A response must name the refresher. If it does not, do the work ourselves:
  // refreshing needlessly is harmless, waiting for nobody ends the call.
  settled.refresher = response.refresher == refresher::uas ? refresher::uas
                                                           : refresher::uac;
  return settled;
}

// -- clock --------------------------------------------------------------------

std::optional<session_clock> clock_of(const session_terms& settled,
                                      session_role role) {
  if (settled.interval_s == 0 || settled.refresher == refresher::none)
    return std::nullopt;
  const std::chrono::seconds interval{settled.interval_s};
  const auto margin = std::min<duration>(std::chrono::seconds{32},
                                         duration{interval} / 3);
  session_clock clock;
  clock.ours = (settled.refresher == refresher::uac)
               == (role == session_role::uac);
  clock.refresh_after = duration{interval} / 2;
  clock.give_up_after = interval - margin;
  return clock;
}

} // namespace strowger::model
