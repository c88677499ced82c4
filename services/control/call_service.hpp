#pragma once

#include "services/control/plane.hpp"

#include <grpcpp/impl/service_type.h>

#include <memory>

namespace strowger::services::control {

/// CallService: each request becomes a demand, the switch does the rest.
std::unique_ptr<grpc::Service> make_call_service(std::shared_ptr<plane> host);

} // namespace strowger::services::control
