#pragma once

#include "services/load/run_record.hpp"

#include <grpcpp/support/status.h>

#include <condition_variable>
#include <future>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace strowger::services::load {

/// Plays the runs that clients start, one at a time, on the thread that calls
/// work(). All else may be called from any thread.
class generator {
public:
  /// `listen`: where its SIP endpoints are unless a client says otherwise;
  /// empty: where the scenario says. `out` is told what happens.
  generator(std::string listen, std::ostream& out);

  /// Plays until close() is called.
  void work();
  /// Ends what is played at once, and work().
  void close();

  /// When it returns, the sockets are open, or the status says what is wrong.
  grpc::Status start(const api::StartRunRequest& what);
  /// The run with this id, or for no id the one that is played or was last;
  /// null: there is none.
  std::shared_ptr<run_record> find(const std::string& id) const;

private:
  struct job {
    traffic::scenario script;
    std::shared_ptr<run_record> record;
    bool is_probing = true;
    bool waits_to_begin = false;
    bool waits_to_call = false;
    /// What keeps the sockets from being open; empty: nothing.
    std::promise<std::string> opened;
  };

  std::unique_ptr<job> next_job();
  void play(job& x);
  bool is_busy() const;

  const std::string listen_;
  std::ostream& out_;

  mutable std::mutex mutex_; // guards all below
  std::condition_variable changed_;
  std::unique_ptr<job> waiting_;
  std::shared_ptr<run_record> run_; // that is played, or was last
  bool is_closing_ = false;
};

} // namespace strowger::services::load
