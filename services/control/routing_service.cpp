#include "services/control/routing_service.hpp"

namespace strowger::services::control {

namespace {

constexpr method_info serve{"RoutingService/Serve", role::control};

} // namespace

grpc::ServerBidiReactor<api::ServeRequest, api::ServeResponse>*
routing_service::Serve(grpc::CallbackServerContext* call) {
  client who;
  auto verdict = admit(*host_, *call, serve, 0, who);
  auto self = std::make_shared<routing_stream>(
    host_, streams_,
    [host = host_, call, who](const grpc::Status& outcome) {
      conclude(*host, *call, serve, who, {}, outcome);
    },
    routing_audit::make(host_, who, call->peer()));
  if (verdict.ok())
    self->start();
  else
    self->refuse(verdict);
  return self.get();
}

} // namespace strowger::services::control
