#include "services/control/routing_batch.hpp"

#include <utility>

namespace strowger::services::control {

namespace {

// More do not fit into one message.
constexpr size_t batch_max = 256;

} // namespace

routing_batch::routing_batch(caf::actor_system& system, reactor& host,
                             exchange& at, model::duration apart,
                             std::function<void(batch)> leave)
  : exchange_(at), leave_(std::move(leave)),
    timer_(system, host, apart, [this] { flush(); }) {
  // nop
}

routing_batch::~routing_batch() {
  flush();
}

void routing_batch::take(const model::route_notice& x) {
  auto& what = news_.emplace_back();
  what.notice = x;
  what.now = exchange_.routing().time();
  if (std::holds_alternative<model::route_request>(x.what)) {
    auto& config = exchange_.config();
    what.router_timeout_s = config.integer(model::option::router_timeout,
                                           config.find(x.point));
    if (auto* call = exchange_.events().ledger().find(x.call))
      what.call = *call;
  }
  if (news_.size() >= batch_max)
    flush();
  else
    timer_.start();
}

void routing_batch::flush() {
  timer_.left();
  if (!news_.empty())
    leave_(std::make_shared<const std::vector<routing_news>>(
      std::exchange(news_, {})));
}

} // namespace strowger::services::control
