#include "actors/model/subscription.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace strowger::model;
using namespace std::chrono_literals;
using enum subscription_phase;

namespace {

/// A subscription for 600 s whose first SUBSCRIBE has gone out, played by
/// words:
///   200/60         its answer: Expires; 423: Min-Expires; else Retry-After
///   notify/60      NOTIFY, active, with the parameter expires if it is given
///   gone:reason/60 NOTIFY, terminated, with retry-after if it is given
///   +60            so many seconds go by, and what is due is done
///   stop, wish/60  not wanted any more; another Expires from now on
struct player {
  subscription it;
  time_point now{1h};
  std::string sent;

  player() {
    it.start(600, now);
    tick();
  }

  void tick() {
    while (it.next_deadline() <= now)
      switch (it.on_tick(now)) {
        case subscription_request::none:
          break;
        case subscription_request::subscribe:
          sent += "S" + std::to_string(it.expires_s()) + " ";
          break;
        case subscription_request::refresh:
          sent += "R" + std::to_string(it.expires_s()) + " ";
          break;
        case subscription_request::unsubscribe:
          sent += "U ";
          break;
      }
  }

  void play(std::string_view word) {
    auto slash = word.find('/');
    std::optional<uint32_t> number;
    if (slash != word.npos)
      number = static_cast<uint32_t>(
        std::stoul(std::string{word.substr(slash + 1)}));
    auto head = word.substr(0, slash);
    if (head.starts_with('+')) {
      now += std::chrono::seconds{std::stol(std::string{head.substr(1)})};
      tick();
    } else if (head == "stop") {
      it.stop(now);
      tick();
    } else if (head == "wish") {
      it.wish(*number);
    } else if (head == "notify") {
      it.on_notify({.expires_s = number}, now);
    } else if (head.starts_with("gone:")) {
      it.on_notify({.terminated = true,
                    .reason = head.substr(5),
                    .retry_after_s = number.value_or(0)},
                   now);
    } else {
      subscription_answer x;
      x.status = static_cast<uint16_t>(std::stoi(std::string{head}));
      if (x.status == 423)
        x.min_expires_s = number.value_or(0);
      else if (x.status >= 300)
        x.retry_after_s = number.value_or(0);
      else
        x.expires_s = number;
      it.on_response(x, now);
    }
  }

  void play_all(const std::string& script) {
    std::istringstream words{script};
    for (std::string word; words >> word;)
      play(word);
  }

  /// Seconds until something is due; -1: nothing ever.
  long due_in_s() const {
    return it.next_deadline() == never
             ? -1
             : std::chrono::duration_cast<std::chrono::seconds>(
                 it.next_deadline() - now)
                 .count();
  }
};

struct row {
  std::string why, script, sent;
  subscription_phase phase;
  long due_in_s;
  bool believed = false;
};

void check(std::span<const row> rows) {
  for (const auto& x : rows) {
    CAPTURE(x.why);
    player p;
    p.play_all(x.script);
    CHECK(p.sent == x.sent);
    CHECK(to_string(p.it.phase()) == to_string(x.phase));
    CHECK(p.due_in_s() == x.due_in_s);
    CHECK(p.it.believed() == x.believed);
  }
}

} // namespace

TEST_CASE("a subscription is there with its first NOTIFY (RFC 6665)") {
  const row rows[] = {
    {"nothing has come", "", "S600 ", asking, 40},
    {"a 2xx alone is no subscription", "200/600", "S600 ", asking, 40},
    {"a tenth before its end it is due", "200/600 notify", "S600 ", active, 540,
     true},
    {"the NOTIFY may be faster", "notify 200/600", "S600 ", active, 540, true},
    {"a 2xx that is lost does not matter", "notify/600", "S600 ", active, 540,
     true},
    {"without Expires it is what was asked for", "200 notify", "S600 ", active,
     540, true},
    {"nor can it be made longer", "200/7200 notify/7200", "S600 ", active, 540,
     true},
    {"nor by a NOTIFY that is faster", "notify/7200", "S600 ", active, 540,
     true},
    {"a short one is due at its half", "200/10 notify", "S600 ", active, 5,
     true},
    {"there is time for two tries", "200/100 notify", "S600 ", active, 60,
     true},
    {"a NOTIFY makes it shorter", "200/600 notify/100", "S600 ", active, 60,
     true},
    {"a later one that counts down does not put the refresh off",
     "200/600 notify +100 notify/500", "S600 ", active, 440, true},
    {"a 2xx, but no NOTIFY", "200/600 +40", "S600 ", waiting, 5},
    {"no answer at all", "+40", "S600 ", waiting, 5},
    {"what is granted for no time is a failure", "200/0", "S600 ", waiting, 5},
  };
  check(rows);
}

