#include "services/load/run.hpp"

#include "actors/watcher.hpp"
#include "services/load/socket_drops.hpp"
#include "services/version.hpp"

#include <caf/send.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <utility>

namespace strowger::services::load {

namespace {

using namespace std::chrono_literals;
using traffic::latency;
using traffic::outcome;

// A device that is there answers, or refuses, at once.
constexpr auto answers_within = 3s;

// A session that was told to end has its BYE or CANCEL to send, and to hear.
constexpr auto last_words = 5s;

/// CPU time that this thread has taken, in seconds.
double thread_cpu_s() {
  rusage x{};
  getrusage(RUSAGE_THREAD, &x);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec)
           + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(x.ru_utime) + seconds(x.ru_stime);
}

double seconds_of(std::uint64_t us) {
  return static_cast<double>(us) * 1e-6;
}

struct listen_place {
  std::string host;
  unsigned port = 0;
};

listen_place split(const std::string& address) {
  auto colon = address.rfind(':');
  listen_place result{address.substr(0, colon), 0};
  std::from_chars(address.data() + colon + 1, address.data() + address.size(),
                  result.port);
  return result;
}

} // namespace

class run::silent_outlets final : public outlets {
public:
  void event(uint64_t, const model::journal_event&) override {}
  void record(const model::call_record&) override {}
  void bindings(const std::string&,
                const std::vector<model::binding>&) override {}
  void log(severity, model::call_id, std::string_view) override {}
  bool wants(severity) const override {
    return false;
  }
};

// -- life ---------------------------------------------------------------------

run::run(traffic::scenario script, progress show)
  : script_(std::move(script)), show_(std::move(show)), reactor_(clock_),
    caf_config_(reactor_), system_(caf_config_),
    outlets_(std::make_unique<silent_outlets>()),
    loop_(std::make_unique<sip::loop>(reactor_)) {
  result_.scenario = script_.name;
  result_.target = script_.target;
  result_.seed = script_.seed;
  result_.version = version_text;
}

run::~run() {
  wake_.cancel();
  for (auto x : {caf::actor_cast<caf::actor>(pulse_),
                 caf::actor_cast<caf::actor>(visitor_)})
    if (x)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  pulse_ = nullptr;
  visitor_ = nullptr;
  for (auto& x : places_)
    x.users.reset();
  reactor_.run();
  for (auto& x : places_)
    x.wire->shut_down();
  places_.clear();
  reactor_.run();
  loop_.reset();
}

std::optional<std::string> run::open() {
  for (size_t i = 0; i < script_.populations.size(); ++i)
    if (auto error = open_place(script_.populations[i], i))
      return error;
  return std::nullopt;
}

std::optional<std::string> run::open_place(const traffic::population& what,
                                           size_t index) {
  using model::option;
  auto at = split(script_.listen);
  auto port = at.port + static_cast<unsigned>(index);
  model::directory_builder b{what.name};
  b.set(option::sip_address, at.host);
  b.set(option::sip_interface, at.host);
  b.set(option::sip_port, static_cast<int64_t>(port));
  // The device under test is one source, and sends all that there is.
  b.set(option::source_rate_limit, int64_t{0});
  auto& x = places_.emplace_back();
  x.config = b.build();
  if (!x.config)
    return b.errors().empty() ? "listen: not usable"
                              : "listen: " + b.errors().front().message;
  x.users = std::make_unique<crowd>(system_, reactor_, script_, what, x.config);
  x.wire = std::make_unique<sip::stack>(*loop_, system_, reactor_, *x.users,
                                        *outlets_);
  x.users->attach(*x.wire, *x.wire);
  ports_.push_back(port);
  return x.wire->open(*x.config);
}

void run::stop() {
  reactor_.post([this] {
    ++stops_;
    if (phase_ < phase::warm_up)
      loop_->stop();
    else if (stops_ == 1 && phase_ < phase::drain)
      enter(phase::drain);
    else if (stops_ > 1 && phase_ < phase::clearing)
      enter(phase::clearing);
  });
}

// -- the run ------------------------------------------------------------------

result run::play() {
  result_.started = fmt::format(
    "{:%FT%TZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(
                   std::chrono::system_clock::now())));
  reactor_.post([this] { begin(); });
  loop_->run();
  return result_;
}

void run::begin() {
  started_ = next_pulse_ = reactor_.clock_now();
  cpu_started_s_ = cpu_before_s_ = thread_cpu_s();
  drops_before_ = socket_drops(ports_);
  pulse_ = system_.spawn(watcher, [this] { on_pulse(); });
  next_pulse_ += 1s;
  if (script_.run.calls)
    for (auto& x : places_)
      x.users->limit_calls(*script_.run.calls);
  if (knocks_ && calls_somebody())
    enter(phase::knocking);
  else
    open_doors();
  wake_.set(reactor_, std::min(next_pulse_, next_phase_), pulse_);
}

