#pragma once

#include "actors/model/journal.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strowger::model {
struct binding;
}

namespace strowger {

/// How grave a log line is.
enum class severity : uint8_t { debug, info, warning, error };

/// Where the switch puts what it has to tell. Called on the reactor's thread
/// for every call, so an implementation must not block.
class outlets {
public:
  virtual ~outlets() = default;

  /// A T-Library event, numbered; see actors/journal.hpp for the stream.
  virtual void event(uint64_t sequence, const model::journal_event& x) = 0;

  /// A call has ended.
  virtual void record(const model::call_record& x) = 0;

  /// The bindings of a DN have changed (`internal-registrar-persistent`).
  virtual void bindings(const std::string& dn,
                        const std::vector<model::binding>& xs)
    = 0;

  /// One line for people. `call` is 0 outside calls.
  virtual void log(severity s, model::call_id call, std::string_view text) = 0;

  /// False spares the caller the work of making a line nobody wants.
  virtual bool wants(severity s) const = 0;
};

} // namespace strowger
