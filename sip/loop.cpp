#include "sip/loop.hpp"

#include "sip/sofia.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdint>

namespace strowger::sip {

namespace {

// Sofia logs to stderr unless told otherwise; what matters reaches the switch
// as responses and counters.
void swallow(void*, const char*, va_list) {
  // nop
}

// Sofia waits for its next timer in whole milliseconds, rounded down, and so
// would poll without pause for the rest: more than half of what the switch
// costs at 1000 calls/s. With a clock that ticks once a millisecond nothing is
// left to round. No timer of SIP needs a finer one; ours has its own.
void tick_in_milliseconds(su_time_t* now) {
  if (now != nullptr)
    now->tv_usec -= now->tv_usec % 1000;
}

struct wake_message {
  loop* target;
  void (*take)(loop*);
};

void on_wake(void*, su_msg_s** message, void*) {
  auto* x = reinterpret_cast<wake_message*>(su_msg_data(message));
  x->take(x->target);
}

} // namespace

// -- life ---------------------------------------------------------------------

loop::loop(strowger::reactor& host) : host_(host) {
  su_init();
  su_log_redirect(nullptr, swallow, nullptr);
  su_log_set_level(nullptr, 0);
  root_ = su_root_create(this);
  assert(root_ != nullptr);
  su_root_threading(root_, 0);
  su_root_add_prepoll(root_, on_prepoll, this);
  _su_time = tick_in_milliseconds;
  timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  assert(timer_ >= 0);
  su_wait_t timer_event[1];
  su_wait_create(timer_event, timer_, SU_WAIT_IN);
  timer_index_ = su_root_register(root_, timer_event, on_timer, this, 0);
  assert(timer_index_ > 0);
  host_.on_remote_work([this] { send_wake(); });
}

loop::~loop() {
  host_.on_remote_work(nullptr);
  su_root_deregister(root_, timer_index_);
  close(timer_);
  // The root does not free the messages that it has not delivered.
  closing_ = true;
  su_root_step(root_, 0);
  su_root_destroy(root_);
  su_deinit();
}

void loop::run() {
  while (!stopped_.load(std::memory_order_acquire))
    su_root_run(root_);
}

void loop::stop() {
  stopped_.store(true, std::memory_order_release);
  send_wake();
}

void loop::step(long wait_ms) {
  su_root_step(root_, wait_ms);
}

// -- turns --------------------------------------------------------------------

void loop::on_prepoll(void* self, su_root_s*) {
  static_cast<loop*>(self)->turn();
}

int loop::on_timer(void*, pollfd*, void* self) {
  auto* x = static_cast<loop*>(self);
  std::uint64_t expirations = 0;
  // Nothing to read: it was set anew meanwhile.
  if (read(x->timer_, &expirations, sizeof(expirations)) > 0)
    x->timer_due_ = model::never;
  x->turn();
  return 0;
}

void loop::turn() {
  if (closing_)
    return;
  host_.run();
  follow_deadline();
  if (stopped_.load(std::memory_order_acquire))
    su_root_break(root_);
}

// Setting the timer costs a system call, so it may fire early when the deadline
// it was set for is cancelled; it is moved only to an earlier time.
void loop::follow_deadline() {
  auto due = host_.next_deadline();
  if (due >= timer_due_)
    return;
  timer_due_ = due;
  auto left = std::clamp<model::duration>(due - host_.clock_now(),
                                          std::chrono::nanoseconds{1},
                                          std::chrono::minutes{1});
  auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
  itimerspec setting{};
  setting.it_value.tv_sec = whole.count();
  setting.it_value.tv_nsec = (left - whole).count();
  timerfd_settime(timer_, 0, &setting, nullptr);
}

// -- waking -------------------------------------------------------------------

void loop::nudge() {
  send_wake();
}

// One message is enough however many wake: it is gone from the root's queue
// before the work is looked for.
void loop::send_wake() {
  if (wake_sent_.exchange(true, std::memory_order_acq_rel))
    return;
  su_msg_r message = SU_MSG_R_INIT;
  if (su_msg_new(message, sizeof(wake_message)) != 0) {
    wake_sent_.store(false, std::memory_order_release);
    return;
  }
  auto* x = reinterpret_cast<wake_message*>(su_msg_data(message));
  x->target = this;
  x->take = [](loop* self) {
    self->wake_sent_.store(false, std::memory_order_release);
    self->turn();
  };
  if (su_msg_send_to(message, su_root_task(root_), on_wake) != 0)
    wake_sent_.store(false, std::memory_order_release);
}

} // namespace strowger::sip
