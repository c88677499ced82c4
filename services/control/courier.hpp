#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace strowger::services::control {

/// A thread between the switch and gRPC. What the switch has for clients is
/// serialised, filtered and handed to gRPC here, so that the switch's thread
/// pays for one queue operation only.
class courier {
public:
  courier();
  ~courier();
  courier(const courier&) = delete;
  courier& operator=(const courier&) = delete;

  /// Runs `f` on the courier's thread, after all that was posted before. From
  /// any thread. After stop() it is dropped.
  void post(std::function<void()> f);

  /// Does what is queued, then ends the thread. Not from that thread, which may
  /// well be the last to hold a request and with it the courier.
  void stop();

private:
  void run();

  std::mutex mutex_; // guards the two below
  std::vector<std::function<void()>> waiting_;
  bool stop_ = false;
  std::condition_variable work_;
  std::thread thread_;
};

} // namespace strowger::services::control
