#pragma once

#include "services/config/keeper.hpp"

#include <grpcpp/support/status.h>
#include <strowger/v1/configuration_service.pb.h>

namespace strowger::services::control {

namespace api = strowger::v1;

/// Writes the page that was asked for: objects of the document, then those that
/// are removed or inactive.
grpc::Status fill_page(const config::configuration_view& from,
                       const api::GetConfigurationRequest& request,
                       api::GetConfigurationResponse& response);

} // namespace strowger::services::control
