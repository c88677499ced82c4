#pragma once

#include "test/services/control_client.hpp"
#include "test/services/live_switch.hpp"

#include <caf/send.hpp>

#include <doctest/doctest.h>
#include <strowger/v1/routing_service.grpc.pb.h>

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>

/// A strategy, and an office with a routing point for it.
namespace strowger::test {

inline std::shared_ptr<const model::directory> office() {
  model::directory_builder b{"paper"};
  for (std::string n : {"2001", "2002"}) {
    model::option_values contact;
    contact.set(model::option::contact, "sip:" + n + "@192.0.2.1");
    b.add(n, model::dn_type::extension, contact);
  }
  model::option_values patient;
  patient.set(model::option::router_timeout, int64_t{600});
  b.add("9", model::dn_type::routing_point, patient);
  b.add("7", model::dn_type::acd_queue);
  return b.build();
}

/// A strategy with a connection of its own.
class strategy {
public:
  explicit strategy(const std::string& address, const std::string& token = {})
    : stub_(api::RoutingService::NewStub(dial(address))) {
    if (!token.empty())
      context_.AddMetadata("authorization", "Bearer " + token);
    stream_ = stub_->Serve(&context_);
  }
  ~strategy() {
    if (stream_)
      kill();
  }

  void say(const std::string& text) {
    api::ServeRequest x;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &x));
    stream_->Write(x);
  }
  /// Begins to serve and waits until it does.
  void serve(const char* what = "start { routing_points: '9' }") {
    say(what);
    REQUIRE(read().has_started());
  }
  /// The next message; an empty one at the end.
  api::ServeResponse read() {
    api::ServeResponse x;
    stream_->Read(&x);
    return x;
  }
  /// The next of the news; an empty one at the end.
  api::StrategyNews next() {
    if (news_.empty()) {
      auto message = read();
      news_.assign(message.news().begin(), message.news().end());
    }
    if (news_.empty())
      return {};
    auto x = std::move(news_.front());
    news_.pop_front();
    return x;
  }
  /// Closes its side. What is left can still be read.
  void close() {
    if (!std::exchange(closed_, true))
      stream_->WritesDone();
  }
  /// Closes its side, reads what is left, and returns how it ended.
  grpc::Status finish() {
    close();
    api::ServeResponse x;
    while (stream_->Read(&x)) {
      // what was under way
    }
    auto stream = std::move(stream_);
    return stream->Finish();
  }
  grpc::Status kill() {
    context_.TryCancel();
    return finish();
  }

  /// One instruction.
  void instruct(const std::string& text) {
    say("instructions { " + text + " }");
  }
  void route(const std::string& call, const std::string& id,
             const std::string& more) {
    instruct(instruction(call, id, more));
  }
  static std::string instruction(const std::string& call, const std::string& id,
                                 const std::string& more) {
    return "route { call_id: '" + call + "' routing_point: '9' request_id: '"
           + id + "' " + more + "}";
  }

private:
  grpc::ClientContext context_;
  std::unique_ptr<api::RoutingService::Stub> stub_;
  std::unique_ptr<
    grpc::ClientReaderWriter<api::ServeRequest, api::ServeResponse>>
    stream_;
  std::deque<api::StrategyNews> news_;
  bool closed_ = false;
};

inline opened call_in(live_switch& host) {
  return host.on_switch([](exchange& x) {
    model::offered invite;
    invite.caller.user = "0301";
    invite.called = "9";
    invite.body = {"application/sdp", "v=0\r\n"};
    invite.received_at = x.routing().time();
    return x.open(std::move(invite));
  });
}

inline void respond(live_switch& host, const opened& call,
                    model::leg_number leg, uint16_t status) {
  host.on_switch([&](exchange&) {
    model::responded x;
    x.leg = leg;
    x.method = model::method::invite;
    x.status = status;
    caf::anon_send(call.handle, std::move(x));
  });
}

/// Waits until so many INVITEs have gone out; the target of the last one.
inline std::string rings(live_switch& host, size_t n) {
  while (true) {
    auto last = host.on_switch([&](exchange&) -> std::string {
      size_t sent = 0;
      for (auto& x : host.paper().commands)
        sent += std::holds_alternative<model::invite>(x.what);
      return sent < n ? "" : host.paper().last<model::invite>()->target.uri;
    });
    if (!last.empty())
      return last;
    std::this_thread::yield();
  }
}

} // namespace strowger::test
