#include "services/control/call_service.hpp"

#include <algorithm>

namespace strowger::services::control {

namespace {

constexpr size_t digits_max = 64;

// What each field of a request becomes. A request has those that it has.
template <class Request>
complaint read_fields(const Request& from, model::demand& to) {
  if (auto error = read_name("dn", from.dn(), to.this_dn))
    return error;
  if constexpr (requires { from.call_id(); })
    if (auto error = read_call_id("call_id", from.call_id(), to.call))
      return error;
  if constexpr (requires { from.held_call_id(); }) {
    if (auto error = read_call_id("held_call_id", from.held_call_id(), to.call))
      return error;
    if (auto error = read_call_id("current_call_id", from.current_call_id(),
                                  to.second_call))
      return error;
  }
  if constexpr (requires { from.destination(); })
    if (auto error = read_name("destination", from.destination(),
                               to.destination))
      return error;
  if constexpr (requires { from.user_data(); })
    if (auto error = to_model(from.user_data(), to.pairs))
      return error;
  if constexpr (requires { from.consult_user_data(); }) {
    if (!api::ConsultUserData_IsValid(from.consult_user_data()))
      return "consult_user_data: there is no such word";
    to.consult = static_cast<model::consult_data>(from.consult_user_data());
  }
  return std::nullopt;
}

static_assert(static_cast<int>(model::consult_data::joint)
              == api::CONSULT_USER_DATA_JOINT);

complaint read_digits(const std::string& from, std::string& to) {
  auto is_digit = [](char c) {
    return std::string_view{"0123456789ABCD*#"}.find(c)
           != std::string_view::npos;
  };
  if (from.empty() || from.size() > digits_max
      || !std::ranges::all_of(from, is_digit))
    return "digits: are 1 to 64 of 0-9, A-D, * and #";
  to = from;
  return std::nullopt;
}

} // namespace

call_service::reactor_type
call_service::MakeCall(context* call, const api::MakeCallRequest* request,
                       api::MakeCallResponse* response) {
  return commands_.submit(
    call, "CallService/MakeCall", model::verb::make_call, *request, response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type
call_service::AnswerCall(context* call, const api::AnswerCallRequest* request,
                         api::AnswerCallResponse* response) {
  return commands_.submit(
    call, "CallService/AnswerCall", model::verb::answer_call, *request,
    response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type
call_service::ReleaseCall(context* call, const api::ReleaseCallRequest* request,
                          api::ReleaseCallResponse* response) {
  return commands_.submit(
    call, "CallService/ReleaseCall", model::verb::release_call, *request,
    response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type
call_service::ClearCall(context* call, const api::ClearCallRequest* request,
                        api::ClearCallResponse* response) {
  return commands_.submit(
    call, "CallService/ClearCall", model::verb::clear_call, *request, response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type
call_service::HoldCall(context* call, const api::HoldCallRequest* request,
                       api::HoldCallResponse* response) {
  return commands_.submit(
    call, "CallService/HoldCall", model::verb::hold_call, *request, response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type call_service::RetrieveCall(
  context* call, const api::RetrieveCallRequest* request,
  api::RetrieveCallResponse* response) {
  return commands_.submit(
    call, "CallService/RetrieveCall", model::verb::retrieve_call, *request,
    response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type call_service::RedirectCall(
  context* call, const api::RedirectCallRequest* request,
  api::RedirectCallResponse* response) {
  return commands_.submit(
    call, "CallService/RedirectCall", model::verb::redirect_call, *request,
    response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type call_service::InitiateTransfer(
  context* call, const api::InitiateTransferRequest* request,
  api::InitiateTransferResponse* response) {
  return commands_.submit(
    call, "CallService/InitiateTransfer", model::verb::initiate_transfer,
    *request, response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type call_service::CompleteTransfer(
  context* call, const api::CompleteTransferRequest* request,
  api::CompleteTransferResponse* response) {
  return commands_.submit(
    call, "CallService/CompleteTransfer", model::verb::complete_transfer,
    *request, response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type call_service::MuteTransfer(
  context* call, const api::MuteTransferRequest* request,
  api::MuteTransferResponse* response) {
  return commands_.submit(
    call, "CallService/MuteTransfer", model::verb::mute_transfer, *request,
    response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type call_service::SingleStepTransfer(
  context* call, const api::SingleStepTransferRequest* request,
  api::SingleStepTransferResponse* response) {
  return commands_.submit(
    call, "CallService/SingleStepTransfer", model::verb::single_step_transfer,
    *request, response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type call_service::AlternateCall(
  context* call, const api::AlternateCallRequest* request,
  api::AlternateCallResponse* response) {
  return commands_.submit(
    call, "CallService/AlternateCall", model::verb::alternate_call, *request,
    response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type call_service::ReconnectCall(
  context* call, const api::ReconnectCallRequest* request,
  api::ReconnectCallResponse* response) {
  return commands_.submit(
    call, "CallService/ReconnectCall", model::verb::reconnect_call, *request,
    response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type
call_service::MergeCalls(context* call, const api::MergeCallsRequest* request,
                         api::MergeCallsResponse* response) {
  return commands_.submit(
    call, "CallService/MergeCalls", model::verb::merge_calls, *request,
    response,
    [&](model::demand& x) -> complaint { return read_fields(*request, x); });
}

call_service::reactor_type
call_service::SendDtmf(context* call, const api::SendDtmfRequest* request,
                       api::SendDtmfResponse* response) {
  return commands_.submit(call, "CallService/SendDtmf", model::verb::send_dtmf,
                          *request, response,
                          [&](model::demand& x) -> complaint {
                            if (auto error = read_fields(*request, x))
                              return error;
                            return read_digits(request->digits(), x.text);
                          });
}

} // namespace strowger::services::control
