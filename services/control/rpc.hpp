#pragma once

#include "services/control/plane.hpp"

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace strowger::services::control {

/// A unary request in progress. It is finished once, by whoever comes first:
/// the answer of the switch, or its cancellation. From any thread.
class rpc final : public grpc::ServerUnaryReactor,
                  public std::enable_shared_from_this<rpc> {
public:
  /// Makes the request belong to itself until gRPC has done with it. Check
  /// refused() before doing anything for it. `bytes` is its size.
  static std::shared_ptr<rpc> open(std::shared_ptr<plane> host,
                                   grpc::CallbackServerContext* call,
                                   const method_info& method, size_t bytes,
                                   request_about about = {});

  /// It is over already: no token, too large, cancelled…
  bool refused() const {
    return finished_;
  }
  const client& who() const {
    return who_;
  }
  plane& host() const {
    return *host_;
  }
  std::chrono::system_clock::time_point deadline() const {
    return call_->deadline();
  }

  /// Ends it. `fill` writes the response, which lasts until then, and returns
  /// the status; it is not called if the request is over.
  template <class Fill>
  void finish_with(Fill fill) {
    if (!finished_.exchange(true))
      conclude_with(fill());
  }
  void finish(const grpc::Status& x) {
    finish_with([&] { return x; });
  }

  /// Takes it to the thread of the switch, and what `ask` returns there to
  /// `answer` on the courier's thread, which fills the response.
  template <class Ask, class Answer>
  void query(Ask ask, Answer answer) {
    auto self = shared_from_this();
    auto sent = host_->link->post(
      [self, ask = std::move(ask), answer = std::move(answer)](exchange& x) {
        self->host_->carrier->post([self, answer, found = ask(x)]() mutable {
          self->finish_with([&] { return answer(std::move(found)); });
        });
      });
    if (!sent)
      finish(stopped());
  }

  static grpc::Status stopped();

private:
  rpc(std::shared_ptr<plane> host, grpc::CallbackServerContext* call,
      const method_info& method, request_about about)
    : host_(std::move(host)), call_(call), method_(method),
      about_(std::move(about)) {
    // nop
  }

  void conclude_with(const grpc::Status& x);
  void OnCancel() override;
  void OnDone() override;

  const std::shared_ptr<plane> host_;
  grpc::CallbackServerContext* const call_;
  const method_info method_;
  const request_about about_;
  client who_;
  std::atomic<bool> finished_ = false;
  std::shared_ptr<rpc> self_;
};

} // namespace strowger::services::control
