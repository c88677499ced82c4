#pragma once

#include "services/config/keeper.hpp"
#include "services/control/configuration_watch.hpp"
#include "services/control/plane.hpp"

#include <strowger/v1/configuration_service.grpc.pb.h>

namespace strowger::services::control {

/// ConfigurationService. The keeper does the work on its own thread, which
/// answers, too.
class configuration_service final
  : public api::ConfigurationService::CallbackService {
public:
  /// Without a keeper every request is UNSUPPORTED.
  configuration_service(std::shared_ptr<plane> host,
                        std::shared_ptr<config::keeper> keeper,
                        std::shared_ptr<configuration_watches> watches)
    : host_(std::move(host)), keeper_(std::move(keeper)),
      watches_(std::move(watches)) {
    // nop
  }

  using reactor_type = grpc::ServerUnaryReactor*;
  using context = grpc::CallbackServerContext;

  reactor_type
  GetConfiguration(context* call, const api::GetConfigurationRequest* request,
                   api::GetConfigurationResponse* response) override;
  reactor_type ListOptions(context* call,
                           const api::ListOptionsRequest* request,
                           api::ListOptionsResponse* response) override;
  reactor_type ValidateChanges(context* call,
                               const api::ValidateChangesRequest* request,
                               api::ValidateChangesResponse* response) override;
  reactor_type ApplyChanges(context* call,
                            const api::ApplyChangesRequest* request,
                            api::ApplyChangesResponse* response) override;
  grpc::ServerWriteReactor<api::WatchConfigurationResponse>* WatchConfiguration(
    context* call, const api::WatchConfigurationRequest* request) override;

private:
  std::shared_ptr<plane> host_;
  std::shared_ptr<config::keeper> keeper_;
  std::shared_ptr<configuration_watches> watches_;
};

} // namespace strowger::services::control