TEST_CASE("it is refreshed in its dialog") {
  const row rows[] = {
    {"it goes out in the dialog", "200/600 notify +540", "S600 R600 ",
     refreshing, 60, true},
    {"its 2xx begins anew", "200/600 notify +540 200/600", "S600 R600 ", active,
     540, true},
    {"another wish counts from there", "200/600 notify wish/60 +540 200/60",
     "S600 R60 ", active, 30, true},
    {"no answer: it lasts until its end, then there is a new one",
     "200/600 notify +540 +60", "S600 R600 S600 ", asking, 40, true},
    {"481: a new one at once", "200/600 notify +540 481 +0", "S600 R600 S600 ",
     asking, 40, true},
    {"404, too", "200/600 notify +540 404 +0", "S600 R600 S600 ", asking, 40,
     true},
    {"500: the old one lasts, and is tried again",
     "200/600 notify +540 500 +5 200/600", "S600 R600 R600 ", active, 540,
     true},
    {"503: not before Retry-After", "200/600 notify +540 503/30", "S600 R600 ",
     active, 30, true},
    {"but not beyond its end", "200/600 notify +540 503/300 +60",
     "S600 R600 S600 ", asking, 40, true},
    {"423: asked again at once", "200/60 notify +30 423/900 +0",
     "S600 R600 R900 ", refreshing, 30, true},
  };
  check(rows);
}

TEST_CASE("what fails is tried again after a wait that grows") {
  const row rows[] = {
    {"the wait begins at 5 s", "500", "S600 ", waiting, 5},
    {"and doubles", "500 +5 500 +10 500", "S600 S600 S600 ", waiting, 20},
    {"up to five minutes",
     "500 +5 500 +10 500 +20 500 +40 500 +80 500 +160 500 +300 500",
     "S600 S600 S600 S600 S600 S600 S600 S600 ", waiting, 300},
    {"Retry-After makes it longer", "503/60", "S600 ", waiting, 60},
    {"not shorter", "503/1", "S600 ", waiting, 5},
    {"nor endless", "503/4294967295", "S600 ", waiting, 3600},
    {"423: asked at once for longer", "423/1200 +0 200/1200 notify",
     "S600 S1200 ", active, 1080, true},
    {"once", "423/1200 +0 423/1800", "S600 S1200 ", waiting, 5},
    {"not for less", "423/300", "S600 ", waiting, 5},
    {"not for nonsense", "423/4000000000", "S600 ", waiting, 5},
    {"a failed renewal says that nothing is known any more",
     "200/600 notify +540 481 +0 503", "S600 R600 S600 ", waiting, 5, false},
  };
  check(rows);
}

TEST_CASE("what the notifier ends is made anew when its reason allows it") {
  const row rows[] = {
    {"deactivated: a new one at once", "200/600 notify +60 gone:deactivated +0",
     "S600 S600 ", asking, 40, true},
    {"timeout, too", "200/600 notify +60 gone:timeout +0", "S600 S600 ", asking,
     40, true},
    {"but no circle without end", "200/600 notify gone:deactivated", "S600 ",
     waiting, 5},
    {"the wait grows there, too",
     "200/600 notify gone:timeout +5 200/600 notify gone:timeout", "S600 S600 ",
     waiting, 10},
    {"whatever comes first",
     "notify 200/600 gone:timeout +5 notify 200/600 gone:timeout", "S600 S600 ",
     waiting, 10},
    {"one that was refreshed was no failure",
     "200/10 notify +5 200/10 gone:timeout +0", "S600 R600 S600 ", asking, 40,
     true},
    {"probation: later", "200/600 notify +60 gone:probation/90", "S600 ",
     waiting, 90},
    {"giveup without a time: later, too", "200/600 notify +60 gone:giveup",
     "S600 ", waiting, 5},
    {"rejected: after the longest wait", "200/600 notify +60 gone:rejected",
     "S600 ", waiting, 300},
    {"noresource, too", "gone:noresource", "S600 ", waiting, 300},
    {"no reason, but a time", "200/600 notify +60 gone:/20", "S600 ", waiting,
     20},
    {"the answer of an old one means nothing",
     "notify +60 gone:deactivated 200/600", "S600 ", waiting, 0, true},
  };
  check(rows);
}

