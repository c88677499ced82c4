#pragma once

#include "actors/exchange.hpp"
#include "services/control/server.hpp"
#include "test/actors/paper_wire.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace strowger::test {

/// An exchange with a paper wire and a control plane, on a thread of its own in
/// real time, as gRPC's threads are real.
class live_switch {
public:
  using directory = std::shared_ptr<const model::directory>;

  explicit live_switch(directory config,
                       services::config::control_settings settings = {},
                       services::control::feed_limits limits = {},
                       std::shared_ptr<services::config::keeper> keeper = {})
    : keeper_(std::move(keeper)) {
    settings.listen = "127.0.0.1:0";
    std::promise<void> ready;
    auto is_ready = ready.get_future();
    thread_ = std::thread{[this, config, settings, limits, &ready] {
      run(config, settings, limits, ready);
    }};
    is_ready.wait();
  }
  ~live_switch() {
    if (!thread_.joinable())
      return;
    on_switch([this](exchange&) { stop_ = true; });
    thread_.join();
  }

  /// Runs `f` on the thread of the switch and waits for it.
  template <class F>
  std::invoke_result_t<F, exchange&> on_switch(F f) {
    std::packaged_task<std::invoke_result_t<F, exchange&>()> task{
      [&] { return f(*exchange_); }};
    auto result = task.get_future();
    reactor_->post([&] { task(); });
    return result.get();
  }

  /// Puts an event in the journal, as a call would.
  uint64_t say(model::journal_event x) {
    return on_switch([&](exchange& host) {
      host.events().append(std::move(x));
      return host.events().last();
    });
  }

  services::control::server& plane() {
    return *server_;
  }
  const std::string& error() const {
    return error_;
  }
  std::string address() const {
    return "127.0.0.1:" + std::to_string(server_->port());
  }
  paper_wire& paper() {
    return paper_;
  }

private:
  struct installed : caf::actor_system_config {
    explicit installed(strowger::reactor& host) {
      host.install(*this);
    }
  };

  void run(directory config, const services::config::control_settings& settings,
           services::control::feed_limits limits, std::promise<void>& ready) {
    real_clock clock;
    strowger::reactor reactor{clock};
    installed caf_config{reactor};
    caf::actor_system system{caf_config};
    memory kept;
    exchange host{system, reactor, kept};
    services::wall_clock wall{clock.now(), std::chrono::system_clock::now()};
    auto opened = services::control::server::open(
      settings, {system, reactor, host, wall, limits, keeper_});
    error_ = opened.error;
    server_ = std::move(opened.server);
    host.attach(paper_);
    host.configure(std::move(config));
    if (keeper_)
      start(*keeper_, reactor, host);
    if (server_)
      if (auto failure = server_->listen())
        error_ = *failure;
    reactor_ = &reactor;
    exchange_ = &host;
    reactor.on_remote_work([this] { wake(); });
    ready.set_value();
    turn(reactor, clock);
    if (keeper_)
      keeper_->stop();
    server_.reset();
    reactor.on_remote_work(nullptr);
    host.shut_down();
  }

  static void start(services::config::keeper& keeper,
                    strowger::reactor& reactor, exchange& owner) {
    services::config::keeper_host host;
    host.put_in_force = [&](auto settings, auto done) {
      reactor.post([&owner, settings, done] {
        auto before = owner.shared_config();
        owner.configure(settings->directory);
        done(before);
      });
    };
    host.log = [](bool, const std::string&) {};
    keeper.start(std::move(host));
  }

  void turn(strowger::reactor& reactor, time_source& clock) {
    while (!stop_) {
      reactor.run();
      if (stop_ || reactor.has_work())
        continue;
      auto wait = std::min<model::duration>(
        reactor.next_deadline() == model::never
          ? model::duration{std::chrono::seconds{1}}
          : reactor.next_deadline() - clock.now(),
        std::chrono::seconds{1});
      std::unique_lock guard{mutex_};
      work_.wait_for(guard, wait, [this] { return woken_; });
      woken_ = false;
    }
  }

  void wake() {
    std::lock_guard guard{mutex_};
    woken_ = true;
    work_.notify_one();
  }

  paper_wire paper_;
  std::shared_ptr<services::config::keeper> keeper_;
  std::unique_ptr<services::control::server> server_;
  strowger::reactor* reactor_ = nullptr;
  exchange* exchange_ = nullptr;
  std::string error_;
  bool stop_ = false;
  std::mutex mutex_;
  std::condition_variable work_;
  bool woken_ = false;
  std::thread thread_;
};

} // namespace strowger::test
