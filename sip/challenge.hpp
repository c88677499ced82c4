#pragma once

#include "actors/model/directory.hpp"
#include "actors/model/signal.hpp"
#include "sip/auth.hpp"
#include "sip/digest.hpp"
#include "sip/refusal.hpp"

#include <memory>
#include <optional>
#include <string>

struct sip_s;

namespace strowger::sip {

/// Challenges the requests of DNs that `authenticate-requests` names and
/// verifies the answers (RFC 3261 §22). The realm is the name of the switch,
/// the user name the number of the DN or its option `username`.
class challenger {
public:
  challenger() = default;
  /// Keys the nonces with the given secret (tests).
  explicit challenger(const authenticator::secret& key) : key_(key) {}

  /// Takes realm, `digest-algorithms` and `nonce-lifetime`. Nonces that are
  /// out stay good unless one of the two options has changed.
  void configure(const model::directory& config);

  /// Judges a REGISTER or INVITE of `of`: nothing when it may pass, because
  /// the DN need not prove itself or did; 401 with one challenge per
  /// algorithm; 403 when the DN has no password or the given one is wrong.
  std::optional<refusal> check(const sip_s& request, const model::dn& of,
                               const model::directory& config,
                               model::time_point now);

private:
  refusal challenge(bool stale, model::time_point now);

  std::optional<authenticator::secret> key_;
  std::unique_ptr<authenticator> judge_;
  authenticator_options options_;
  std::string realm_;
};

/// The header line, with CRLF, that answers the challenges of a 401 or 407
/// (RFC 3261 §22.2); nothing if none of them can be answered. The cnonce of
/// `request` is made of `random`.
std::optional<std::string> answer_challenges(const sip_s& response,
                                             const model::credentials& who,
                                             uint64_t random,
                                             digest_request request);

} // namespace strowger::sip
