#include "services/control/user_data_service.hpp"

namespace strowger::services::control {

namespace {

template <class Request>
complaint read_place(const Request& from, model::demand& to) {
  if (auto error = read_optional_name("dn", from.dn(), to.this_dn))
    return error;
  return read_call_id("call_id", from.call_id(), to.call);
}

complaint read_key(const std::string& from, std::string& to) {
  if (from.empty() || from.size() > model::user_data_limits{}.key_bytes)
    return "key: has 1 to 256 bytes";
  to = from;
  return std::nullopt;
}

} // namespace

user_data_service::reactor_type user_data_service::AttachUserData(
  context* call, const api::AttachUserDataRequest* request,
  api::AttachUserDataResponse* response) {
  return commands_.submit(call, "UserDataService/AttachUserData",
                          model::verb::attach_user_data, *request, response,
                          [&](model::demand& x) -> complaint {
                            if (auto error = read_place(*request, x))
                              return error;
                            return to_model(request->user_data(), x.pairs);
                          });
}

user_data_service::reactor_type user_data_service::UpdateUserData(
  context* call, const api::UpdateUserDataRequest* request,
  api::UpdateUserDataResponse* response) {
  return commands_.submit(call, "UserDataService/UpdateUserData",
                          model::verb::update_user_data, *request, response,
                          [&](model::demand& x) -> complaint {
                            if (auto error = read_place(*request, x))
                              return error;
                            return to_model(request->user_data(), x.pairs);
                          });
}

user_data_service::reactor_type user_data_service::DeleteUserData(
  context* call, const api::DeleteUserDataRequest* request,
  api::DeleteUserDataResponse* response) {
  return commands_.submit(call, "UserDataService/DeleteUserData",
                          model::verb::delete_user_data, *request, response,
                          [&](model::demand& x) -> complaint {
                            if (auto error = read_place(*request, x))
                              return error;
                            return read_key(request->key(), x.text);
                          });
}

user_data_service::reactor_type user_data_service::DeleteAllUserData(
  context* call, const api::DeleteAllUserDataRequest* request,
  api::DeleteAllUserDataResponse* response) {
  return commands_.submit(call, "UserDataService/DeleteAllUserData",
                          model::verb::delete_all_user_data, *request, response,
                          [&](model::demand& x) -> complaint {
                            if (auto error = read_place(*request, x))
                              return error;
                            return std::nullopt;
                          });
}

} // namespace strowger::services::control
