#pragma once

#include "actors/model/time.hpp"
#include "sip/digest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace strowger::sip {

/// What a request's credentials are worth. `stale` means that the password is
/// right but the nonce is used up, expired or from before a restart: challenge
/// again with stale=true and the client repeats without asking its user.
enum class verdict : std::uint8_t { ok, no_credentials, stale, wrong };

struct authenticator_options {
  std::vector<digest_algorithm> algorithms = {digest_algorithm::sha256,
                                              digest_algorithm::md5};
  model::duration nonce_lifetime = std::chrono::seconds{300};
  std::size_t nonces_max = 65'536; ///< nonces whose counts are remembered
};

/// Challenges requests and verifies the answers (RFC 7616, RFC 8760,
/// RFC 3261 §22.4). A nonce carries its issue time under a keyed hash, so
/// issuing one stores nothing; a nonce enters the table of counts only with a
/// right answer. When that table is full the oldest nonce is forgotten and
/// counts as stale from then on: a replay is never accepted.
class authenticator {
public:
  using time_point = model::time_point;
  using secret = std::array<std::uint8_t, 32>;

  /// Keys the nonces with fresh random bytes.
  explicit authenticator(authenticator_options options = {});
  /// Keys the nonces with the given secret (tests).
  authenticator(authenticator_options options, const secret& key);

  /// One WWW-Authenticate value per algorithm, in the configured order, all of
  /// them with the same nonce and qop="auth".
  std::vector<std::string> challenge(std::string_view realm, bool stale,
                                     time_point now);

  /// Judges one Authorization value for `user`; a username of the form
  /// user@domain is taken too. `no_credentials` also stands for another scheme
  /// or realm. Without qop (RFC 2069) a nonce is good for one request.
  verdict verify(std::string_view authorization, std::string_view method,
                 std::string_view realm, std::string_view user,
                 std::string_view password, std::string_view body,
                 time_point now);

  /// Nonces in the table of counts.
  std::size_t remembered() const {
    return counts_.size();
  }

private:
  struct use_count {
    std::uint32_t highest = 0;
    std::uint64_t seen = 0; // bit i: highest - i was used
  };
  struct issued {
    std::int64_t at_ns;
    std::uint64_t serial;
  };

  std::string make_nonce(const issued& stamp) const;
  std::optional<issued> read_nonce(std::string_view nonce) const;
  bool use(const issued& stamp, std::optional<std::uint32_t> count,
           std::int64_t now_ns);
  void make_room(std::int64_t now_ns);

  authenticator_options options_;
  secret key_;
  std::string opaque_;
  std::uint64_t serial_ = 0;
  std::unordered_map<std::uint64_t, use_count> counts_; // by serial
  std::deque<issued> order_;                            // by first use
  std::int64_t forgotten_ns_ = INT64_MIN; // latest issue among the forgotten
};

} // namespace strowger::sip
