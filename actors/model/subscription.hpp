#pragma once

#include "actors/model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace strowger::model {

/// Where a subscription of ours stands (RFC 6665 §4.1.2).
enum class subscription_phase : std::uint8_t {
  ended,      // not wanted, and nothing is left of it
  waiting,    // no dialog; SUBSCRIBE goes out at the deadline
  asking,     // that SUBSCRIBE is out, and no NOTIFY has come
  active,     // a NOTIFY has come
  refreshing, // same, and a SUBSCRIBE is out in the dialog
  leaving,    // not wanted any more; its Expires: 0 is due, or out
};
inline constexpr std::size_t subscription_phase_count
  = static_cast<std::size_t>(subscription_phase::leaving) + 1;

std::string_view to_string(subscription_phase x);

/// What is to be sent now.
enum class subscription_request : std::uint8_t {
  none,
  subscribe,   // in a dialog of its own: a new Call-ID and a new tag
  refresh,     // in the dialog
  unsubscribe, // in the dialog, with Expires: 0
};

/// The final response to a SUBSCRIBE; 0 and nothing where a header is absent.
struct subscription_answer {
  std::uint16_t status = 0;
  std::optional<std::uint32_t> expires_s = {};
  std::uint32_t min_expires_s = 0;
  std::uint32_t retry_after_s = 0;
};

/// The Subscription-State of a NOTIFY (RFC 6665 §4.1.3); `pending` is active
/// here: somebody has yet to allow what then comes by itself.
struct subscription_notice {
  bool terminated = false;
  std::string_view reason = {};
  std::optional<std::uint32_t> expires_s = {};
  std::uint32_t retry_after_s = 0;
};

/// One subscription that is to stand as long as it is wanted, of whatever
/// event package: it is refreshed in time, and made anew when it is lost, after
/// a wait that grows while nothing comes of it. Nothing is sent but by
/// on_tick(), so that whoever has many of them can pace what goes out.
class subscription {
public:
  /// No transaction takes longer (RFC 3261 §17.1.2.2, Timer F: 32 s), nor may
  /// the first NOTIFY (RFC 6665 §4.1.2.4, Timer N).
  static constexpr duration answer_limit = std::chrono::seconds{40};
  /// The first wait after a failure; every further failure doubles it.
  static constexpr duration retry_min = std::chrono::seconds{5};
  static constexpr duration retry_max = std::chrono::minutes{5};
  /// The most that Retry-After can ask of us: what is put off for longer would
  /// have been forgotten by whoever mends it.
  static constexpr duration retry_after_max = std::chrono::hours{1};
  /// A subscription that lasted this long, or was refreshed, was no failure.
  static constexpr duration steady_after = std::chrono::seconds{30};

  /// It is wanted from now on, with this Expires; the first SUBSCRIBE is due
  /// `at` then. Only when it has ended.
  void start(std::uint32_t expires_s, time_point at);

  /// Another Expires, from the next SUBSCRIBE on.
  void wish(std::uint32_t expires_s) {
    wish_s_ = expires_s;
  }

  /// It is not wanted any more.
  void stop(time_point now);

  /// What is due by `now`; next_deadline() may be due again at once.
  subscription_request on_tick(time_point now);

  /// The final response to the last SUBSCRIBE; 408 and such also if none came.
  void on_response(const subscription_answer& x, time_point now);

  /// A NOTIFY in the dialog; only when listens().
  void on_notify(const subscription_notice& x, time_point now);

  subscription_phase phase() const {
    return phase_;
  }
  /// Is there a dialog, or a request out that makes one?
  bool listens() const {
    return phase_ != subscription_phase::ended
           && phase_ != subscription_phase::waiting;
  }
  /// Does what the last NOTIFY said still hold? Also while a subscription that
  /// has just been lost is made anew for the first time: its first NOTIFY
  /// comes in a moment, and a change to and fro would be seen by everybody.
  bool believed() const;

  /// The Expires of the next SUBSCRIBE that is no unsubscribe.
  std::uint32_t expires_s() const;

  /// When on_tick() has something to do: never, if and only if it has ended.
  time_point next_deadline() const {
    return due_;
  }

private:
  void enter(subscription_phase next, time_point due);
  void granted(const subscription_answer& x, time_point now);
  void refused(const subscription_answer& x, time_point now);
  void lose(duration at_least, time_point now);
  void fail(duration at_least, time_point now);
  void leave_dialog(time_point now);
  time_point refresh_at(time_point now) const;
  duration back_off() const;

  subscription_phase phase_ = subscription_phase::ended;
  bool confirmed_ = false; // there is a dialog: a 2xx or a NOTIFY has come
  bool renewing_ = false;  // lost a moment ago, and nothing has failed since
  bool raised_ = false;    // by Min-Expires, and not granted since
  bool refreshed_ = false; // since there is this dialog
  bool left_ = false;      // Expires: 0 has been sent
  std::uint32_t wish_s_ = 0;
  std::uint32_t min_expires_s_ = 0; // of the last 423
  std::uint32_t failures_ = 0;      // in a row
  time_point since_{};              // of the first SUBSCRIBE in the dialog
  time_point expires_at_ = never;
  time_point due_ = never;
};

} // namespace strowger::model
