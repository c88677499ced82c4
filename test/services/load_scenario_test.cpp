#include "services/load/scenario_reader.hpp"
#include "test/services/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

using namespace strowger;
using namespace strowger::services;
using namespace std::literals;
using traffic::arrival_law;
using traffic::duration_law;

namespace {

std::string errors_of(const load::scenario_result& result) {
  std::string lines;
  CHECK(result.value.has_value() == result.errors.empty());
  for (auto& error : result.errors)
    lines += to_string(error) + "\n";
  return lines;
}

constexpr auto head = "load: x\n"
                      "target: 127.0.0.1:5060\n"
                      "listen: 127.0.0.1:5080\n"sv;

/// Every key that there is, but for other laws.
constexpr auto whole
  = "transport: tcp\n"
    "domain: test.example\n"
    "seed: 18446744073709551615\n"
    "populations:\n"
    "  - name: callers\n"
    "    users: {from: 0040, to: 0043}\n"
    "    register: {expires: 2 min, password: s3cret, spread: 1.5 s}\n"
    "    subscribe: {event: x, accept: a/b, expires: 60 s, spread: 2 s, "
    "to: [7]}\n"
    "    calls:\n"
    "      to: [\"2001\", \"#31#2002\"]\n"
    "      arrivals: {poisson: 6000/min}\n"
    "      talk: {exponential: 180 s}\n"
    "      patience: {lognormal: {median: 30 s, sigma: 0.8}}\n"
    "      hang-up: either\n"
    "      redial: {chance: 70 %, after: 10 s, at-most: 2}\n"
    "      steps: [{after: 5 s, do: hold}, retrieve, {do: dtmf, digits: "
    "\"12#A\"}, reinvite, update, info, {after: {uniform: [1 s, 2 s]}, do: "
    "attended-transfer, to: \"2003\"}]\n"
    "  - name: phones\n"
    "    users: [\"2001\", \"2002\"]\n"
    "    answers:\n"
    "      ring-after: 50 ms\n"
    "      answer-after: {gamma: {mean: 3 s, shape: 2}}\n"
    "      early-media: true\n"
    "      codes: [{code: 200, chance: 95 %}, {code: 486, chance: 5 %}]\n"
    "      talk: {uniform: [1 s, 1 h]}\n"
    "      steps: [{after: 1 s, do: blind-transfer, to: 2009}]\n"
    "run: {warm-up: 5 s, steady: 1 min, drain: 40 s, calls: 10000}\n"
    "pass: [\"p99 answer < 200 ms\", \"failed < 0.01 %\"]\n"
    "search: {from: 10/s, to: 5000/s, precision: 5 %}\n"sv;

const auto caller = std::string(head)
                    + "populations:\n- name: p\n  users: [1]\n  calls:\n"
                      "    to: [2]\n";

load::scenario_result read(std::string_view start, std::string_view rest) {
  return load::read_scenario_text(std::string(start).append(rest), "f");
}

/// A kind of calling, as it stands in a scenario without a mistake.
traffic::calling calling_with(std::string_view arrivals) {
  auto result = read(
    caller, "    talk: 1 s\n    arrivals: " + std::string(arrivals) + "\n");
  REQUIRE(errors_of(result) == "");
  return *result.value->populations.at(0).calls;
}

duration_law talk_of(std::string_view law) {
  auto result = read(caller, "    arrivals: {constant: 1/s}\n    talk: "
                               + std::string(law) + "\n");
  REQUIRE(errors_of(result) == "");
  return result.value->populations.at(0).calls->talk;
}

void write(const std::string& path, std::string_view text) {
  std::ofstream{path, std::ios::binary} << text;
}

} // namespace

