#include "services/control/agent_service.hpp"

#include "actors/model/dn_features.hpp"
#include "services/control/commands.hpp"

#include <strowger/v1/agent_service.grpc.pb.h>

namespace strowger::services::control {

namespace {

using model::agent_verb;

static_assert(static_cast<int>(model::work_mode::return_back)
              == api::WORK_MODE_RETURN_BACK);

complaint read_password(const std::string& from, std::string& to) {
  if (from.size() > model::max_agent_text)
    return "password: has more than 255 bytes";
  to = from;
  return std::nullopt;
}

// What each field of a request becomes. A request has those that it has; what
// they mean together is for the desk to judge.
template <class Request>
complaint read_fields(const Request& from, model::agent_demand& to) {
  if (auto error = read_name("dn", from.dn(), to.dn))
    return error;
  if constexpr (requires { from.agent_id(); }) {
    if (auto error = read_name("agent_id", from.agent_id(), to.agent))
      return error;
    if (auto error = read_optional_name("queue", from.queue(), to.queue))
      return error;
    if (auto error = read_password(from.password(), to.password))
      return error;
  }
  if constexpr (requires { from.reason(); })
    if (auto error = read_optional_name("reason", from.reason(), to.reason))
      return error;
  if constexpr (requires { from.work_mode(); }) {
    if (!api::WorkMode_IsValid(from.work_mode()))
      return "work_mode: there is no such word";
    to.mode = static_cast<model::work_mode>(from.work_mode());
  }
  if constexpr (requires { from.wrap_up_s(); })
    if (from.has_wrap_up_s())
      to.wrap_up_s = from.wrap_up_s();
  if constexpr (requires { from.on_call(); })
    if (from.has_on_call())
      to.on_call = from.on_call();
  if constexpr (requires { from.duration_ms(); }) {
    to.reserve_ms = from.duration_ms();
    to.reserve_priority = from.priority();
  }
  return std::nullopt;
}

// Same for what concerns a DN, whoever is logged in there.
template <class Request>
complaint read_fields(const Request& from, model::demand& to) {
  if (auto error = read_name("dn", from.dn(), to.this_dn))
    return error;
  if constexpr (requires { from.mode(); }) {
    if (!api::ForwardMode_IsValid(from.mode()))
      return "mode: there is no such word";
    to.text = to_string(static_cast<model::forward_mode>(from.mode()));
    return read_name("destination", from.destination(), to.destination);
  }
  return std::nullopt;
}

class agent_service final : public api::AgentService::CallbackService {
public:
  explicit agent_service(std::shared_ptr<plane> host)
    : commands_(std::move(host)) {
    // nop
  }

  STROWGER_RPC(AgentService, LoginAgent, agent_verb::login)
  STROWGER_RPC(AgentService, LogoutAgent, agent_verb::logout)
  STROWGER_RPC(AgentService, SetAgentReady, agent_verb::ready)
  STROWGER_RPC(AgentService, SetAgentNotReady, agent_verb::not_ready)
  STROWGER_RPC(AgentService, ReserveAgent, agent_verb::reserve)
  STROWGER_RPC(AgentService, CancelReserveAgent, agent_verb::cancel_reserve)
  STROWGER_RPC(AgentService, SetDnd, model::verb::set_dnd)
  STROWGER_RPC(AgentService, CancelDnd, model::verb::cancel_dnd)
  STROWGER_RPC(AgentService, SetForward, model::verb::set_forward)
  STROWGER_RPC(AgentService, CancelForward, model::verb::cancel_forward)

private:
  commands commands_;
};

} // namespace

std::unique_ptr<grpc::Service> make_agent_service(std::shared_ptr<plane> host) {
  return std::make_unique<agent_service>(std::move(host));
}

} // namespace strowger::services::control
