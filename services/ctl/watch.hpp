#pragma once

#include "services/ctl/connection.hpp"

#include <strowger/v1/event_service.pb.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

namespace strowger::services::ctl {

namespace api = strowger::v1;

/// Which events; see EventFilter.
struct watch_filter {
  std::vector<std::string> dns;
  std::vector<std::string> call_ids;
  std::vector<std::string> kinds; ///< words of EventKind
};

enum class watch_format { json, plain, coloured };

api::SubscribeRequest make_request(const watch_filter& from);

/// What a message of the stream is on paper: a line for each event, resync and
/// finished snapshot. In JSON an event is itself, the others are
/// `{"snapshot": {…}}` and `{"resync": {…}}`.
std::string lines_of(const api::SubscribeResponse& x, watch_format format);

/// Follows the events over any number of connections.
class watcher {
public:
  watcher(const connection& server, api::SubscribeRequest request)
    : server_(server), request_(std::move(request)) {
    // nop
  }

  /// Gives every message to `take`, in order and none twice, until stop(),
  /// until `take` says false, or until the switch refuses. A connection that
  /// is lost after the first message is made again, and goes on after the last
  /// event. OK, or why the switch refused.
  grpc::Status run(std::function<bool(const api::SubscribeResponse&)> take);

  /// From any thread.
  void stop();

private:
  grpc::Status follow(std::function<bool(const api::SubscribeResponse&)>& take);
  void remember(const api::SubscribeResponse& x);
  /// Makes the call known to stop(); false if it was stopped already.
  bool announce(grpc::ClientContext* call);
  /// False if it was stopped.
  bool pause();

  const connection& server_;
  api::SubscribeRequest request_;
  bool was_connected_ = false;

  std::mutex mutex_; // guards all below
  std::condition_variable wake_;
  bool stopped_ = false;
  grpc::ClientContext* call_ = nullptr; // under way
};

/// `watch`: until SIGINT or SIGTERM, or until `out` is closed; the exit code is
/// 0 then.
int run_watch(const watch_filter& filter, watch_format format,
              const settings& how, std::ostream& out, std::ostream& err);

} // namespace strowger::services::ctl
