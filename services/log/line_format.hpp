#pragma once

#include "actors/model/time.hpp"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cstdint>
#include <string_view>

/// How times, ids and texts stand in logs and call records. All of it appends
/// to a buffer and is called for every call, hence no streams and no locale.
namespace strowger::services {

using text_buffer = fmt::memory_buffer;
using wall_time = std::chrono::system_clock::time_point;

inline void append(text_buffer& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

/// `2026-11-21T01:02:03.456Z` (RFC 3339, UTC, milliseconds). Remembers the
/// second it wrote last, as lines come in bursts.
class time_format {
public:
  void append(text_buffer& out, wall_time t);

private:
  int64_t second_ = INT64_MIN;
  char text_[20] = {}; // up to the seconds
};

/// Turns the switch's own time, which starts anywhere, into time of day by an
/// offset taken once: a record's times then always fit its durations, even if
/// somebody sets the machine's clock while the call lasts.
class wall_clock {
public:
  wall_clock(model::time_point switch_now, wall_time now)
    : offset_(now.time_since_epoch() - switch_now.time_since_epoch()) {
    // nop
  }

  wall_time at(model::time_point t) const {
    using std::chrono::duration_cast;
    return wall_time{
      duration_cast<wall_time::duration>(t.time_since_epoch() + offset_)};
  }

  /// The other way round.
  model::time_point from(wall_time t) const {
    return model::time_point{t.time_since_epoch() - offset_};
  }

private:
  model::duration offset_;
};

/// A call id as 16 hex digits.
void append_call_id(text_buffer& out, uint64_t id);

/// A JSON string with its quotes. What is not UTF-8 becomes U+FFFD: peers put
/// anything into a header, and one bad byte must not spoil a whole file.
void append_json(text_buffer& out, std::string_view text);

/// The text with U+FFFD for what is not UTF-8.
void append_utf8(text_buffer& out, std::string_view text);

/// A value after `key=`: bare if it is one word, otherwise quoted, with control
/// characters escaped so that a peer cannot forge a line.
void append_value(text_buffer& out, std::string_view text);

/// The text with its control characters escaped: it stays one line.
void append_visible(text_buffer& out, std::string_view text);

/// ` key=value`, nothing if the value is empty.
void append_field(text_buffer& out, std::string_view key,
                  std::string_view value);

/// Turns `some words key=value key="more words"` into JSON members:
/// `"message":"some words","key":"value","key":"more words"`.
void append_members(text_buffer& out, std::string_view text);

} // namespace strowger::services
