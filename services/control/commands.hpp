#pragma once

#include "actors/model/agent.hpp"
#include "actors/model/demand.hpp"
#include "services/control/request_memory.hpp"
#include "services/control/rpc.hpp"
#include "services/control/status.hpp"
#include "services/control/words.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace strowger::services::control {

/// A request that has come in.
struct arrival {
  grpc::CallbackServerContext* call;
  std::string_view method; // "CallService/MakeCall"
};

/// Defines an rpc of a service that has `commands_`: `read_fields` fills the
/// demand of the third argument, a verb, from the request.
#define STROWGER_RPC(service, name, verb)                                  \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* call,        \
                                 const api::name##Request* request,        \
                                 api::name##Response* response) override { \
    return commands_.submit(                                               \
      {call, #service "/" #name}, verb, *request, response,                \
      [&](auto& demand) { return read_fields(*request, demand); });        \
  }

/// Carries the requests that change something from gRPC to the switch and the
/// verdicts back, for every service that has such requests. It sees to ids of
/// requests, deadlines, roles, errors, metrics and the audit log.
class commands {
public:
  /// What is done on the thread of the switch; the verdict comes exactly once.
  using action = std::function<void(exchange&, model::verdict_taker)>;

  explicit commands(std::shared_ptr<plane> host) : host_(std::move(host)) {
    // nop
  }

  /// Runs an rpc. `prepare(action&, const rpc&)` reads the request into what is
  /// to be done, or returns what is wrong with it. A response with a call_id
  /// gets that of the verdict.
  template <class Request, class Response, class Prepare>
  grpc::ServerUnaryReactor* run(const arrival& from, const Request& request,
                                Response* response, Prepare prepare) {
    auto self = rpc::open(host_, from.call, {from.method, role::control},
                          request.ByteSizeLong(), about(request));
    if (self->refused())
      return self.get();
    action act;
    if (auto error = prepare(act, *self)) {
      self->finish(make_status(model::fault::invalid_argument, *error));
      return self.get();
    }
    start(self, request.request_id(), content_of(from.method, request),
          std::move(act), [response](const model::verdict& x) {
            if constexpr (requires { response->set_call_id(""); })
              response->set_call_id(to_text(x.call));
          });
    return self.get();
  }

  /// Same for a demand: `read(demand&)` fills it from the request, or returns
  /// what is wrong with that.
  template <class Request, class Response, class Read>
  grpc::ServerUnaryReactor* submit(const arrival& from, model::verb verb,
                                   const Request& request, Response* response,
                                   Read read) {
    return run(from, request, response,
               [&](action& act, const rpc&) -> std::optional<std::string> {
                 model::demand x;
                 x.verb = verb;
                 x.request = request.request_id();
                 if (auto error = read(x))
                   return error;
                 act = [x = std::move(x)](exchange& to,
                                          model::verdict_taker done) {
                   to.submit(model::demand{x}, std::move(done));
                 };
                 return std::nullopt;
               });
  }

  /// Same for what concerns an agent.
  template <class Request, class Response, class Read>
  grpc::ServerUnaryReactor* submit(const arrival& from, model::agent_verb verb,
                                   const Request& request, Response* response,
                                   Read read) {
    return run(from, request, response,
               [&](action& act, const rpc& self) -> std::optional<std::string> {
                 model::agent_demand x;
                 x.verb = verb;
                 x.request = request.request_id();
                 x.client = self.who().name;
                 if (auto error = read(x))
                   return error;
                 act = [x = std::move(x)](exchange& to,
                                          model::verdict_taker done) {
                   to.submit_agent(model::agent_demand{x}, std::move(done));
                 };
                 return std::nullopt;
               });
  }

private:
  using filler = std::function<void(const model::verdict&)>;

  template <class Request>
  static request_about about(const Request& x) {
    request_about result;
    result.request_id = x.request_id();
    result.dn = x.dn();
    if constexpr (requires { x.call_id(); })
      result.call_id = x.call_id();
    else if constexpr (requires { x.current_call_id(); })
      result.call_id = x.current_call_id();
    return result;
  }

  static uint64_t content_of(std::string_view name,
                             const google::protobuf::MessageLite& x);
  void start(std::shared_ptr<rpc> self, const std::string& id, uint64_t content,
             action act, filler fill);
  void carry_out(std::shared_ptr<rpc> self, const std::string& id,
                 std::shared_ptr<noted_request> request, action act);

  std::shared_ptr<plane> host_;
  std::shared_ptr<request_memory> memory_ = std::make_shared<request_memory>();
};

// -- shapes of fields; each returns what is wrong, or nothing -----------------

using complaint = std::optional<std::string>;

/// 1 to 64 characters, none of them a control character.
complaint read_name(std::string_view field, const std::string& from,
                    std::string& to);
/// Same, but may be empty.
complaint read_optional_name(std::string_view field, const std::string& from,
                             std::string& to);
complaint read_call_id(std::string_view field, const std::string& from,
                       model::call_id& to);

} // namespace strowger::services::control
