#include "test/sim/world.hpp"

#include "actors/model/hold.hpp"
#include "test/sim/broken.hpp"
#include "test/sim/offices.hpp"

#include <algorithm>
#include <utility>

namespace strowger::sim {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr auto transaction_timeout = 32s; // 64*T1

// By then every call was cleared, and what was to time out has done so.
constexpr auto last_drain = 3h;
constexpr auto end_of_story = 4h;

leg_number leg_of(const command& x) {
  return std::visit([](auto& y) { return y.leg; }, x);
}

struct leg_reader {
  leg_number operator()(const offered&) const {
    return 0;
  }
  template <class Signal>
  leg_number operator()(const Signal& x) const {
    return x.leg;
  }
};

} // namespace

world::world(uint64_t seed) : random{seed}, office_{office(seed)} {
  call_.id = {seed};
  auto outlook = random.below(10);
  weather_ = outlook < 6   ? weather::calm
             : outlook < 9 ? weather::rough
                           : weather::foul;
  lost_something_ = !fair();
}

void world::run(std::function<void(std::string&&)> listener) {
  trace_ = std::move(listener);
  legs_.reserve(256); // peers keep their address
  legs_.emplace_back(*this, leg_number{0});
  legs_[0].far_end->call(some_source(random), some_number(random));
  auto clear = [this] {
    if (call_.phase == call_phase::fresh)
      return; // the INVITE is always the first message of a call
    if (trace_)
      say("  > clear");
    step([this](auto& ctx, auto& fx) { step_clear(call_, ctx, fx); });
  };
  if (random.chance(4))
    after(random.thinking(), clear);
  after(last_drain, clear);
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end());
    auto next = std::move(heap_.back());
    heap_.pop_back();
    now_ = next.at;
    if (now_ > time_point{end_of_story})
      break;
    next.act();
    check_topology();
  }
  demand(ledger_.finished(), "every call finishes");
  for (auto& t : legs_)
    if (!lost_something_ && !t.far_end->dead())
      t.far_end->check_end();
}

