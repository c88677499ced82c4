#include "test/actors/call_control_office.hpp"
#include "test/actors/event_laws.hpp"
#include "test/sim/dice.hpp"

#include <caf/send.hpp>

#include <cstdlib>
#include <functional>
#include <map>

/// Random clients and random phones on a whole switch in virtual time: whatever
/// is asked, in whatever order, nothing is left behind and every request has
/// exactly one verdict. A failure prints its seed; STROWGER_SEED replays it.
using namespace strowger;
using namespace std::chrono_literals;
using model::option;

namespace {

constexpr const char* numbers[] = {"2001", "2002", "2003", "2004"};

/// Answers what the switch sends, somehow and some time.
class restless_switch : public test::paper_switch {
public:
  explicit restless_switch(uint64_t seed) : dice_(seed) {
    using values = std::vector<std::string>;
    model::directory_builder b{"soak"};
    for (std::string number : numbers) {
      model::option_values of;
      of.set(option::contact, "sip:" + number + "@" + number);
      of.set(option::refer_enabled, dice_.chance(30));
      of.set(option::dual_dialog_enabled, dice_.chance(50));
      of.set(option::blind_transfer_enabled, dice_.chance(50));
      of.set(option::make_call_rfc3725_flow,
             static_cast<int64_t>(1 + dice_.below(2)));
      if (dice_.chance(30))
        of.set(option::sip_cti_control, values{"talk", "hold", "dtmf"});
      b.add(number, model::dn_type::extension, std::move(of));
    }
    model::option_values gateway;
    gateway.set(option::contact, std::string{"sip:gateway"});
    gateway.set(option::prefix, values{"1"});
    gateway.set(option::refer_enabled, dice_.chance(50));
    gateway.set(option::oosp_transfer_enabled, dice_.chance(30));
    b.add("gateway", model::dn_type::trunk, std::move(gateway));
    model::option_values point;
    point.set(option::default_dn, std::vector<std::string>{"2003"});
    b.add("9", model::dn_type::routing_point, std::move(point));
    exchange.configure(b.build());
    settle();
  }

  void play(int steps) {
    for (auto i = 0; i < steps; ++i) {
      auto what = dice_.below(10);
      if (what == 0)
        dial();
      else if (what < 4)
        ask();
      else
        pass(std::chrono::milliseconds{dice_.below(700)});
      react();
    }
  }

  /// Nobody does anything new; everything comes to its end.
  void end() {
    calm_ = true;
    for (auto& [at, l] : legs_)
      later(100ms, [this, at = at] { hang_up(at); });
    for (auto i = 0; i < 600 && !exchange.idle(); ++i) {
      pass(1s);
      react();
    }
    if (!exchange.idle()) {
      exchange.clear_all("the end");
      for (auto i = 0; i < 100; ++i) {
        pass(1s);
        react();
      }
    }
    CHECK(exchange.idle());
    CHECK(asked_ == answered_);
    for (auto& [at, l] : legs_)
      CHECK_MESSAGE(l.forgotten, "a leg of call " << at.first.value);
    test::check_events(kept.events);
    CHECK(reactor.counters().calls_in_progress.read() == 0);
  }

  size_t steps() const {
    return static_cast<size_t>(handled_);
  }

private:
  using place = std::pair<model::call_id, model::leg_number>;
  struct peer {
    place now; // after it has moved
    std::string device;
    bool forgotten = false;
    bool over = false;
    model::txn_number next = 0;
  };

  void later(model::duration delay, std::function<void()> f) {
    jobs_.emplace(clock.now() + delay, std::move(f));
  }
  model::duration soon() {
    return std::chrono::milliseconds{
      1 + dice_.below(dice_.chance(10) ? 9000 : 300)};
  }

  /// Reads what the switch has sent, and runs the answers that are due.
  void react() {
    for (;;) {
      while (seen_ < paper.commands.size()) {
        auto line = paper.commands[seen_++];
        std::visit([&](auto& x) { hear(line.call, x); }, line.what);
        ++handled_;
      }
      if (jobs_.empty() || jobs_.begin()->first > clock.now())
        return;
      auto job = std::move(jobs_.begin()->second);
      jobs_.erase(jobs_.begin());
      job();
      settle();
    }
  }

  // -- peers ------------------------------------------------------------------

  template <class Signal>
  void tell(place at, Signal x) {
    auto& l = legs_[at];
    if (l.forgotten)
      return;
    x.leg = l.now.second;
    if (auto to = exchange.call(l.now.first))
      caf::anon_send(to, std::move(x));
  }

