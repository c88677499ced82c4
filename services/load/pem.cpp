#include "services/load/pem.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace strowger::services::load {

namespace {

template <auto free>
struct freeing {
  template <class T>
  void operator()(T* x) const {
    free(x);
  }
};

using bio = std::unique_ptr<BIO, freeing<BIO_free_all>>;
using certificate = std::unique_ptr<X509, freeing<X509_free>>;
using private_key = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY_free>>;

bio open(const std::string& text) {
  return bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

certificate read_certificate(const std::string& pem) {
  auto from = open(pem);
  return certificate{PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr)};
}

/// Nobody is there to be asked for a password.
int no_password(char*, int, int, void*) {
  return -1;
}

} // namespace

std::string fault_of_certificate(const std::string& pem) {
  auto found = read_certificate(pem) != nullptr;
  ERR_clear_error();
  return found ? "" : "is no certificate in PEM";
}

std::string fault_of_key(const std::string& pem,
                         const std::string& certificates) {
  auto from = open(pem);
  private_key key{
    PEM_read_bio_PrivateKey(from.get(), nullptr, no_password, nullptr)};
  auto of = read_certificate(certificates);
  auto fits = key && of && X509_check_private_key(of.get(), key.get()) == 1;
  ERR_clear_error();
  if (!key)
    return "is no private key in PEM without a password";
  return fits || !of ? "" : "is not the key of the certificate";
}

} // namespace strowger::services::load
