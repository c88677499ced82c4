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

std::string exposure_fault(const control_settings& x) {
  auto address = parse_listen_address(x.listen);
  if (!address || is_loopback(address->host))
    return {};
  if (x.certificate.empty() && x.tokens.empty())
    return "control: beyond the loopback address clients need tokens, or tls "
           "with a client-ca";
  if (x.tokens.empty() && x.client_ca.empty())
    return "control: tls alone lets everybody in; add tokens or a client-ca";
  if (x.certificate.empty())
    return "control: tokens must not travel beyond the loopback address "
           "without tls";
  return {};
}

void reader::check_control(const node& where) {
  if (auto fault = exposure_fault(settings_.control); !fault.empty())
    fail(where, fault);
}

} // namespace strowger::services::config
