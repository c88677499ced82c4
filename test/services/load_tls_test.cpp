#include "services/load/scenario_reader.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdio>
#include <fstream>

using namespace strowger;
using namespace strowger::services;
using namespace std::literals;

namespace {

/// A key, and a certificate for it that it has signed itself.
void write_pair(const std::string& certificate, const std::string& key) {
  auto* pair = EVP_RSA_gen(2048);
  auto* of = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(of), 0);
  X509_gmtime_adj(X509_getm_notAfter(of), 3600);
  X509_set_pubkey(of, pair);
  X509_sign(of, pair, EVP_sha256());
  auto* file = std::fopen(certificate.c_str(), "w");
  PEM_write_X509(file, of);
  std::fclose(file);
  file = std::fopen(key.c_str(), "w");
  PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(of);
  EVP_PKEY_free(pair);
}

struct folder_with_files : scratch_folder {
  folder_with_files() {
    write_pair(at("cert.pem"), at("key.pem"));
    write_pair(at("other.pem"), at("other-key.pem"));
    std::ofstream{at("plain.txt")} << "hello\n";
  }
  std::string at(std::string_view name) const {
    return file(std::string(name));
  }
  load::scenario_result read(std::string_view rest) const {
    return load::read_scenario_text(
      "load: x\ntarget: 127.0.0.1:5061\nlisten: 127.0.0.1:5080\n"
      "populations:\n- {name: p, users: [1], answers: {}}\n"
        + std::string(rest),
      at("f"));
  }
  /// Without the folder.
  std::string errors_of(std::string_view rest) const {
    std::string lines;
    for (auto& error : read(rest).errors)
      lines += to_string(error) + "\n";
    for (auto i = lines.find(at("")); i != lines.npos; i = lines.find(at("")))
      lines.erase(i, at("").size());
    return lines;
  }
};

} // namespace

TEST_CASE_FIXTURE(folder_with_files, "files for TLS stand beside the scenario, "
                                     "and a CA is there to be used") {
  auto result = read("transport: tls\n"
                     "tls: {certificate: cert.pem, key: key.pem}\n");
  REQUIRE(result.value);
  auto& tls = *result.value->tls;
  CHECK(tls.certificate == at("cert.pem"));
  CHECK(tls.key == at("key.pem"));
  CHECK(tls.authorities == "");
  CHECK(!tls.verify);
  result = read("transport: tls\n"
                "tls: {certificate: cert.pem, key: key.pem, ca: other.pem}\n");
  REQUIRE(result.value);
  CHECK(result.value->tls->authorities == at("other.pem"));
  CHECK(result.value->tls->verify);
  result = read("transport: tls\ntls: {certificate: cert.pem, key: key.pem, "
                "ca: other.pem, verify: off}\n");
  REQUIRE(result.value);
  CHECK(!result.value->tls->verify);
}

TEST_CASE_FIXTURE(folder_with_files, "a mistake in what TLS needs is told with "
                                     "its place and what was meant") {
  struct row {
    std::string_view text, errors;
  };
  for (
    auto& x : std::initializer_list<row>{
      {"transport: tls\n",
       "f:6:12: error: transport: tls needs tls: {certificate: FILE, key: "
       "FILE}, which users show to whoever calls them\n"},
      {"tls: {certificate: cert.pem, key: key.pem}\n",
       "f:6:6: error: tls: goes with transport: tls\n"},
      {"transport: tls\ntls: {certificate: cert.pem}\n",
       "f:7:6: error: tls has no key\n"},
      {"transport: tls\ntls: {certificate: cert.pem, keys: key.pem}\n",
       "f:7:30: error: unknown key \"keys\" in tls; did you mean "
       "\"key\"?\n"},
      {"transport: tls\ntls: {certificate: no.pem, key: key.pem}\n",
       "f:7:20: error: certificate: \"no.pem\": cannot open: No such file or "
       "directory\n"},
      {"transport: tls\ntls: {certificate: plain.txt, key: cert.pem}\n",
       "f:7:20: error: certificate: \"plain.txt\" is no certificate in PEM\n"
       "f:7:36: error: key: \"cert.pem\" is no private key in PEM without a "
       "password\n"},
      {"transport: tls\ntls: {certificate: cert.pem, key: other-key.pem}\n",
       "f:7:35: error: key: \"other-key.pem\" is not the key of the "
       "certificate\n"},
      {"transport: tls\ntls: {certificate: cert.pem, key: key.pem, verify: "
       "on}\n",
       "f:7:52: error: verify: on needs ca: the certificates that the target "
       "is checked against\n"},
      {"transport: tls\ntls: {certificate: cert.pem, key: key.pem, ca: "
       "plain.txt, verify: maybe}\n",
       "f:7:67: error: verify: \"maybe\" is none of on, off\n"}}) {
    CAPTURE(std::string(x.text));
    CHECK(errors_of(x.text) == x.errors);
  }
}
