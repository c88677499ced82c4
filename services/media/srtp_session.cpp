#include "services/media/srtp_session.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

namespace strowger::services::media {

namespace {

constexpr std::size_t key_size = 16;
constexpr std::size_t salt_size = 14;
constexpr std::size_t master_size = key_size + salt_size;
constexpr std::size_t master_size_64 = 40; // in base64, without padding
constexpr std::size_t auth_key_size = 20;
constexpr std::size_t digest_size = 20; // of SHA-1

// RFC 3711 §4.3.2: what each derived key is for.
constexpr std::uint8_t for_encryption = 0;
constexpr std::uint8_t for_authentication = 1;
constexpr std::uint8_t for_salting = 2;

using block = std::array<std::uint8_t, 16>;

std::uint16_t read_16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

std::uint32_t read_32(const std::uint8_t* at) {
  return std::uint32_t{read_16(at)} << 16 | read_16(at + 2);
}

/// x ^= value, whose last byte meets x[last].
void mix(block& x, std::uint64_t value, std::size_t last) {
  for (auto i = last + 1; i-- > 0 && value != 0; value >>= 8)
    x[i] ^= static_cast<std::uint8_t>(value);
}

/// In place: the key stream that begins at this counter.
bool run(EVP_CIPHER_CTX* with, const block& counter, std::uint8_t* data,
         std::size_t size) {
  int out = 0;
  return EVP_EncryptInit_ex(with, nullptr, nullptr, nullptr, counter.data())
           == 1
         && EVP_EncryptUpdate(with, data, &out, data, static_cast<int>(size))
              == 1;
}

/// How long the header of an RTP packet is; 0 if it is none.
std::size_t header_of(const std::uint8_t* x, std::size_t size) {
  if (size < 12 || x[0] >> 6 != 2)
    return 0;
  auto result = 12 + std::size_t{x[0] & 15U} * 4;
  if ((x[0] & 0x10) != 0 && size >= result + 4)
    result += 4 + std::size_t{read_16(x + result + 2)} * 4;
  return result <= size ? result : 0;
}

} // namespace

// -- keys ---------------------------------------------------------------------

srtp_session::srtp_session() : cipher_(EVP_CIPHER_CTX_new()) {
  // nop
}

srtp_session::~srtp_session() {
  EVP_CIPHER_CTX_free(cipher_);
  EVP_MAC_CTX_free(mac_);
}

std::unique_ptr<srtp_session> srtp_session::make(const std::string& key) {
  std::array<unsigned char, master_size> bytes{};
  if (key.size() != master_size_64
      || EVP_DecodeBlock(bytes.data(),
                         reinterpret_cast<const unsigned char*>(key.data()),
                         static_cast<int>(key.size()))
           != static_cast<int>(master_size))
    return nullptr;
  std::unique_ptr<srtp_session> result{new srtp_session};
  return result->derive(bytes.data(), bytes.data() + key_size)
           ? std::move(result)
           : nullptr;
}

/// RFC 3711 §4.3.1, with a key derivation rate of 0: once.
bool srtp_session::derive(const std::uint8_t* key, const std::uint8_t* salt) {
  if (!cipher_
      || EVP_EncryptInit_ex(cipher_, EVP_aes_128_ctr(), nullptr, key, nullptr)
           != 1)
    return false;
  auto derived = [&](std::uint8_t label, std::uint8_t* out, std::size_t size) {
    block counter{};
    std::copy_n(salt, salt_size, counter.begin());
    mix(counter, label, 7);
    std::fill_n(out, size, std::uint8_t{0});
    return run(cipher_, counter, out, size);
  };
  std::array<std::uint8_t, key_size> session_key{};
  std::array<std::uint8_t, auth_key_size> auth_key{};
  if (!derived(for_encryption, session_key.data(), session_key.size())
      || !derived(for_authentication, auth_key.data(), auth_key.size())
      || !derived(for_salting, salt_.data(), salt_.size()))
    return false;
  // To find the algorithm takes longer than to use it.
  static auto* hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  mac_ = hmac ? EVP_MAC_CTX_new(hmac) : nullptr;
  char digest[] = "SHA1";
  std::array<OSSL_PARAM, 2> wanted{
    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
    OSSL_PARAM_construct_end()};
  return mac_
         && EVP_MAC_init(mac_, auth_key.data(), auth_key.size(), wanted.data())
              == 1
         && EVP_EncryptInit_ex(cipher_, nullptr, nullptr, session_key.data(),
                               nullptr)
              == 1;
}

std::string make_srtp_key() {
  std::array<unsigned char, master_size> bytes{};
  std::array<unsigned char, master_size_64 + 1> text{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    return {};
  EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {reinterpret_cast<const char*>(text.data()), master_size_64};
}

// -- streams ------------------------------------------------------------------

srtp_session::stream& srtp_session::stream_of(const std::uint8_t* packet) {
  auto ssrc = read_32(packet + 8);
  for (std::size_t i = 0; i < stream_count_; ++i)
    if (streams_[i].ssrc == ssrc)
      return streams_[i];
  // With too many, the last one is given up: so many are not in one call.
  auto& result = streams_[std::min(stream_count_, streams_max - 1)];
  stream_count_ = std::min(stream_count_ + 1, streams_max);
  result = {ssrc, 0, read_16(packet + 2)};
  return result;
}

/// RFC 3711 §3.3.1: that which makes the number nearest to the highest one.
std::uint32_t srtp_session::rollovers_of(const stream& x,
                                         std::uint16_t sequence) const {
  constexpr int half = 32768;
  auto ahead = int{sequence} - int{x.highest};
  if (ahead > half && x.rollovers > 0)
    return x.rollovers - 1;
  return ahead < -half ? x.rollovers + 1 : x.rollovers;
}

void srtp_session::learn(stream& x, std::uint32_t rollovers,
                         std::uint16_t sequence) {
  if (rollovers > x.rollovers
      || (rollovers == x.rollovers && sequence > x.highest))
    x = {x.ssrc, rollovers, sequence};
}

// -- packets ------------------------------------------------------------------

/// RFC 3711 §4.1.1: IV = salt * 2^16 ^ SSRC * 2^64 ^ number * 2^16.
bool srtp_session::cipher(std::uint8_t* payload, std::size_t size,
                          std::uint32_t ssrc, std::uint32_t rollovers,
                          std::uint16_t sequence) {
  block counter{};
  std::ranges::copy(salt_, counter.begin());
  mix(counter, ssrc, 7);
  mix(counter, std::uint64_t{rollovers} << 16 | sequence, 13);
  return run(cipher_, counter, payload, size);
}

bool srtp_session::sign(const std::uint8_t* packet, std::size_t size,
                        std::uint32_t rollovers, std::uint8_t* tag) {
  std::array<std::uint8_t, 4> wraps{};
  for (auto i = wraps.size(); i-- > 0; rollovers >>= 8)
    wraps[i] = static_cast<std::uint8_t>(rollovers);
  std::array<std::uint8_t, digest_size> digest{};
  std::size_t length = 0;
  // Without a key: the same one again.
  if (EVP_MAC_init(mac_, nullptr, 0, nullptr) != 1
      || EVP_MAC_update(mac_, packet, size) != 1
      || EVP_MAC_update(mac_, wraps.data(), wraps.size()) != 1
      || EVP_MAC_final(mac_, digest.data(), &length, digest.size()) != 1)
    return false;
  std::copy_n(digest.begin(), trailer, tag);
  return true;
}

std::size_t srtp_session::protect(std::uint8_t* packet, std::size_t size) {
  auto header = header_of(packet, size);
  if (header == 0)
    return 0;
  auto& from = stream_of(packet);
  auto sequence = read_16(packet + 2);
  auto rollovers = rollovers_of(from, sequence);
  learn(from, rollovers, sequence);
  if (!cipher(packet + header, size - header, from.ssrc, rollovers, sequence)
      || !sign(packet, size, rollovers, packet + size))
    return 0;
  return size + trailer;
}

std::size_t srtp_session::unprotect(std::uint8_t* packet, std::size_t size) {
  if (size < 12 + trailer)
    return 0;
  size -= trailer;
  auto header = header_of(packet, size);
  if (header == 0)
    return 0;
  auto& from = stream_of(packet);
  auto sequence = read_16(packet + 2);
  auto rollovers = rollovers_of(from, sequence);
  std::array<std::uint8_t, trailer> tag{};
  if (!sign(packet, size, rollovers, tag.data())
      || CRYPTO_memcmp(tag.data(), packet + size, trailer) != 0)
    return 0;
  learn(from, rollovers, sequence);
  return cipher(packet + header, size - header, from.ssrc, rollovers, sequence)
           ? size
           : 0;
}

} // namespace strowger::services::media
