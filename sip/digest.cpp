#include "sip/digest.hpp"

#include "sip/digest_text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <initializer_list>

namespace strowger::sip {

using namespace digest_text;

namespace {

constexpr std::pair<digest_algorithm, std::string_view> algorithm_names[] = {
  {digest_algorithm::md5, "MD5"},
  {digest_algorithm::md5_sess, "MD5-sess"},
  {digest_algorithm::sha256, "SHA-256"},
  {digest_algorithm::sha256_sess, "SHA-256-sess"},
};

bool is_session(digest_algorithm algorithm) {
  return algorithm == digest_algorithm::md5_sess
         || algorithm == digest_algorithm::sha256_sess;
}

// The hash functions, fetched once: looking them up costs more than hashing.
class hasher {
public:
  hasher()
    : md5_(EVP_MD_fetch(nullptr, "MD5", nullptr)),
      sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)),
      context_(EVP_MD_CTX_new()) {}

  ~hasher() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(sha256_);
    EVP_MD_free(md5_);
  }

  hasher(const hasher&) = delete;
  hasher& operator=(const hasher&) = delete;

  // The parts joined by ':', hashed, in hexadecimal. Empty when this OpenSSL
  // does not offer the function (MD5 in FIPS mode), which never compares equal.
  std::string operator()(digest_algorithm algorithm,
                         std::initializer_list<std::string_view> parts) {
    const auto* function = is_sha256(algorithm) ? sha256_ : md5_;
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (!function || !context_
        || EVP_DigestInit_ex(context_, function, nullptr) != 1)
      return {};
    bool first = true;
    for (const auto part : parts) {
      if (!first)
        EVP_DigestUpdate(context_, ":", 1);
      EVP_DigestUpdate(context_, part.data(), part.size());
      first = false;
    }
    if (EVP_DigestFinal_ex(context_, bytes, &size) != 1)
      return {};
    return hex(bytes, size);
  }

private:
  EVP_MD* md5_;
  EVP_MD* sha256_;
  EVP_MD_CTX* context_;
};

// Where a parameter's value ends; fills `value` with the unescaped text.
std::size_t read_value(std::string_view text, std::size_t at,
                       std::string& value) {
  if (at >= text.size() || text[at] != '"') {
    const auto end = std::min(text.find(',', at), text.size());
    value = trim(text.substr(at, end - at));
    return end;
  }
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size())
      ++at;
    value += text[at];
  }
  return std::min(text.find(',', at), text.size());
}

} // namespace

// -- digest parameters -------------------------------------------------------

std::optional<digest_parameters>
digest_parameters::parse(std::string_view value) {
  constexpr std::string_view scheme = "Digest";
  value = trim(value);
  if (!same_word(value.substr(0, scheme.size()), scheme)
      || (value.size() > scheme.size() && !is_space(value[scheme.size()])))
    return std::nullopt;
  value.remove_prefix(scheme.size());
  digest_parameters result;
  for (std::size_t at = 0; at < value.size();) {
    if (is_space(value[at]) || value[at] == ',') {
      ++at;
      continue;
    }
    const auto stop = value.find_first_of("=,", at);
    if (stop == value.npos)
      break;
    if (value[stop] == ',') { // a word without value means nothing
      at = stop;
      continue;
    }
    auto& [name, text] = result.list_.emplace_back();
    name = trim(value.substr(at, stop - at));
    at = stop + 1;
    while (at < value.size() && is_space(value[at]))
      ++at;
    at = read_value(value, at, text);
  }
  return result;
}

std::optional<std::string_view>
digest_parameters::find(std::string_view name) const {
  for (const auto& [key, value] : list_)
    if (same_word(key, name))
      return value;
  return std::nullopt;
}

// -- response ----------------------------------------------------------------

std::string_view name_of(digest_algorithm algorithm) {
  return algorithm_names[static_cast<std::size_t>(algorithm)].second;
}

// An absent algorithm means MD5 (RFC 7616 §3.3).
std::optional<digest_algorithm>
read_algorithm(const digest_parameters& parameters) {
  const auto given = parameters.find("algorithm");
  if (!given)
    return digest_algorithm::md5;
  for (const auto& [algorithm, name] : algorithm_names)
    if (same_word(*given, name))
      return algorithm;
  return std::nullopt;
}

