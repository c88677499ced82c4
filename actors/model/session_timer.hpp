#pragma once

#include "actors/model/time.hpp"

#include <cstdint>
#include <optional>

namespace strowger::model {

/// Who refreshes, in the words of one transaction: uac sent the request.
enum class refresher : std::uint8_t { none, uac, uas };

/// Which side of that transaction we are.
enum class session_role : std::uint8_t { uac, uas };

/// The session timer headers of one message (RFC 4028).
struct session_terms {
  std::uint32_t interval_s = 0; ///< Session-Expires; 0 = header absent
  std::uint32_t min_se_s = 0;   ///< Min-SE; 0 = header absent
  enum refresher refresher = refresher::none;
  bool supported = false; ///< Supported: timer
  bool required = false;  ///< Require: timer

  friend bool operator==(const session_terms&, const session_terms&) = default;
};

/// The smallest interval RFC 4028 §4 allows.
inline constexpr std::uint32_t session_interval_min_s = 90;

/// What we wish for.
struct session_policy {
  /// Option `session-refresh-interval`; 0 = ask for none, but honour a peer's.
  std::uint32_t interval_s = 1800;
  std::uint32_t min_se_s = session_interval_min_s;
  /// Who is to refresh when we are the UAS and the UAC leaves it to us.
  enum refresher uas_choice = refresher::uac;
  /// Refresh on our own when the peer knows no session timers.
  bool refresh_unsupporting = false;
};

// -- UAS ----------------------------------------------------------------------

/// What the UAS answers: `terms` for the 2xx, or reject with 422 and Min-SE.
struct session_answer {
  std::uint32_t reject_min_se_s = 0; ///< not 0: answer 422 with this Min-SE
  session_terms terms = {};          ///< interval 0: no session timer
};

/// Answers an INVITE or UPDATE (RFC 4028 §9, table 2).
session_answer answer_session(const session_terms& request,
                              const session_policy& policy);

// -- UAC ----------------------------------------------------------------------

/// What the first request of a leg carries (§7.1).
session_terms offer_session(const session_policy& policy);

/// What a request within a session carries; `ours` = we refresh now (§7.4).
session_terms refresh_session(const session_terms& settled, bool ours,
                              const session_policy& policy);

/// What to send after a 422 (§7.3); nothing when the 422 is no reason to try
/// again: it names no Min-SE, or one that we had met already.
std::optional<session_terms> retry_session(const session_terms& sent,
                                           std::uint32_t min_se_s);

/// What a 2xx settles (§7.2); interval 0: no session timer.
session_terms settle_session(const session_terms& sent,
                             const session_terms& response,
                             const session_policy& policy);

// -- clock --------------------------------------------------------------------

/// When to act, counted from the 2xx that settled the terms.
struct session_clock {
  bool ours = false;         ///< we refresh
  duration refresh_after{0}; ///< half the interval; meaningful if ours (§7.4)
  duration give_up_after{0}; ///< send BYE, unless refreshed before (§10)

  friend bool operator==(const session_clock&, const session_clock&) = default;
};

/// Nothing when the terms settle no session timer.
std::optional<session_clock> clock_of(const session_terms& settled,
                                      session_role role);

} // namespace strowger::model
