#include "services/serve/running_switch.hpp"

#include "actors/watcher.hpp"
#include "services/metrics/collector.hpp"
#include "services/version.hpp"

#include <caf/send.hpp>

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <utility>

namespace strowger::services {

namespace {

using namespace std::chrono_literals;

// How often a draining switch looks whether its last call has ended.
constexpr auto drain_look_every = 50ms;

// After `drain-timeout` calls are ended; their peers get this long to answer.
constexpr auto last_words = 3s;

// A reactor that has not turned for this long does not do its work any more.
constexpr auto dead_after = 5s;

// The reactor's own pulse also keeps an idle switch turning, for /healthz.
constexpr auto pulse_every = 100ms;

// A disk that is full is worth a line, but not one per line that is lost.
constexpr auto outputs_look_every = 5s;

} // namespace

running_switch::running_switch(std::shared_ptr<config::keeper> keeper,
                               config::settings settings, log_output log)
  : keeper_(std::move(keeper)), settings_(std::move(settings)),
    log_(std::move(log)), reactor_(clock_),
    wall_(clock_.now(), std::chrono::system_clock::now()),
    caf_config_(reactor_), system_(caf_config_) {
  // nop
}

running_switch::~running_switch() {
  over_ = true;
  http_.reset();    // reads the counters on threads of its own
  keeper_->stop();  // puts settings in force, from a thread of its own
  control_.reset(); // asks the exchange, from threads of its own
  strategies_.clear();
  end(drain_watch_, drain_look_);
  end(output_watch_, output_look_);
  if (exchange_)
    exchange_->shut_down();
  if (stack_)
    stack_->shut_down();
  reactor_.run();
  stack_.reset();
  loop_.reset();
}

void running_switch::end(deadline_listener& watch, deadline_id look) {
  reactor_.cancel(look); // the queue outlives the actor system
  if (watch)
    caf::anon_send_exit(watch, caf::exit_reason::user_shutdown);
  watch = nullptr;
}

// -- start --------------------------------------------------------------------

std::optional<std::string> running_switch::open() {
  if (auto error = open_outputs())
    return error;
  hub_ = std::make_unique<outlets_hub>(log_.logger, records_, database_, wall_);
  exchange_ = std::make_unique<exchange>(system_, reactor_, *hub_);
  loop_ = std::make_unique<sip::loop>(reactor_);
  stack_ = std::make_unique<sip::stack>(*loop_, system_, reactor_, *exchange_,
                                        *hub_);
  exchange_->attach(*stack_);
  if (auto error = open_control())
    return error;
  restore_bindings();
  exchange_->configure(settings_.directory);
  start_strategies();
  if (auto error = stack_->open(*settings_.directory))
    return error;
  start_keeper();
  reactor_.watch_lag(pulse_every);
  drain_watch_ = system_.spawn(watcher, [this] { watch_drain(); });
  output_watch_ = system_.spawn(watcher, [this] { watch_outputs(); });
  watch_outputs();
  if (control_)
    if (auto error = control_->listen())
      return error;
  if (auto error = open_metrics())
    return error;
  listening_ = true;
  return std::nullopt;
}

std::optional<std::string> running_switch::open_outputs() {
  if (!settings_.cdr.file.empty()) {
    auto result = line_writer::open(settings_.cdr.file);
    if (!result.writer)
      return result.error;
    records_ = std::move(result.writer);
  }
  auto persistent = settings_.directory->flag(
    model::option::internal_registrar_persistent);
  if (!persistent)
    return std::nullopt;
  auto result = store::open(settings_.data_folder + "/registrations.sqlite");
  // A broken database costs the registrations, not the telephony.
  if (!result.database)
    log_.logger->error("registrations are not kept: {}", result.error);
  database_ = std::move(result.database);
  return std::nullopt;
}

void running_switch::restore_bindings() {
  if (!database_)
    return;
  auto loaded = database_->load_bindings();
  if (!loaded.error.empty())
    log_.logger->error("stored registrations are lost: {}", loaded.error);
  std::map<std::string, std::vector<model::binding>> by_dn;
  for (auto& row : loaded.rows)
    if (settings_.directory->find(row.dn))
      by_dn[row.dn].push_back(to_binding(row, wall_, reactor_.now()));
  for (auto& [dn, bindings] : by_dn)
    exchange_->restore(dn, std::move(bindings));
}

// Calls that wait at strategies of before are taken over by the new ones.
void running_switch::start_strategies() {
  strategies_.clear();
  auto find = [this](std::string_view group,
                     std::span<const std::string> exclude) {
    return exchange_->longest_idle(group, exclude);
  };
  for (auto& x : settings_.strategies)
    strategies_.push_back(std::make_unique<group_strategy>(
      system_, reactor_, exchange_->routing(), exchange_->events(), x, find));
}

std::optional<std::string> running_switch::open_control() {
  if (settings_.control.listen.empty())
    return std::nullopt;
  auto result = control::server::open(settings_.control,
                                      {.system = system_,
                                       .reactor = reactor_,
                                       .exchange = *exchange_,
                                       .clock = wall_,
                                       .configuration = keeper_});
  control_ = std::move(result.server);
  if (!control_)
    return result.error;
  return std::nullopt;
}

std::optional<std::string> running_switch::open_metrics() {
  if (settings_.metrics.empty())
    return std::nullopt;
  auto limit = settings_.directory->integer(
    model::option::metrics_labels_limit);
  metric_sources sources{
    .counters = reactor_.counters(),
    .trunks = exchange_->trunks(),
    .labels_limit = static_cast<size_t>(limit),
    .version = std::string{version_text},
  };
  sources.log_dropped = [writer = log_.writer] { return writer->dropped(); };
  if (records_)
    sources.cdr_dropped = [writer = records_] { return writer->dropped(); };
  if (database_)
    sources.store_lost = [database = database_] { return database->lost(); };
  if (control_)
    sources.more = control_->metrics();
  endpoint_sources asked;
  asked.metrics = std::make_shared<collector>(std::move(sources));
  asked.alive = [this] {
    return clock_.now() - reactor_.last_turn() < dead_after;
  };
  asked.not_ready = [this] { return not_ready(); };
  auto result = endpoint::open(settings_.metrics, std::move(asked));
  http_ = std::move(result.server);
  if (!http_)
    return result.error;
  return std::nullopt;
}

std::vector<std::string> running_switch::not_ready() const {
  std::vector<std::string> reasons;
  if (!listening_)
    reasons.push_back("not listening yet");
  if (draining_)
    reasons.push_back("draining");
  return reasons;
}

std::string running_switch::describe() const {
  auto& config = *settings_.directory;
  auto host = config.text(model::option::sip_interface);
  auto text = fmt::format("{} serves SIP on {}:{} (UDP, TCP)",
                          settings_.switch_name, host.empty() ? "*" : host,
                          config.integer(model::option::sip_port));
  if (auto tls = config.integer(model::option::sip_port_tls); tls > 0)
    text += fmt::format(" and :{} (TLS)", tls);
  if (control_)
    text += fmt::format(", control (gRPC) on {}", settings_.control.listen);
  if (http_)
    text += fmt::format(", metrics on http://{}/metrics", settings_.metrics);
  return text;
}

// -- work ---------------------------------------------------------------------

void running_switch::run() {
  loop_->run();
}

void running_switch::reload() {
  reactor_.post([this] {
    reopen_outputs(); // which say how the reload went
    keeper_->reload();
  });
}

void running_switch::reopen_outputs() {
  log_.writer->reopen();
  if (records_)
    records_->reopen();
  if (control_)
    if (auto error = control_->reload())
      log_.logger->error("the tokens in force stay: {}", *error);
}

void running_switch::start_keeper() {
  config::keeper_host host;
  host.put_in_force = [this](auto settings, auto done) {
    reactor_.post(
      [this, settings = std::move(settings), done = std::move(done)] {
        if (!over_)
          done(apply(*settings));
      });
  };
  host.log = [logger = log_.logger](bool is_error, const std::string& line) {
    logger->log(is_error ? spdlog::level::err : spdlog::level::info, "{}",
                line);
  };
  keeper_->start(std::move(host));
}

std::shared_ptr<const void> running_switch::apply(const config::settings& x) {
  auto before = std::exchange(settings_.directory, x.directory);
  settings_.strategies = x.strategies;
  exchange_->configure(settings_.directory);
  start_strategies();
  stack_->reconfigure(*settings_.directory);
  return before;
}

void running_switch::watch_outputs() {
  auto error = log_.writer->last_error();
  if (error.empty() && records_)
    error = records_->last_error();
  if (error.empty() && database_)
    error = database_->last_error();
  if (error != output_error_ && !error.empty())
    log_.logger->error("output is lost: {}", error);
  else if (error != output_error_)
    log_.logger->info("output is written again");
  output_error_ = std::move(error);
  output_look_ = reactor_.arm(reactor_.now() + outputs_look_every,
                              output_watch_);
}

// -- the end ------------------------------------------------------------------

void running_switch::stop() {
  if (draining_.exchange(true)) {
    loop_->stop();
    return;
  }
  reactor_.post([this] { begin_drain(); });
}

void running_switch::begin_drain() {
  log_.logger->info("draining");
  exchange_->drain();
  if (control_)
    control_->drain();
  auto timeout = settings_.directory->integer(model::option::drain_timeout);
  drain_until_ = reactor_.now() + std::chrono::seconds{timeout};
  watch_drain();
}

void running_switch::watch_drain() {
  auto now = reactor_.now();
  if (exchange_->idle() || (cleared_ && now >= drain_until_)) {
    log_.logger->info("drained");
    loop_->stop();
    return;
  }
  if (now >= drain_until_) {
    cleared_ = true;
    drain_until_ = now + last_words;
    exchange_->clear_all("drain");
  }
  drain_look_ = reactor_.arm(now + drain_look_every, drain_watch_);
}

} // namespace strowger::services
