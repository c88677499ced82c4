#include "sip/loop.hpp"

#include "sip/sofia.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace strowger::sip {

namespace {

// Sofia logs to stderr unless told otherwise; what matters reaches the switch
// as responses and counters.
void swallow(void*, const char*, va_list) {
  // nop
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
  timer_ = su_timer_create(su_root_task(root_), 0);
  assert(timer_ != nullptr);
  host_.on_remote_work([this] { send_wake(); });
}

loop::~loop() {
  host_.on_remote_work(nullptr);
  su_timer_destroy(timer_);
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

void loop::on_timer(void*, su_timer_s*, void* self) {
  auto* x = static_cast<loop*>(self);
  x->timer_due_ = model::never;
  x->turn();
}

void loop::turn() {
  if (closing_)
    return;
  host_.run();
  follow_deadline();
  if (stopped_.load(std::memory_order_acquire))
    su_root_break(root_);
}

// Setting sofia's timer costs a heap operation, so it may fire early when the
// deadline it was set for is cancelled; it is moved only to an earlier time.
void loop::follow_deadline() {
  auto due = host_.next_deadline();
  if (due >= timer_due_)
    return;
  timer_due_ = due;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(
    due - host_.clock_now());
  su_timer_set_interval(timer_, on_timer, this,
                        static_cast<su_duration_t>(
                          std::clamp<int64_t>(left.count(), 0, 60'000)));
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
