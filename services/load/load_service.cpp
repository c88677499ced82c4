#include "services/load/load_service.hpp"

#include "services/control/access.hpp"
#include "services/control/credentials.hpp"
#include "services/control/grpc_setup.hpp"
#include "services/control/status.hpp"
#include "services/load/run_watch.hpp"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <strowger/v1/load_service.grpc.pb.h>

#include <chrono>
#include <cmath>
#include <utility>

namespace strowger::services::load {

namespace {

using namespace std::chrono_literals;
using control::make_status;

// A million users in a CSV file are some 20 MB.
constexpr int receive_bytes_max = 64 * 1024 * 1024;

// Nobody has a device that takes more; the sum of calls must stay a number.
constexpr double rate_max_per_s = 1e6;

// Streams end by themselves when the run does.
constexpr auto last_words = 500ms;

grpc::Status unknown_run(const std::string& id) {
  return make_status(grpc::NOT_FOUND, api::REASON_UNKNOWN_RUN,
                     id.empty() ? "there was no run yet"
                                : "the generator has no such run",
                     {"run_id", id});
}

/// Requests wait for the thread that plays, which may have a scenario of many
/// MB to open; so they have threads of gRPC's. Streams have none.
using service_base
  = api::LoadService::WithCallbackMethod_WatchRun<api::LoadService::Service>;

class service final : public service_base {
public:
  service(generator& of, std::shared_ptr<control::access> who)
    : of_(of), access_(std::move(who)) {
    // nop
  }

  grpc::Status StartRun(grpc::ServerContext* call,
                        const api::StartRunRequest* x,
                        api::StartRunResponse*) override {
    if (auto refused = refusal(*call, control::role::control); !refused.ok())
      return refused;
    return of_.start(*x);
  }

  grpc::Status ContinueRun(grpc::ServerContext* call,
                           const api::ContinueRunRequest* x,
                           api::ContinueRunResponse*) override {
    return order(*call, x->run_id(), [&](run_record& run) {
      run.go_on(std::chrono::milliseconds{x->after_ms()});
      return grpc::Status::OK;
    });
  }

  grpc::Status StopRun(grpc::ServerContext* call, const api::StopRunRequest* x,
                       api::StopRunResponse*) override {
    return order(*call, x->run_id(), [&](run_record& run) {
      run.stop(x->how());
      return grpc::Status::OK;
    });
  }

  grpc::Status SetRate(grpc::ServerContext* call, const api::SetRateRequest* x,
                       api::SetRateResponse* to) override {
    return order(*call, x->run_id(), [&](run_record& run) {
      if (!(x->rate_per_s() >= 0 && x->rate_per_s() <= rate_max_per_s))
        return make_status(model::fault::invalid_argument,
                           "rate_per_s: from 0 to 1000000");
      auto before = run.set_rate(x->rate_per_s());
      if (!before)
        return make_status(grpc::FAILED_PRECONDITION, api::REASON_NO_RATE,
                           "no calls are made at a rate now");
      to->set_rate_before_per_s(*before);
      return grpc::Status::OK;
    });
  }

  grpc::Status GetRun(grpc::ServerContext* call, const api::GetRunRequest* x,
                      api::GetRunResponse* to) override {
    if (auto refused = refusal(*call, control::role::observe); !refused.ok())
      return refused;
    auto run = of_.find(x->run_id());
    if (!run)
      return unknown_run(x->run_id());
    run->describe(*to);
    return grpc::Status::OK;
  }

  grpc::ServerWriteReactor<api::WatchRunResponse>* WatchRun(
    grpc::CallbackServerContext* call, const api::WatchRunRequest* x) override {
    auto needs = x->end_with_stream() ? control::role::control
                                      : control::role::observe;
    if (auto refused = refusal(*call, needs); !refused.ok())
      return run_watch::refused(refused);
    auto run = of_.find(x->run_id());
    if (!run)
      return run_watch::refused(unknown_run(x->run_id()));
    auto watch = std::make_shared<run_watch>(run, x->end_with_stream());
    watch->start();
    return watch.get();
  }

private:
  grpc::Status refusal(const grpc::ServerContextBase& call,
                       control::role needs) const {
    auto who = access_->identify(call);
    if (!who)
      return make_status(grpc::UNAUTHENTICATED, api::REASON_BAD_TOKEN,
                         "authorization: Bearer TOKEN is missing, or the token "
                         "is not known");
    if (who->role < needs)
      return make_status(grpc::PERMISSION_DENIED, api::REASON_ROLE_TOO_LOW,
                         "this needs the role "
                           + std::string{control::to_string(needs)},
                         {"role", control::to_string(needs)});
    return grpc::Status::OK;
  }

  template <class Do>
  grpc::Status order(const grpc::ServerContextBase& call, const std::string& id,
                     Do what) {
    if (auto refused = refusal(call, control::role::control); !refused.ok())
      return refused;
    auto run = of_.find(id);
    return run ? what(*run) : unknown_run(id);
  }

  generator& of_;
  std::shared_ptr<control::access> access_;
};

} // namespace

struct load_server::state {
  service what;
  std::unique_ptr<grpc::Server> grpc = nullptr;
  int port = 0;
};

load_server::load_server(std::unique_ptr<state> made)
  : state_(std::move(made)) {
  // nop
}

load_server::~load_server() {
  state_->grpc->Shutdown(std::chrono::system_clock::now() + last_words);
  state_->grpc->Wait();
}

int load_server::port() const {
  return state_->port;
}

load_server::opened load_server::open(const config::control_settings& settings,
                                      generator& of) {
  opened result;
  if (result.error = config::exposure_fault(settings); !result.error.empty())
    return result;
  auto access = std::make_shared<control::access>();
  if (auto error = access->load(settings.tokens)) {
    result.error = *error;
    return result;
  }
  auto credentials = control::make_credentials(settings, result.error);
  if (!credentials)
    return result;
  std::unique_ptr<state> made{new state{{of, access}}};
  grpc::ServerBuilder builder;
  control::configure(builder, receive_bytes_max);
  builder.AddListeningPort(settings.listen, credentials, &made->port);
  builder.RegisterService(&made->what);
  made->grpc = builder.BuildAndStart();
  if (made->grpc && made->port > 0)
    result.server.reset(new load_server{std::move(made)});
  else
    result.error = "control: cannot listen at " + settings.listen;
  return result;
}

} // namespace strowger::services::load
