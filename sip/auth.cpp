#include "sip/auth.hpp"

#include "sip/digest_text.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace strowger::sip {

using namespace digest_text;

namespace {

// Neither a wrong digit nor its place may show in the time taken.
bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_random(std::uint8_t* bytes, std::size_t count) {
  // Without randomness no nonce is worth anything; better no switch than that.
  if (RAND_bytes(bytes, static_cast<int>(count)) != 1)
    std::abort();
}

bool names_user(std::string_view given, std::string_view user) {
  return given == user
         || (given.size() > user.size() && given.starts_with(user)
             && given[user.size()] == '@');
}

} // namespace

authenticator::authenticator(authenticator_options options)
  : authenticator(std::move(options), [] {
      secret key;
      fill_random(key.data(), key.size());
      return key;
    }()) {}

authenticator::authenticator(authenticator_options options, const secret& key)
  : options_(std::move(options)), key_(key) {
  assert(!options_.algorithms.empty() && options_.nonces_max > 0);
  std::uint8_t bytes[8];
  fill_random(bytes, sizeof(bytes));
  opaque_ = hex(bytes, sizeof(bytes));
}

std::string authenticator::make_nonce(const issued& stamp) const {
  auto text = hex(static_cast<std::uint64_t>(stamp.at_ns), 16)
              + hex(stamp.serial, 16);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac,
       &size);
  assert(size >= 16);
  return text += hex(mac, 16);
}

std::optional<authenticator::issued>
authenticator::read_nonce(std::string_view nonce) const {
  if (nonce.size() != 64)
    return std::nullopt;
  const auto at = read_hex(nonce.substr(0, 16));
  const auto serial = read_hex(nonce.substr(16, 16));
  if (!at || !serial)
    return std::nullopt;
  const issued stamp{static_cast<std::int64_t>(*at), *serial};
  if (!same_secret(nonce, make_nonce(stamp)))
    return std::nullopt;
  return stamp;
}

std::vector<std::string> authenticator::challenge(std::string_view realm,
                                                  bool stale, time_point now) {
  const auto nonce = make_nonce({now.time_since_epoch().count(), ++serial_});
  std::vector<std::string> values;
  values.reserve(options_.algorithms.size());
  for (const auto algorithm : options_.algorithms) {
    auto& value = values.emplace_back("Digest ");
    value.reserve(180 + realm.size());
    append_quoted(value, "realm", realm);
    append_quoted(value, ", nonce", nonce);
    append_quoted(value, ", opaque", opaque_);
    value.append(", algorithm=").append(name_of(algorithm));
    value.append(", qop=\"auth\"");
    if (stale)
      value.append(", stale=true");
  }
  return values;
}

// Drops what has expired, and then the oldest if there still is no room.
void authenticator::make_room(std::int64_t now_ns) {
  while (!order_.empty()) {
    const auto& oldest = order_.front();
    const bool expired = now_ns - oldest.at_ns
                         > options_.nonce_lifetime.count();
    if (!expired) {
      if (counts_.size() < options_.nonces_max)
        return;
      forgotten_ns_ = std::max(forgotten_ns_, oldest.at_ns);
    }
    counts_.erase(oldest.serial);
    order_.pop_front();
  }
}

bool authenticator::use(const issued& stamp, std::optional<std::uint32_t> count,
                        std::int64_t now_ns) {
  auto found = counts_.find(stamp.serial);
  if (found == counts_.end()) {
    if (stamp.at_ns <= forgotten_ns_)
      return false;
    make_room(now_ns);
    found = counts_.emplace(stamp.serial, use_count{}).first;
    order_.push_back(stamp);
  }
  auto& [highest, seen] = found->second;
  if (!count) {
    // Without a count one request is all that can be told from a replay.
    const bool first = seen == 0;
    highest = UINT32_MAX;
    seen = ~std::uint64_t{0};
    return first;
  }
  if (*count > highest) {
    const auto step = *count - highest;
    seen = (step < 64 ? seen << step : 0) | 1;
    highest = *count;
    return true;
  }
  // UDP may bring requests in the wrong order: a late count is good once.
  const auto age = highest - *count;
  const auto bit = std::uint64_t{1} << (age & 63);
  if (age >= 64 || (seen & bit))
    return false;
  seen |= bit;
  return true;
}

verdict authenticator::verify(std::string_view authorization,
                              std::string_view method, std::string_view realm,
                              std::string_view user, std::string_view password,
                              std::string_view body, time_point now) {
  const auto parameters = digest_parameters::parse(authorization);
  if (!parameters || parameters->find("realm") != realm)
    return verdict::no_credentials;
  const auto text = [&](std::string_view name) {
    return parameters->find(name).value_or(std::string_view{});
  };
  const auto algorithm = read_algorithm(*parameters);
  if (!algorithm
      || std::find(options_.algorithms.begin(), options_.algorithms.end(),
                   *algorithm)
           == options_.algorithms.end()
      || !names_user(text("username"), user))
    return verdict::wrong;

  digest_input in;
  in.algorithm = *algorithm;
  in.user = text("username");
  in.realm = realm;
  in.password = password;
  in.method = method;
  in.uri = text("uri");
  in.body = body;
  in.nonce = text("nonce");
  in.count = text("nc");
  in.cnonce = text("cnonce");
  in.qop = text("qop");
  std::optional<std::uint32_t> count;
  if (!in.qop.empty()) {
    const auto value = read_hex(in.count);
    if ((!same_word(in.qop, "auth") && !same_word(in.qop, "auth-int"))
        || in.cnonce.empty() || in.count.size() != 8 || !value || *value == 0)
      return verdict::wrong;
    count = static_cast<std::uint32_t>(*value);
  }
  auto given = std::string{text("response")};
  std::transform(given.begin(), given.end(), given.begin(), lower);
  const auto expected = digest_response(in);
  if (in.uri.empty() || expected.empty() || !same_secret(given, expected))
    return verdict::wrong;

  const auto stamp = read_nonce(in.nonce);
  const auto now_ns = now.time_since_epoch().count();
  if (!stamp || stamp->at_ns > now_ns
      || now_ns - stamp->at_ns > options_.nonce_lifetime.count()
      || !use(*stamp, count, now_ns))
    return verdict::stale;
  return verdict::ok;
}

} // namespace strowger::sip