/// Calls wait until everybody has registered; where nobody calls, registering
/// is what the run is about.
void run::open_doors() {
  for (auto& x : places_)
    x.users->start_registering();
  enter(anybody([](auto& x) { return x.calls.has_value(); })
          ? phase::registering
          : first_phase());
}

run::phase run::first_phase() const {
  return script_.run.warm_up > 0ms && !only_answers() ? phase::warm_up
                                                      : phase::steady;
}

bool run::anybody(bool (*does)(const traffic::population&)) const {
  return std::any_of(script_.populations.begin(), script_.populations.end(),
                     does);
}

bool run::calls_somebody() const {
  return anybody([](auto& x) { return x.calls || x.registers; });
}

/// Then callers elsewhere know how long it takes: it answers until it is told
/// to stop, and all that it answers counts.
bool run::only_answers() const {
  return anybody([](auto& x) { return x.answers.has_value(); })
         && !anybody([](auto& x) { return x.calls.has_value(); });
}

// -- is anybody there? --------------------------------------------------------

namespace {

probe_listener::behavior_type visitor(probe_listener::pointer,
                                      std::function<void(uint16_t)> f) {
  return {[f = std::move(f)](const probed& x) { f(x.status); }};
}

} // namespace

void run::knock() {
  visitor_ = system_.spawn(visitor,
                           [this](uint16_t status) { on_answer(status); });
  auto uri = "sip:" + script_.target;
  if (script_.transport != "udp")
    uri += ";transport=" + script_.transport;
  places_.front().wire->probe(uri, visitor_);
}

/// Any response will do, refusals too.
void run::on_answer(uint16_t status) {
  if (phase_ != phase::knocking)
    return;
  if (status != 0) {
    open_doors();
    on_pulse();
    return;
  }
  result_.invalid.push_back(script_.target + " cannot be reached");
  loop_->stop();
}

double run::since_start(model::time_point x) const {
  return std::chrono::duration<double>(x - started_).count();
}

void run::on_pulse() {
  wake_.rang();
  auto now = reactor_.clock_now();
  if (now >= next_pulse_) {
    if (phase_ != phase::knocking)
      take_sample();
    next_pulse_ += 1s;
  }
  move_on(now);
  if (phase_ == phase::over) {
    finish();
    return;
  }
  // A drain ends with its last call, not with its second; so it is with the
  // last registration.
  auto soon = phase_ >= phase::drain || phase_ == phase::registering
                ? now + 20ms
                : model::never;
  wake_.set(reactor_, std::min({next_pulse_, next_phase_, soon}), pulse_);
}

bool run::idle() const {
  return std::all_of(places_.begin(), places_.end(),
                     [](auto& x) { return x.users->idle(); });
}

void run::move_on(model::time_point now) {
  if (phase_ == phase::knocking && now >= next_phase_) {
    result_.invalid.push_back(
      fmt::format("{} does not answer OPTIONS within {} s (--no-probe "
                  "begins all the same)",
                  script_.target, answers_within.count()));
    loop_->stop();
    return;
  }
  auto registered = std::all_of(places_.begin(), places_.end(), [](auto& x) {
    return x.users->has_registered();
  });
  if (phase_ == phase::registering && registered)
    enter(first_phase());
  auto spent = std::all_of(places_.begin(), places_.end(),
                           [](auto& x) { return x.users->out_of_calls(); });
  if (phase_ == phase::warm_up && now >= next_phase_)
    enter(phase::steady);
  if ((phase_ == phase::steady && now >= next_phase_)
      || (phase_ < phase::drain && spent))
    enter(phase::drain);
  if (phase_ >= phase::drain && idle())
    enter(phase::over);
  else if (phase_ == phase::drain && now >= next_phase_)
    enter(phase::clearing);
  else if (phase_ == phase::clearing && now >= next_phase_)
    enter(phase::over);
}

void run::enter(phase x) {
  auto calls_before = phase_ >= phase::warm_up;
  phase_ = x;
  auto now = reactor_.clock_now();
  auto window = x < phase::steady    ? run_window::warm_up
                : x == phase::steady ? run_window::steady
                                     : run_window::drain;
  for (auto& y : places_) {
    y.users->set_window(window);
    if ((x == phase::warm_up || x == phase::steady) && !calls_before)
      y.users->start_calling(now);
    if (x == phase::drain)
      y.users->stop();
    if (x == phase::clearing)
      y.users->clear();
  }
  switch (x) {
    case phase::knocking:
      next_phase_ = now + answers_within;
      knock();
      return;
    case phase::registering:
      next_phase_ = model::never;
      return;
    case phase::warm_up:
      next_phase_ = now + script_.run.warm_up;
      return;
    case phase::steady:
      result_.times.steady_from_s = since_start(now);
      next_phase_ = only_answers() ? model::never : now + script_.run.steady;
      for (auto& y : places_)
        y.users->call_until(next_phase_);
      return;
    case phase::drain:
      result_.times.steady_to_s = since_start(now);
      next_phase_ = now + script_.run.drain;
      wake_.set(reactor_, now + 1ms, pulse_);
      return;
    case phase::clearing:
      for (auto& y : places_)
        result_.left_over += y.users->in_flight();
      next_phase_ = now + last_words;
      return;
    case phase::over:
      return;
  }
}

