#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace strowger::services {

/// One registration as it survives a restart. The expiry is wall-clock time
/// (seconds since 1970), as the switch's own clock starts anew.
struct stored_binding {
  std::string dn;
  std::string contact;
  std::string params;
  std::string received;
  std::string call_id;
  std::uint32_t cseq = 0;
  std::string path;
  int q_thousandths = 1000;
  std::int64_t expires_unix_s = 0;
  std::string user_agent;

  friend bool operator==(const stored_binding&, const stored_binding&)
    = default;
};

/// The switch's embedded database (option `internal-registrar-persistent`).
/// Writing happens on a thread of its own: save() never waits for the disk.
/// Errors are values; a broken database never stops the switch.
class store {
public:
  struct opened;
  struct loaded {
    std::vector<stored_binding> rows;
    std::string error; ///< empty = good
  };

  /// Opens or creates the database file, its folder and its tables. On failure
  /// there is no store, and the error names the file and the reason. `dns_max`
  /// bounds the DNs waiting to be written.
  static opened open(const std::string& path, std::size_t dns_max = 100'000);

  /// Flushes and closes.
  ~store();
  store(const store&) = delete;
  store& operator=(const store&) = delete;

  /// Reads all registrations, by DN and then in the order they were saved.
  loaded load_bindings();

  /// Queues the full state of a DN (no rows = unregistered). The newest state
  /// of a DN wins; everything waiting goes into one transaction. Returns false,
  /// and counts it, when too many DNs are waiting.
  bool save(const std::string& dn, std::vector<stored_binding> rows);

  /// Waits until everything saved before has been written or has failed.
  /// Returns the error of the last attempt to write, empty = good.
  std::string flush();

  /// States that were refused by save() or could not be written.
  std::uint64_t lost() const;

  /// Error of the last attempt to write; empty = good.
  std::string last_error() const;

private:
  struct state;
  explicit store(std::unique_ptr<state> state);
  std::unique_ptr<state> state_;
};

struct store::opened {
  std::unique_ptr<store> database; ///< null on failure
  std::string error;               ///< empty on success
};

} // namespace strowger::services