void world::say(const std::string& line) {
  auto ns = now_.time_since_epoch().count();
  auto text = std::to_string(ns / 1'000'000'000) + "."
              + std::to_string(1'000'000 + ns / 1000 % 1'000'000).substr(1);
  trace_(text + "  " + line);
}

void world::after(duration delay, std::function<void()> act) {
  heap_.push_back({now_ + delay, order_++, std::move(act)});
  std::push_heap(heap_.begin(), heap_.end());
}

/// When a message that is sent now arrives, after those sent before it.
time_point world::in_order(time_point& last) {
  last = std::max(now_ + random.transit(), last + duration{1});
  return last;
}

// -- descriptions -------------------------------------------------------------

std::string world::new_sdp(leg_number leg, const char* direction) {
  auto text = "v=0\r\no=- " + std::to_string(leg) + " "
              + std::to_string(++descriptions_)
              + " IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                "m=audio 4000 RTP/AVP 0\r\na="
              + direction + "\r\n";
  written_.emplace_back(text, leg);
  return text;
}

void world::check_sdp(leg_number to, const content& x) const {
  if (x.empty())
    return;
  auto found = std::find_if(written_.begin(), written_.end(),
                            [&](const auto& y) { return y.first == x.data; });
  if (found == written_.end()) { // an offer that we refuse comes back on hold
    auto held = [&](const auto& y) { return as_held(y.first, true) == x.data; };
    demand(std::any_of(written_.begin(), written_.end(), held),
           "a description is passed on byte for byte");
    return;
  }
  demand(found != written_.end(), "a description is passed on byte for byte");
  demand((found->second == 0) != (to == 0), "and only to the other side");
}

// -- wire -> call -------------------------------------------------------------

/// What a peer with a bug might make of a message.
void world::spoil(signal& x) {
  auto replace = [&](content& body, leg_number leg) {
    body = {};
    if (random.chance(50))
      body = {"application/sdp", new_sdp(leg, "sendrecv")};
  };
  if (auto* y = std::get_if<requested>(&x)) {
    y->method = random.pick({method::invite, method::update, method::prack,
                             method::info, method::bye, method::cancel});
    replace(y->body, y->leg);
  } else if (auto* z = std::get_if<responded>(&x)) {
    replace(z->body, z->leg);
    if (z->status < 200) // the wire sees to it that no RSeq comes twice
      z->rseq = random.chance(50) ? 0 : 1000 + ++descriptions_;
    if (random.chance(30))
      z->status = random.pick<uint16_t>({180, 183, 200, 202, 302, 481, 500});
  } else if (auto* a = std::get_if<acked>(&x)) {
    replace(a->body, a->leg);
  }
}

void world::send(leg_number leg, signal&& x) {
  auto& t = legs_[leg];
  if (t.far_end->dead())
    return;
  auto first = std::holds_alternative<offered>(x);
  if (!first && weather_ != weather::calm && random.chance(1)) {
    t.far_end->die();
    lost_something_ = true;
    return;
  }
  if (!first && weather_ != weather::calm && random.chance(4)) {
    lost_something_ = true;
    if (trace_)
      say("          lost: " + describe(x));
    if (auto* y = std::get_if<responded>(&x); y && y->status >= 200)
      t.muted.insert(y->txn);
    return;
  }
  if (!fair() && random.chance(15))
    spoil(x);
  ++in_flight_;
  auto at = in_order(t.last_in);
  after(at - now_, [this, leg, y = std::move(x)]() mutable {
    --in_flight_;
    arrive(leg, std::move(y));
  });
}

/// The wire itself takes what the call must not see.
void world::arrive(leg_number leg, signal&& x) {
  auto& t = legs_[leg];
  if (ledger_.finished() || t.audit.forgotten()) {
    answer_for_call(leg, x);
    return;
  }
  if (auto* y = std::get_if<responded>(&x)) {
    t.heard = true;
    if (t.audit.answered(y->txn) || t.muted.count(y->txn) != 0)
      return;
  } else if (std::holds_alternative<cancelled>(x)) {
    if (t.audit.status_given() != 0)
      return;
  } else if (auto* z = std::get_if<acked>(&x)) {
    if (!t.audit.awaits_ack(z->txn))
      return;
  } else if (auto* r = std::get_if<requested>(&x);
             r && r->method == method::prack && !t.audit.awaits_prack()) {
    answer_for_call(leg, x);
    return;
  }
  post(std::move(x));
}

/// Messages to the call wait in its mailbox, in order.
void world::in_mailbox(std::function<void()> act) {
  ++in_flight_;
  last_mail_ = std::max(now_ + random.between(0us, 300us),
                        last_mail_ + duration{1});
  after(last_mail_ - now_, [this, f = std::move(act)] {
    --in_flight_;
    f();
  });
}

void world::post(signal&& x) {
  in_mailbox([this, y = std::move(x)]() mutable { hand_over(std::move(y)); });
}

void world::hand_over(signal&& x) {
  auto leg = std::visit(leg_reader{}, x);
  if (ledger_.finished()) {
    answer_for_call(leg, x);
    return;
  }
  auto& t = legs_[leg];
  if (auto* y = std::get_if<responded>(&x); y && t.audit.answered(y->txn))
    return;
  if (std::holds_alternative<unacknowledged>(x) && t.audit.forgotten())
    return;
  if (trace_)
    say("  > " + describe(x));
  std::visit([&](auto& y) { t.audit.hear(y); }, x);
  step([&](auto& ctx, auto& fx) {
    auto take = [&](auto&& y) { model::step(call_, std::move(y), ctx, fx); };
    std::visit(take, std::move(x));
  });
}

void world::answer_for_call(leg_number leg, const signal& x) {
  auto* y = std::get_if<requested>(&x);
  if (!y)
    return;
  respond r;
  r.leg = leg;
  r.txn = y->txn;
  r.status = 481;
  deliver(leg, std::move(r));
}

void world::post_time_out(leg_number leg, txn_number txn, method m) {
  auto& t = legs_[leg];
  if (ledger_.finished() || t.audit.forgotten() || t.audit.answered(txn))
    return;
  lost_something_ = true;
  t.muted.insert(txn);
  responded x;
  x.leg = leg;
  x.txn = txn;
  x.method = m;
  x.status = 408;
  x.local = true;
  post(std::move(x));
}

// -- the call -----------------------------------------------------------------

void world::step(const stepper& take) {
  if (ledger_.finished())
    return; // the shell has quit
  ++steps_;
  effects_.clear();
  take({now_, office_, turns_}, effects_);
  if (trace_) {
    for (auto& x : effects_.events)
      say("      event " + describe(x));
    if (effects_.finished)
      say("      " + describe(*effects_.finished));
  }
  ledger_.note(effects_, now_);
  auto seizes = std::exchange(effects_.seizes, {});
  for (auto& x : std::exchange(effects_.wire, {}))
    carry_out(std::move(x));
  for (auto& t : legs_)
    t.audit.settled();
  for (auto& x : seizes)
    after(random.between(0us, 2ms),
          [this, x] { answer_seize(x.device, x.request); });
  if (ledger_.finished())
    check_finish();
  else
    arm();
}

void world::carry_out(command&& x) {
  auto leg = leg_of(x);
  if (trace_)
    say("    < " + describe(x));
  if (std::holds_alternative<invite>(x)) {
    demand(leg == legs_.size(), "legs are numbered in turn");
    legs_.emplace_back(*this, leg);
  }
  demand(leg < legs_.size(), "a command is for a leg that there is");
  std::visit([&](auto& y) { legs_[leg].audit.tell(y); }, x);
  watch(x);
  if (std::holds_alternative<forget>(x))
    return;
  if (weather_ != weather::calm && random.chance(4)) {
    lost_something_ = true;
    if (trace_)
      say("          lost");
    return;
  }
  deliver(leg, std::move(x));
}

/// Starts the timers that the wire keeps for a command.
void world::watch(const command& x) {
  auto leg = leg_of(x);
  auto later = [&](auto f) { after(transaction_timeout, std::move(f)); };
  if (std::holds_alternative<invite>(x)) {
    later([this, leg] {
      if (!legs_[leg].heard)
        post_time_out(leg, 0, method::invite);
    });
  } else if (std::holds_alternative<cancel>(x)) {
    later([this, leg] { post_time_out(leg, 0, method::invite); });
  } else if (auto* y = std::get_if<request>(&x)) {
    later(
      [this, leg, txn = y->txn, m = y->method] { post_time_out(leg, txn, m); });
  } else if (auto* z = std::get_if<respond>(&x)) {
    auto txn = z->txn;
    if (z->reliable) {
      later([this, leg, n = ++legs_[leg].reliables] {
        auto& t = legs_[leg];
        if (t.reliables == n && t.audit.rings_reliably()
            && !t.audit.forgotten())
          post(unacknowledged{leg, 0});
      });
    } else if (legs_[leg].audit.awaits_ack(txn)) {
      later([this, leg, txn] {
        auto& t = legs_[leg];
        if (t.audit.awaits_ack(txn) && !t.audit.forgotten())
          post(unacknowledged{leg, txn});
      });
    }
  }
}

void world::deliver(leg_number leg, command&& x) {
  ++in_flight_;
  auto at = in_order(legs_[leg].last_out);
  after(at - now_, [this, leg, y = std::move(x)] {
    --in_flight_;
    if (!legs_[leg].far_end->dead())
      legs_[leg].far_end->receive(y);
  });
}

// -- time ---------------------------------------------------------------------

void world::arm() {
  auto due = next_deadline(call_);
  if (due == never || due >= armed_)
    return;
  armed_ = std::max(due, now_);
  auto delay = armed_ - now_;
  if (random.chance(20)) // timers are late now and then
    delay += random.between(0ms, 5ms);
  after(delay, [this] { tick(); });
  if (random.chance(5)) // or ring for nothing
    after(random.between(0ms, delay), [this] { tick(); });
}

void world::tick() {
  if (ledger_.finished())
    return;
  armed_ = never;
  if (trace_)
    say("  > tick");
  step([this](auto& ctx, auto& fx) { step_deadline(call_, ctx, fx); });
  demand(ledger_.finished() || next_deadline(call_) > now_,
         "a deadline that was served is over");
}

// -- the whole picture --------------------------------------------------------

/// When nothing is under way, both sides of an answered call hold the same two
/// descriptions.
void world::check_topology() const {
  if (call_.phase != call_phase::connected || in_flight_ != 0
      || lost_something_)
    return;
  auto& a = legs_[0];
  auto& b = legs_[call_.called.leg];
  if (!a.far_end->quiet() || !b.far_end->quiet() || !a.audit.quiet()
      || !b.audit.quiet())
    return;
  demand(a.far_end->remote() == b.far_end->local(),
         "the caller hears the called party");
  demand(b.far_end->remote() == a.far_end->local(),
         "the called party hears the caller");
}

void world::check_finish() const {
  demand(next_deadline(call_) == never, "a finished call has no deadline");
  for (auto& t : legs_)
    demand(t.audit.forgotten(), "no leg outlives its call");
  auto& record = ledger_.record();
  auto status = legs_[0].audit.status_given();
  demand(status == record.status, "the record has the caller's final status");
  demand((status / 100 == 2) == (record.result == call_result::answered),
         "answered in the record is answered on the wire");
  demand((record.result == call_result::abandoned) == legs_[0].audit.given_up(),
         "abandoned is what the caller gave up");
  demand(record.invited_leg < legs_.size(), "the record names a leg");
}

} // namespace strowger::sim
