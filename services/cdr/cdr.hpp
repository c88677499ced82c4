#pragma once

#include "actors/model/journal.hpp"
#include "services/log/line_format.hpp"

namespace strowger::services {

/// Writes call records as JSON lines, one object per call:
///
///     {"call":"…","type":"inbound","result":"answered","released_by":"caller",
///      "status":200,"redirections":0,
///      "origin":{"device":"…","number":"…","address":"…","sip_call_id":"…"},
///      "destination":{…},"started":"…","invited":"…","alerted":"…",
///      "answered":"…","ended":"…","setup_ms":…,"ring_ms":…,"talk_ms":…}
///
/// Times are RFC 3339 in UTC, or null if the call did not get there. `setup_ms`
/// (start to answer) is null for a call that was not answered; `ring_ms` (first
/// 18x to answer or end) and `talk_ms` (answer to end) are then 0.
class cdr_format {
public:
  explicit cdr_format(wall_clock clock) : clock_(clock) {
    // nop
  }

  /// Appends the line with its new line.
  void append(text_buffer& out, const model::call_record& x);

private:
  void append_time(text_buffer& out, std::string_view key, model::time_point t);

  wall_clock clock_;
  time_format time_;
};

/// Milliseconds from `from` to `to`, 0 if they are not in that order or one of
/// them never came.
int64_t elapsed_ms(model::time_point from, model::time_point to);

} // namespace strowger::services
