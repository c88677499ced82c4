#include "sip/identify.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace strowger::sip {

namespace {

using model::dn_type;
using model::option;

bool is_loopback(const ip_address& address) {
  constexpr ip_address v6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  return address.is_v4() ? address.bytes[12] == 127 : address == v6;
}

bool takes_off(std::string_view& text, std::string_view scheme) {
  const auto same = text.size() > scheme.size()
                    && std::equal(scheme.begin(), scheme.end(), text.begin(),
                                  [](char a, char b) { return a == (b | 32); })
                    && text[scheme.size()] == ':';
  if (same)
    text.remove_prefix(scheme.size() + 1);
  return same;
}

bool must_prove_itself(const model::directory& config, const model::dn& dn) {
  const auto& what = config.list(option::authenticate_requests, &dn);
  return std::find(what.begin(), what.end(), "invite") != what.end();
}

} // namespace

bool is_phone(dn_type type) {
  return type == dn_type::extension || type == dn_type::acd_position
         || type == dn_type::voice_treatment_port;
}

std::optional<numeric_place> numeric_host(std::string_view contact) {
  numeric_place result;
  if (takes_off(contact, "sips"))
    result.port = 5061;
  else
    takes_off(contact, "sip");
  contact = contact.substr(0, contact.find_first_of(";?>"));
  contact.remove_prefix(contact.rfind('@') + 1); // npos + 1 == 0
  const auto host = contact.substr(
    0, contact.starts_with('[') ? contact.find(']') + 1 : contact.find(':'));
  const auto address = parse_address(host);
  if (!address)
    return std::nullopt;
  result.address = *address;
  contact.remove_prefix(host.size());
  if (contact.empty())
    return result;
  const auto end = contact.data() + contact.size();
  const auto [stop, error]
    = std::from_chars(contact.data() + 1, end, result.port);
  if (contact.front() != ':' || error != std::errc{} || stop != end)
    return std::nullopt;
  return result;
}

// -- table of trunks ---------------------------------------------------------

std::size_t identifier::place_hash::operator()(const place& x) const noexcept {
  std::uint64_t half[2];
  std::memcpy(half, x.address.bytes.data(), sizeof(half));
  auto hash = (half[0] * 0x9e3779b97f4a7c15u) ^ half[1] ^ x.port;
  hash = (hash ^ (hash >> 31)) * 0xbf58476d1ce4e5b9u;
  return static_cast<std::size_t>(hash ^ (hash >> 29));
}

void identifier::configure(const model::directory& config) {
  config_ = &config;
  trunks_.clear();
  networks_ = {};
  for (const auto& network : config.list(option::trusted_networks))
    networks_.add(network);
  for (const auto& dn : config.dns())
    if (dn.type == dn_type::trunk) {
      add_trunk(dn, config.text(option::contact, &dn));
      for (const auto& backup : config.list(option::contacts_backup, &dn))
        add_trunk(dn, backup);
    }
}

void identifier::add_trunk(const model::dn& trunk, std::string_view contact) {
  const auto at = numeric_host(contact);
  if (!at)
    return;
  // Two trunks with the same address and port: the first one is as good as
  // the other. By the address alone nobody can tell.
  trunks_.emplace(place{at->address, at->port}, &trunk);
  if (is_loopback(at->address))
    return;
  const auto [it, is_new] = trunks_.emplace(place{at->address, 0}, &trunk);
  if (!is_new && it->second != &trunk)
    it->second = nullptr;
}

const model::dn* identifier::find(const place& where) const {
  const auto it = trunks_.find(where);
  return it == trunks_.end() ? nullptr : it->second;
}

bool identifier::is_trunk(const ip_address& source, std::uint16_t port) const {
  return !trunks_.empty()
         && (trunks_.contains({source, port}) || trunks_.contains({source, 0}));
}

// -- origin ------------------------------------------------------------------

origin identifier::describe(const model::dn* dn,
                            const ip_address& source) const {
  const auto near = networks_.contains(source);
  const auto trusted = near || (dn && config_->flag(option::trusted, dn));
  // A From header is no proof: a DN that nobody asks for its password calls
  // out only if it, or where it calls from, is trusted.
  const auto known = dn && (!is_phone(dn->type)
                            || must_prove_itself(*config_, *dn));
  return {dn, trusted, trusted || known};
}

origin identifier::identify(const ip_address& source, std::uint16_t port,
                            std::string_view from_user) const {
  if (const auto trunk = find({source, port}))
    return describe(trunk, source);
  auto dn = config_->find(from_user);
  if (dn && !is_phone(dn->type))
    dn = nullptr;
  if (dn && must_prove_itself(*config_, *dn))
    return describe(dn, source);
  if (const auto trunk = find({source, 0}))
    return describe(trunk, source);
  return describe(dn, source);
}

} // namespace strowger::sip
