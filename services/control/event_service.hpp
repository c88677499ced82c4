#pragma once

#include "services/control/plane.hpp"

#include <strowger/v1/event_service.grpc.pb.h>

namespace strowger::services::control {

/// EventService. It writes bytes that were serialised once for everybody.
class event_service final
  : public api::EventService::WithRawCallbackMethod_Subscribe<
      api::EventService::Service> {
public:
  explicit event_service(std::shared_ptr<plane> host) : host_(std::move(host)) {
    // nop
  }

  grpc::ServerWriteReactor<grpc::ByteBuffer>*
  Subscribe(grpc::CallbackServerContext* call,
            const grpc::ByteBuffer* request) override;

private:
  std::shared_ptr<plane> host_;
};

} // namespace strowger::services::control
