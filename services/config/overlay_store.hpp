#pragma once

#include "services/config/overlay.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace strowger::services::config {

/// A change set that was applied, to know it again.
struct applied_request {
  std::string client;
  std::string id;
  std::string content; ///< digest of what it asked for
  uint64_t revision = 0;
};

/// What survives a restart besides the file.
struct kept_configuration {
  uint64_t revision = 0; ///< 0: nothing was ever kept
  std::string digest;    ///< of the file of this revision
  overlay entries;
};

/// The overlay in the data folder, in a database of its own. Unlike those of
/// registrations its writes are waited for: what save() has returned from
/// survives the loss of the process and of the machine's power. Errors are
/// values. One thread at a time.
class overlay_store {
public:
  struct opened;

  /// Opens or creates the database file, its folder and its tables. On failure
  /// there is no store, and the error names the file and the reason.
  static opened open(const std::string& path);

  ~overlay_store();
  overlay_store(const overlay_store&) = delete;
  overlay_store& operator=(const overlay_store&) = delete;

  /// What was kept when the store was opened or saved to last.
  const kept_configuration& kept() const;

  /// Keeps this, and that this request led to it, in one transaction. Returns
  /// what went wrong, or nothing; then nothing has changed.
  std::string save(const kept_configuration& x,
                   const std::optional<applied_request>& request = {});

  /// A request of the last thousand, or nothing.
  std::optional<applied_request> find(const std::string& client,
                                      const std::string& id);

private:
  struct state;
  explicit overlay_store(std::unique_ptr<state> state);
  std::unique_ptr<state> state_;
};

struct overlay_store::opened {
  std::unique_ptr<overlay_store> database; ///< null on failure
  std::string error;                       ///< empty on success
};

} // namespace strowger::services::config
