#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace strowger::services {

/// Limits of a line_writer.
struct line_writer_limits {
  /// Lines that wait may take so many bytes; what does not fit is dropped and
  /// counted. 8 MiB hold some 5 s of call records at 4000 calls/s.
  size_t bytes_max = 8u << 20;
  /// Lines reach the file after so long at most. One wake-up and one write for
  /// all lines of an interval: waking the writer for every line would cost a
  /// call more than the line itself.
  unsigned interval_ms = 100;
};

/// Writes lines to a file (or standard error) on a thread of its own, so that
/// nobody ever waits for a disk. When the disk does not keep up new lines are
/// dropped, not old ones: the beginning of a trouble tells more than its end.
class line_writer {
public:
  struct opened;

  /// Opens the file for appending, and makes its folder. An empty path means
  /// standard error. On failure there is no writer; the error names the file.
  static opened open(const std::string& path, line_writer_limits limits = {});

  /// Writes what is left, and closes.
  ~line_writer();
  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;

  /// Queues a line, which must end with a new line. From any thread; never
  /// blocks for longer than a memory copy. False if it was dropped.
  bool append(std::string_view line);

  /// Opens the file anew before the next line is written, for log rotation. If
  /// that fails the old file stays in use.
  void reopen();

  /// Waits until all that was appended before is written or counted as dropped.
  void flush();

  /// Lines that did not fit, or could not be written.
  uint64_t dropped() const {
    return dropped_.load(std::memory_order_relaxed);
  }

  /// Why the last write or reopen failed; empty = it did not.
  std::string last_error() const;

private:
  line_writer(int file, std::string path, line_writer_limits limits);
  bool urgent() const;
  void run();
  void write_batch(std::string_view batch);
  void open_anew();

  std::string path_;
  line_writer_limits limits_;
  int file_; // only the writer's thread touches it

  mutable std::mutex mutex_; // guards all below but the counter and the thread
  std::condition_variable work_;
  std::condition_variable idle_;
  std::string waiting_;
  std::string write_error_;
  std::string reopen_error_;
  uint64_t appended_ = 0; // bytes ever, and how many of them are done with
  uint64_t done_ = 0;
  bool reopen_ = false;
  bool flush_ = false;
  bool stop_ = false;

  std::atomic<uint64_t> dropped_ = 0;
  std::thread thread_;
};

struct line_writer::opened {
  std::unique_ptr<line_writer> writer; ///< null on failure
  std::string error;                   ///< empty on success
};

} // namespace strowger::services
