#include "services/control/credentials.hpp"

#include <fstream>
#include <iterator>

namespace strowger::services::control {

namespace {

// A look is enough: gRPC says no more than that it cannot listen.
bool read_pem(const std::string& path, std::string_view label, std::string& to,
              std::string& error) {
  std::ifstream in{path, std::ios::binary};
  to.assign(std::istreambuf_iterator<char>{in}, {});
  if (!in || to.empty())
    error = "cannot read " + path;
  else if (to.find(label) == std::string::npos)
    error = path + " is not a PEM file with a " + std::string{label};
  return error.empty();
}

} // namespace

std::shared_ptr<grpc::ServerCredentials>
make_credentials(const config::control_settings& settings, std::string& error) {
  if (settings.certificate.empty())
    return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  std::string client_ca;
  if (!read_pem(settings.key, "PRIVATE KEY", pair.private_key, error)
      || !read_pem(settings.certificate, "CERTIFICATE", pair.cert_chain, error)
      || (!settings.client_ca.empty()
          && !read_pem(settings.client_ca, "CERTIFICATE", client_ca, error)))
    return nullptr;
  grpc::SslServerCredentialsOptions options{
    client_ca.empty()
      ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
      : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY};
  options.pem_key_cert_pairs.push_back(std::move(pair));
  options.pem_root_certs = std::move(client_ca);
  return grpc::SslServerCredentials(options);
}

} // namespace strowger::services::control
