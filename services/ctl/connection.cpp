#include "services/ctl/connection.hpp"

#include "services/control/status.hpp"
#include "services/ctl/fields.hpp"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <fstream>
#include <iterator>

namespace strowger::services::ctl {

namespace {

// A request is answered at once, or the switch is in trouble.
constexpr auto request_timeout = std::chrono::seconds{10};

bool read_file(const std::string& path, std::string& to, std::string& error) {
  if (path.empty())
    return true;
  std::ifstream file{path};
  to.assign(std::istreambuf_iterator<char>{file}, {});
  if (file && !to.empty())
    return true;
  error = "cannot read " + path;
  return false;
}

std::string first_word(const std::string& text) {
  constexpr auto blanks = " \t\r\n";
  auto begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos)
    return {};
  return text.substr(begin, text.find_first_of(blanks, begin) - begin);
}

} // namespace

std::unique_ptr<connection> connection::make(const settings& from,
                                             std::string& error) {
  auto result = std::make_unique<connection>();
  grpc::SslCredentialsOptions tls;
  if (!read_file(from.ca, tls.pem_root_certs, error)
      || !read_file(from.cert, tls.pem_cert_chain, error)
      || !read_file(from.key, tls.pem_private_key, error)
      || !read_file(from.token_file, result->token_, error))
    return nullptr;
  result->token_ = from.token.empty() ? first_word(result->token_) : from.token;
  grpc::ChannelArguments options;
  // Whoever watches wants to be back soon after a restart; gRPC would wait for
  // up to 2 minutes.
  options.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  options.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  options.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // A switch whose machine is gone says nothing: it has to be asked.
  options.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  options.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  auto credentials = from.ca.empty() && from.cert.empty()
                       ? grpc::InsecureChannelCredentials()
                       : grpc::SslCredentials(tls);
  result->channel_ = grpc::CreateCustomChannel(from.server, credentials,
                                               options);
  return result;
}

void connection::enter(grpc::ClientContext& call) const {
  if (!token_.empty())
    call.AddMetadata("authorization", "Bearer " + token_);
}

void prepare(const connection& through, grpc::ClientContext& call) {
  call.set_deadline(std::chrono::system_clock::now() + request_timeout);
  through.enter(call);
}

std::string error_line(const grpc::Status& x) {
  auto reason = control::reason_of(x);
  if (reason.empty())
    reason = control::to_string(x.error_code());
  return printable("ctl: " + reason + ": " + x.error_message());
}

} // namespace strowger::services::ctl
