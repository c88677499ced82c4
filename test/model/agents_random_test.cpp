#include "test/model/agent_script.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

using namespace strowger;
using namespace strowger::model;
using namespace strowger::test;

namespace {

constexpr const char* dns[] = {"2001", "2002", "2003", "2004"};
constexpr const char* logins[] = {"ada", "bob", "cyd", "stranger"};

/// What a subscriber knows who only sees the events.
struct known_agent {
  std::string agent;
  event_type state = event_type::agent_login; // nothing said yet
  work_mode mode = work_mode::unknown;
  bool reserved = false;
};

/// Agents, calls and clocks that do anything at all; what the desk says is
/// followed by a subscriber, and compared with what it answers.
struct random_centre {
  explicit random_centre(unsigned seed) : random(seed), script({}) {
    script.config = pick();
  }

  std::mt19937 random;
  agent_script script;
  std::map<std::string, known_agent> seen;               // by DN
  std::map<std::pair<uint64_t, std::string>, bool> live; // party: established
  int logins_seen = 0;
  int logouts_seen = 0;

  int below(int n) {
    return static_cast<int>(random() % static_cast<unsigned>(n));
  }

  const char* word(std::initializer_list<const char*> words) {
    return words.begin()[below(static_cast<int>(words.size()))];
  }

  std::shared_ptr<const directory> pick() {
    auto flag = [this] { return word({"true", "false"}); };
    return agent_office({
      {"wrap-up-time", word({"0", "3", "7", "1000"})},
      {"ada/wrap-up-time", word({"0", "5"})},
      {"9/wrap-up-time", word({"0", "4"})},
      {"legal-guard-time", word({"0", "2"})},
      {"timed-acw-in-idle", flag()},
      {"acw-in-idle-force-ready", flag()},
      {"backwds-compat-acw-behavior", flag()},
      {"agent-strict-id", word({"true", "false", "passwd"})},
      {"agent-emu-login-on-call", flag()},
      {"agent-logout-on-unreg", word({"true", "false", "emu-only"})},
      {"auto-logout-timeout", word({"0", "1"})},
      {"auto-logout-ready", flag()},
      {"logout-on-out-of-service", flag()},
      {"emulated-login-state", word({"ready", "not-ready"})},
      {"inbound-bsns-calls", flag()},
      {"outbound-bsns-calls", flag()},
      {"inherit-bsns-type", flag()},
    });
  }

  // -- the subscriber ---------------------------------------------------------

  void follow(const std::vector<journal_event>& events) {
    for (auto& e : events) {
      REQUIRE(e.details);
      auto& about = *e.details;
      CHECK(e.at == script.now);
      if (e.type == event_type::agent_login) {
        ++logins_seen;
        REQUIRE(!seen.contains(e.this_dn));
        for (auto& [dn, x] : seen)
          REQUIRE(x.agent != about.agent);
        seen[e.this_dn].agent = about.agent;
        continue;
      }
      REQUIRE(seen.contains(e.this_dn));
      auto& x = seen[e.this_dn];
      REQUIRE(x.agent == about.agent);
      switch (e.type) {
        case event_type::agent_logout:
          ++logouts_seen;
          seen.erase(e.this_dn);
          break;
        case event_type::agent_reserved:
          REQUIRE((about.reserved_ms > 0 || x.reserved));
          x.reserved = about.reserved_ms > 0;
          break;
        case event_type::agent_ready:
        case event_type::agent_not_ready:
          REQUIRE((about.work_mode != work_mode::after_call_work
                   || about.wrap_up_s == untimed_s || about.wrap_up_s >= 0));
          x.state = e.type;
          x.mode = about.work_mode;
          break;
        default:
          FAIL("an event that is none of the desk's");
      }
    }
  }

  void compare() {
    auto all = script.desk.all();
    REQUIRE(all.size() == seen.size());
    REQUIRE(all.size() == script.desk.size());
    REQUIRE(logins_seen - logouts_seen == static_cast<int>(seen.size()));
    for (auto& x : all) {
      REQUIRE(seen.contains(x.dn));
      auto& known = seen[x.dn];
      REQUIRE(known.agent == x.agent);
      REQUIRE(known.mode == x.posture.mode);
      REQUIRE(known.reserved == (x.reserved_until != never));
      REQUIRE(known.state
              == (x.posture.state == agent_state::ready
                    ? event_type::agent_ready
                    : event_type::agent_not_ready));
      auto rests = x.posture.mode == work_mode::after_call_work
                   || x.posture.mode == work_mode::legal_guard;
      REQUIRE((rests || (x.rest_ends == never && !x.paused)));
      REQUIRE((x.rest_ends == never || x.rest_ends > script.now));
      REQUIRE(script.desk.next_deadline()
              <= std::min(x.rest_ends, x.reserved_until));
      auto parties = [&](auto& p) { return p.first.second == x.dn; };
      REQUIRE(static_cast<long>(x.calls)
              == std::count_if(live.begin(), live.end(), parties));
      REQUIRE(script.desk.find(x.agent)->dn == x.dn);
      REQUIRE((!script.desk.available(x.dn)
               || (x.calls == 0 && x.posture.state == agent_state::ready)));
    }
    REQUIRE(script.desk.next_deadline() > script.now);
  }

  // -- what may happen --------------------------------------------------------

