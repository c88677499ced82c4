#pragma once

#include "services/control/plane.hpp"

#include <grpcpp/impl/service_type.h>

#include <memory>

namespace strowger::services::control {

/// AgentService: each request becomes an agent_demand, the switch does the
/// rest. Do not disturb and forwarding are not served yet: UNIMPLEMENTED.
std::unique_ptr<grpc::Service> make_agent_service(std::shared_ptr<plane> host);

} // namespace strowger::services::control
