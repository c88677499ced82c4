#pragma once

#include "services/config/change.hpp"
#include "services/config/config.hpp"
#include "services/config/object_tree.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::services::config {

/// Who changed something, and when (ms since 1970).
struct change_stamp {
  uint64_t revision = 0;
  std::string client;
  int64_t time_unix_ms = 0;

  friend bool operator==(const change_stamp&, const change_stamp&) = default;
};

/// A change that lasts.
struct overlay_entry {
  change is; ///< no revert
  change_stamp by;
  std::string inactive; ///< why it is left out; empty = it counts

  friend bool operator==(const overlay_entry&, const overlay_entry&) = default;
};

/// What the control plane has changed, in the order in which it is applied to
/// the file: one entry for each setting or object as a whole.
using overlay = std::vector<overlay_entry>;

/// What is wrong with a change set.
struct change_fault {
  std::optional<size_t> change; ///< nothing if it cannot be told
  object_id object;
  std::string key; ///< empty: the object as a whole
  std::string message;
};

/// `change 2, dn 2001 ring-timeout: MESSAGE`, counted from 1.
std::string to_string(const change_fault& x);

/// The text of a configuration file, and what it is called in errors.
struct file_text {
  std::string text;
  std::string name;
};

/// A configuration with changes on top of it, or what is wrong with them.
struct overlaid {
  std::optional<settings> value;
  overlay entries; ///< with the changes
  std::vector<change_fault> faults;
};

/// Applies changes, one after the other, to a file that is right by itself and
/// the overlay that is in force on it: all of them or none.
overlaid apply(const file_text& file, const overlay& before,
               std::span<const change> changes, const change_stamp& by);

/// A configuration as it was read, and what had to be left out.
struct restored {
  load_result result; ///< its errors are those of the file
  overlay entries;
};

/// Reads a file and the overlay on top of it. If the file is right by itself
/// there is a value: entries that do not fit any more are made inactive.
restored restore(const file_text& file, overlay entries);

// -- listing ------------------------------------------------------------------

/// A YAML document with an overlay, and its objects.
class overlaid_document {
public:
  overlaid_document(const file_text& file, const overlay& entries);
  overlaid_document(const overlaid_document&) = delete;
  overlaid_document& operator=(const overlaid_document&) = delete;

  const object_tree& objects() const {
    return *objects_;
  }

  /// The entry that has put this into the document; null = it is the file's.
  const overlay_entry* origin(const yaml_node* of) const;

private:
  yaml_tree tree_;
  std::optional<object_tree> objects_;
  const overlay& entries_;
};

} // namespace strowger::services::config
