#include "services/load/controller.hpp"

#include "services/version.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <grpcpp/client_context.h>
#include <strowger/v1/load_service.grpc.pb.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>
#include <utility>

namespace strowger::services::load {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Who cannot be reached is to be told of soon.
constexpr auto answers_within = 3s;

// A scenario with a million users takes some seconds to read.
constexpr auto prepares_within = 60s;

// Every generator tells something once a second.
constexpr auto silent_at_most = 10s;

// Orders to begin must have arrived everywhere before it is time to.
constexpr auto head_start = 200ms;
constexpr auto head_start_each = 20ms;

std::string random_id() {
  std::random_device dice;
  return fmt::format("{:08x}{:08x}", dice(), dice());
}

bool somebody_calls(const controlled_run& x) {
  return std::ranges::any_of(x.generators, [&](auto& y) {
    auto part = x.script;
    return keep_role(part, y.role)
           && std::ranges::any_of(part.populations,
                                  [](auto& z) { return z.calls.has_value(); });
  });
}

api::LoadRole word_of(role x) {
  return x == role::caller   ? api::LOAD_ROLE_CALLER
         : x == role::callee ? api::LOAD_ROLE_CALLEE
                             : api::LOAD_ROLE_UNSPECIFIED;
}

} // namespace

// -- life ---------------------------------------------------------------------

struct controller::seat {
  std::size_t index = 0;
  generator_name name;
  std::unique_ptr<ctl::connection> way;
  std::unique_ptr<api::LoadService::Stub> stub;
  bool is_prepared = false;
  grpc::ClientContext watching;
  std::thread reader;

  // What is heard.
  api::LoadPhase phase = api::LOAD_PHASE_UNSPECIFIED;
  clock::time_point heard_at;
  std::size_t seconds = 0; // told
  std::uint64_t in_flight = 0;
  bool is_over = false; // or lost
  std::string fault;

  bool calls() const {
    return name.role != role::callee;
  }
};

/// What a generator is to be told.
struct controller::order {
  seat* to = nullptr;
  std::optional<api::LoadStop> stop; // nothing: go on
  clock::time_point at = {};         // when it is to go on
};

controller::controller(controlled_run what, progress show)
  : what_(std::move(what)), show_(std::move(show)), run_id_(random_id()),
    has_calls_(somebody_calls(what_)), merged_(what_.generators) {
  for (auto& name : what_.generators) {
    auto& x = *seats_.emplace_back(std::make_unique<seat>());
    x.index = seats_.size() - 1;
    x.name = name;
  }
}

controller::~controller() {
  dismiss();
}

/// Whoever has not ended by now is to, and nobody is heard any more.
void controller::dismiss() {
  std::vector<order> all;
  for (auto& x : seats_) {
    std::lock_guard guard{mutex_};
    if (x->is_prepared && !x->is_over)
      all.push_back({x.get(), api::LOAD_STOP_AT_ONCE});
  }
  send(all);
  for (auto& x : seats_) {
    x->watching.TryCancel();
    if (x->reader.joinable())
      x->reader.join();
  }
}

void controller::stop() {
  std::lock_guard guard{mutex_};
  ++stops_;
  changed_.notify_all();
}

// -- to the beginning ---------------------------------------------------------

controller::fault controller::connect() {
  for (auto& x : seats_) {
    auto how = what_.access;
    how.server = x->name.address;
    std::string error;
    x->way = ctl::connection::make(how, error);
    if (!x->way)
      return error;
    x->way->channel()->GetState(true); // all at the same time
    x->stub = api::LoadService::NewStub(x->way->channel());
  }
  auto last = std::chrono::system_clock::now() + answers_within;
  for (auto& x : seats_)
    if (!x->way->channel()->WaitForConnected(last))
      return "generator " + x->name.address + " cannot be reached";
  return std::nullopt;
}