TEST_CASE("a scenario means what it says, key by key") {
  auto result = read(head, whole);
  REQUIRE(errors_of(result) == "");
  auto& x = *result.value;
  CHECK(x.name == "x");
  CHECK(x.target == "127.0.0.1:5060");
  CHECK(x.listen == "127.0.0.1:5080");
  CHECK(x.transport == "tcp");
  CHECK(x.domain == "test.example");
  CHECK(x.seed == 18446744073709551615U);
  CHECK(x.run.warm_up == 5s);
  CHECK(x.run.steady == 60s);
  CHECK(x.run.drain == 40s);
  CHECK(x.run.calls == 10'000);
  REQUIRE(x.criteria.size() == 2);
  CHECK(x.criteria[0].text == "p99 answer < 200 ms");
  REQUIRE(x.search);
  CHECK(x.search->from_per_s == 10);
  CHECK(x.search->to_per_s == 5000);
  CHECK(x.search->precision == doctest::Approx(0.05));
  REQUIRE(x.populations.size() == 2);
  auto& users = x.populations[0].users;
  REQUIRE(users.size() == 4);
  CHECK(users.front().number == "0040");
  CHECK(users.back().number == "0043");
  REQUIRE(x.populations[0].registers);
  CHECK(x.populations[0].registers->expires == 120s);
  CHECK(x.populations[0].registers->password == "s3cret");
  CHECK(x.populations[0].registers->spread == 1500ms);
  REQUIRE(x.populations[0].subscribes);
  CHECK(x.populations[0].subscribes->event == "x");
  CHECK(x.populations[0].subscribes->accept == "a/b");
  CHECK(x.populations[0].subscribes->expires == 60s);
  CHECK(x.populations[0].subscribes->spread == 2s);
  CHECK(x.populations[0].subscribes->numbers == std::vector<std::string>{"7"});
  CHECK_FALSE(x.populations[0].answers);
  CHECK_FALSE(x.populations[1].registers);
}

TEST_CASE("how users call and answer is read with everything they do") {
  auto result = read(head, whole);
  REQUIRE(errors_of(result) == "");
  auto& calls = *result.value->populations[0].calls;
  CHECK(calls.numbers == std::vector{"2001"s, "#31#2002"s});
  CHECK(std::get<arrival_law::poisson>(calls.arrivals.what).rate_per_s
        == doctest::Approx(100));
  CHECK(std::get<duration_law::exponential>(calls.talk.what()).mean_s == 180);
  auto& patience = std::get<duration_law::lognormal>(calls.patience.what());
  CHECK(patience.median_s == 30);
  CHECK(patience.sigma == 0.8);
  CHECK(calls.hangs_up == traffic::party::either);
  CHECK(calls.redial_chance == doctest::Approx(0.7));
  CHECK(std::get<duration_law::fixed>(calls.redial_after.what()).value_s == 10);
  CHECK(calls.redials_at_most == 2);
  using enum traffic::step_kind;
  std::vector<traffic::step_kind> kinds;
  for (auto& x : calls.steps)
    kinds.push_back(x.what);
  CHECK(kinds
        == std::vector{hold, retrieve, dtmf, reinvite, update, info,
                       attended_transfer});
  CHECK(calls.steps[0].after.is_set());
  CHECK_FALSE(calls.steps[1].after.is_set());
  CHECK(calls.steps[2].argument == "12#A");
  CHECK(calls.steps[6].argument == "2003");
  auto& answers = *result.value->populations[1].answers;
  REQUIRE(answers.answers.size() == 2);
  CHECK(answers.answers[1].status == 486);
  CHECK(answers.answers[1].chance == doctest::Approx(0.05));
  CHECK(std::get<duration_law::fixed>(answers.ring_after.what()).value_s
        == 0.05);
  CHECK(std::get<duration_law::gamma>(answers.answer_after.what()).shape == 2);
  CHECK(answers.early_media);
  CHECK(std::get<duration_law::uniform>(answers.talk.what()).to_s == 3600);
  CHECK(answers.steps.at(0).what == blind_transfer);
  CHECK(answers.steps.at(0).argument == "2009");
}

TEST_CASE("calls arrive by any of the laws") {
  auto what = [](auto text) { return calling_with(text).arrivals.what; };
  CHECK(std::get<arrival_law::constant>(what("{constant: 0.5/s}")).rate_per_s
        == 0.5);
  auto ramp = std::get<arrival_law::ramp>(
    what("{ramp: {from: 0/s, to: 1000/s, over: 60 s, random: true}}"));
  CHECK(ramp.to_per_s == 1000);
  CHECK(ramp.over_s == 60);
  CHECK(ramp.random);
  auto steps = std::get<arrival_law::steps>(
    what("{steps: [{rate: 3600/h, for: 30 s}, {rate: 2/s}], random: true}"));
  REQUIRE(steps.stairs.size() == 2);
  CHECK(steps.stairs[0].rate_per_s == doctest::Approx(1));
  CHECK(steps.stairs[0].for_s == 30);
  CHECK(steps.random);
  auto bursts = std::get<arrival_law::bursts>(
    what("{bursts: [{rate: 5/s, stay: 10 s}, {rate: 50/s, stay: 1 s}]}"));
  REQUIRE(bursts.moods.size() == 2);
  CHECK(bursts.moods[1].rate_per_s == 50);
  CHECK(bursts.moods[1].mean_stay_s == 1);
  auto users = calling_with("{users: {pause: {exponential: 10 s}}}");
  CHECK(std::holds_alternative<arrival_law::users>(users.arrivals.what));
  CHECK(std::get<duration_law::exponential>(users.pause.what()).mean_s == 10);
}

TEST_CASE("lists in CSV files lie beside the scenario") {
  scratch_folder folder;
  write(folder.file("users.csv"), "\xef\xbb\xbfpassword, number\r\n"
                                  "\"a, \"\"b\"\"\" , 2001\r\n\r\n,2002\r\n");
  write(folder.file("targets.csv"), "number\n3001\n\"3002\"");
  write(folder.file("calls.csv"), "time,calls\n09:00,90\n09:15,0\n");
  write(folder.file("talk.csv"), "seconds\n1.5\n2\n");
  write(folder.file("pause.csv"), "duration\n2 min\n");
  write(folder.file("f.yaml"),
        std::string(head)
          + "populations:\n- name: p\n"
            "  users: {csv: users.csv}\n"
            "  calls:\n"
            "    to: {csv: targets.csv}\n"
            "    arrivals: {profile: calls.csv, interval: 10 min}\n"
            "    talk: {csv: talk.csv}\n"
            "    patience: {csv: pause.csv}\n");
  auto result = load::read_scenario(folder.file("f.yaml"));
  REQUIRE(errors_of(result) == "");
  auto& p = result.value->populations[0];
  REQUIRE(p.users.size() == 2);
  CHECK(p.users[0].number == "2001");
  CHECK(p.users[0].password == "a, \"b\"");
  CHECK(p.users[1].number == "2002");
  CHECK(p.users[1].password == "");
  CHECK(p.calls->numbers == std::vector{"3001"s, "3002"s});
  auto& profile = std::get<arrival_law::profile>(p.calls->arrivals.what);
  CHECK(profile.calls == std::vector{90., 0.});
  CHECK(profile.interval_s == 600);
  CHECK(std::get<duration_law::empirical>(p.calls->talk.what()).values_s
        == std::vector{1.5, 2.});
  CHECK(std::get<duration_law::empirical>(p.calls->patience.what()).values_s
        == std::vector{120.});
}

TEST_CASE("a duration may be written in every unit, near or apart") {
  for (auto [text, seconds] : {std::pair{"1500 ms", 1.5},
                               {"1.5s", 1.5},
                               {"2  min", 120.},
                               {"1 h", 3600.},
                               {"0 s", 0.}}) {
    CAPTURE(std::string(text));
    CHECK(std::get<duration_law::fixed>(talk_of(text).what()).value_s
          == doctest::Approx(seconds));
  }
}

TEST_CASE("what is not said has a sensible value") {
  auto result = read(head,
                     "populations:\n- {name: p, users: [1], register: {}, "
                     "answers: {}}\n");
  REQUIRE(errors_of(result) == "");
  auto& x = *result.value;
  CHECK(x.transport == "udp");
  CHECK(x.seed == 1);
  CHECK_FALSE(x.run.calls);
  CHECK_FALSE(x.search);
  CHECK(x.populations[0].registers->expires == 3600s);
  REQUIRE(x.populations[0].answers->answers.size() == 1);
  CHECK(x.populations[0].answers->answers[0].status == 200);
  // The callee hangs up, so the caller need not know when.
  CHECK(errors_of(read(caller, "    arrivals: {constant: 1/s}\n"
                               "    hang-up: callee\n"))
        == "");
}

TEST_CASE("the examples have no mistakes") {
  auto count = 0;
  for (auto& entry :
       std::filesystem::directory_iterator{"deploy/examples/load"}) {
    if (entry.path().extension() != ".yaml")
      continue;
    ++count;
    CHECK(errors_of(load::read_scenario(entry.path().string())) == "");
  }
  CHECK(count >= 6);
}

TEST_CASE("no damage to a scenario makes reading throw or hang") {
  const auto text = std::string(head) + std::string(whole);
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    auto damaged = text.substr(0, random() % (text.size() + 1));
    // Half of them lose something else, so that the end may be whole.
    if (seed % 2)
      damaged = std::string(text).erase(random() % text.size(), random() % 60);
    auto result = load::read_scenario_text(damaged, "f");
    CHECK(result.value.has_value() == result.errors.empty());
    for (auto& error : result.errors)
      CHECK(std::min(error.line, error.column) >= 1);
  }
}