bool is_sha256(digest_algorithm algorithm) {
  return algorithm == digest_algorithm::sha256
         || algorithm == digest_algorithm::sha256_sess;
}

std::string digest_response(const digest_input& in) {
  static thread_local hasher hash;
  auto a1 = hash(in.algorithm, {in.user, in.realm, in.password});
  if (is_session(in.algorithm))
    a1 = hash(in.algorithm, {a1, in.nonce, in.cnonce});
  const auto a2 = same_word(in.qop, "auth-int")
                    ? hash(in.algorithm,
                           {in.method, in.uri, hash(in.algorithm, {in.body})})
                    : hash(in.algorithm, {in.method, in.uri});
  if (in.qop.empty())
    return hash(in.algorithm, {a1, in.nonce, a2});
  return hash(in.algorithm, {a1, in.nonce, in.count, in.cnonce, in.qop, a2});
}

// -- client side -------------------------------------------------------------

namespace {

// Whether a comma separated list has the word.
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (same_word(trim(list.substr(0, comma)), word))
      return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

struct read_challenge {
  digest_parameters parameters;
  digest_algorithm algorithm;
  std::string_view qop; // the one to use; empty: RFC 2069
};

std::optional<read_challenge> understand(std::string_view challenge) {
  auto parameters = digest_parameters::parse(challenge);
  if (!parameters || !parameters->find("realm") || !parameters->find("nonce"))
    return std::nullopt;
  const auto algorithm = read_algorithm(*parameters);
  if (!algorithm)
    return std::nullopt;
  std::string_view qop;
  if (const auto offered = parameters->find("qop"))
    if (!trim(*offered).empty()) {
      qop = lists(*offered, "auth")       ? "auth"
            : lists(*offered, "auth-int") ? "auth-int"
                                          : "";
      if (qop.empty())
        return std::nullopt;
    }
  return read_challenge{std::move(*parameters), *algorithm, qop};
}

std::string answer_to(const read_challenge& challenge, const credentials& who,
                      const digest_request& request) {
  const auto& parameters = challenge.parameters;
  const auto count = hex(request.nonce_count, 8);
  digest_input in;
  in.algorithm = challenge.algorithm;
  in.user = who.user;
  in.realm = *parameters.find("realm");
  in.password = who.password;
  in.method = request.method;
  in.uri = request.uri;
  in.body = request.body;
  in.nonce = *parameters.find("nonce");
  in.count = count;
  in.cnonce = request.cnonce;
  in.qop = challenge.qop;

  std::string out = "Digest ";
  append_quoted(out, "username", in.user);
  append_quoted(out, ", realm", in.realm);
  append_quoted(out, ", nonce", in.nonce);
  append_quoted(out, ", uri", in.uri);
  append_quoted(out, ", response", digest_response(in));
  if (parameters.find("algorithm"))
    out.append(", algorithm=").append(name_of(in.algorithm));
  if (!in.qop.empty() || is_session(in.algorithm))
    append_quoted(out, ", cnonce", in.cnonce);
  if (const auto opaque = parameters.find("opaque"))
    append_quoted(out, ", opaque", *opaque);
  if (!in.qop.empty())
    out.append(", qop=").append(in.qop).append(", nc=").append(count);
  return out;
}

} // namespace

std::optional<std::string> answer(std::string_view challenge,
                                  const credentials& who,
                                  const digest_request& request) {
  return answer_best({&challenge, 1}, who, request);
}

std::optional<std::string>
answer_best(std::span<const std::string_view> challenges,
            const credentials& who, const digest_request& request) {
  std::optional<read_challenge> best;
  for (const auto value : challenges) {
    auto next = understand(value);
    if (next
        && (!best
            || (is_sha256(next->algorithm) && !is_sha256(best->algorithm))))
      best = std::move(next);
  }
  if (!best)
    return std::nullopt;
  return answer_to(*best, who, request);
}

} // namespace strowger::sip
