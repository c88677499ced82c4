#include "services/control/call_service.hpp"

#include "services/control/commands.hpp"

#include <strowger/v1/call_service.grpc.pb.h>

#include <algorithm>

namespace strowger::services::control {

namespace {

constexpr size_t digits_max = 64;

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
  if constexpr (requires { from.business_call(); }) {
    if (!api::BusinessCall_IsValid(from.business_call()))
      return "business_call: there is no such word";
    to.business = static_cast<model::business_call>(from.business_call());
  }
  if constexpr (requires { from.digits(); })
    return read_digits(from.digits(), to.text);
  return std::nullopt;
}

static_assert(static_cast<int>(model::consult_data::joint)
              == api::CONSULT_USER_DATA_JOINT);

class call_service final : public api::CallService::CallbackService {
public:
  explicit call_service(std::shared_ptr<plane> host)
    : commands_(std::move(host)) {
    // nop
  }

  STROWGER_RPC(CallService, MakeCall, make_call)
  STROWGER_RPC(CallService, AnswerCall, answer_call)
  STROWGER_RPC(CallService, ReleaseCall, release_call)
  STROWGER_RPC(CallService, ClearCall, clear_call)
  STROWGER_RPC(CallService, HoldCall, hold_call)
  STROWGER_RPC(CallService, RetrieveCall, retrieve_call)
  STROWGER_RPC(CallService, RedirectCall, redirect_call)
  STROWGER_RPC(CallService, InitiateTransfer, initiate_transfer)
  STROWGER_RPC(CallService, CompleteTransfer, complete_transfer)
  STROWGER_RPC(CallService, MuteTransfer, mute_transfer)
  STROWGER_RPC(CallService, SingleStepTransfer, single_step_transfer)
  STROWGER_RPC(CallService, AlternateCall, alternate_call)
  STROWGER_RPC(CallService, ReconnectCall, reconnect_call)
  STROWGER_RPC(CallService, MergeCalls, merge_calls)
  STROWGER_RPC(CallService, SendDtmf, send_dtmf)

private:
  using enum model::verb;

  commands commands_;
};

} // namespace

std::unique_ptr<grpc::Service> make_call_service(std::shared_ptr<plane> host) {
  return std::make_unique<call_service>(std::move(host));
}

} // namespace strowger::services::control
