#include "actors/model/ledger.hpp"
#include "test/sim/dice.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace strowger::model;
using namespace std::chrono_literals;

namespace {

/// Makes events as the call model does, a second apart.
struct book {
  ledger state;
  time_point now{1h};

  journal_event& add(event_type type, uint64_t call, std::string dn,
                     std::string other = {}) {
    now += 1s;
    last = {};
    last.type = type;
    last.call = {call};
    last.at = now;
    last.this_dn = std::move(dn);
    last.other_dn = std::move(other);
    last.call_type = call_type::internal;
    last.dnis = "2002";
    last.ani = "2001";
    return last;
  }
  void say(event_type type, uint64_t call, std::string dn,
           std::string other = {}) {
    add(type, call, std::move(dn), std::move(other));
    state.fold(last);
  }
  void say_agent(event_type type, std::string dn, event_details about) {
    add(type, 0, std::move(dn)).details = std::make_shared<event_details>(
      std::move(about));
    state.fold(last);
  }
  /// "2001 connected" of each party.
  std::vector<std::string> parties(uint64_t call) {
    std::vector<std::string> result;
    if (auto* x = state.find(call_id{call}))
      for (auto& p : x->parties)
        result.push_back(p.dn + " " + std::string{to_string(p.state)});
    return result;
  }

  journal_event last;
};

using words = std::vector<std::string>;

event_details agent(std::string id, work_mode mode = work_mode::unknown,
                    std::string reason = {}) {
  event_details x;
  x.agent = std::move(id);
  x.work_mode = mode;
  x.reason = std::move(reason);
  return x;
}

} // namespace

TEST_CASE_FIXTURE(book, "an internal call is followed from dialling to the "
                        "end") {
  using enum event_type;
  struct row {
    event_type type;
    const char* dn;
    words after;
  };
  const row rows[] = {
    {dialing, "2001", {"2001 dialing"}},
    {ringing, "2002", {"2001 dialing", "2002 alerting"}},
    {established, "2001", {"2001 connected", "2002 alerting"}},
    {established, "2002", {"2001 connected", "2002 connected"}},
    {held, "2002", {"2001 connected", "2002 held"}},
    {retrieved, "2002", {"2001 connected", "2002 connected"}},
    {released, "2001", {"2002 connected"}},
    {released, "2002", {}},
  };
  for (auto& x : rows) {
    say(x.type, 1, x.dn);
    CHECK(parties(1) == x.after);
  }
  CHECK(state.calls() == 0);
}

TEST_CASE_FIXTURE(book, "a call that was announced lasts until it is deleted, "
                        "also without parties") {
  say(event_type::call_created, 1, "");
  CHECK(state.calls() == 1);
  say(event_type::queued, 1, "800");
  say(event_type::route_request, 1, "800");
  CHECK(parties(1) == words{"800 queued"});
  say(event_type::route_used, 1, "800");
  say(event_type::diverted, 1, "800");
  CHECK(parties(1).empty());
  CHECK(state.calls() == 1);
  say(event_type::ringing, 1, "2002");
  CHECK(state.find(call_id{1})->created == time_point{1h + 1s});
  say(event_type::abandoned, 1, "2002");
  CHECK(state.calls() == 1);
  say(event_type::call_deleted, 1, "");
  CHECK(state.calls() == 0);
}

TEST_CASE_FIXTURE(book, "a transfer moves the party of the consult call into "
                        "the held call, in its state (M18, M19)") {
  using enum event_type;
  say(established, 1, "2001", "2002");
  say(established, 1, "2002", "2001");
  say(held, 1, "2002", "2001");
  add(dialing, 2, "2002", "2003").previous_call = {1};
  last.call_type = call_type::consult;
  state.fold(last);
  CHECK(state.find(call_id{2})->previous_call == call_id{1});
  add(ringing, 2, "2003", "2002").previous_call = {1};
  state.fold(last);
  say(released, 2, "2002");
  say(released, 1, "2002");
  say(party_changed, 1, "2001", "2003");
  add(party_changed, 1, "2003", "2001").previous_call = {2};
  state.fold(last);
  CHECK(parties(1) == words{"2001 connected", "2003 alerting"});
  CHECK(state.find(call_id{2}) == nullptr);
  auto& main = *state.find(call_id{1});
  CHECK(main.previous_call == call_id{});
  CHECK(main.find("2001")->other_dn == "2003");
  CHECK(main.find("2003")->other_dn == "2001");
}

TEST_CASE_FIXTURE(book, "user data follows the events of the call") {
  say(event_type::ringing, 1, "2002");
  CHECK(state.find(call_id{1})->user_data == nullptr);
  auto data = std::make_shared<user_data>();
  data->push_back({"customer", {std::string{"gold"}}});
  add(event_type::attached_data_changed, 1, "2002").user_data = data;
  state.fold(last);
  CHECK(state.find(call_id{1})->user_data == data);
  // A request that failed says nothing about the call.
  say(event_type::error, 1, "2002");
  CHECK(state.find(call_id{1})->user_data == data);
}

