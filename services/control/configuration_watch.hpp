#pragma once

#include "services/config/keeper.hpp"
#include "services/control/open_streams.hpp"

#include <grpcpp/support/server_callback.h>
#include <strowger/v1/configuration_service.pb.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace strowger::services::control {

namespace api = strowger::v1;

class configuration_watch;

/// All streams of revisions.
using configuration_watches = open_streams<configuration_watch>;

/// One WatchConfiguration. Its queue is bounded: who does not read loses what
/// is in it, and gets the newest revision with a notice instead.
class configuration_watch final
  : public grpc::ServerWriteReactor<api::WatchConfigurationResponse>,
    public config::revision_follower,
    public std::enable_shared_from_this<configuration_watch> {
public:
  /// `on_end` is told the outcome, before gRPC is.
  configuration_watch(std::shared_ptr<config::keeper> keeper,
                      std::shared_ptr<configuration_watches> all,
                      std::function<void(const grpc::Status&)> on_end,
                      size_t queue_max = 64);

  /// Either of them makes it belong to itself, until gRPC has done with it.
  void start();
  void refuse(const grpc::Status& why);

  /// The stream ends with this status; the first one counts. From any thread.
  void end(const grpc::Status& why);

  void begin(uint64_t revision) override;
  void news(const std::shared_ptr<const config::revision_news>& x) override;

private:
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void pump(std::unique_lock<std::mutex>& guard);

  const std::shared_ptr<config::keeper> keeper_;
  const std::shared_ptr<configuration_watches> all_;
  const std::function<void(const grpc::Status&)> on_end_;
  const size_t queue_max_;
  std::shared_ptr<configuration_watch> self_;

  std::mutex mutex_;                        // guards all below
  api::WatchConfigurationResponse writing_; // must last until OnWriteDone
  std::deque<std::shared_ptr<const config::revision_news>> queue_;
  std::optional<uint64_t> first_;  // to be said before the queue
  std::optional<uint64_t> resync_; // instead of what was dropped
  bool is_writing_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> end_;
};

} // namespace strowger::services::control
