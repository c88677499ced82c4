#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strowger::sip {

// -- digest parameters -------------------------------------------------------

/// The parameters of a `Digest a=b, c="d"` header value, read with tolerance:
/// any case, any white space, empty list items, a missing closing quote.
class digest_parameters {
public:
  /// Nothing when the scheme is not Digest.
  static std::optional<digest_parameters> parse(std::string_view value);

  /// The first parameter of that name (any case), unquoted and unescaped.
  std::optional<std::string_view> find(std::string_view name) const;

private:
  std::vector<std::pair<std::string, std::string>> list_;
};

/// RFC 7616 §3.4.2 and RFC 8760; the -sess variants bind A1 to the nonces.
enum class digest_algorithm : std::uint8_t {
  md5,
  md5_sess,
  sha256,
  sha256_sess
};

// -- response ----------------------------------------------------------------

/// "MD5", "MD5-sess", "SHA-256", "SHA-256-sess".
std::string_view name_of(digest_algorithm algorithm);
bool is_sha256(digest_algorithm algorithm);

/// The `algorithm` parameter; MD5 when absent, nothing when unknown.
std::optional<digest_algorithm> read_algorithm(const digest_parameters& from);

/// Everything that goes into a response (RFC 7616 §3.4.1).
struct digest_input {
  digest_algorithm algorithm = digest_algorithm::md5;
  std::string_view user = {}, realm = {}, password = {};
  std::string_view method = {}, uri = {}, body = {};
  std::string_view nonce = {}, count = {}, cnonce = {};
  std::string_view qop = {}; ///< auth, auth-int, or empty: RFC 2069
};

/// The response in lower-case hexadecimal; empty when OpenSSL refuses the
/// algorithm (MD5 in FIPS mode).
std::string digest_response(const digest_input& input);

// -- client side -------------------------------------------------------------

struct credentials {
  std::string user;
  std::string password;
};

/// The request that has to carry the answer.
struct digest_request {
  std::string_view method;
  std::string_view uri;
  std::string_view body = {};
  std::uint32_t nonce_count = 1;
  std::string_view cnonce = {};
};

/// The (Proxy-)Authorization value that answers a challenge. Nothing when the
/// challenge is not Digest, lacks realm or nonce, or asks for an algorithm or
/// quality of protection we do not know.
std::optional<std::string> answer(std::string_view challenge,
                                  const credentials& who,
                                  const digest_request& request);

/// Answers the strongest of several challenges: SHA-256 before MD5, then in
/// the order given (RFC 8760 §2.4).
std::optional<std::string>
answer_best(std::span<const std::string_view> challenges,
            const credentials& who, const digest_request& request);

} // namespace strowger::sip
