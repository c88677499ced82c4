#include "services/load/generator.hpp"

#include "services/config/config.hpp"
#include "services/control/status.hpp"
#include "services/load/division.hpp"
#include "services/load/scenario_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

namespace strowger::services::load {

namespace {

using control::make_status;

grpc::Status invalid(const std::string& text) {
  return make_status(model::fault::invalid_argument, text);
}

grpc::Status cannot_run(const std::string& text) {
  return make_status(grpc::FAILED_PRECONDITION, api::REASON_CANNOT_RUN, text);
}

grpc::Status mistakes(const std::vector<config::load_error>& all) {
  std::vector<control::violation> violations;
  for (auto& x : all)
    violations.emplace_back("scenario", config::to_string(x));
  return control::with_violations(invalid("the scenario is not valid"),
                                  violations);
}

std::vector<role> roles_of(const api::StartRunRequest& x) {
  std::vector<role> result;
  for (auto word : x.roles())
    result.push_back(word == api::LOAD_ROLE_CALLER   ? role::caller
                     : word == api::LOAD_ROLE_CALLEE ? role::callee
                                                     : role::both);
  if (result.empty())
    result.push_back(role::both);
  return result;
}

bool has_rate(const traffic::scenario& script) {
  return std::ranges::any_of(script.populations, [](auto& x) {
    return x.calls
           && !std::holds_alternative<traffic::arrival_law::users>(
             x.calls->arrivals.what);
  });
}

} // namespace

generator::generator(std::string listen, std::ostream& out)
  : listen_(std::move(listen)), out_(out) {
  // nop
}

// -- clients ------------------------------------------------------------------

bool generator::is_busy() const {
  return waiting_ || (run_ && !run_->is_over());
}

grpc::Status generator::start(const api::StartRunRequest& what) {
  if (what.run_id().empty() || what.run_id().size() > 64)
    return invalid("run_id: 1 to 64 characters");
  scenario_bundle bundle{what.scenario(), {}};
  for (auto& file : what.files())
    bundle.files[file.name()] = file.content();
  auto read = read_scenario(bundle);
  if (!read.value)
    return mistakes(read.errors);
  auto roles = roles_of(what);
  if (what.generator() >= roles.size())
    return invalid("generator: there are fewer roles");
  auto part = part_of(*read.value, roles, what.generator());
  if (auto* fault = std::get_if<std::string>(&part))
    return cannot_run(*fault);

  auto made = std::make_unique<job>();
  made->script = std::get<traffic::scenario>(std::move(part));
  if (!what.target().empty())
    made->script.target = what.target();
  if (auto& listen = what.listen().empty() ? listen_ : what.listen();
      !listen.empty())
    made->script.listen = listen;
  for (auto* address : {&made->script.target, &made->script.listen})
    if (!config::parse_listen_address(*address))
      return invalid(*address + " is not an address (host:port)");
  if (what.has_seed())
    made->script.seed = what.seed();
  made->is_probing = !what.no_probe();
  made->waits_to_begin = what.wait_to_begin();
  made->waits_to_call = what.wait_to_call();
  made->record = std::make_shared<run_record>(what.run_id(), made->script,
                                              has_rate(made->script));
  auto opened = made->opened.get_future();
  {
    std::lock_guard guard{mutex_};
    if (is_closing_)
      return make_status(model::fault::overloaded, "the generator ends");
    if (is_busy())
      return make_status(grpc::FAILED_PRECONDITION, api::REASON_RUN_IN_PROGRESS,
                         "the generator plays another run",
                         {"run_id", run_->id()});
    run_ = made->record;
    waiting_ = std::move(made);
    changed_.notify_all();
  }
  auto fault = opened.get();
  return fault.empty() ? grpc::Status::OK : cannot_run(fault);
}

std::shared_ptr<run_record> generator::find(const std::string& id) const {
  std::lock_guard guard{mutex_};
  return run_ && (id.empty() || run_->id() == id) ? run_ : nullptr;
}

// -- playing ------------------------------------------------------------------

std::unique_ptr<generator::job> generator::next_job() {
  std::unique_lock guard{mutex_};
  changed_.wait(guard, [this] { return waiting_ || is_closing_; });
  if (is_closing_) {
    if (waiting_)
      waiting_->opened.set_value("the generator ends");
    return nullptr;
  }
  return std::move(waiting_);
}

void generator::work() {
  while (auto next = next_job())
    play(*next);
}

void generator::play(job& x) {
  auto& record = *x.record;
  run host{x.script,
           [&](const result& so_far) { record.add_second(so_far, host); }};
  host.on_phase([&](run::phase where) { record.enter(where); });
  if (!x.is_probing)
    host.trust_target();
  if (x.waits_to_call)
    host.wait_for_others();
  if (auto fault = host.open()) {
    record.release({});
    x.opened.set_value(*fault);
    return;
  }
  record.prepared(host);
  if (!x.waits_to_begin)
    record.go_on({});
  x.opened.set_value({});
  out_ << "run " << record.id() << ": " << x.script.name << " -> "
       << x.script.target << std::endl;
  if (!record.wait_to_begin()) {
    result nothing;
    nothing.invalid.emplace_back("stopped before it began");
    record.release(nothing);
    return;
  }
  auto found = host.play();
  record.release(found);
  out_ << fmt::format("run {}: over, {} calls made, {} came in", record.id(),
                      host.all_counts().callers.attempts,
                      host.all_counts().callees.attempts)
       << std::endl;
}

void generator::close() {
  std::shared_ptr<run_record> run;
  {
    std::lock_guard guard{mutex_};
    is_closing_ = true;
    changed_.notify_all();
    run = run_;
  }
  if (run)
    run->stop(api::LOAD_STOP_AT_ONCE);
}

} // namespace strowger::services::load
