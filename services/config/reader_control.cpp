#include "services/config/reader.hpp"

namespace strowger::services::config {

namespace {

constexpr std::string_view control_keys[] = {"listen", "tokens", "tls",
                                             "audit"};
constexpr std::string_view tls_keys[] = {"certificate", "key", "client-ca"};

} // namespace

void reader::read_control(const node& value) {
  auto& x = settings_.control;
  if (value.kind != yaml_kind::map) {
    read_address("control", value, x.listen);
  } else {
    read_map(value, "control", control_keys,
             [&](const std::string& key, const node& inner) {
               if (key == "listen")
                 read_address("control listen", inner, x.listen);
               else if (key == "tokens")
                 read_text("control tokens", inner, x.tokens);
               else if (key == "audit")
                 read_text("control audit", inner, x.audit);
               else
                 read_tls(inner);
             });
  }
  check_control(value);
}

void reader::read_tls(const node& map) {
  auto& x = settings_.control;
  read_map(map, "tls", tls_keys,
           [&](const std::string& key, const node& value) {
             read_text("tls " + key, value,
                       key == "certificate" ? x.certificate
                       : key == "key"       ? x.key
                                            : x.client_ca);
           });
  if (map.kind == yaml_kind::map && (x.certificate.empty() || x.key.empty()))
    fail(map, "tls needs a certificate and a key");
}

// What anybody in the network could use is a mistake, not a default.
void reader::check_control(const node& where) {
  auto& x = settings_.control;
  auto address = parse_listen_address(x.listen);
  if (!address || is_loopback(address->host))
    return;
  if (x.certificate.empty() && x.tokens.empty())
    fail(where, "control: beyond the loopback address clients need tokens, or "
                "tls with a client-ca");
  else if (x.tokens.empty() && x.client_ca.empty())
    fail(where, "control: tls alone lets everybody in; add tokens or a "
                "client-ca");
  else if (x.certificate.empty())
    fail(where, "control: tokens must not travel beyond the loopback address "
                "without tls");
}

} // namespace strowger::services::config
