#pragma once

#include "services/config/overlay.hpp"
#include "services/config/overlay_store.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace strowger::services::config {

/// A new revision of the configuration.
struct revision_news {
  uint64_t revision = 0;
  std::vector<change> changes;
  bool reloaded = false; ///< from the file
  std::string client;
  int64_t time_unix_ms = 0;
};

/// Somebody who is told of revisions, on the thread of the keeper.
class revision_follower {
public:
  virtual ~revision_follower() = default;

  /// The revision in force when it began to follow.
  virtual void begin(uint64_t revision) = 0;
  /// A revision has come in force.
  virtual void news(const std::shared_ptr<const revision_news>& x) = 0;
};

/// A change set of a client.
struct change_request {
  std::string client;
  std::string id;      ///< of the request, for retries
  std::string content; ///< what it asks for, to know a retry by
  std::vector<change> changes;
  uint64_t expected_revision = 0; ///< 0 = any
  /// Asked before anything is done for it; if not, nobody gets an answer.
  std::function<bool()> is_wanted = {};
};

/// What became of a change set.
struct change_outcome {
  enum class verdict : uint8_t {
    good,              ///< in force, or right if it was only to be checked
    invalid,           ///< see the faults
    revision_conflict, ///< another revision than expected
    request_conflict,  ///< the id was used for something else
    not_stored,        ///< see the text
  };

  verdict is = verdict::good;
  uint64_t revision = 0; ///< with the changes; else the one there is
  std::vector<change_fault> faults;
  std::string text;
};

/// The configuration as it stands, for those who list it.
struct configuration_view {
  uint64_t revision;
  const overlaid_document& document;
  const std::vector<listed_object>& objects;
  const overlay& entries;
};

/// What the keeper needs of the switch.
struct keeper_host {
  /// Has these settings put in force, and calls the function afterwards with
  /// those of before, from any thread.
  std::function<void(std::shared_ptr<const settings>,
                     std::function<void(std::shared_ptr<const void>)>)>
    put_in_force;
  /// A line for the log.
  std::function<void(bool is_error, const std::string&)> log;
};

/// Keeps the configuration: the file, the changes on top of it, and what
/// survives a restart. Reading, checking and writing to disk happen on a thread
/// of its own, at a low priority; the switch only swaps settings that are
/// ready, and nobody waits for anybody.
class keeper {
public:
  explicit keeper(std::string file);
  ~keeper();
  keeper(const keeper&) = delete;
  keeper& operator=(const keeper&) = delete;

  /// Reads the file and what was kept besides it. Once, before start().
  load_result load();

  /// Begins to work. What load() found worth a line is logged now.
  void start(keeper_host host);

  /// Ends the thread; what waits is dropped.
  void stop();

  // -- from any thread --------------------------------------------------------

  /// Reads the file anew, and puts it in force if it is right.
  void reload();

  /// Applies a change set; the outcome comes on the thread of the keeper. False
  /// if it has too much to do already, or was stopped.
  bool apply(change_request x, std::function<void(change_outcome)> taker);

  /// Same, but only checks it.
  bool validate(std::vector<change> changes,
                std::function<void(change_outcome)> taker);

  /// Shows the configuration, on the thread of the keeper. `f` says whether it
  /// will soon be asked again.
  bool look(std::function<bool(const configuration_view&)> f);

  bool follow(std::shared_ptr<revision_follower> who);
  void unfollow(const std::shared_ptr<revision_follower>& who);

private:
  struct document_cache;

  void run();
  bool post(std::function<void()> f, bool bounded = true);
  void do_reload();
  void do_apply(const change_request& x,
                const std::function<void(change_outcome)>& taker);
  std::optional<change_outcome> objection(const change_request& x);
  void open_store(const settings& x);
  std::string save(const std::optional<applied_request>& request = {});
  void bring_in_force(settings&& x, std::shared_ptr<revision_news> news,
                      std::function<void()> then);
  void publish(const std::shared_ptr<const revision_news>& news);
  void complain_of_inactive();
  change_stamp next_stamp(const std::string& client) const;

  const std::string path_;
  keeper_host host_;

  // Only one thread touches these: that of load(), then its own.
  file_text file_;
  std::string digest_;
  overlay entries_;
  uint64_t revision_ = 1;
  uint64_t in_force_ = 1;
  std::unique_ptr<overlay_store> store_;
  std::string store_error_;
  std::unique_ptr<document_cache> document_;
  std::vector<std::shared_ptr<revision_follower>> followers_;

  std::mutex mutex_; // guards all below
  std::condition_variable work_;
  std::vector<std::function<void()>> waiting_;
  bool stop_ = false;
  std::thread thread_;
};

} // namespace strowger::services::config
