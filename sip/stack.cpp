#include "sip/stack.hpp"

#include "sip/edge.hpp"

#include <caf/send.hpp>

#include <utility>
#include <variant>

namespace strowger::sip {

stack::stack(loop& turner, caf::actor_system& system, strowger::reactor& host,
             switchboard& board, outlets& out)
  : edge_(std::make_unique<edge>(turner, system, host, board, out)) {
  // nop
}

stack::~stack() = default;

std::optional<std::string> stack::open(const model::directory& config,
                                       unsigned t1_ms) {
  return edge_->open(config, t1_ms);
}

void stack::send_through(const std::string& uri) {
  edge_->send_through(uri);
}

void stack::reconfigure(const model::directory& config) {
  edge_->configure(config);
}

void stack::count() {
  edge_->sample();
}

void stack::shut_down() {
  edge_->shut_down();
}

// -- wire ---------------------------------------------------------------------

namespace {

struct performer {
  edge& wire;
  call_entry& call;

  void operator()(model::invite& x) {
    wire.perform(call, std::move(x));
  }
  void operator()(model::refer& x) {
    wire.perform(call, std::move(x));
  }
  void operator()(model::respond& x) {
    // A caller who is told to wait, for a route perhaps, is not kept waiting by
    // the switch.
    call.delay_known = true;
    if (auto* l = call.find(x.leg))
      wire.perform(*l, std::move(x));
  }
  void operator()(model::forget& x) {
    wire.forget(call, x.leg);
  }
  void operator()(model::hand_over& x) {
    wire.hand_over(call, x);
  }
  template <class Command>
  void operator()(Command& x) {
    if (auto* l = call.find(x.leg))
      wire.perform(*l, std::move(x));
  }
};

} // namespace

void stack::adopt(model::call_id call, dialog_user handle) {
  edge_->adopt(call, std::move(handle));
}

void stack::perform(model::call_id call, model::command&& x) {
  if (auto* entry = edge_->find(call))
    std::visit(performer{*edge_, *entry}, x);
}

void stack::close(model::call_id call) {
  edge_->close(call);
}

void stack::probe(const std::string& uri, probe_listener asker) {
  if (edge_->probes)
    edge_->probes->probe(uri, std::move(asker));
  else
    caf::anon_send(asker, probed{});
}

void stack::send(registration_order&& x, registration_listener asker) {
  if (edge_->users) {
    if (!edge_->outbound().empty())
      x.registrar = edge_->outbound();
    edge_->users->send(std::move(x), std::move(asker));
  } else {
    caf::anon_send(asker, registered{x.user, 0, 0});
  }
}

void stack::send(subscription_order&& x, subscription_listener asker) {
  if (edge_->watchers)
    edge_->watchers->send(std::move(x), std::move(asker));
}

void stack::answer(enrolled&& x) {
  if (edge_->registrations)
    edge_->registrations->answer(std::move(x));
}

} // namespace strowger::sip
