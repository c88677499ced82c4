#pragma once

#include "services/control/commands.hpp"

#include <strowger/v1/agent_service.grpc.pb.h>

namespace strowger::services::control {

/// AgentService: each request becomes an agent_demand, the switch does the
/// rest. Do not disturb and forwarding are not served yet: UNIMPLEMENTED.
class agent_service final : public api::AgentService::CallbackService {
public:
  explicit agent_service(std::shared_ptr<plane> host)
    : commands_(std::move(host)) {
    // nop
  }

  using reactor_type = grpc::ServerUnaryReactor*;
  using context = grpc::CallbackServerContext;

  reactor_type LoginAgent(context* call, const api::LoginAgentRequest* request,
                          api::LoginAgentResponse* response) override;
  reactor_type LogoutAgent(context* call,
                           const api::LogoutAgentRequest* request,
                           api::LogoutAgentResponse* response) override;
  reactor_type SetAgentReady(context* call,
                             const api::SetAgentReadyRequest* request,
                             api::SetAgentReadyResponse* response) override;
  reactor_type
  SetAgentNotReady(context* call, const api::SetAgentNotReadyRequest* request,
                   api::SetAgentNotReadyResponse* response) override;
  reactor_type ReserveAgent(context* call,
                            const api::ReserveAgentRequest* request,
                            api::ReserveAgentResponse* response) override;
  reactor_type CancelReserveAgent(
    context* call, const api::CancelReserveAgentRequest* request,
    api::CancelReserveAgentResponse* response) override;

private:
  template <class Request, class Response>
  reactor_type submit(context* call, std::string_view name,
                      model::agent_verb verb, const Request& request,
                      Response* response);

  commands commands_;
};

} // namespace strowger::services::control
