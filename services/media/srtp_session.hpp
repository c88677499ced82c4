#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;

namespace strowger::services::media {

/// SRTP (RFC 3711) with AES_CM_128_HMAC_SHA1_80 and no MKI: one direction of
/// one user, for any SSRC. Ours, because libsrtp of Debian keeps its contexts
/// in tables of NSS, where a packet costs ten times as much with a thousand
/// streams as with one.
class srtp_session {
public:
  /// `key`: key and salt, 30 bytes in base64 (RFC 4568 §6.1). Null if it is
  /// none.
  static std::unique_ptr<srtp_session> make(const std::string& key);
  ~srtp_session();
  srtp_session(const srtp_session&) = delete;
  srtp_session& operator=(const srtp_session&) = delete;

  /// So much more room a packet needs.
  static constexpr std::size_t trailer = 10;

  /// In place; the new size, or 0 if it is no RTP packet, or proves nothing.
  std::size_t protect(std::uint8_t* packet, std::size_t size);
  /// What comes twice is taken off twice: repetitions are to be counted.
  std::size_t unprotect(std::uint8_t* packet, std::size_t size);

private:
  /// RFC 3711 §3.3.1: the number of a packet is its sequence number, and how
  /// often that has wrapped.
  struct stream {
    std::uint32_t ssrc = 0;
    std::uint32_t rollovers = 0;
    std::uint16_t highest = 0;
  };
  static constexpr std::size_t streams_max = 8;

  srtp_session();
  bool derive(const std::uint8_t* key, const std::uint8_t* salt);
  std::uint32_t rollovers_of(const stream& x, std::uint16_t sequence) const;
  void learn(stream& x, std::uint32_t rollovers, std::uint16_t sequence);
  stream& stream_of(const std::uint8_t* packet);
  bool cipher(std::uint8_t* payload, std::size_t size, std::uint32_t ssrc,
              std::uint32_t rollovers, std::uint16_t sequence);
  /// The tag of a packet without one.
  bool sign(const std::uint8_t* packet, std::size_t size,
            std::uint32_t rollovers, std::uint8_t* tag);

  evp_cipher_ctx_st* cipher_;
  evp_mac_ctx_st* mac_ = nullptr;
  std::array<std::uint8_t, 14> salt_{};
  std::array<stream, streams_max> streams_;
  std::size_t stream_count_ = 0;
};

/// A new key and salt in base64.
std::string make_srtp_key();

} // namespace strowger::services::media
