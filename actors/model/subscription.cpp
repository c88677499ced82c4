#include "actors/model/subscription.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace strowger::model {

namespace {

using std::chrono::seconds;
using enum subscription_phase;

// Nobody is asked for more than the option allows; a Min-Expires above it is
// taken for a mistake.
constexpr std::uint32_t expires_max_s = 86'400;

// A refresh is early enough that, should it get no answer (32 s), another one
// can be tried, and that is a tenth of what was granted; short ones are
// refreshed when half of it is over.
constexpr duration refresh_margin_min = seconds{40};

duration limited(std::uint32_t retry_after_s) {
  return std::min<duration>(seconds{retry_after_s},
                            subscription::retry_after_max);
}

/// Does this answer to a refresh end the subscription? After all others it
/// lasts until it expires (RFC 6665 §4.1.2.2).
bool ends_subscription(std::uint16_t status) {
  static constexpr std::array<std::uint16_t, 13> fatal = {
    404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604};
  return std::find(fatal.begin(), fatal.end(), status) != fatal.end();
}

/// How long not to ask again after a subscription was terminated for this
/// reason (RFC 6665 §4.1.3). Those that forbid it are asked again after the
/// longest wait: the option is set, so somebody will mend what it leads to.
duration penalty_of(const subscription_notice& x) {
  if (x.reason == "rejected" || x.reason == "noresource"
      || x.reason == "invariant")
    return std::max(subscription::retry_max, limited(x.retry_after_s));
  if (x.reason == "deactivated" || x.reason == "timeout")
    return duration{0}; // RFC 6665: at once, whatever Retry-After says
  if (x.reason == "probation" || x.reason == "giveup")
    return std::max(subscription::retry_min, limited(x.retry_after_s));
  return limited(x.retry_after_s);
}

} // namespace

std::string_view to_string(subscription_phase x) {
  switch (x) {
    case ended:
      return "ended";
    case waiting:
      return "waiting";
    case asking:
      return "asking";
    case active:
      return "active";
    case refreshing:
      return "refreshing";
    case leaving:
      return "leaving";
  }
  return "";
}

// -- queries ------------------------------------------------------------------

bool subscription::believed() const {
  switch (phase_) {
    case active:
    case refreshing:
      return true;
    case waiting:
    case asking:
      return renewing_;
    case ended:
    case leaving:
      return false;
  }
  return false;
}

std::uint32_t subscription::expires_s() const {
  return std::max(wish_s_, min_expires_s_);
}

duration subscription::back_off() const {
  if (failures_ == 0)
    return duration{0};
  // Beyond the sixth the limit counts, and a shift could overflow.
  auto doublings = std::min<std::uint32_t>(failures_ - 1, 6);
  return std::min(retry_min * (1 << doublings), retry_max);
}

time_point subscription::refresh_at(time_point now) const {
  auto left = std::max(expires_at_ - now, duration{0});
  auto margin = std::max(refresh_margin_min, left / 10);
  return expires_at_ - std::min(margin, left / 2);
}

// -- steps --------------------------------------------------------------------

void subscription::enter(subscription_phase next, time_point due) {
  phase_ = next;
  due_ = due;
}

void subscription::start(std::uint32_t expires_s, time_point at) {
  assert(phase_ == ended);
  *this = {};
  wish_s_ = expires_s;
  enter(waiting, at);
}

void subscription::stop(time_point now) {
  switch (phase_) {
    case ended:
    case leaving:
      break;
    case waiting:
      enter(ended, never);
      break;
    case asking:
      // Without a dialog there is nothing to end yet; the limit stays.
      phase_ = leaving;
      if (confirmed_)
        due_ = now;
      break;
    case active:
    case refreshing:
      enter(leaving, now);
      break;
  }
}

