#include "actors/model/session_timer.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string_view>

namespace model = strowger::model;
using namespace std::chrono_literals;
using model::refresher;
using model::session_policy;
using model::session_role;
using model::session_terms;

namespace {

constexpr session_terms request(std::uint32_t interval_s,
                                enum refresher who = refresher::none,
                                bool supported = true,
                                std::uint32_t min_se_s = 0) {
  return {.interval_s = interval_s,
          .min_se_s = min_se_s,
          .refresher = who,
          .supported = supported};
}

} // namespace

TEST_CASE("the UAS answers as RFC 4028 section 9 and table 2 say") {
  using enum refresher;
  const session_policy usual;
  const session_policy lazy{.interval_s = 0};
  const session_policy careful{.interval_s = 1800, .min_se_s = 600};
  const session_policy busy{.uas_choice = uas};
  const session_policy alone{.refresh_unsupporting = true};
  struct row {
    std::string_view why;
    session_terms request;
    session_policy policy;
    std::uint32_t reject_min_se_s;
    std::uint32_t interval_s;
    enum refresher who;
    bool required;
  };
  const row rows[] = {
    {"the UAC's wish is met", request(1200), usual, 0, 1200, uac, true},
    {"a longer wish is cut to ours", request(7200), usual, 0, 1800, uac, true},
    {"but not below its Min-SE", request(7200, none, true, 3600), usual, 0,
     3600, uac, true},
    {"the UAC names itself", request(1800, uac), busy, 0, 1800, uac, true},
    {"the UAC names us", request(1800, uas), usual, 0, 1800, uas, true},
    {"the choice is ours", request(1800), busy, 0, 1800, uas, true},
    {"no support: the UAS refreshes", request(1800, none, false), usual, 0,
     1800, uas, false},
    {"we ask where the UAC did not", request(0), usual, 0, 1800, uac, true},
    {"its Min-SE counts even then", request(0, none, true, 4000), usual, 0,
     4000, uac, true},
    {"neither asks", request(0), lazy, 0, 0, none, false},
    {"it asks, we do not mind", request(3600), lazy, 0, 3600, uac, true},
    {"too small for everybody", request(60), usual, 90, 0, none, false},
    {"too small for us", request(599), careful, 600, 0, none, false},
    {"just enough", request(600), careful, 0, 600, uac, true},
    {"too small, but a 422 would not be understood", request(60, none, false),
     careful, 0, 600, uas, false},
    {"no timer for a UAC that knows none", request(0, none, false), usual, 0, 0,
     none, false},
    {"unless we do it alone", request(0, none, false), alone, 0, 1800, uas,
     false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    const auto answer = model::answer_session(row.request, row.policy);
    CHECK(answer.reject_min_se_s == row.reject_min_se_s);
    CHECK(answer.terms.interval_s == row.interval_s);
    CHECK((answer.terms.refresher == row.who));
    CHECK(answer.terms.required == row.required);
  }
}

TEST_CASE("the UAC asks for what the option says") {
  CHECK(model::offer_session({}) == request(1800));
  CHECK(model::offer_session({.interval_s = 0}) == request(0));
  CHECK(model::offer_session({.interval_s = 10}) == request(90));
  CHECK(model::offer_session({.interval_s = 300, .min_se_s = 600})
        == request(600, refresher::none, true, 600));
}

// RFC 4028 section 12: Alice asks for 50 s, atlanta.com wants 3600 s and
// biloxi.com 4000 s.
TEST_CASE("two proxies raise the interval one after the other") {
  const auto first = request(50);
  const auto second = model::retry_session(first, 3600);
  REQUIRE(second);
  CHECK(*second == request(3600, refresher::none, true, 3600));
  const auto third = model::retry_session(*second, 4000);
  REQUIRE(third);
  CHECK(*third == request(4000, refresher::none, true, 4000));

  const auto bob = model::answer_session(*third, {});
  CHECK(bob.reject_min_se_s == 0);
  CHECK(bob.terms.interval_s == 4000);
  const auto settled = model::settle_session(*third, bob.terms, {});
  CHECK(settled.interval_s == 4000);
  CHECK((settled.refresher == refresher::uac));
  const auto clock = model::clock_of(settled, session_role::uac);
  REQUIRE(clock);
  CHECK(clock->ours);
  CHECK(clock->refresh_after == 2000s);
  CHECK(clock->give_up_after == 3968s);
  // Min-SE goes into every later request, too.
  CHECK(model::refresh_session(settled, true, {})
        == request(4000, refresher::uac, true, 4000));
}

TEST_CASE("a 422 that asks for nothing new is not answered by a retry") {
  CHECK_FALSE(model::retry_session(request(1800), 0));
  CHECK_FALSE(model::retry_session(request(1800), 1800));
  CHECK_FALSE(model::retry_session(request(1800), 90));
  CHECK_FALSE(model::retry_session(request(0), 90));
}

TEST_CASE("what the 2xx says is settled") {
  using enum refresher;
  const session_policy usual;
  const session_policy alone{.refresh_unsupporting = true};
  struct row {
    std::string_view why;
    session_terms response;
    session_policy policy;
    std::uint32_t interval_s;
    enum refresher who;
  };
  const row rows[] = {
    {"shorter", request(900, uac), usual, 900, uac},
    {"by the peer", request(900, uas), usual, 900, uas},
    {"refresher missing: we do it", request(900), usual, 900, uac},
    {"not at all", request(0), usual, 0, none},
    {"not at all, alone", request(0), alone, 1800, uac},
    {"against the RFC", request(60, uac), usual, 60, uac},
    {"absurd", request(1, uac), usual, 10, uac},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    const auto settled = model::settle_session(request(1800), row.response,
                                               row.policy);
    CHECK(settled.interval_s == row.interval_s);
    CHECK((settled.refresher == row.who));
  }
}

TEST_CASE("the clock refreshes at half and gives up before the end") {
  struct row {
    session_terms settled;
    session_role role;
    bool ours;
    model::duration refresh_after, give_up_after;
  };
  for (const auto& [settled, role, ours, refresh_after, give_up_after] : {
         row{request(90, refresher::uac), session_role::uac, true, 45s, 60s},
         row{request(90, refresher::uac), session_role::uas, false, 45s, 60s},
         row{request(96, refresher::uas), session_role::uas, true, 48s, 64s},
         row{request(1800, refresher::uas), session_role::uac, false, 900s,
             1768s},
       }) {
    const auto clock = model::clock_of(settled, role);
    REQUIRE(clock);
    CHECK(clock->ours == ours);
    CHECK(clock->refresh_after == refresh_after);
    CHECK(clock->give_up_after == give_up_after);
  }
  CHECK_FALSE(model::clock_of(request(0, refresher::uac), session_role::uac));
  CHECK_FALSE(model::clock_of(request(90), session_role::uac));
}

TEST_CASE("whatever both sides wish, exactly one of them refreshes in time") {
  std::mt19937_64 random(4028);
  const auto pick = [&](std::uint32_t most) {
    return static_cast<std::uint32_t>(random() % (most + 1));
  };
  for (int i = 0; i < 20'000; ++i) {
    const session_policy uac{.interval_s = pick(4000), .min_se_s = pick(2000)};
    const session_policy uas{.interval_s = pick(1) ? pick(4000) : 0,
                             .min_se_s = pick(2000),
                             .uas_choice = pick(1) ? refresher::uac
                                                   : refresher::uas};
    auto sent = model::offer_session(uac);
    auto answer = model::answer_session(sent, uas);
    if (answer.reject_min_se_s != 0) {
      const auto again = model::retry_session(sent, answer.reject_min_se_s);
      REQUIRE(again);
      sent = *again;
      answer = model::answer_session(sent, uas);
    }
    REQUIRE(answer.reject_min_se_s == 0);
    const auto settled = model::settle_session(sent, answer.terms, uac);
    const auto one = model::clock_of(settled, session_role::uac);
    const auto other = model::clock_of(answer.terms, session_role::uas);
    REQUIRE(one.has_value() == other.has_value());
    if (!one)
      continue;
    REQUIRE(one->ours != other->ours);
    REQUIRE(one->refresh_after == other->refresh_after);
    REQUIRE(one->refresh_after < one->give_up_after);
    REQUIRE(settled.interval_s >= model::session_interval_min_s);
    REQUIRE(settled.interval_s >= sent.min_se_s);
    // A refresh by either side leaves the task where it is.
    const auto refresh = model::refresh_session(settled, one->ours, uac);
    const auto next = model::answer_session(refresh, uas);
    REQUIRE(next.reject_min_se_s == 0);
    const auto after = model::clock_of(next.terms, session_role::uas);
    REQUIRE(after);
    REQUIRE(after->ours == other->ours);
  }
}
