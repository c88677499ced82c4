#include "services/log/line_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <utility>

namespace strowger::services {

namespace {

// A descriptor somebody else made non-blocking (a terminal, a pipe) gets this
// long to take more; a reader that hangs costs lines, never the switch.
constexpr int wait_for_reader_ms = 1000;

int open_file(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
}

std::string why(const std::string& path, int error) {
  return (path.empty() ? std::string{"standard error"} : path) + ": "
         + std::strerror(error);
}

/// Writes all of it; returns how much was written and leaves the rest to errno.
size_t write_all(int file, std::string_view text) {
  size_t written = 0;
  while (written < text.size()) {
    auto n = ::write(file, text.data() + written, text.size() - written);
    if (n > 0) {
      written += static_cast<size_t>(n);
    } else if (n < 0 && errno == EAGAIN) {
      pollfd ready{file, POLLOUT, 0};
      if (::poll(&ready, 1, wait_for_reader_ms) <= 0) {
        errno = EAGAIN;
        break;
      }
    } else if (n < 0 && errno != EINTR) {
      break;
    }
  }
  return written;
}

} // namespace

// -- life ---------------------------------------------------------------------

line_writer::opened line_writer::open(const std::string& path,
                                      line_writer_limits limits) {
  opened result;
  int file = STDERR_FILENO;
  if (!path.empty()) {
    std::error_code ignored; // open() says better what is wrong
    auto folder = std::filesystem::path{path}.parent_path();
    if (!folder.empty())
      std::filesystem::create_directories(folder, ignored);
    file = open_file(path);
    if (file < 0) {
      result.error = "cannot open " + why(path, errno);
      return result;
    }
  }
  result.writer.reset(new line_writer(file, path, limits));
  return result;
}

line_writer::line_writer(int file, std::string path, line_writer_limits limits)
  : path_(std::move(path)), limits_(limits), file_(file) {
  thread_ = std::thread{[this] { run(); }};
}

line_writer::~line_writer() {
  {
    std::lock_guard guard{mutex_};
    stop_ = true;
  }
  work_.notify_one();
  thread_.join();
  if (!path_.empty())
    ::close(file_);
}

// -- any thread ---------------------------------------------------------------

bool line_writer::append(std::string_view line) {
  auto wake = false;
  {
    std::lock_guard guard{mutex_};
    if (waiting_.size() + line.size() > limits_.bytes_max) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    auto was_urgent = urgent();
    wake = waiting_.empty();
    waiting_.append(line);
    appended_ += line.size();
    wake |= urgent() && !was_urgent;
  }
  if (wake)
    work_.notify_one();
  return true;
}

void line_writer::reopen() {
  {
    std::lock_guard guard{mutex_};
    reopen_ = !path_.empty();
  }
  work_.notify_one();
}

void line_writer::flush() {
  std::unique_lock guard{mutex_};
  auto goal = appended_;
  flush_ = true;
  work_.notify_one();
  idle_.wait(guard, [&] { return done_ >= goal && !flush_; });
}

std::string line_writer::last_error() const {
  std::lock_guard guard{mutex_};
  return write_error_.empty() ? reopen_error_ : write_error_;
}

bool line_writer::urgent() const {
  return stop_ || flush_ || reopen_ || waiting_.size() >= limits_.bytes_max / 2;
}

// -- the writer's thread ------------------------------------------------------

void line_writer::run() {
  std::string batch;
  std::unique_lock guard{mutex_};
  for (;;) {
    work_.wait(guard, [this] { return urgent() || !waiting_.empty(); });
    // The first line of an interval wakes us; its successors come for free.
    work_.wait_for(guard, std::chrono::milliseconds{limits_.interval_ms},
                   [this] { return urgent(); });
    auto last = stop_;
    auto flushing = std::exchange(flush_, false);
    auto anew = std::exchange(reopen_, false);
    batch.swap(waiting_);
    guard.unlock();
    if (anew)
      open_anew();
    if (!batch.empty())
      write_batch(batch);
    guard.lock();
    done_ += batch.size();
    batch.clear();
    if (flushing)
      idle_.notify_all();
    if (last && waiting_.empty())
      return;
  }
}

void line_writer::write_batch(std::string_view batch) {
  auto written = write_all(file_, batch);
  auto error = written < batch.size() ? errno : 0;
  auto lost = std::count(batch.begin() + static_cast<ptrdiff_t>(written),
                         batch.end(), '\n');
  dropped_.fetch_add(static_cast<uint64_t>(lost), std::memory_order_relaxed);
  std::lock_guard guard{mutex_};
  write_error_ = error ? "cannot write to " + why(path_, error) : std::string{};
}

void line_writer::open_anew() {
  int file = open_file(path_);
  auto error = errno;
  if (file >= 0)
    ::close(std::exchange(file_, file));
  std::lock_guard guard{mutex_};
  reopen_error_ = file < 0 ? "cannot reopen " + why(path_, error)
                           : std::string{};
}

} // namespace strowger::services
