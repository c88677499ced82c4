#include "actors/model/dn_features.hpp"
#include "test/model/lone_phone.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace strowger::model;
using namespace strowger::model::test;
using namespace std::string_literals;
using list = std::vector<std::string>;

namespace {

directory_builder
site(option_values options = {}, dn_type type = dn_type::extension,
     std::vector<std::pair<option, option_value>> of_all = {}) {
  options.set(option::contact, "10.0.0.9"s);
  auto b = with(std::move(options), type);
  b.add("2002", dn_type::extension);
  b.add("gw", dn_type::trunk,
        {{option::contact, "10.0.0.1"s}, {option::prefix, list{"1"}}});
  for (auto& [id, value] : of_all)
    b.set(id, value);
  return b;
}

// A DN whose user speaks to the switch.
struct featured : phone {
  verdict ask(verb v, std::string to = {}, std::string when = {}) {
    demand x;
    x.verb = v;
    x.this_dn = "2001";
    x.destination = std::move(to);
    x.text = std::move(when);
    x.request = "r1";
    return model.on_demand(x, context(), fx);
  }
  event_type event() const {
    REQUIRE(fx.events.size() == 1);
    CHECK(fx.events[0].this_dn == "2001");
    CHECK(fx.events[0].request == "r1");
    return fx.events[0].type;
  }
  /// Where a call to the DN goes: "refused", "itself", or a number.
  std::string goes() {
    auto answer = seize(7);
    if (granted(answer)) {
      release(7);
      return "itself";
    }
    auto* x = std::get_if<forwarded>(&answer);
    return x ? x->destination : "refused";
  }
  diversion_terms terms(agent_presence agent = {}) {
    auto cx = context();
    cx.agent = agent;
    return read_no_answer_terms(cx);
  }
};

} // namespace

// -- do-not-disturb -----------------------------------------------------------

TEST_CASE_FIXTURE(featured, "M31: do-not-disturb keeps calls away, but not "
                            "the user's own") {
  start(site());
  CHECK(ask(verb::set_dnd).accepted());
  CHECK(event() == event_type::dnd_on);
  CHECK(why(seize(1)) == refusal::do_not_disturb);
  CHECK(granted(seize(2, true)));
  auto own = model.on_seize({{3}, 1, purpose::summon, "2001"}, context(), fx);
  CHECK(granted(own));
  CHECK(ask(verb::set_dnd).accepted()); // asked twice is no error
  CHECK(event() == event_type::dnd_on);
  CHECK(ask(verb::cancel_dnd).accepted());
  CHECK(event() == event_type::dnd_off);
  CHECK(granted(seize(4)));
}

// -- call forwarding ----------------------------------------------------------

TEST_CASE_FIXTURE(featured, "a forward is reported with its destination and "
                            "its mode, until it is cancelled") {
  start(site());
  CHECK(ask(verb::set_forward, "2002", "on_busy").accepted());
  CHECK(event() == event_type::forward_set);
  REQUIRE(fx.events[0].details);
  CHECK(fx.events[0].details->target == "2002");
  CHECK(fx.events[0].details->reason == "on_busy");
  CHECK(model.features().mode() == forward_mode::on_busy);
  CHECK(ask(verb::cancel_forward).accepted());
  CHECK(event() == event_type::forward_cancelled);
  CHECK(model.features().mode() == forward_mode::none);
  CHECK(goes() == "itself");
}

TEST_CASE_FIXTURE(featured, "every mode forwards the calls it names") {
  struct {
    const char* mode;
    const char* free;
    const char* dnd;
    const char* on_call;
    const char* out_of_service;
  } constexpr rows[] = {
    {"unconditional", "2002", "2002", "2002", "2002"},
    {"on_busy", "itself", "2002", "2002", "refused"},
    {"on_no_answer", "itself", "refused", "refused", "2002"},
    {"on_busy_and_no_answer", "itself", "2002", "2002", "2002"},
  };
  for (auto& r : rows) {
    CAPTURE(r.mode);
    model = {};
    start(site({{option::reject_call_incall, true},
                {option::recovery_timeout, int64_t{60}}}));
    REQUIRE(ask(verb::set_forward, "2002", r.mode).accepted());
    CHECK(goes() == r.free);
    ask(verb::set_dnd);
    CHECK(goes() == r.dnd);
    ask(verb::cancel_dnd);
    CHECK(granted(seize(1, true)));
    CHECK(goes() == r.on_call);
    release(1);
  }
}

TEST_CASE_FIXTURE(featured, "a DN that cannot be reached forwards as one that "
                            "does not answer") {
  auto nowhere = [] {
    auto b = with({});
    b.add("2002", dn_type::extension);
    return b;
  };
  for (auto* mode : {"on_busy", "on_no_answer", "unconditional"}) {
    CAPTURE(mode);
    model = {};
    start(nowhere());
    REQUIRE(ask(verb::set_forward, "2002", mode).accepted());
    CHECK(goes() == (mode == "on_busy"s ? "refused" : "2002"));
  }
}

TEST_CASE_FIXTURE(featured, "what the phone itself refuses goes by the same "
                            "forward: the call is told where to") {
  start(site({}, dn_type::extension,
             {{option::extn_no_answer_timeout, int64_t{20}}}));
  CHECK(!std::get<seized>(seize(1)).diversions);
  ask(verb::set_forward, "2002", "on_busy_and_no_answer");
  auto answer = seize(2);
  auto& wanted = std::get<seized>(answer).diversions;
  REQUIRE(wanted);
  CHECK(wanted->on_busy == "2002");
  CHECK(wanted->on_no_answer == "2002");
  CHECK(wanted->no_answer_timeout_s == 20);
  CHECK(!std::get<seized>(answer).agent_logged_in);
  CHECK(!std::get<seized>(seize(3, true)).diversions);
}

