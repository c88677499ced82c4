#include "test/sip/tls_fixture.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace strowger::test {

// -- certificate --------------------------------------------------------------

self_signed::self_signed() {
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

self_signed::~self_signed() {
  std::filesystem::remove_all(folder);
}

model::option_values self_signed::options() const {
  return {{model::option::sip_port_tls, int64_t{tls_port}},
          {model::option::sip_tls_cert, (folder / "cert.pem").string()},
          {model::option::sip_tls_cert_key, (folder / "key.pem").string()}};
}

// -- client -------------------------------------------------------------------

tls_client::tls_client(uint16_t port)
  : socket_(socket(AF_INET, SOCK_STREAM, 0)),
    context_(SSL_CTX_new(TLS_client_method())), session_(SSL_new(context_)),
    in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
  BIO_set_mem_eof_return(in_, -1); // empty is not the end
  SSL_set_bio(session_, in_, out_);
  SSL_set_connect_state(session_);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0);
}

tls_client::~tls_client() {
  close();
  SSL_free(session_);
  SSL_CTX_free(context_);
}

void tls_client::send_raw(std::string_view bytes) {
  auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  REQUIRE(n == static_cast<ssize_t>(bytes.size()));
}

void tls_client::read() {
  char buffer[16384];
  ssize_t n = 0;
  while ((n = recv(socket_, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0)
    BIO_write(in_, buffer, static_cast<int>(n));
  if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
    closed_ = true;
}

void tls_client::write() {
  char buffer[16384];
  int n = 0;
  while ((n = BIO_read(out_, buffer, sizeof(buffer))) > 0)
    send_raw({buffer, static_cast<size_t>(n)});
}

std::string tls_client::hello() {
  SSL_do_handshake(session_);
  std::string result(16384, '\0');
  auto n = BIO_read(out_, result.data(), static_cast<int>(result.size()));
  REQUIRE(n > 0);
  result.resize(static_cast<size_t>(n));
  return result;
}

bool tls_client::shake_hands() {
  read();
  auto done = SSL_do_handshake(session_) == 1;
  write();
  return done;
}

void tls_client::send(std::string_view text) {
  REQUIRE(SSL_write(session_, text.data(), static_cast<int>(text.size()))
          == static_cast<int>(text.size()));
  write();
}

const std::string& tls_client::text() {
  read();
  char buffer[16384];
  int n = 0;
  while ((n = SSL_read(session_, buffer, sizeof(buffer))) > 0)
    text_.append(buffer, static_cast<size_t>(n));
  return text_;
}

void tls_client::say_goodbye() {
  SSL_shutdown(session_);
  write();
}

bool tls_client::is_closed() {
  if (socket_ >= 0)
    read();
  return closed_;
}

void tls_client::close() {
  if (socket_ >= 0)
    ::close(std::exchange(socket_, -1));
}

void tls_client::reset() {
  linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close();
}

} // namespace strowger::test