// -- what is seen -------------------------------------------------------------

void run::take_sample() {
  sample now;
  now.at_s = since_start(reactor_.clock_now());
  collect(result_, now);
  watch_ourselves(now);
  result_.times.end_s = now.at_s;
  result_.samples.push_back(now);
  check_laws();
  publish(now);
  if (show_)
    show_(result_);
}

void run::collect(result& into, sample& now) {
  traffic::tally second; // of the callers, whatever their window
  auto gather = [&](call_side side, traffic::tally& total,
                    traffic::tally& all) {
    total.in_progress = total.up = all.in_progress = all.up = 0;
    for (auto& x : places_)
      for (auto window :
           {run_window::warm_up, run_window::steady, run_window::drain}) {
        auto fresh = x.users->take_counts(side, window);
        all.merge(fresh);
        if (side == call_side::caller)
          second.merge(fresh);
        if (window == run_window::steady)
          total.merge(fresh);
      }
  };
  gather(call_side::caller, into.callers, all_.callers);
  gather(call_side::callee, into.callees, all_.callees);
  now.attempts = second.attempts;
  now.answered = second[outcome::answered];
  now.failed = second.failed();
  now.abandoned = second[outcome::abandoned];
  now.in_flight = second.in_progress + second.up;
  auto& answers = second[latency::answer];
  now.answer_p50_s = seconds_of(answers.percentile_us(50));
  now.answer_p90_s = seconds_of(answers.percentile_us(90));
  now.answer_p99_s = seconds_of(answers.percentile_us(99));
  now.answer_max_s = seconds_of(answers.max_us());
}

void run::watch_ourselves(sample& now) {
  auto cpu = thread_cpu_s();
  now.cpu_share = cpu - std::exchange(cpu_before_s_, cpu);
  result_.watch.second(now.cpu_share);
  auto drops = socket_drops(ports_);
  result_.watch.dropped(drops - std::exchange(drops_before_, drops));
  traffic::histogram late;
  for (auto& x : places_) {
    auto fresh = x.users->take_lateness();
    late.merge(fresh.lateness());
    result_.watch.merge_starts(fresh);
  }
  now.lateness_p99_s = seconds_of(late.percentile_us(99));
  auto& retries = reactor_.counters().retransmissions;
  auto& ours = retries[static_cast<size_t>(heading::out)];
  auto& theirs = retries[static_cast<size_t>(heading::in)];
  now.retransmitted = ours.read()
                      - std::exchange(retries_before_[0], ours.read());
  now.peer_retransmitted = theirs.read()
                           - std::exchange(retries_before_[1], theirs.read());
  result_.callers.retransmitted += now.retransmitted;
  result_.callers.peer_retransmitted += now.peer_retransmitted;
}

void run::publish(const sample& now) {
  if (!published_)
    return;
  all_.callers.retransmitted = result_.callers.retransmitted;
  all_.callers.peer_retransmitted = result_.callers.peer_retransmitted;
  all_.lateness = result_.watch.lateness();
  all_.skipped_starts = result_.watch.skipped_starts();
  all_.cpu_share = now.cpu_share;
  published_->publish(all_);
}

void run::check_laws() {
  for (auto* x : {&result_.callers, &result_.callees})
    if (auto broken = x->unbalanced()) {
      auto& all = result_.broken_laws;
      if (all.size() < 10) // the first ones tell what is wrong
        all.push_back(
          fmt::format("at {:.0f} s: {}", result_.samples.back().at_s, *broken));
    }
}

void run::finish() {
  take_sample();
  auto length = std::chrono::duration<double>{result_.times.steady_to_s
                                              - result_.times.steady_from_s};
  result_.verdicts = traffic::judge(
    script_.criteria, result_.callers,
    std::chrono::duration_cast<model::duration>(length));
  result_.invalid = result_.watch.reasons_invalid();
  uint64_t calls = 0;
  for (auto& x : result_.samples)
    calls += x.attempts;
  if (calls > 0)
    result_.cpu_per_call_us = (thread_cpu_s() - cpu_started_s_) * 1e6
                              / static_cast<double>(calls);
  loop_->stop();
}

} // namespace strowger::services::load