TEST_CASE("what is not wanted any more is left") {
  const row rows[] = {
    {"it is left in the dialog", "200/600 notify stop", "S600 U ", leaving, 40},
    {"its last NOTIFY ends it", "200/600 notify stop 200/0 gone:timeout",
     "S600 U ", ended, -1},
    {"or its refusal", "200/600 notify stop 481", "S600 U ", ended, -1},
    {"or silence", "200/600 notify stop 200/0 +40", "S600 U ", ended, -1},
    {"another NOTIFY does not", "200/600 notify stop notify", "S600 U ",
     leaving, 40},
    {"a wait just ends", "500 stop", "S600 ", ended, -1},
    {"one that is asked for is left once it is there", "stop 200/600 +0",
     "S600 U ", leaving, 40},
    {"by its NOTIFY, too", "stop notify +0", "S600 U ", leaving, 40},
    {"or is not", "stop 500", "S600 ", ended, -1},
    {"or nobody says so", "stop +40", "S600 ", ended, -1},
    {"after its 2xx it is left at once", "200/600 stop", "S600 U ", leaving,
     40},
    {"a refresh on its way does not keep it", "200/600 notify +540 stop",
     "S600 R600 U ", leaving, 40},
  };
  check(rows);
}

TEST_CASE("one that has ended can be wanted again") {
  player p;
  p.play_all("503/100 stop");
  REQUIRE(p.it.phase() == ended);
  p.it.start(60, p.now + 3s);
  CHECK(p.due_in_s() == 3);
  p.play("+3");
  CHECK(p.sent == "S600 S60 ");
}

namespace {

/// A subscription under random events beside what must be true of it.
struct random_subscription : player {
  std::mt19937 random;
  bool wanted = true;
  time_point expires_at = never; // as the notifier sees it

  explicit random_subscription(unsigned seed) : random(seed) {
    // nop
  }

  unsigned below(unsigned n) {
    return static_cast<unsigned>(random() % n);
  }

  uint32_t granted_s() {
    return 1 + below(600);
  }

  void step() {
    static const std::vector<std::string> answers = {
      "408", "423/60", "423/1000", "481", "489", "500", "503/17", "403"};
    static const std::vector<std::string> ends = {
      "gone:",          "gone:deactivated", "gone:timeout",    "gone:giveup/3",
      "gone:probation", "gone:rejected",    "gone:whatever/70"};
    switch (below(10)) {
      case 0:
      case 1:
        if (!it.listens())
          return;
        if (auto s = granted_s(); below(2) == 0) {
          auto before = expires_at;
          play("200/" + std::to_string(s));
          expires_at = now + std::chrono::seconds{s};
          // The answer to nothing that is out: the notifier knows better.
          if (it.phase() == leaving)
            expires_at = before;
        } else {
          play("notify/" + std::to_string(s));
          expires_at = std::min(expires_at, now + std::chrono::seconds{s});
        }
        break;
      case 2:
        if (below(3) == 0 && it.listens())
          play(answers[below(static_cast<unsigned>(answers.size()))]);
        break;
      case 3:
        if (below(3) == 0 && it.listens())
          play(ends[below(static_cast<unsigned>(ends.size()))]);
        break;
      case 4:
        if (below(4) == 0) {
          it.stop(now);
          wanted = false;
        }
        break;
      case 5:
        if (it.phase() == ended) {
          it.start(60 + below(600), now + std::chrono::seconds{below(50)});
          wanted = true;
        }
        break;
      default:
        pass(std::chrono::milliseconds{1 + below(30'000)});
        break;
    }
  }

  /// Time goes by, and every deadline is kept.
  void pass(duration by) {
    auto until = now + by;
    while (it.next_deadline() <= until) {
      now = std::max(now, it.next_deadline());
      auto before = it.phase();
      auto what = it.on_tick(now);
      if (what == subscription_request::subscribe) {
        REQUIRE(before == waiting);
        expires_at = never;
      }
      if (what == subscription_request::refresh) {
        REQUIRE(before == active);
        REQUIRE(now < expires_at);
      }
      if (what == subscription_request::unsubscribe)
        REQUIRE(before == leaving);
      check();
    }
    now = until;
  }

  void check() {
    // Exactly one deadline while it lives, none afterwards.
    REQUIRE((it.phase() == ended) == (it.next_deadline() == never));
    if (it.phase() != ended)
      REQUIRE(it.next_deadline() - now <= std::chrono::hours{24});
    if (wanted)
      REQUIRE((it.phase() != ended && it.phase() != leaving));
    else
      REQUIRE((it.phase() == ended || it.phase() == leaving));
    if (it.phase() == active)
      REQUIRE(it.next_deadline() <= std::max(expires_at, now));
    REQUIRE((!it.believed() || wanted));
  }
};

} // namespace

TEST_CASE("what is wanted is active, asked for or awaited, and is refreshed "
          "before it expires, whatever happens") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    random_subscription x(seed);
    for (int i = 0; i < 400; ++i) {
      x.step();
      x.check();
    }
  }
}
