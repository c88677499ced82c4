#include "services/load/run.hpp"

#include "actors/watcher.hpp"
#include "services/load/socket_drops.hpp"
#include "services/version.hpp"

#include <caf/send.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <utility>

namespace strowger::services::load {

namespace {

using namespace std::chrono_literals;

// A device that is there answers, or refuses, at once.
constexpr auto answers_within = 3s;

// A session that was told to end has its BYE or CANCEL to send, and to hear.
constexpr auto last_words = 5s;

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
    if (x.users)
      x.users->shut_down();
  reactor_.run();
  for (auto& x : places_)
    if (x.wire)
      x.wire->shut_down();
  places_.clear();
  reactor_.run();
  loop_.reset();
}

std::optional<std::string> run::open() {
  if (script_.media) {
    auto host = split(script_.listen).host;
    if (host.starts_with('[')) // IPv6
      host = host.substr(1, host.size() - 2);
    media_ = std::make_unique<media::engine>(*script_.media, host);
    if (auto error = media_->start())
      return error;
  }
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
  b.set(option::sip_port, static_cast<int64_t>(port));
  if (script_.tls)
    set_tls(b, port);
  // The device under test is one source, and sends all that there is.
  b.set(option::source_rate_limit, int64_t{0});
  auto& x = places_.emplace_back();
  ports_.push_back(port);
  if (!script_.impairments.empty())
    if (auto error = open_link(x, what, at.host + ":" + std::to_string(port)))
      return error;
  b.set(option::sip_interface, x.link ? x.link->inside() : at.host);
  x.config = b.build();
  if (!x.config)
    return b.errors().empty() ? "listen: not usable"
                              : "listen: " + b.errors().front().message;
  x.users = std::make_unique<crowd>(system_, reactor_, script_, what, x.config);
  x.wire = std::make_unique<sip::stack>(*loop_, system_, reactor_, *x.users,
                                        *outlets_);
  x.users->attach(*x.wire, *x.wire);
  if (media_ && what.media)
    x.users->attach(*media_);
  auto error = x.wire->open(*x.config);
  if (!error && x.link)
    x.wire->send_through(x.link->outbound());
  return error;
}

/// TLS has the port of the place, UDP and TCP one behind those of all places.
void run::set_tls(model::directory_builder& b, unsigned port) const {
  using model::option;
  auto plain = port + static_cast<unsigned>(script_.populations.size());
  b.set(option::sip_port, static_cast<int64_t>(plain));
  b.set(option::sip_port_tls, static_cast<int64_t>(port));
  b.set(option::sip_tls_cert, script_.tls->certificate);
  b.set(option::sip_tls_cert_key, script_.tls->key);
  if (script_.tls->verify)
    b.set(option::sip_tls_trusted_ca, script_.tls->authorities);
}

/// Between the stack of this place and the address that it is to have.
std::optional<std::string> run::open_link(place& x,
                                          const traffic::population& of,
                                          const std::string& address) {
  x.link = std::make_unique<sip::impaired_link>(
    *loop_, system_, reactor_,
    traffic::impairments{script_.impairments, script_.seed,
                         traffic::label_of(of)});
  return x.link->open(address, script_.target);
}

void run::let_call(model::duration after) {
  reactor_.post([this, after] {
    may_call_ = true;
    call_at_ = reactor_.clock_now() + after;
    if (phase_ != phase::registered)
      return;
    next_phase_ = call_at_;
    wake_.set(reactor_, std::min(next_pulse_, next_phase_), pulse_);
  });
}

void run::set_rate(double per_s) {
  reactor_.post([this, per_s] {
    auto before = rate_per_s();
    auto callers = std::count_if(places_.begin(), places_.end(), [](auto& x) {
      return x.users->has_arrivals();
    });
    for (auto& x : places_)
      if (x.users->has_arrivals())
        x.users->set_rate(before > 0 ? per_s * x.users->rate_per_s() / before
                                     : per_s / static_cast<double>(callers));
  });
}

double run::rate_per_s() const {
  double result = 0;
  for (auto& x : places_)
    result += x.users->rate_per_s();
  return result;
}

void run::stop_calls() {
  reactor_.post([this] {
    if (phase_ < phase::warm_up)
      loop_->stop();
    else if (phase_ < phase::drain)
      enter(phase::drain);
  });
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
  if (media_)
    media_->begin_seconds();
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

/// Calls and subscriptions wait until everybody has registered; where nobody
/// calls or subscribes, registering is what the run is about.
void run::open_doors() {
  for (auto& x : places_) {
    if (x.link)
      x.link->begin();
    x.users->start_registering();
  }
  enter(waits_ || anybody([](auto& x) { return x.calls || x.subscribes; })
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
  return !waits_ && anybody([](auto& x) { return x.answers.has_value(); })
         && !anybody([](auto& x) { return x.calls.has_value(); });
}

bool run::answers_others() const {
  return waits_ && stops_ == 0
         && anybody([](auto& x) { return x.answers.has_value(); });
}

// -- is anybody there? --------------------------------------------------------

void run::knock() {
  visitor_ = system_.spawn(listener<probe_listener, probed>,
                           [this](const probed& x) { on_answer(x.status); });
  places_.front().wire->probe("sip:" + traffic::target_of(script_), visitor_);
}

/// Any response will do, refusals too.
void run::on_answer(uint16_t status) {
  if (phase_ != phase::knocking)
    return;
  if (status != 0) {
    open_doors();
    wake_.cancel(); // or a second pulse would go on beside this one
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
    auto checked = script_.tls && script_.tls->verify;
    result_.invalid.push_back(
      fmt::format("{} does not answer OPTIONS within {} s{} (--no-probe "
                  "begins all the same)",
                  script_.target, answers_within.count(),
                  checked ? ", or its certificate is none of ca's" : ""));
    loop_->stop();
    return;
  }
  auto registered = std::all_of(places_.begin(), places_.end(), [](auto& x) {
    return x.users->has_registered();
  });
  if (phase_ == phase::registering && registered)
    enter(waits_ ? phase::registered : first_phase());
  if (phase_ == phase::registered && now >= next_phase_)
    enter(first_phase());
  auto spent = anybody([](auto& x) { return x.calls.has_value(); })
               && std::all_of(places_.begin(), places_.end(),
                              [](auto& x) { return x.users->out_of_calls(); });
  if (phase_ == phase::warm_up && now >= next_phase_)
    enter(phase::steady);
  if ((phase_ == phase::steady && now >= next_phase_)
      || (phase_ < phase::drain && spent))
    enter(phase::drain);
  if (phase_ >= phase::drain && idle()
      && !(phase_ == phase::drain && answers_others()))
    enter(phase::over);
  else if (phase_ == phase::drain && now >= next_phase_)
    enter(phase::clearing);
  else if (phase_ == phase::clearing && now >= next_phase_)
    enter(phase::over);
}

void run::enter(phase x) {
  auto calls_before = phase_ >= phase::warm_up;
  phase_ = x;
  if (entered_)
    entered_(x);
  auto now = reactor_.clock_now();
  auto window = x < phase::steady    ? run_window::warm_up
                : x == phase::steady ? run_window::steady
                                     : run_window::drain;
  for (auto& y : places_) {
    y.users->set_window(window);
    if ((x == phase::warm_up || x == phase::steady) && !calls_before) {
      y.users->start_subscribing();
      y.users->start_calling(now);
    }
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
    case phase::registered:
      next_phase_ = may_call_ ? call_at_ : model::never;
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

} // namespace strowger::services::load