controller::fault controller::prepare(std::size_t index) {
  auto& x = *seats_[index];
  api::StartRunRequest request;
  request.set_run_id(run_id_);
  request.set_scenario(what_.files.text);
  for (auto& [name, content] : what_.files.files) {
    auto& file = *request.add_files();
    file.set_name(name);
    file.set_content(content);
  }
  for (auto& y : what_.generators)
    request.add_roles(word_of(y.role));
  request.set_generator(static_cast<std::uint32_t>(index));
  request.set_target(what_.target);
  if (what_.seed)
    request.set_seed(*what_.seed);
  request.set_no_probe(!what_.is_probing);
  request.set_wait_to_begin(true);
  request.set_wait_to_call(has_calls_);
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + prepares_within);
  x.way->enter(call);
  api::StartRunResponse response;
  auto status = x.stub->StartRun(&call, request, &response);
  if (!status.ok())
    return "generator " + x.name.address + ": " + in_words(status);
  x.is_prepared = true;
  x.heard_at = clock::now();
  x.reader = std::thread{[this, index] { watch(index); }};
  return std::nullopt;
}

// -- what generators say ------------------------------------------------------

/// Reads until the run is over, on a thread of its own.
void controller::watch(std::size_t index) {
  auto& x = *seats_[index];
  x.way->enter(x.watching);
  api::WatchRunRequest request;
  request.set_run_id(run_id_);
  request.set_end_with_stream(true);
  auto stream = x.stub->WatchRun(&x.watching, request);
  api::WatchRunResponse response;
  while (stream->Read(&response)) {
    std::lock_guard guard{mutex_};
    hear(x, response);
    changed_.notify_all();
  }
  auto status = stream->Finish();
  std::lock_guard guard{mutex_};
  if (x.phase != api::LOAD_PHASE_OVER && x.fault.empty())
    x.fault = fmt::format("was lost after {} s ({})", x.seconds,
                          in_words(status));
  x.is_over = true;
  merged_.ended(index, x.fault);
  changed_.notify_all();
}

void controller::hear(seat& from, const api::WatchRunResponse& x) {
  from.heard_at = clock::now();
  auto counted = x.has_result() ? load::from_api(x.result()) : std::nullopt;
  auto second = x.has_sample() ? load::from_api(x.sample()) : std::nullopt;
  if (x.has_result() != counted.has_value()
      || x.has_sample() != second.has_value()) {
    from.fault = "says what makes no sense";
    from.watching.TryCancel();
    return;
  }
  from.phase = x.phase();
  if (counted)
    merged_.take(from.index, std::move(*counted));
  if (second) {
    ++from.seconds;
    from.in_flight = second->sample.in_flight;
    merged_.take(from.index, std::move(*second));
  }
}

void controller::look_for_silence() {
  for (auto& x : seats_)
    if (!x->is_over && x->fault.empty()
        && clock::now() - x->heard_at > silent_at_most) {
      x->fault = fmt::format("was lost after {} s (it says nothing)",
                             x->seconds);
      x->watching.TryCancel();
    }
}

// -- what they are told -------------------------------------------------------

bool controller::is_over() const {
  return std::ranges::all_of(seats_, [](auto& x) { return x->is_over; });
}

bool controller::have_registered() const {
  return std::ranges::all_of(seats_, [](auto& x) {
    return x->is_over || x->phase == api::LOAD_PHASE_REGISTERED;
  });
}

/// No call of anybody's is in progress, and there will be none.
bool controller::have_called() const {
  return std::ranges::all_of(seats_, [](auto& x) {
    return x->is_over || !x->calls()
           || (x->phase >= api::LOAD_PHASE_DRAIN && x->in_flight == 0);
  });
}

