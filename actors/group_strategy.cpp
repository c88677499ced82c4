#include "actors/group_strategy.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace strowger {

namespace {

// A queue of callers is bounded by `max-calls`, not here.
constexpr size_t requests_max = 1'000'000;

deadline_listener::behavior_type listener(deadline_listener::pointer,
                                          std::function<void()> f) {
  return {[f = std::move(f)](const tick&) { f(); }};
}

/// After these an agent may be there who was not before.
bool may_free_an_agent(model::event_type x) {
  using enum model::event_type;
  return x == agent_ready || x == agent_login || x == agent_reserved
         || x == released || x == abandoned || x == dnd_off
         || x == dn_back_in_service;
}

} // namespace

class group_strategy::worker final : public routing_client,
                                     public event_follower {
public:
  worker(caf::actor_system& system, reactor& host, routing_desk& desk,
         journal& events, model::group_strategy_settings settings,
         agent_finder find)
    : reactor_(host), desk_(desk), events_(events), group_(settings.group),
      find_(std::move(find)), queue_(std::move(settings)) {
    listener_ = system.spawn<caf::lazy_init>(listener, [this] { look(); });
    events_.watch(*this);
  }

  void start(std::shared_ptr<worker> self, std::vector<std::string> points) {
    me_ = desk_.open(std::move(self), {std::move(points), requests_max, true});
  }

  void stop() {
    events_.unwatch(*this);
    desk_.close(me_);
    reactor_.cancel(std::exchange(alarm_, 0));
    caf::anon_send_exit(listener_, caf::exit_reason::user_shutdown);
    listener_ = nullptr;
  }

  void take(const model::route_notice& x) override {
    queue_.take(x);
    wake();
  }

  void event(uint64_t, const model::journal_event& x) override {
    if (queue_.waits() && may_free_an_agent(x.type))
      wake();
  }

private:
  // In a turn of its own, when whoever follows the agents knows, too.
  void wake() {
    if (!woken_ && listener_)
      caf::anon_send(listener_, tick{});
    woken_ = true;
  }

  void look() {
    woken_ = false;
    reactor_.cancel(std::exchange(alarm_, 0));
    auto agent = [this](std::span<const std::string> exclude) {
      return find_(group_, exclude);
    };
    for (auto& x : queue_.next(reactor_.now(), agent)) {
      routing_instruction y;
      y.call = x.call;
      y.point = std::move(x.point);
      y.request = std::move(x.request);
      y.destination = std::move(x.destination);
      desk_.instruct(me_, std::move(y));
    }
    if (auto due = queue_.next_deadline(); due != model::never)
      alarm_ = reactor_.arm(std::max(due, reactor_.now()), listener_);
  }

  reactor& reactor_;
  routing_desk& desk_;
  journal& events_;
  const std::string group_;
  const agent_finder find_;
  model::group_queue queue_;
  model::route_client me_ = 0;
  deadline_listener listener_;
  deadline_id alarm_ = 0;
  bool woken_ = false;
};

group_strategy::group_strategy(caf::actor_system& system, reactor& host,
                               routing_desk& desk, journal& events,
                               model::group_strategy_settings settings,
                               agent_finder find) {
  auto points = settings.points;
  worker_ = std::make_shared<worker>(system, host, desk, events,
                                     std::move(settings), std::move(find));
  worker_->start(worker_, std::move(points));
}

group_strategy::~group_strategy() {
  worker_->stop();
}

} // namespace strowger