  void demand_any() {
    agent_demand d;
    d.verb = static_cast<agent_verb>(below(agent_verb_count));
    if (below(3) == 0)
      d.verb = agent_verb::login;
    if (d.verb == agent_verb::login || below(4) == 0)
      d.agent = logins[below(4)];
    if (d.verb == agent_verb::login || below(4) != 0)
      d.dn = dns[below(4)];
    d.mode = static_cast<work_mode>(below(9));
    if (below(2) == 0)
      d.mode = word({"", "a"})[0] ? work_mode::after_call_work
                                  : work_mode::unknown;
    if (below(2) == 0)
      d.wrap_up_s = below(8) - 1;
    if (below(4) == 0)
      d.on_call = below(2) == 0;
    d.password = word({"", "s3cret"});
    d.reserve_ms = below(5000);
    d.reserve_priority = below(3);
    d.client = word({"", "c1", "c2"});
    std::vector<journal_event> out;
    auto answer = script.desk.perform(d, script.context(), out);
    REQUIRE((answer.accepted() || out.empty()));
    follow(out);
  }

  void publish(journal_event e) {
    e.at = script.now;
    observation seen_now;
    script.desk.observe(e, script.context(), seen_now);
    auto before = seen_now.before;
    // After-call work begins only where an established call ends.
    for (auto& x : before)
      if (x.type == event_type::agent_not_ready
          && x.details->work_mode == work_mode::after_call_work)
        REQUIRE(e.type == event_type::released);
    follow(before);
    follow(seen_now.after);
  }

  void call_any() {
    journal_event e;
    e.call.value = static_cast<uint64_t>(1 + below(6));
    e.this_dn = dns[below(4)];
    e.call_type = static_cast<call_type>(below(call_type_count));
    e.previous_call.value = static_cast<uint64_t>(below(7));
    e.this_queue = word({"", "9", "8"});
    std::pair party{e.call.value, e.this_dn};
    auto there = live.find(party);
    if (there == live.end()) {
      std::pair from{e.previous_call.value, e.this_dn};
      if (auto old = live.find(from); old != live.end() && below(2) == 0) {
        live[party] = old->second;
        live.erase(from);
        e.type = event_type::party_changed;
      } else {
        e.type = below(2) == 0 ? event_type::dialing : event_type::ringing;
        live[party] = false;
      }
    } else if (!there->second && below(2) == 0) {
      there->second = true;
      e.type = event_type::established;
    } else {
      e.type = there->second || below(2) == 0 ? event_type::released
                                              : event_type::abandoned;
      live.erase(there);
    }
    publish(std::move(e));
    for (uint64_t call = 1; call <= 6; ++call) {
      auto in = [&](auto& p) { return p.first.first == call; };
      if (std::none_of(live.begin(), live.end(), in)) {
        journal_event gone;
        gone.type = event_type::call_deleted;
        gone.call.value = call;
        publish(std::move(gone));
      }
    }
  }

  void dn_any() {
    journal_event e;
    e.this_dn = dns[below(4)];
    e.type = below(2) == 0 ? event_type::dn_out_of_service
                           : event_type::dn_back_in_service;
    publish(std::move(e));
  }

  void rare_any() {
    std::vector<journal_event> out;
    auto ctx = script.context();
    auto dn = dns[below(4)];
    switch (below(5)) {
      case 0:
        script.desk.penalise(dn, static_cast<agent_penalty>(below(3)), ctx,
                             out);
        break;
      case 1:
        script.desk.phone_busy(dn, below(2) == 0, ctx, out);
        break;
      case 2:
        script.desk.client_gone(word({"", "c1", "c2"}), ctx, out);
        break;
      case 3:
        script.config = pick();
        script.desk.reconfigured(script.context(), out);
        break;
      default:
        script.desk.classify({static_cast<uint64_t>(1 + below(6))},
                             static_cast<business_call>(below(4)));
    }
    follow(out);
  }

  /// Time passes, but never beyond a deadline that was not served.
  void pass() {
    using std::chrono::milliseconds;
    auto due = script.desk.next_deadline();
    auto next = script.now + milliseconds{below(4000)};
    script.now = std::min(due, next);
    if (due > next)
      return;
    std::vector<journal_event> out;
    script.desk.step_deadline(script.context(), out);
    follow(out);
  }

  void step() {
    switch (below(10)) {
      case 0:
      case 1:
      case 2:
        demand_any();
        break;
      case 3:
      case 4:
      case 5:
        call_any();
        break;
      case 6:
        below(3) == 0 ? dn_any() : rare_any();
        break;
      default:
        pass();
    }
    compare();
  }
};

} // namespace

TEST_CASE("under random requests, calls and clocks the desk keeps its books") {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    random_centre x{seed};
    for (int i = 0; i < 600; ++i)
      x.step();
    // Left alone, every timed rest and every reservation comes to its end.
    x.live.clear();
    for (auto dn : dns)
      for (uint64_t call = 1; call <= 6; ++call) {
        journal_event e;
        e.type = event_type::released;
        e.call.value = call;
        e.this_dn = dn;
        x.publish(std::move(e));
      }
    for (int i = 0; i < 100 && x.script.desk.next_deadline() != never; ++i) {
      x.script.now = x.script.desk.next_deadline();
      std::vector<journal_event> out;
      x.script.desk.step_deadline(x.script.context(), out);
      x.follow(out);
      x.compare();
    }
    REQUIRE(x.script.desk.next_deadline() == never);
  }
}
