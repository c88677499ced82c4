#include "services/control/user_data_service.hpp"

#include "services/control/commands.hpp"

#include <strowger/v1/user_data_service.grpc.pb.h>

namespace strowger::services::control {

namespace {

complaint read_key(const std::string& from, std::string& to) {
  if (from.empty() || from.size() > model::user_data_limits{}.key_bytes)
    return "key: has 1 to 256 bytes";
  to = from;
  return std::nullopt;
}

// What each field of a request becomes. A request has those that it has.
template <class Request>
complaint read_fields(const Request& from, model::demand& to) {
  if (auto error = read_optional_name("dn", from.dn(), to.this_dn))
    return error;
  if (auto error = read_call_id("call_id", from.call_id(), to.call))
    return error;
  if constexpr (requires { from.user_data(); })
    return to_model(from.user_data(), to.pairs);
  if constexpr (requires { from.key(); })
    return read_key(from.key(), to.text);
  return std::nullopt;
}

class user_data_service final : public api::UserDataService::CallbackService {
public:
  explicit user_data_service(std::shared_ptr<plane> host)
    : commands_(std::move(host)) {
    // nop
  }

  STROWGER_RPC(UserDataService, AttachUserData, attach_user_data)
  STROWGER_RPC(UserDataService, UpdateUserData, update_user_data)
  STROWGER_RPC(UserDataService, DeleteUserData, delete_user_data)
  STROWGER_RPC(UserDataService, DeleteAllUserData, delete_all_user_data)

private:
  using enum model::verb;

  commands commands_;
};

} // namespace

std::unique_ptr<grpc::Service>
make_user_data_service(std::shared_ptr<plane> host) {
  return std::make_unique<user_data_service>(std::move(host));
}

} // namespace strowger::services::control
