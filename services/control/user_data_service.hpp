#pragma once

#include "services/control/plane.hpp"

#include <grpcpp/impl/service_type.h>

#include <memory>

namespace strowger::services::control {

/// UserDataService: each request becomes a demand, the switch does the rest.
std::unique_ptr<grpc::Service>
make_user_data_service(std::shared_ptr<plane> host);

} // namespace strowger::services::control