  static model::content sdp(bool held = false) {
    return {"application/sdp",
            std::string{"v=0\r\ns=x\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                        "m=audio 4000 RTP/AVP 0\r\n"}
              + (held ? "a=sendonly\r\n" : "")};
  }

  void dial() {
    if (calm_)
      return;
    model::offered x;
    x.source = dice_.chance(40) ? "gateway" : numbers[dice_.below(4)];
    x.may_call_out = true;
    x.called = any_number();
    x.caller.user = x.source;
    if (dice_.chance(85))
      x.body = sdp();
    if (dice_.chance(10) && !legs_.empty()) {
      x.replaces = any_leg();
      x.replaces_early_only = dice_.chance(30);
    }
    x.received_at = clock.now();
    auto device = x.source;
    auto call = exchange.open(std::move(x));
    place at{call.id, call.leg};
    legs_[at] = {at, device};
    later(soon() * 5, [this, at] { wander(at); });
    settle();
  }

  /// A phone does something of its own accord now and then.
  void wander(place at) {
    if (legs_[at].over || legs_[at].forgotten)
      return;
    auto what = calm_ ? 0 : dice_.below(6);
    if (what < 2) {
      hang_up(at);
      return;
    }
    if (established_.count(at)) {
      model::requested x;
      x.txn = ++legs_[at].next + 1000;
      if (what == 2) {
        x.method = model::method::invite;
        x.body = sdp(dice_.chance(50));
      } else if (what == 3) {
        x.method = model::method::refer;
        auto to = std::string{any_number()};
        x.refer = model::reference{"sip:" + to, to, {}, dice_.chance(5), {}};
        if (dice_.chance(40) && !legs_.empty())
          x.refer->replaces = any_leg();
      } else {
        x.method = model::method::info;
      }
      tell(at, std::move(x));
    }
    later(soon() * 5, [this, at] { wander(at); });
  }

  void hang_up(place at) {
    auto& l = legs_[at];
    if (std::exchange(l.over, true) || l.forgotten)
      return;
    if (established_.count(at)) {
      model::requested x;
      x.method = model::method::bye;
      x.txn = ++l.next + 1000;
      tell(at, std::move(x));
    } else {
      tell(at, model::cancelled{});
    }
  }

  place origin_of(model::call_id call, model::leg_number leg) {
    for (auto& [at, l] : legs_)
      if (!l.forgotten && l.now == place{call, leg})
        return at;
    return {call, leg};
  }

  void answer_later(place at, model::txn_number txn, model::method method,
                    uint16_t status, model::content body = {}) {
    later(soon(), [=, this] {
      model::responded y;
      y.txn = txn;
      y.method = method;
      y.status = status;
      y.body = body;
      if (status / 100 == 3)
        y.contacts = {"sip:" + std::string{any_number()} + "@192.0.2.9"};
      tell(at, std::move(y));
    });
  }

  // -- what the switch sends --------------------------------------------------

  void hear(model::call_id call, const model::invite& x) {
    place at{call, x.leg};
    legs_[at] = {at, device_of(x.target)};
    offered_[at] = !x.body.empty();
    if (dice_.chance(3) && !calm_)
      return; // dead: the transaction gives up after 32 s
    if (dice_.chance(80))
      answer_later(at, 0, model::method::invite, 180);
    auto verdict = dice_.below(10);
    auto final = verdict < 7    ? 200
                 : verdict == 7 ? 486
                 : verdict == 8 ? 302
                                : 480;
    later(soon() + 300ms, [=, this] {
      auto& l = legs_[at];
      if (l.over || l.forgotten || cancelled_.count(at))
        return;
      model::responded y;
      y.status = static_cast<uint16_t>(final);
      if (final == 200) {
        y.body = sdp();
        established_.insert(at);
        later(soon() * 5, [this, at] { wander(at); });
      } else if (final == 302) {
        y.contacts = {"sip:" + std::string{any_number()} + "@192.0.2.9"};
      }
      if (final != 200)
        l.over = true;
      finals_.insert(at);
      tell(at, std::move(y));
    });
  }
  static std::string device_of(const model::target& x) {
    return x.uri.substr(x.uri.find('@') + 1);
  }

  /// The device calls whom it was asked to call, and says what came of it.
  void obey(place asked, std::string device, const std::string& refer_to) {
    if (dice_.chance(85))
      later(soon() * 5, [=, this] {
        model::requested y;
        y.txn = ++legs_[asked].next + 1000;
        y.method = model::method::notify;
        y.notify = model::notification{"refer", "terminated"};
        y.body = {"message/sipfrag",
                  dice_.chance(70) ? "SIP/2.0 200 OK" : "SIP/2.0 486 Busy"};
        tell(asked, std::move(y));
      });
    if (dice_.chance(10) || !refer_to.ends_with('@'))
      return;
    later(500ms, [=, this] {
      model::offered y;
      y.source = device;
      y.may_call_out = true;
      y.called = refer_to.substr(4, refer_to.size() - 5);
      y.caller.user = device;
      y.body = sdp();
      y.received_at = clock.now();
      if (dice_.chance(50))
        y.asked_by = legs_[asked].now.first;
      auto opened = exchange.open(std::move(y));
      place in{opened.id, opened.leg};
      legs_[in] = {in, device};
      later(soon() * 5, [this, in] { wander(in); });
    });
  }

  void hear(model::call_id call, const model::refer& x) {
    place at{call, x.leg};
    legs_[at] = {at, device_of(x.target)};
    auto taken = dice_.chance(80);
    answer_later(at, 0, model::method::refer, taken ? 202 : 603);
    if (taken)
      obey(at, device_of(x.target), x.refer_to);
  }
  void hear(model::call_id call, const model::request& x) {
    auto at = origin_of(call, x.leg);
    if (x.method == model::method::bye) {
      legs_[at].over = true;
      answer_later(at, x.txn, x.method, 200);
      return;
    }
    if (x.method == model::method::refer) {
      auto taken = dice_.chance(80);
      auto refusal = dice_.chance(50) ? 405 : 603;
      answer_later(at, x.txn, x.method, taken ? 202 : refusal);
      if (taken)
        obey(at, legs_[at].device, x.refer_to);
      return;
    }
    auto verdict = dice_.below(12);
    auto status = verdict == 0 && !calm_   ? 491
                  : verdict == 1 && !calm_ ? 488
                                           : 200;
    auto body = x.method == model::method::invite && status == 200
                  ? sdp()
                  : model::content{};
    answer_later(at, x.txn, x.method, static_cast<uint16_t>(status), body);
    if (x.notify && x.notify->event == "talk" && !established_.count(at)
        && !finals_.count(at))
      return; // the phone's own answer comes in time
  }
  void hear(model::call_id call, const model::respond& x) {
    auto at = origin_of(call, x.leg);
    if (x.status < 200 || x.txn >= 1000) {
      if (x.txn >= 1000 && x.status == 200)
        later(10ms, [=, this] {
          model::acked y;
          y.txn = x.txn;
          y.body = sdp();
          tell(at, std::move(y));
        });
      return;
    }
    if (x.status >= 300) {
      legs_[at].over = true;
      return;
    }
    established_.insert(at);
    auto late = !offered_.count(at);
    later(20ms, [=, this] {
      model::acked y;
      y.txn = 0;
      if (late)
        y.body = sdp();
      tell(at, std::move(y));
    });
  }
  void hear(model::call_id, const model::acknowledge&) {
    // nop
  }
  void hear(model::call_id call, const model::cancel& x) {
    auto at = origin_of(call, x.leg);
    cancelled_.insert(at);
    if (!finals_.count(at))
      answer_later(at, 0, model::method::invite, 487);
  }
  void hear(model::call_id call, const model::hand_over& x) {
    auto at = origin_of(call, x.leg);
    legs_[at].now = {x.to.call, x.to.leg};
  }
  void hear(model::call_id call, const model::forget& x) {
    legs_[origin_of(call, x.leg)].forgotten = true;
  }

  // -- clients ----------------------------------------------------------------

  const char* any_number() {
    constexpr const char* all[] = {"2001", "2002", "2003", "2004",
                                   "9",    "1555", "7777"};
    return all[dice_.below(7)];
  }

  model::leg_name any_leg() {
    auto n = static_cast<long>(dice_.below(legs_.size()));
    auto& now = std::next(legs_.begin(), n)->second.now;
    return {now.first, now.second};
  }

  model::call_id any_call() {
    std::vector<model::call_id> ids;
    for (auto& [at, l] : legs_)
      if (!l.forgotten)
        ids.push_back(l.now.first);
    return ids.empty() || dice_.chance(3) ? model::call_id{77}
                                          : ids[dice_.below(ids.size())];
  }

  void ask() {
    if (calm_)
      return;
    model::demand x;
    x.verb = static_cast<model::verb>(dice_.below(model::verb_count));
    x.this_dn = any_number();
    x.destination = any_number();
    x.call = any_call();
    x.second_call = any_call();
    x.text = dice_.chance(80) ? "12#" : "none";
    x.route = dice_.chance(85) ? model::route_type::standard
                               : model::route_type::reject;
    x.pairs.push_back({"key", model::user_value{std::string{"value"}}});
    x.request = std::to_string(asked_);
    ++asked_;
    exchange.submit(std::move(x), [this](model::verdict&&) { ++answered_; });
    settle();
  }

  sim::dice dice_;
  bool calm_ = false;
  std::map<place, peer> legs_;
  std::map<place, bool> offered_;
  std::set<place> established_;
  std::set<place> cancelled_;
  std::set<place> finals_;
  std::multimap<model::time_point, std::function<void()>> jobs_;
  size_t seen_ = 0;
  uint64_t handled_ = 0, asked_ = 0, answered_ = 0;
};

} // namespace

TEST_CASE("whatever clients ask and phones do, nothing is left behind") {
  auto* replay = std::getenv("STROWGER_SEED");
  auto first = replay ? std::strtoull(replay, nullptr, 10) : 1;
  auto count = replay ? 1 : 60;
  for (auto seed = first; seed < first + count; ++seed) {
    INFO("STROWGER_SEED=" << seed);
    restless_switch world{seed};
    world.play(600);
    world.end();
    CHECK(world.steps() > 100);
  }
}
