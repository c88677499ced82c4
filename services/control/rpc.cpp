#include "services/control/rpc.hpp"

#include "services/control/status.hpp"

namespace strowger::services::control {

std::shared_ptr<rpc> rpc::open(std::shared_ptr<plane> host,
                               grpc::CallbackServerContext* call,
                               const method_info& method, size_t bytes,
                               request_about about) {
  std::shared_ptr<rpc> self{
    new rpc(std::move(host), call, method, std::move(about))};
  self->self_ = self;
  auto verdict = admit(*self->host_, *call, method, bytes, self->who_);
  if (!verdict.ok())
    self->finish(verdict);
  return self;
}

grpc::Status rpc::stopped() {
  return make_status(model::fault::overloaded, "the switch is being stopped");
}

void rpc::conclude_with(const grpc::Status& x) {
  conclude(*host_, *call_, method_, who_, about_, x);
  Finish(x);
}

void rpc::OnCancel() {
  auto late = deadline() <= std::chrono::system_clock::now();
  finish(late ? make_status(model::fault::timeout, "the deadline has passed")
              : grpc::Status::CANCELLED);
}

void rpc::OnDone() {
  auto self = std::move(self_);
}

} // namespace strowger::services::control
