#pragma once

#include "services/control/commands.hpp"

#include <strowger/v1/call_service.grpc.pb.h>

namespace strowger::services::control {

/// CallService: each request becomes a demand, the switch does the rest.
class call_service final : public api::CallService::CallbackService {
public:
  explicit call_service(std::shared_ptr<plane> host)
    : commands_(std::move(host)) {
    // nop
  }

  using reactor_type = grpc::ServerUnaryReactor*;
  using context = grpc::CallbackServerContext;

  reactor_type MakeCall(context* call, const api::MakeCallRequest* request,
                        api::MakeCallResponse* response) override;
  reactor_type AnswerCall(context* call, const api::AnswerCallRequest* request,
                          api::AnswerCallResponse* response) override;
  reactor_type ReleaseCall(context* call,
                           const api::ReleaseCallRequest* request,
                           api::ReleaseCallResponse* response) override;
  reactor_type ClearCall(context* call, const api::ClearCallRequest* request,
                         api::ClearCallResponse* response) override;
  reactor_type HoldCall(context* call, const api::HoldCallRequest* request,
                        api::HoldCallResponse* response) override;
  reactor_type RetrieveCall(context* call,
                            const api::RetrieveCallRequest* request,
                            api::RetrieveCallResponse* response) override;
  reactor_type RedirectCall(context* call,
                            const api::RedirectCallRequest* request,
                            api::RedirectCallResponse* response) override;
  reactor_type
  InitiateTransfer(context* call, const api::InitiateTransferRequest* request,
                   api::InitiateTransferResponse* response) override;
  reactor_type
  CompleteTransfer(context* call, const api::CompleteTransferRequest* request,
                   api::CompleteTransferResponse* response) override;
  reactor_type MuteTransfer(context* call,
                            const api::MuteTransferRequest* request,
                            api::MuteTransferResponse* response) override;
  reactor_type SingleStepTransfer(
    context* call, const api::SingleStepTransferRequest* request,
    api::SingleStepTransferResponse* response) override;
  reactor_type AlternateCall(context* call,
                             const api::AlternateCallRequest* request,
                             api::AlternateCallResponse* response) override;
  reactor_type ReconnectCall(context* call,
                             const api::ReconnectCallRequest* request,
                             api::ReconnectCallResponse* response) override;
  reactor_type MergeCalls(context* call, const api::MergeCallsRequest* request,
                          api::MergeCallsResponse* response) override;
  reactor_type SendDtmf(context* call, const api::SendDtmfRequest* request,
                        api::SendDtmfResponse* response) override;

private:
  commands commands_;
};

} // namespace strowger::services::control