subscription_request subscription::on_tick(time_point now) {
  if (now < due_)
    return subscription_request::none;
  switch (phase_) {
    case ended:
      break;
    case waiting:
      confirmed_ = false;
      refreshed_ = false;
      since_ = now;
      expires_at_ = never;
      enter(asking, now + answer_limit);
      return subscription_request::subscribe;
    case asking: // no NOTIFY, whatever else has come
      fail(duration{0}, now);
      break;
    case active:
      if (now >= expires_at_) {
        lose(duration{0}, now);
        break;
      }
      enter(refreshing, expires_at_);
      return subscription_request::refresh;
    case refreshing:
      lose(duration{0}, now);
      break;
    case leaving:
      if (left_ || !confirmed_) {
        enter(ended, never);
        break;
      }
      left_ = true;
      due_ = now + answer_limit;
      return subscription_request::unsubscribe;
  }
  return subscription_request::none;
}

/// It was there and is no more: a new one, at once unless it did not last.
void subscription::lose(duration at_least, time_point now) {
  bool steady = refreshed_ || now - since_ >= steady_after;
  failures_ = steady ? 0 : failures_ + 1;
  auto wait = std::max(at_least, back_off());
  renewing_ = wait == duration{0} && phase_ != asking;
  enter(waiting, now + wait);
}

/// It did not come about.
void subscription::fail(duration at_least, time_point now) {
  ++failures_;
  renewing_ = false;
  enter(waiting, now + std::max(at_least, back_off()));
}

// -- responses ----------------------------------------------------------------

void subscription::on_response(const subscription_answer& x, time_point now) {
  bool success = x.status >= 200 && x.status < 300;
  switch (phase_) {
    case ended:
    case waiting:
      break; // to a subscription that is over
    case asking:
    case active: // the NOTIFY was faster (RFC 6665 §4.1.2.4)
    case refreshing:
      if (success)
        granted(x, now);
      else
        refused(x, now);
      break;
    case leaving:
      if (success && !left_)
        leave_dialog(now);
      else if (!success && (left_ || !confirmed_))
        enter(ended, never);
      break;
  }
}

/// The dialog that the unsubscribe was waiting for is there.
void subscription::leave_dialog(time_point now) {
  confirmed_ = true;
  due_ = now;
}

void subscription::granted(const subscription_answer& x, time_point now) {
  // It may be made shorter than asked for, never longer.
  auto expires = seconds{
    std::min(x.expires_s.value_or(expires_s()), expires_s())};
  raised_ = false;
  confirmed_ = true;
  if (expires == seconds{0}) {
    fail(duration{0}, now);
    return;
  }
  expires_at_ = now + expires;
  if (phase_ == asking) {
    due_ = std::min(due_, expires_at_);
    return;
  }
  if (phase_ == refreshing) {
    refreshed_ = true;
    failures_ = 0;
  }
  enter(active, refresh_at(now));
}

void subscription::refused(const subscription_answer& x, time_point now) {
  auto retry_after = limited(x.retry_after_s);
  if (x.status == 423 && !raised_ && x.min_expires_s > expires_s()
      && x.min_expires_s <= expires_max_s) {
    raised_ = true;
    min_expires_s_ = x.min_expires_s;
    enter(phase_ == asking ? waiting : active, now);
  } else if (phase_ == asking) {
    fail(retry_after, now);
  } else if (ends_subscription(x.status)) {
    lose(retry_after, now);
  } else {
    ++failures_;
    auto again = now + std::max(retry_after, back_off());
    enter(active, std::min(again, expires_at_));
  }
}

// -- NOTIFY -------------------------------------------------------------------

void subscription::on_notify(const subscription_notice& x, time_point now) {
  assert(listens());
  if (phase_ == leaving) {
    if (x.terminated)
      enter(ended, never);
    else if (!left_)
      leave_dialog(now);
    return;
  }
  if (x.terminated) {
    lose(penalty_of(x), now);
    return;
  }
  confirmed_ = true;
  renewing_ = false;
  // It may be made shorter here, too; and a NOTIFY may be faster than the 2xx.
  auto left = seconds{x.expires_s.value_or(expires_s())};
  bool is_news = expires_at_ == never
                 || (x.expires_s && now + left < expires_at_);
  if (is_news)
    expires_at_ = now + std::min(left, seconds{expires_s()});
  if (phase_ == asking)
    enter(active, refresh_at(now));
  else if (is_news)
    due_ = std::min(due_, phase_ == active ? refresh_at(now) : expires_at_);
}

} // namespace strowger::model
