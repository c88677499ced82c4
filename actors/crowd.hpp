#pragma once

#include "actors/alarm.hpp"
#include "actors/media.hpp"
#include "actors/traffic/arrivals.hpp"
#include "actors/traffic/intended_call.hpp"
#include "actors/traffic/registrations.hpp"
#include "actors/traffic/scenario.hpp"
#include "actors/traffic/self_watch.hpp"
#include "actors/traffic/session.hpp"
#include "actors/wire.hpp"

#include <caf/actor_system.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace strowger {

/// In which part of a run a call started; results are those of `steady`.
enum class run_window : uint8_t { warm_up, steady, drain };
inline constexpr size_t run_window_count = 3;

/// Who counts: the users who called, or those who were called.
enum class call_side : uint8_t { caller, callee };
inline constexpr size_t call_side_count = 2;

/// The users of one population on one wire: they call when the law of arrivals
/// says so, and answer whoever calls them. Belongs to the reactor's thread.
class crowd final : public switchboard {
public:
  /// `config` is that of the wire. `what` has to outlive the crowd.
  crowd(caf::actor_system& system, reactor& host,
        const traffic::scenario& script, const traffic::population& what,
        std::shared_ptr<const model::directory> config);
  ~crowd() override;

  void attach(wire& calls, registering_wire& registrations) {
    edge_ = &calls;
    registrar_ = &registrations;
  }
  /// Its users hear and speak from now on; `room` has to outlive the crowd.
  void attach(media_room& room) {
    media_ = &room;
  }

  // -- the run ----------------------------------------------------------------

  /// Users register from now on, and anew before they expire.
  void start_registering();
  /// True once every user that calls, is called or subscribes has had an
  /// answer.
  bool has_registered() const {
    return !registrations_
           || (!what_.calls && !what_.answers && !what_.subscribes)
           || registrations_->all_answered();
  }
  /// Users subscribe from now on, and renew it.
  void start_subscribing();
  /// Calls arrive from then on.
  void start_calling(model::time_point now);
  /// None that was intended then, or later.
  void call_until(model::time_point end) {
    call_until_ = end;
  }
  /// Nobody calls or registers any more; calls that are there go on.
  void stop();
  /// Ends every call.
  void clear();
  /// Calls that start from now on count there.
  void set_window(run_window x) {
    window_ = x;
  }
  /// So many calls may start, of all windows.
  void limit_calls(uint64_t count) {
    calls_left_ = count;
  }

  /// Does a law of arrivals make calls now? Not where users call in turn.
  bool has_arrivals() const {
    return calling_ && arrivals_.has_value();
  }
  /// Calls a second that the law wants now.
  double rate_per_s() const;
  /// From now on so many, in place of what the law says, if there is one.
  void set_rate(double per_s);

  /// Ends all actors; nothing is sent. They still read what is in their
  /// mailboxes, so the crowd has to live until the reactor has run once more.
  void shut_down();

  /// No call, and no REGISTER without its answer.
  bool idle() const {
    return sessions_.empty() && (!media_ || media_->settled())
           && (!registrations_ || registrations_->in_flight() == 0);
  }
  size_t in_flight() const {
    return sessions_.size();
  }
  /// Will nobody call any more, whatever the time?
  bool out_of_calls() const {
    return !what_.calls || calls_left_ == 0;
  }

  /// What has happened since the last time, by side and window; the gauges tell
  /// how many calls are not over now.
  using tallies
    = std::array<std::array<traffic::tally, run_window_count>, call_side_count>;
  tallies take_counts();
  static traffic::tally& of(tallies& all, call_side side, run_window x) {
    return all[static_cast<size_t>(side)][static_cast<size_t>(x)];
  }

  /// How late calls have started since the last time.
  traffic::self_watch take_lateness() {
    return std::exchange(watch_, {});
  }

  // -- switchboard ------------------------------------------------------------

  const model::directory& config() const override {
    return *config_;
  }
  admission admit() override;
  opened open(model::offered&& x) override;
  // Phones are no registrars, ask nobody to call, and watch nobody.
  bool enrol(enrolment&&) override {
    return false;
  }
  bool awaits(std::string_view, std::string_view,
              std::optional<model::call_id>) const override {
    return false;
  }
  void phone_busy(std::string_view, bool) override {
    // nop
  }

  // -- for sessions -----------------------------------------------------------

  struct entry {
    session_actor handle;
    const traffic::session* state = nullptr; // of the actor
    run_window window = run_window::warm_up;
    uint32_t user = 0;
    uint32_t number = 0;
    unsigned attempt = 0;                      // 0: it was called
    std::unique_ptr<traffic::media_end> media; // if its users have any

    call_side side() const {
      return attempt > 0 ? call_side::caller : call_side::callee;
    }
  };

  traffic::session_context context(model::call_id call, const entry& of);
  void perform(model::call_id call, traffic::commands& xs);
  /// The session is over and its actor quits.
  void ended(model::call_id call);
  reactor& host() {
    return reactor_;
  }

private:
  void on_tick();
  void on_calls_due();
  void on_registrations_due();
  void on_registered(const registered& x);
  void on_subscription(const subscription_news& x);
  registration_order order(uint32_t user) const;
  void arm();
  bool call_due(model::time_point now);
  void call(traffic::intended_call x);
  void call_again(const entry& of, const traffic::session& how);
  entry& add(model::call_id id);
  uint64_t index() const; // among the populations
  void give_media(entry& to);
  media_account account(call_side side, run_window x) const;
  traffic::tally& counts(call_side side, run_window x) {
    return of(counts_, side, x);
  }
  traffic::call_details details(const traffic::intended_call& x) const;
  model::time_point next_call() const;

  caf::actor_system& system_;
  reactor& reactor_;
  const traffic::scenario& script_;
  const traffic::population& what_;
  std::shared_ptr<const model::directory> config_;
  wire* edge_ = nullptr;
  registering_wire* registrar_ = nullptr;
  media_room* media_ = nullptr;
  std::string domain_;
  std::string target_; // what follows the number in URIs to call
  model::content description_;

  traffic::random_source choices_;
  std::optional<traffic::arrivals> arrivals_;
  std::optional<model::time_point> next_arrival_;
  traffic::intended_calls waiting_; // redials, and users who call in turn
  uint32_t next_user_ = 0;
  uint64_t calls_left_ = UINT64_MAX;
  bool calling_ = false;
  model::time_point call_until_ = model::never;

  std::optional<traffic::registrations> registrations_;
  std::vector<model::time_point> subscribe_due_; // of the SUBSCRIBE in flight
  size_t subscribing_ = 0;                       // SUBSCRIBEs in flight

  run_window window_ = run_window::warm_up;
  tallies counts_;
  traffic::self_watch watch_;
  std::unordered_map<model::call_id, entry> sessions_;
  uint64_t next_id_;

  deadline_listener ticker_;
  registration_listener clerk_;   // hears what registrars say
  subscription_listener watcher_; // hears what becomes of subscriptions
  alarm wake_;
};

} // namespace strowger
