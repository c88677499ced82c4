#pragma once

#include "actors/reactor.hpp"

#include <atomic>

struct su_root_s;
struct pollfd;

namespace strowger::sip {

/// Turns sofia's event loop and the reactor together, on the thread that made
/// the reactor: before each poll the reactor runs what is due, and one timer
/// follows the reactor's next deadline. Other threads wake the loop by a
/// message to its root.
class loop {
public:
  explicit loop(strowger::reactor& host);
  ~loop();
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  /// Turns until stop() is called.
  void run();

  /// Makes run() return soon; from any thread.
  void stop();

  /// One turn that waits for events `wait_ms` at most; for tests.
  void step(long wait_ms);

  /// To be called when a timer of sofia, not a packet, has left work for an
  /// actor: it keeps the turn from going to sleep on it.
  void nudge();

  su_root_s* root() {
    return root_;
  }

private:
  void turn();
  void follow_deadline();
  void send_wake();

  static void on_prepoll(void* self, su_root_s* root);
  static int on_timer(void* magic, pollfd* event, void* self);

  strowger::reactor& host_;
  su_root_s* root_ = nullptr;
  int timer_ = -1; // a timerfd, and its place in the root
  int timer_index_ = 0;
  model::time_point timer_due_ = model::never;
  bool closing_ = false;
  std::atomic<bool> wake_sent_ = false;
  std::atomic<bool> stopped_ = false;
};

} // namespace strowger::sip
