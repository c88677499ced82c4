#pragma once

#include "services/control/plane.hpp"

#include <grpcpp/impl/service_type.h>

#include <memory>

namespace strowger::services::control {

/// AgentService: each request becomes an agent_demand, or a demand for its DN;
/// the switch does the rest.
std::unique_ptr<grpc::Service> make_agent_service(std::shared_ptr<plane> host);

} // namespace strowger::services::control