TEST_CASE_FIXTURE(book, "events of calls that are over leave nothing behind") {
  for (auto type :
       {event_type::released, event_type::abandoned, event_type::diverted,
        event_type::attached_data_changed, event_type::route_used,
        event_type::call_deleted, event_type::error, event_type::dtmf_sent}) {
    say(type, 9, "2001");
    CHECK(state.calls() == 0);
  }
}

TEST_CASE_FIXTURE(book, "an agent is known from login to logout") {
  say_agent(event_type::agent_login, "2001", agent("anna"));
  say_agent(event_type::agent_ready, "2001", agent("anna", work_mode::auto_in));
  REQUIRE(state.find("2001"));
  CHECK(state.find("2001")->agent->ready);
  say_agent(event_type::agent_not_ready, "2001",
            agent("anna", work_mode::after_call_work, "wrap"));
  auto anna = *state.find("2001")->agent;
  CHECK(
    anna
    == ledger_agent{"anna", false, work_mode::after_call_work, "wrap", now});
  say_agent(event_type::agent_logout, "2001", agent("anna"));
  CHECK(state.find("2001") == nullptr);
}

TEST_CASE_FIXTURE(book, "what is said about a DN lasts until it is taken "
                        "back") {
  say(event_type::dnd_on, 0, "2001");
  CHECK(state.find("2001")->dnd);
  event_details forward;
  forward.reason = "Unconditional";
  forward.target = "2009";
  say_agent(event_type::forward_set, "2001", forward);
  CHECK(state.find("2001")->forward_to == "2009");
  say(event_type::dnd_off, 0, "2001");
  say(event_type::forward_cancelled, 0, "2001");
  CHECK(state.find("2001") == nullptr);
  say(event_type::dn_out_of_service, 0, "2001");
  CHECK(state.find("2001")->in_service == false);
  say(event_type::dn_back_in_service, 0, "2001");
  CHECK(state.find("2001")->in_service == true);
}

// -- images -------------------------------------------------------------------

namespace {

journal_event random_event(strowger::sim::dice& dice, time_point at) {
  journal_event x;
  x.type = static_cast<event_type>(dice.below(event_type_count));
  x.call = {1 + dice.below(6)};
  if (dice.below(4) == 0)
    x.previous_call = {1 + dice.below(6)};
  x.at = at;
  x.this_dn = "200" + std::to_string(dice.below(5));
  x.other_dn = "200" + std::to_string(dice.below(5));
  x.call_type = static_cast<call_type>(dice.below(call_type_count));
  x.details = std::make_shared<event_details>(
    agent("a" + std::to_string(dice.below(3))));
  if (dice.below(3) == 0)
    x.user_data = std::make_shared<user_data>(
      user_data{{"k", {int64_t(dice.below(9))}}});
  return x;
}

struct flat {
  std::vector<ledger_call> calls;
  std::vector<ledger_dn> dns;
  bool operator==(const flat&) const = default;
};

/// A copy that shares nothing.
flat copy(ledger_image x) {
  x.sort();
  flat result;
  for (auto& call : x.calls)
    result.calls.push_back(*call);
  for (auto& dn : x.dns)
    result.dns.push_back(*dn);
  return result;
}

} // namespace

TEST_CASE("images stay as they were, and folding on from any point ends in the "
          "same state") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    strowger::sim::dice dice{seed};
    ledger with_images;
    ledger without;
    std::vector<std::pair<ledger_image, flat>> taken;
    for (int i = 0; i < 500; ++i) {
      auto x = random_event(dice, time_point{std::chrono::seconds{i}});
      with_images.fold(x);
      without.fold(x);
      if (dice.below(10) == 0) {
        auto image = with_images.image();
        auto as_it_is = copy(image);
        taken.emplace_back(std::move(image), std::move(as_it_is));
      }
    }
    for (auto& [image, then] : taken)
      CHECK(copy(image) == then);
    CHECK(copy(with_images.image()) == copy(without.image()));
  }
}

TEST_CASE("no party is twice in a call, and unannounced calls have parties") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    strowger::sim::dice dice{seed};
    ledger state;
    for (int i = 0; i < 500; ++i) {
      state.fold(random_event(dice, time_point{std::chrono::seconds{i}}));
      for (auto& call : state.image().calls) {
        CHECK((call->announced || !call->parties.empty()));
        auto dns = call->parties;
        std::ranges::sort(dns, {}, &ledger_party::dn);
        auto twice = std::ranges::adjacent_find(dns, {}, &ledger_party::dn);
        CHECK(twice == dns.end());
      }
    }
  }
}
