#pragma once

#include "actors/routing_desk.hpp"
#include "services/control/open_streams.hpp"
#include "services/control/plane.hpp"
#include "services/control/routing_audit.hpp"

#include <grpcpp/support/server_callback.h>
#include <strowger/v1/routing_service.pb.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace strowger::services::control {

namespace api = strowger::v1;

class routing_stream;

/// All streams of strategies.
class routing_streams : public open_streams<routing_stream> {
public:
  // -- on the thread of the switch --------------------------------------------

  /// Notes a client of the routing desk, and that it has gone.
  void opened(model::route_client who) {
    clients_.insert(who);
  }
  void closed(model::route_client who) {
    clients_.erase(who);
  }

  /// The end: takes all clients from the desk.
  void close(exchange& from);

private:
  std::set<model::route_client> clients_;
};

/// One Serve. What the client sends goes to the thread of the switch, not more
/// at a time than that can take; what it is told waits in a bounded queue. Who
/// does not read loses the stream, and its requests go to others at once.
class routing_stream final
  : public grpc::ServerBidiReactor<api::ServeRequest, api::ServeResponse>,
    public std::enable_shared_from_this<routing_stream> {
public:
  /// `on_end` is told the outcome, before gRPC is; `audit` may be null.
  routing_stream(std::shared_ptr<plane> host,
                 std::shared_ptr<routing_streams> all,
                 std::function<void(const grpc::Status&)> on_end,
                 std::shared_ptr<routing_audit> audit);

  /// Either of them makes it belong to itself, until gRPC has done with it.
  void start();
  void refuse(const grpc::Status& why);

  /// To the client, in the order of the calls. From any thread.
  void send(api::ServeResponse x);

  /// The stream ends with this status; the first one counts. From any thread.
  void end(const grpc::Status& why);

private:
  class desk_client;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  std::optional<grpc::Status> read();
  std::optional<grpc::Status> read_start(const api::StartServing& x);
  void read_route(const api::RouteInstruction& x);
  void read_user_data(const api::RouteUserData& x);
  void read_keep_waiting(const api::KeepWaiting& x);
  /// What tells the audit log that this was done; null if there is none.
  std::function<void()> note_done(const std::string& call,
                                  const std::string& request) const;
  void fail(const std::string& request, const std::string& call,
            const std::string& point, const std::string& complaint);
  void serve(exchange& at, const model::route_service& how);
  /// Runs `f` on the thread of the switch, if the client still serves then.
  void ask(std::function<void(routing_desk&, model::route_client)> f);
  void done_asking();
  void leave();
  void pump(std::unique_lock<std::mutex>& guard);

  const std::shared_ptr<plane> host_;
  const std::shared_ptr<routing_streams> all_;
  const std::function<void(const grpc::Status&)> on_end_;
  const std::shared_ptr<routing_audit> audit_;
  std::shared_ptr<routing_stream> self_;

  // Only the thread of the switch touches this.
  model::route_client me_ = 0;

  // Only reads touch these; one is under way at a time.
  api::ServeRequest reading_;
  bool started_ = false;

  std::mutex mutex_;           // guards all below
  api::ServeResponse writing_; // must last until OnWriteDone
  std::deque<api::ServeResponse> queue_;
  size_t queued_bytes_ = 0;
  size_t queue_max_ = 0;
  size_t asking_ = 0;
  bool reads_later_ = false;
  bool is_writing_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> end_;
};

} // namespace strowger::services::control
