#include "test/sip/edge_fixture.hpp"

#include "sip/listeners.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#ifdef __SANITIZE_ADDRESS__
#  include <sanitizer/lsan_interface.h>
#endif

using namespace strowger;
using namespace strowger::test;

namespace {

// A key and a self-signed certificate, in a directory of their own.
struct self_signed {
  self_signed() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "edge-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    auto* key = EVP_EC_gen("P-256");
    auto* x = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    auto* name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
    X509_set_issuer_name(x, name);
    X509_sign(x, key, EVP_sha256());
    auto* file = std::fopen((folder / "key.pem").c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    file = std::fopen((folder / "cert.pem").c_str(), "w");
    PEM_write_X509(file, x);
    std::fclose(file);
    X509_free(x);
    EVP_PKEY_free(key);
  }
  ~self_signed() {
    std::filesystem::remove_all(folder);
  }
  model::option_values options() const {
    return {{model::option::sip_port_tls, int64_t{26005}},
            {model::option::sip_tls_cert, (folder / "cert.pem").string()},
            {model::option::sip_tls_cert_key, (folder / "key.pem").string()}};
  }
  std::filesystem::path folder;
};

// Sofia never frees the SSL object of a connection (its tls_free() shuts it
// down only), so what is allocated while one lives is not to be judged.
struct leaky {
#ifdef __SANITIZE_ADDRESS__
  leaky() {
    __lsan_disable();
  }
  ~leaky() {
    __lsan_enable();
  }
#endif
};

struct tls_fixture : leaky, self_signed, edge_fixture {
  tls_fixture() : edge_fixture(500, self_signed::options()) {
  }
};

} // namespace

TEST_CASE_FIXTURE(tls_fixture, "a request goes out and comes in over TLS") {
  peer a(26001);
  call_from(a);
  // To our own TLS listener: it comes back, and is found to be a loop.
  model::invite x;
  x.leg = 1;
  x.target.uri = "sip:7001@127.0.0.1:26005;transport=tls";
  perform(std::move(x));
  REQUIRE(until([&] { return heard.size() > read; }, 5000));
  auto looped = hear<model::responded>();
  CHECK(looped.status == 482);
  CHECK(!looped.local);
}

TEST_CASE("the certificates are copied to a place of their own, then removed") {
  self_signed pair;
  model::directory_builder builder;
  const auto options = pair.options();
  for (const auto& [id, value] : options.entries())
    builder.set(id, value);
  auto config = builder.build();
  std::string path;
  {
    sip::certificates files;
    CHECK(!files.prepare(*config).has_value());
    path = files.path();
    struct stat info {};
    REQUIRE(stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);
    REQUIRE(stat((path + "/agent.pem").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(std::filesystem::exists(path + "/cafile.pem"));
  }
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("a certificate that cannot be read is named") {
  model::directory_builder builder;
  builder.set(model::option::sip_port_tls, int64_t{26005});
  builder.set(model::option::sip_tls_cert, std::string{"/nowhere/x.pem"});
  builder.set(model::option::sip_tls_cert_key, std::string{"/nowhere/y.pem"});
  auto config = builder.build();
  REQUIRE(config != nullptr);
  sip::certificates files;
  auto error = files.prepare(*config);
  REQUIRE(error.has_value());
  CHECK(error->find("sip-tls-cert: cannot read /nowhere/x.pem") == 0);
}