std::vector<controller::order> controller::orders_due() {
  std::vector<order> result;
  auto tell_all = [&](std::optional<api::LoadStop> stop,
                      clock::time_point at = {}) {
    for (auto& x : seats_)
      if (!x->is_over)
        result.push_back({x.get(), stop, at});
  };
  auto is_lost = std::ranges::any_of(seats_, [this](auto& x) {
    auto has_begun = x->seconds > 0 && (calls_begun_ || !has_calls_);
    return !x->fault.empty() || (x->is_over && !has_begun);
  });
  if (is_lost && !std::exchange(is_broken_, true))
    tell_all(api::LOAD_STOP_AT_ONCE);
  if (stops_ > stops_sent_) {
    auto is_first = std::exchange(stops_sent_, stops_) == 0 && stops_ == 1;
    tell_all(is_first ? api::LOAD_STOP_CALLING : api::LOAD_STOP_AT_ONCE);
  } else if (has_calls_ && !calls_begun_ && have_registered()) {
    calls_begun_ = true;
    tell_all(std::nullopt,
             clock::now() + head_start + head_start_each * seats_.size());
  } else if ((stops_ > 0 || (has_calls_ && calls_begun_)) && !is_released_
             && have_called()) {
    is_released_ = true;
    tell_all(api::LOAD_STOP_UNSPECIFIED);
  }
  return result;
}

/// Who does not hear an order is lost, which its stream will tell.
void controller::send(const std::vector<order>& all) {
  for (auto& x : all) {
    grpc::ClientContext call;
    call.set_deadline(std::chrono::system_clock::now() + answers_within);
    x.to->way->enter(call);
    if (x.stop) {
      api::StopRunRequest request;
      request.set_run_id(run_id_);
      request.set_how(*x.stop);
      api::StopRunResponse response;
      x.to->stub->StopRun(&call, request, &response);
      continue;
    }
    auto wait = std::chrono::ceil<std::chrono::milliseconds>(x.at
                                                             - clock::now());
    api::ContinueRunRequest request;
    request.set_run_id(run_id_);
    request.set_after_ms(
      static_cast<std::uint32_t>(std::max<std::int64_t>(0, wait.count())));
    api::ContinueRunResponse response;
    x.to->stub->ContinueRun(&call, request, &response);
  }
}

void controller::let_go_on() {
  auto at = clock::now() + head_start + head_start_each * seats_.size();
  std::vector<order> all;
  for (auto& x : seats_)
    all.push_back({x.get(), std::nullopt, at});
  send(all);
}

// -- the run ------------------------------------------------------------------

void controller::show_seconds() {
  if (merged_.merge_seconds() == 0)
    return;
  if (what_.metrics)
    what_.metrics->publish(merged_.all());
  if (show_)
    show_(merged_.so_far());
}

void controller::follow() {
  std::unique_lock guard{mutex_};
  while (!is_over()) {
    changed_.wait_for(guard, 1s);
    look_for_silence();
    show_seconds();
    auto orders = orders_due();
    guard.unlock();
    send(orders);
    guard.lock();
  }
  show_seconds();
}

/// Why a generator has not seen a single second; empty: all have.
std::string controller::why_not_begun() const {
  auto so_far = merged_.so_far();
  for (auto& x : seats_)
    if (x->seconds == 0)
      return so_far.invalid.empty()
               ? "generator " + x->name.address + ": stopped before it began"
               : so_far.invalid.front();
  return {};
}

std::variant<result, std::string> controller::play() {
  auto began = std::chrono::system_clock::now();
  if (auto error = connect())
    return *error;
  for (std::size_t i = 0; i < seats_.size(); ++i)
    if (auto error = prepare(i))
      return *error;
  let_go_on();
  follow();
  dismiss();
  if (auto why = why_not_begun(); !why.empty())
    return why;
  auto found = merged_.so_far();
  found.scenario = what_.script.name;
  found.target = what_.script.target;
  found.seed = what_.script.seed;
  found.version = version_text;
  found.started = fmt::format(
    "{:%FT%TZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(began)));
  std::chrono::duration<double> length{found.times.steady_to_s
                                       - found.times.steady_from_s};
  found.verdicts = traffic::judge(
    what_.script.criteria, found.judged(),
    std::chrono::duration_cast<model::duration>(length));
  return found;
}

} // namespace strowger::services::load
