#pragma once

#include "services/control/routing_stream.hpp"

#include <strowger/v1/routing_service.grpc.pb.h>

#include <memory>

namespace strowger::services::control {

/// RoutingService: each Serve becomes a client of the switch's routing desk.
class routing_service final : public api::RoutingService::CallbackService {
public:
  routing_service(std::shared_ptr<plane> host,
                  std::shared_ptr<routing_streams> streams)
    : host_(std::move(host)), streams_(std::move(streams)) {
    // nop
  }

  grpc::ServerBidiReactor<api::ServeRequest, api::ServeResponse>*
  Serve(grpc::CallbackServerContext* call) override;

private:
  std::shared_ptr<plane> host_;
  std::shared_ptr<routing_streams> streams_;
};

} // namespace strowger::services::control