TEST_CASE_FIXTURE(featured, "requests that make no sense are refused and "
                            "change nothing") {
  start(site());
  struct {
    const char* to;
    const char* mode;
    fault why;
  } constexpr rows[] = {
    {"2002", "sometimes", fault::invalid_argument},
    {"2002", "none", fault::invalid_argument},
    {"2002", "", fault::invalid_argument},
    {"2001", "on_busy", fault::invalid_called_dn},
    {"7777", "on_busy", fault::invalid_called_dn},
    {"", "on_busy", fault::invalid_called_dn},
  };
  for (auto& r : rows) {
    CAPTURE(r.to);
    CHECK(ask(verb::set_forward, r.to, r.mode).why == r.why);
    CHECK(fx.events.empty());
  }
  CHECK(ask(verb::set_forward, "1555", "on_busy").accepted()); // over a trunk
  CHECK(ask(verb::hold_call).why == fault::unsupported);
  featured queue;
  queue.start(site({}, dn_type::routing_point));
  CHECK(queue.ask(verb::set_dnd).why == fault::unsupported);
}

TEST_CASE_FIXTURE(featured, "features outlive a reload, but not the DN") {
  start(site());
  ask(verb::set_dnd);
  ask(verb::set_forward, "2002", "on_no_answer");
  reconfigure(site());
  CHECK(model.features().do_not_disturb());
  CHECK(model.features().forward_to() == "2002");
  model.on_reconfigured(false, context(), fx);
  CHECK(ask(verb::set_dnd).why == fault::unknown_dn);
}

// -- no-answer supervision ----------------------------------------------------

TEST_CASE_FIXTURE(featured, "each kind of DN has its family of no-answer "
                            "options; those of DN and Agent Login win") {
  std::vector<std::pair<option, option_value>> families{
    {option::extn_no_answer_timeout, int64_t{1}},
    {option::extn_no_answer_overflow, list{"recall"}},
    {option::posn_no_answer_timeout, int64_t{2}},
    {option::posn_no_answer_overflow, list{"release"}},
    {option::agent_no_answer_timeout, int64_t{3}},
    {option::agent_no_answer_overflow, list{"2002", "none", "release"}},
  };
  agent_login login;
  login.options = std::make_shared<option_values>();
  auto of_login = std::make_shared<option_values>(option_values{
    {option::no_answer_timeout, int64_t{5}},
    {option::no_answer_overflow, list{"1555"}},
  });
  auto expect = [](const diversion_terms& x, int64_t s, list where,
                   bool business_only) {
    CHECK(x.no_answer_timeout_s == s);
    CHECK(x.overflow == where);
    CHECK(x.business_only == business_only);
  };
  start(site({}, dn_type::extension, families));
  expect(terms(), 1, {"recall"}, true);
  expect(terms({true, false, &login}), 3, {"2002"}, true);
  expect(terms({true}), 3, {"2002"}, true);
  login.options = of_login;
  expect(terms({true, false, &login}), 5, {"1555"}, false);
  reconfigure(site({}, dn_type::acd_position, families));
  expect(terms(), 2, {"release"}, true);
  reconfigure(site({{option::no_answer_timeout, int64_t{4}}},
                   dn_type::extension, families));
  expect(terms(), 4, {"recall"}, false);
  reconfigure(site({{option::no_answer_overflow, list{"none", "2002"}}},
                   dn_type::extension, families));
  expect(terms(), 1, {}, false);
  families.emplace_back(option::nas_private, true);
  reconfigure(site({}, dn_type::extension, families));
  expect(terms(), 1, {"recall"}, false);
}

TEST_CASE_FIXTURE(featured, "an agent who takes no calls makes the DN busy, "
                            "and its forward on busy applies") {
  start(site());
  auto cx = context();
  cx.agent.refuses_calls = true;
  auto ask_for = [&](purpose what) {
    return model.on_seize({{5}, 1, what, "2001"}, cx, fx);
  };
  CHECK(why(ask_for(purpose::reach)) == refusal::at_capacity);
  CHECK(granted(ask_for(purpose::summon)));
  ask(verb::set_forward, "2002", "on_busy");
  auto answer = ask_for(purpose::reach);
  REQUIRE(std::holds_alternative<forwarded>(answer));
  CHECK(std::get<forwarded>(answer).destination == "2002");
}

TEST_CASE_FIXTURE(featured, "a call hears of the agent whose DN it seizes") {
  start(site());
  auto cx = context();
  cx.agent.logged_in = true;
  auto answer = model.on_seize({{5}, 1, purpose::reach, "2001"}, cx, fx);
  REQUIRE(granted(answer));
  CHECK(std::get<seized>(answer).agent_logged_in);
  REQUIRE(std::get<seized>(answer).diversions);
  CHECK(std::get<seized>(answer).diversions->no_answer_timeout_s == 15);
}

TEST_CASE_FIXTURE(featured, "by default a DN rings as long as it likes") {
  start(site());
  CHECK(terms().overflow.empty());
  CHECK(terms().no_answer_timeout_s == 15);
  CHECK(!std::get<seized>(seize(1)).diversions);
}
