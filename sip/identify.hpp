#pragma once

#include "actors/model/directory.hpp"
#include "sip/network.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace strowger::sip {

/// Who sent a request.
struct origin {
  const model::dn* dn = nullptr; ///< DN or trunk; null: nobody we know
  bool trusted = false;          ///< may assert identities (RFC 3325)
  bool may_call_out = false;     ///< may use trunks: no toll fraud

  std::string_view number() const {
    return dn ? std::string_view{dn->number} : std::string_view{};
  }
};

/// Tells from where a request came who sent it. The table of the trunks'
/// addresses is made once per configuration, so that one lookup is one hash.
class identifier {
public:
  /// Keeps a reference: `config` must live until the next configure().
  void configure(const model::directory& config);

  /// A trunk by its address and port; else a DN by the user part of From that
  /// has to prove itself; else a trunk by its address alone, if only one is
  /// there and it is not loopback, which everybody on the machine shares; else
  /// a DN by the user part of From.
  origin identify(const ip_address& source, std::uint16_t port,
                  std::string_view from_user) const;

  /// Whether a trunk is at this address and port or, but for loopback, at this
  /// address.
  bool is_trunk(const ip_address& source, std::uint16_t port) const;

  /// Whether the address lies in `trusted-networks`.
  bool in_trusted_network(const ip_address& source) const {
    return networks_.contains(source);
  }

private:
  struct place {
    ip_address address;
    std::uint16_t port = 0; // 0: any
    friend bool operator==(const place&, const place&) = default;
  };
  struct place_hash {
    std::size_t operator()(const place& x) const noexcept;
  };

  void add_trunk(const model::dn& trunk, std::string_view contact);
  const model::dn* find(const place& where) const;
  origin describe(const model::dn* dn, const ip_address& source) const;

  const model::directory* config_ = nullptr;
  std::unordered_map<place, const model::dn*, place_hash> trunks_; // null: two
  network_list networks_;
};

/// Address and port of a contact such as `sip:gw@192.0.2.1:5090;x`, if its
/// host is a numeric address; the port defaults to 5060 (sips: 5061).
struct numeric_place {
  ip_address address;
  std::uint16_t port = 5060;
};
std::optional<numeric_place> numeric_host(std::string_view contact);

/// Whether calls may start and end at a DN of this type, and phones register.
bool is_phone(model::dn_type type);

} // namespace strowger::sip
