#pragma once

#include <csignal>
#include <functional>
#include <thread>

namespace strowger::services {

/// Turns SIGHUP, SIGINT and SIGTERM into calls of a function, on a small thread
/// of its own, so that nothing ever happens inside a signal handler. SIGPIPE is
/// ignored: a broken connection is an error of a write. To be made before any
/// other thread, as threads inherit which signals are blocked.
class signal_watch {
public:
  signal_watch();
  /// Ends the thread; the signals do again what they did before.
  ~signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;

  /// From now on every signal calls `f` with its number.
  void start(std::function<void(int)> f);

  /// When it returns `f` is not running, and will not be called again.
  void stop();

private:
  sigset_t before_;
  int signals_ = -1; // signalfd
  int end_ = -1;     // eventfd
  std::thread thread_;
};

} // namespace strowger::services
