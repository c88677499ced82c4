#pragma once

#include "services/load/run_record.hpp"

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>

namespace strowger::services::load {

/// One WatchRun. It has no queue: what was not read yet is still in the record,
/// so a slow reader costs nothing and loses nothing.
class run_watch final : public grpc::ServerWriteReactor<api::WatchRunResponse>,
                        public std::enable_shared_from_this<run_watch> {
public:
  /// With `ends_run`, the run is stopped if the stream ends before it.
  run_watch(std::shared_ptr<run_record> of, bool ends_run);

  /// Makes it belong to itself, until gRPC has done with it.
  void start();
  /// A stream that only ends, with this status.
  static run_watch* refused(const grpc::Status& why);

  /// There may be something new. From any thread.
  void look();

private:
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void pump(std::unique_lock<std::mutex>& guard);

  const std::shared_ptr<run_record> of_;
  const bool ends_run_;
  std::shared_ptr<run_watch> self_;

  std::mutex mutex_;              // guards all below
  api::WatchRunResponse writing_; // must last until OnWriteDone
  std::size_t seconds_ = 0;       // told
  api::LoadPhase phase_ = api::LOAD_PHASE_UNSPECIFIED; // told
  bool is_writing_ = false;
  bool is_cancelled_ = false;
  bool is_finished_ = false;
};

} // namespace strowger::services::load
