#include "services/control/server.hpp"

#include "services/control/agent_service.hpp"
#include "services/control/call_service.hpp"
#include "services/control/configuration_service.hpp"
#include "services/control/credentials.hpp"
#include "services/control/event_service.hpp"
#include "services/control/grpc_setup.hpp"
#include "services/control/metrics.hpp"
#include "services/control/query_service.hpp"
#include "services/control/routing_service.hpp"
#include "services/control/rpc.hpp"
#include "services/control/user_data_service.hpp"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

namespace strowger::services::control {

namespace {

using namespace std::chrono_literals;

// Requests take less than a turn of the switch; streams end by themselves when
// they are told to, if their clients read at all.
constexpr auto last_words = 500ms;

// One message may hold what a request may hold and then some, so that what is
// too large gets our answer, with its reason, and is counted.
constexpr int receive_bytes_max = 4 * 1024 * 1024;

} // namespace

struct server::state {
  config::control_settings settings;
  std::shared_ptr<grpc::ServerCredentials> credentials;
  strowger::exchange& exchange;
  std::shared_ptr<plane> host;
  std::shared_ptr<routing_streams> strategies;
  std::shared_ptr<configuration_watches> watches;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<grpc::Server> grpc;
  int port = 0;
};

template <class Service, class... Args>
void server::add(state& to, Args&&... args) {
  to.services.push_back(std::make_unique<Service>(std::forward<Args>(args)...));
}

server::opened server::open(const config::control_settings& settings,
                            server_sources sources) {
  opened result;
  auto access = std::make_shared<control::access>();
  if (auto error = access->load(settings.tokens)) {
    result.error = *error;
    return result;
  }
  auto credentials = make_credentials(settings, result.error);
  if (!credentials)
    return result;
  std::shared_ptr<line_writer> audit;
  if (!settings.audit.empty()) {
    auto made = line_writer::open(settings.audit);
    if (!made.writer) {
      result.error = made.error;
      return result;
    }
    audit = std::move(made.writer);
  }
  auto link = std::make_shared<switch_link>(sources.reactor, sources.exchange);
  auto carrier = std::make_shared<courier>();
  auto feed = std::make_shared<control::feed>(sources.system, sources.reactor,
                                              sources.exchange, link, carrier,
                                              sources.clock, sources.limits);
  std::shared_ptr<plane> host{new plane{link, carrier, feed, access,
                                        std::make_shared<control::tally>(),
                                        audit, sources.clock}};
  auto started = sources.clock.at(sources.reactor.now());
  std::unique_ptr<state> made{new state{
    settings,
    std::move(credentials),
    sources.exchange,
    host,
    std::make_shared<routing_streams>(sources.system, sources.reactor),
    std::make_shared<configuration_watches>(),
    {},
    nullptr,
    0}};
  add<event_service>(*made, host);
  add<query_service>(*made, host, started);
  made->services.push_back(make_agent_service(host));
  made->services.push_back(make_call_service(host));
  made->services.push_back(make_user_data_service(host));
  add<routing_service>(*made, host, made->strategies);
  add<configuration_service>(*made, host, sources.configuration, made->watches);
  expect_methods(*host->tally);
  sources.exchange.events().follow(*feed);
  result.server.reset(new server(std::move(made)));
  return result;
}

server::server(std::unique_ptr<state> state) : state_(std::move(state)) {
  // nop
}

std::optional<std::string> server::listen() {
  grpc::ServerBuilder builder;
  configure(builder, receive_bytes_max);
  builder.AddListeningPort(state_->settings.listen, state_->credentials,
                           &state_->port);
  for (auto& x : state_->services)
    builder.RegisterService(x.get());
  state_->grpc = builder.BuildAndStart();
  if (state_->grpc && state_->port > 0)
    return std::nullopt;
  auto what = "control: cannot listen at " + state_->settings.listen;
  if (!state_->settings.certificate.empty())
    what += " (or the certificate does not fit its key)";
  return what;
}

server::~server() {
  auto& host = *state_->host;
  host.closing = true;
  host.feed->end_all(rpc::stopped());
  state_->strategies->end_all(rpc::stopped());
  state_->watches->end_all(rpc::stopped());
  if (state_->grpc) {
    state_->grpc->Shutdown(std::chrono::system_clock::now() + last_words);
    state_->grpc->Wait();
  }
  state_->strategies->close(state_->exchange);
  host.carrier->stop();
  state_->exchange.events().unfollow();
  host.feed->close();
  host.link->close();
}

void server::drain() {
  if (auto* health = state_->grpc ? state_->grpc->GetHealthCheckService()
                                  : nullptr)
    health->SetServingStatus(false);
}

std::optional<std::string> server::reload() {
  if (state_->host->audit)
    state_->host->audit->reopen();
  return state_->host->access->load(state_->settings.tokens);
}

const std::shared_ptr<plane>& server::host() const {
  return state_->host;
}

int server::port() const {
  return state_->port;
}

std::shared_ptr<prometheus::Collectable> server::metrics() const {
  return std::make_shared<control_collector>(state_->host->feed,
                                             state_->host->tally);
}

} // namespace strowger::services::control
