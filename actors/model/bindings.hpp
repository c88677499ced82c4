#pragma once

#include "actors/model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::model {

/// One place where a DN can be reached (RFC 3261 §10).
struct binding {
  std::string contact_uri; ///< exactly as received, without < and >
  std::string params;      ///< ";q=0.5;+x" as received, less expires
  std::string received;    ///< real source, "udp:1.2.3.4:5060", or empty
  std::string call_id;
  std::uint32_t cseq = 0;
  std::string path; ///< Path values to be used as Route (RFC 3327)
  int q_thousandths = 1000;
  time_point expires{};
  time_point updated{}; ///< breaks ties of q: the newest is tried first
  std::string user_agent;

  friend bool operator==(const binding&, const binding&) = default;
};

/// One Contact value of a REGISTER.
struct contact_value {
  std::string uri;    ///< without < and >
  std::string params; ///< all header parameters with their leading ';'
};

/// The parts of a REGISTER that the registrar looks at.
struct register_request {
  std::vector<contact_value> contacts;
  bool star = false;                    ///< Contact: *
  std::optional<std::uint32_t> expires; ///< Expires header, seconds
  std::string call_id;
  std::uint32_t cseq = 0;
  std::string received;
  std::string path;
  std::string user_agent;
};

struct register_limits {
  std::uint32_t expires_min_s = 60;
  std::uint32_t expires_max_s = 3600;
  std::uint32_t expires_default_s = 1800; ///< `registrar-default-timeout`
  std::size_t contacts_max = 10;
};

struct register_result {
  /// 200; 400 misuse of *; 403 too many contacts; 423 interval too brief;
  /// 500 CSeq out of order.
  int status = 200;
  std::uint32_t min_expires_s = 0; ///< for the Min-Expires of a 423
  bool changed = false;            ///< something to persist
  bool became_registered = false;
  bool became_unregistered = false;
};

/// The registrar's bindings of one DN, best first: higher q, then newer.
class bindings {
public:
  /// Applies a REGISTER as RFC 3261 §10.3 says, wholly or (status other than
  /// 200) not at all. Without Contact it changes nothing. Bindings that have
  /// expired by `now` go first, whatever the status.
  register_result apply(const register_request& request, time_point now,
                        const register_limits& limits);

  /// Puts back a binding from the store, unless it has expired.
  void restore(binding stored, time_point now);

  /// Removes what has expired by `now`; true when something was removed.
  bool expire(time_point now);

  /// When the next binding expires.
  std::optional<time_point> next_expiry() const;

  const std::vector<binding>& list() const {
    return list_;
  }
  bool empty() const {
    return list_.empty();
  }

private:
  std::vector<binding> list_;
};

/// The Contact value that lists a binding in the 200: the URI and parameters
/// as received, and `expires` with the seconds left, rounded up.
std::string contact_header(const binding& entry, time_point now);

/// URI equality of RFC 3261 §19.1.4; other schemes compare as text.
bool same_uri(std::string_view a, std::string_view b);

} // namespace strowger::model
