#pragma once

#include "services/config/config.hpp"

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

namespace strowger::services::control {

/// TLS as the settings say, or plaintext. Null if a file cannot be read or is
/// not what it should be; then `error` says which.
std::shared_ptr<grpc::ServerCredentials>
make_credentials(const config::control_settings& settings, std::string& error);

} // namespace strowger::services::control
