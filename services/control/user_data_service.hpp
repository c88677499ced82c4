#pragma once

#include "services/control/commands.hpp"

#include <strowger/v1/user_data_service.grpc.pb.h>

namespace strowger::services::control {

/// UserDataService: each request becomes a demand, the switch does the rest.
class user_data_service final : public api::UserDataService::CallbackService {
public:
  explicit user_data_service(std::shared_ptr<plane> host)
    : commands_(std::move(host)) {
    // nop
  }

  using reactor_type = grpc::ServerUnaryReactor*;
  using context = grpc::CallbackServerContext;

  reactor_type AttachUserData(context* call,
                              const api::AttachUserDataRequest* request,
                              api::AttachUserDataResponse* response) override;
  reactor_type UpdateUserData(context* call,
                              const api::UpdateUserDataRequest* request,
                              api::UpdateUserDataResponse* response) override;
  reactor_type DeleteUserData(context* call,
                              const api::DeleteUserDataRequest* request,
                              api::DeleteUserDataResponse* response) override;
  reactor_type
  DeleteAllUserData(context* call, const api::DeleteAllUserDataRequest* request,
                    api::DeleteAllUserDataResponse* response) override;

private:
  commands commands_;
};

} // namespace strowger::services::control
