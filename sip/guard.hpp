#pragma once

#include "actors/model/directory.hpp"
#include "sip/gate.hpp"
#include "sip/identify.hpp"
#include "sip/refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sip_s;

namespace strowger::sip {

/// The methods the switch serves, for Allow.
inline constexpr std::string_view allowed_methods
  = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, PRACK, UPDATE, INFO, "
    "MESSAGE, REFER, NOTIFY";

/// The extensions the switch knows, for Supported.
inline constexpr std::string_view supported_extensions
  = "100rel, timer, path, replaces";

/// Looks at every new request before anything else does: is its source
/// within its rate, is it well-formed beyond what the parser asks, is there a
/// chance that the switch can serve it? RFC 3261 §8.2 in its order; what the
/// torture messages of RFC 4475 and RFC 5118 ask for is in
/// test/sip/torture.md. The agent is to be made with NTATAG_BAD_REQ_MASK(0) and
/// NTATAG_MCLASS(message_class()) of sip/intake.hpp, so that what can be
/// answered comes here. Requests inside dialogs that no leg knows (481) and
/// CANCEL without transaction are the stack's business.
class guard {
public:
  /// `who` tells the addresses of trunks. `seed` is that of the gates; random
  /// outside tests.
  explicit guard(const identifier& who, std::uint64_t seed = 0)
    : who_(who), new_(gate_limits{}, {}, seed), all_(gate_limits{}, {}, seed) {
  }

  /// Takes `max-message-size`, `max-header-size`, `source-rate-limit` and
  /// `source-rate-burst`; the addresses of trunks are exempt from the rate.
  void configure(const model::directory& config);

  /// What to answer, or nothing: the request may pass. Allocates nothing for
  /// a request that passes.
  std::optional<refusal> inspect(const sip_s& request, const arrival& from);

  /// The part of inspect() that keeps no state: form and method.
  std::optional<refusal> judge(const sip_s& request,
                               const arrival& from) const;

  /// Whether a response is fit to be looked at; others are to be dropped
  /// (absurd CSeq, status or Retry-After).
  static bool is_sane(const sip_s& response);

private:
  std::optional<refusal> within_rate(const sip_s& request,
                                     const arrival& from);

  const identifier& who_;
  gate new_; // requests that begin something: above it 503
  gate all_; // all requests, at twice the rate and burst: dropped
  std::size_t message_size_max_ = 65'535;
  std::size_t header_size_max_ = 16'384;
  std::string retry_after_; // header line
};

} // namespace strowger::sip
