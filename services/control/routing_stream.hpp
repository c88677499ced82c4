#pragma once

#include "services/control/open_streams.hpp"
#include "services/control/plane.hpp"
#include "services/control/routing_audit.hpp"
#include "services/control/routing_batch.hpp"

#include <grpcpp/support/server_callback.h>
#include <strowger/v1/routing_service.pb.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace strowger::services::control {

namespace api = strowger::v1;

class routing_stream;

/// All streams of strategies.
class routing_streams : public open_streams<routing_stream> {
public:
  routing_streams(caf::actor_system& system, strowger::reactor& host)
    : system_(system), reactor_(host) {
    // nop
  }

  // -- on the thread of the switch --------------------------------------------

  /// One more client of the routing desk; `leave` gets what it is told.
  std::shared_ptr<routing_client>
  make_batch(const plane& host, exchange& at,
             std::function<void(routing_batch::batch)> leave);

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
  caf::actor_system& system_;
  strowger::reactor& reactor_;
  std::set<model::route_client> clients_;
};

/// One Serve. What the client sends goes to the thread of the switch, a message
/// at a time and not more than that can take. What it is told waits in a queue
/// with bounds, and goes out together. Who does not read loses the stream, and
/// its requests go to others at once.
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

  /// The stream ends with this status; the first one counts. From any thread.
  void end(const grpc::Status& why);

private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  using task = std::function<void(routing_desk&, model::route_client)>;
  struct unsent {
    api::StrategyNews what;
    size_t bytes;
  };

  std::optional<grpc::Status> read();
  std::optional<grpc::Status> read_start(const api::StartServing& x);
  std::optional<grpc::Status> read_one(const api::StrategyInstruction& x);
  void read_route(const api::RouteInstruction& x);
  void read_user_data(const api::RouteUserData& x);
  void read_keep_waiting(const api::KeepWaiting& x);
  /// What tells the audit log that this was done; null if there is none.
  std::function<void()> note_done(const std::string& call,
                                  const std::string& request) const;
  void fail(const std::string& request, const std::string& call,
            const std::string& point, const std::string& complaint);
  void serve(exchange& at, const model::route_service& how);
  /// Has what was read done on the thread of the switch, if the client still
  /// serves then.
  void ask();
  void done_asking(size_t n);
  /// To the client, in this order; on the courier's thread.
  void tell(const std::vector<routing_news>& all);
  void send(std::vector<api::StrategyNews> all);
  void close();
  void leave(exchange& at);
  void pump(std::unique_lock<std::mutex>& guard);
  bool fill_message();
  void drop_queue();

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
  std::vector<task> tasks_;               // of the message
  std::vector<api::StrategyNews> failed_; // what is wrong with it

  std::mutex mutex_;           // guards all below
  api::ServeResponse writing_; // must last until OnWriteDone
  bool says_started_ = false;  // with the next message
  std::deque<unsent> queue_;
  size_t queued_bytes_ = 0;
  size_t queue_max_ = 0;
  size_t asking_ = 0;
  bool reads_later_ = false;
  bool is_writing_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> end_;
};

} // namespace strowger::services::control
