#pragma once

#include "actors/model/call.hpp"
#include "test/sim/auditor.hpp"
#include "test/sim/dice.hpp"
#include "test/sim/ledger.hpp"
#include "test/sim/peer.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// One call in a world of chance: peers that are honest but act at random, a
/// wire that delays and loses, devices that grant and refuse. Everything that
/// happens comes from one heap of timed events and one seed, so the same seed
/// is the same story. Throws `broken` when a property does not hold.
namespace strowger::sim {

/// What a world is like.
/// calm: nothing is lost; rough: messages and peers are; foul: and peers break
/// the rules of offers and answers.
enum class weather : uint8_t { calm, rough, foul };

class world {
public:
  explicit world(uint64_t seed);

  /// Plays the story to its end; every line of it goes to `listener`, if any.
  void run(std::function<void(std::string&&)> listener = {});

  uint64_t steps() const {
    return steps_;
  }
  const model::call_record& record() const {
    return ledger_.record();
  }

  // -- for peers --------------------------------------------------------------

  dice random;

  void after(model::duration, std::function<void()>);

  /// A peer sends; the wire delays it, keeps its order on the leg, or loses it.
  void send(model::leg_number, signal&&);

  /// A new session description of this peer.
  std::string new_sdp(model::leg_number, const char* direction);

  /// Do peers keep to the rules?
  bool fair() const {
    return weather_ != weather::foul;
  }

  /// The far end wrote this description, byte for byte.
  void check_sdp(model::leg_number, const model::content&) const;

private:
  struct event {
    model::time_point at;
    uint64_t order;
    std::function<void()> act;
    bool operator<(const event& x) const {
      return at != x.at ? at > x.at : order > x.order;
    }
  };

  /// A leg as the wire sees it.
  struct track {
    track(world& w, model::leg_number leg)
      : audit{leg, w.fair()}, far_end{std::make_unique<peer>(w, leg)} {}

    auditor audit;
    std::unique_ptr<peer> far_end;
    model::time_point last_in{};
    model::time_point last_out{};
    bool heard = false; // any response to our first INVITE
    unsigned reliables = 0;
    std::set<model::txn_number> muted; // their responses are lost for good
  };

  using stepper = std::function<void(const model::context&, model::effects&)>;

  void say(const std::string& line);
  model::time_point in_order(model::time_point& last);

  // wire -> call
  void spoil(signal&);
  void arrive(model::leg_number, signal&&);
  void post(signal&&);
  void post_time_out(model::leg_number, model::txn_number, model::method);
  void hand_over(signal&&);
  void answer_for_call(model::leg_number, const signal&);
  void answer_seize(const std::string& device, const model::seize&);
  std::shared_ptr<const model::diversion_terms> some_diversions();
  void in_mailbox(std::function<void()>);

  // call -> wire
  void step(const stepper&);
  void carry_out(model::command&&);
  void watch(const model::command&);
  void deliver(model::leg_number, model::command&&);

  // time
  void arm();
  void tick();

  void check_topology() const;
  void check_finish() const;

  model::time_point now_{};
  uint64_t order_ = 0;
  uint64_t steps_ = 0;
  std::vector<event> heap_;
  std::function<void(std::string&&)> trace_;

  model::call call_;
  model::effects effects_;
  const model::directory& office_;
  model::turn_counters turns_;
  model::time_point armed_ = model::never;
  model::time_point last_mail_{};

  weather weather_ = weather::calm;
  bool lost_something_ = false;
  unsigned in_flight_ = 0;
  unsigned descriptions_ = 0;
  std::vector<std::pair<std::string, model::leg_number>> written_;
  std::vector<track> legs_;
  ledger ledger_;
};

} // namespace strowger::sim
