#include "services/config/wording.hpp"
#include "services/load/pem.hpp"
#include "services/load/scenario_parser.hpp"

#include <filesystem>

/// Certificates of a run over TLS.
namespace strowger::services::load {

namespace {

constexpr std::string_view tls_keys[] = {"certificate", "key", "ca", "verify"};
constexpr std::string_view switches[] = {"on", "off"};

} // namespace

void scenario_parser::check_transport(const field_map& fields) {
  auto tls = fields["tls"];
  if (tls)
    read_tls(*tls);
  if (tls && value_.transport != "tls")
    fail(*tls, "tls: goes with transport: tls");
  if (!tls && value_.transport == "tls")
    fail(*fields["transport"],
         "transport: tls needs tls: {certificate: FILE, key: FILE}, which "
         "users show to whoever calls them");
}

void scenario_parser::read_tls(const node& map) {
  auto before = errors_.size();
  auto fields = read_fields(map, "tls", tls_keys, {"certificate", "key"});
  auto& x = value_.tls.emplace();
  std::string certificate, key, authorities;
  read_pem("certificate", fields["certificate"], x.certificate, certificate);
  read_pem("key", fields["key"], x.key, key);
  read_pem("ca", fields["ca"], x.authorities, authorities);
  std::string word = x.authorities.empty() ? "off" : "on";
  if (auto verify = fields["verify"])
    read_word("verify", *verify, switches, word);
  x.verify = word == "on";
  if (errors_.size() > before)
    return;
  if (x.verify && x.authorities.empty())
    fail(*fields["verify"], "verify: on needs ca: the certificates that the "
                            "target is checked against");
  auto check = [&](std::string_view what, std::string fault) {
    if (!fault.empty())
      fail(*fields[what], std::string(what) + ": "
                            + config::quoted(fields[what]->text) + " " + fault);
  };
  check("certificate", fault_of_certificate(certificate));
  check("key", fault_of_key(key, certificate));
  if (fields["ca"])
    check("ca", fault_of_certificate(authorities));
}

void scenario_parser::read_pem(std::string_view what, const node* value,
                               std::string& path, std::string& content) {
  std::string name;
  if (value)
    read_text(what, *value, name);
  if (name.empty())
    return;
  path = (std::filesystem::path{file_}.parent_path() / name).string();
  std::string error;
  if (auto text = files_(path, error))
    content = std::move(*text);
  else
    fail(*value,
         std::string(what) + ": " + config::quoted(path) + ": " + error);
}

} // namespace strowger::services::load
