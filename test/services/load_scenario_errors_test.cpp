#include "services/load/scenario_reader.hpp"

#include <doctest/doctest.h>

using namespace strowger;
using namespace strowger::services;
using namespace std::literals;

namespace {

/// What stands before the mistake: lines that are right, if what follows is.
enum start {
  none,
  head,
  idle,
  people,
  caller,
  call,
  arrivals,
  steps,
  answerer
};

std::string text_of(start x) {
  auto before = "load: x\ntarget: 127.0.0.1:5060\nlisten: 127.0.0.1:5080\n"s;
  auto one = before + "populations:\n- name: p\n  users: [1]\n";
  auto calls = one + "  calls:\n    to: [2]\n";
  switch (x) {
    case none:
      return "";
    case head: // 3 lines
      return before;
    case idle: // 5 lines
      return before + "populations:\n- {name: p, users: [1], answers: {}}\n";
    case people: // 4 lines
      return before + "populations:\n";
    case caller: // 8 lines
      return calls;
    case call: // 9 lines
      return calls + "    arrivals: {constant: 1/s}\n";
    case arrivals: // 9 lines, then the value
      return calls + "    talk: 1 s\n    arrivals: ";
    case steps: // 10 lines, then the value
      return calls
             + "    arrivals: {constant: 1/s}\n    talk: 1 s\n    steps: ";
    case answerer: // 7 lines
      return one + "  answers:\n";
  }
  return "";
}

struct bad_scenario {
  start from;
  std::string_view text;
  std::string_view errors; ///< without the file's name
};

constexpr bad_scenario bad_scenarios[] = {
  // -- the file as a whole
  {none, "", "1:1: error: the scenario is empty\n"},
  {none, "- 5\n", "1:1: error: the scenario must be a map (key: value)\n"},
  {none,
   "load: x\n"
   "load: y\n",
   "2:1: error: \"load\" is given twice in the scenario, first in line 1\n"},
  {none, "load: x\n",
   "1:1: error: the scenario has no target\n"
   "1:1: error: the scenario has no listen\n"
   "1:1: error: the scenario has no populations\n"},
  {none, "load: [\n",
   "2:1: error: did not find expected node content while parsing a flow "
   "node\n"},
  {head, "populations: []\n",
   "4:14: error: populations is empty: somebody must call, answer or "
   "register\n"},
  {head, "populaitons: []\n",
   "4:1: error: unknown key \"populaitons\" in the scenario; did you mean "
   "\"populations\"?\n"},
  {head, "populations: {a: b}\n",
   "4:14: error: populations must be a list of populations\n"},
  {idle,
   "transport: sctp\n"
   "seed: -1\n"
   "domain: a b\n",
   "6:12: error: transport: \"sctp\" is none of udp, tcp, tls\n"
   "7:7: error: seed: \"-1\" is not a whole number from 0 to "
   "18446744073709551615\n"
   "8:9: error: domain: \"a b\" is not a host name\n"},
  {none,
   "load:\n"
   "target: nowhere\n"
   "listen: 127.0.0.1:70000\n"
   "populations: 5\n",
   "1:1: error: load has no value\n"
   "2:9: error: target: \"nowhere\" is not an address (host:port, such as "
   "192.0.2.1:5060)\n"
   "3:9: error: listen: \"127.0.0.1:70000\" is not an address (host:port, such "
   "as 192.0.2.1:5060)\n"
   "4:14: error: populations must be a list of populations\n"},
  {none,
   "load: x\n"
   "target: 127.0.0.1:0\n"
   "listen: \"[::1]:0\"\n"
   "populations:\n"
   "- {name: p, users: [1], answers: {}}\n",
   "2:9: error: target: nobody can be reached at port 0\n"},
  // -- what is measured
  {idle, "run: {warm-up: 5, steady: 0 s, drain: 1 day, calls: 0}\n",
   "6:16: error: warm-up: \"5\" has no unit; expected one of ms, s, min, h, "
   "such as \"180 s\"\n"
   "6:27: error: steady: must be more than 0 ms, or nothing would be measured\n"
   "6:39: error: drain: \"1 day\" has no unit that fits; expected one of ms, "
   "s, min, h, such as \"180 s\"\n"
   "6:53: error: calls: \"0\" is not a whole number from 1 to "
   "9223372036854775807\n"},
  {idle, "run: {warm-up: soon, steady: 10001 h}\n",
   "6:16: error: warm-up: \"soon\" is not a duration such as \"180 s\"\n"
   "6:30: error: steady: \"10001 h\" is more than 10000 h\n"},
  {idle, "pass: failed < 1 %\n",
   "6:7: error: pass must be a list of criteria\n"},
  {idle, "pass: [[1]]\n",
   "6:8: error: pass must be one value, not a list or map\n"},
  {idle, "search: {from: 100, to: 2000000/s, precision: 0 %}\n",
   "6:16: error: search from: \"100\" has no unit; expected one of /s, /min, "
   "/h, such as \"100/s\"\n"
   "6:25: error: search to: \"2000000/s\" is more than 1000000/s\n"
   "6:47: error: search precision: must be more than 0\n"},
  {idle, "search: {from: 100/s, to: 100/s}\n",
   "6:9: error: search: from must be less than to (unless said, from is 10/s "
   "and to 10000/s)\n"},
  {idle, "search: {}\n",
   "6:9: error: search: there is no population with calls\n"},
  {caller,
   "    arrivals: {users: {pause: 0 s}}\n"
   "    talk: 1 s\n"
   "search: {}\n",
   "11:9: error: search: arrivals of p must be constant or poisson, whose rate "
   "it can vary\n"},
  // -- populations
  {people, "- 5\n", "5:3: error: the population must be a map (key: value)\n"},
  {people, "- {name: p, users: [1]}\n",
   "5:3: error: population p does nothing: it needs register, subscribe, "
   "calls or answers\n"},
  {people, "- {name: p, users: [1], subscribe: {event: kpml}}\n",
   "5:36: error: subscribe has no accept: which type the documents of kpml are "
   "of\n"},
  {people, "- {nmae: p, users: [1], answers: {}}\n",
   "5:4: error: unknown key \"nmae\" in the population; did you mean "
   "\"name\"?\n"},
  {people, "- {users: [1], answers: {}}\n",
   "5:3: error: the population has no name\n"},
  {people, "- {name: p, answers: {}}\n",
   "5:3: error: the population has no users\n"},
  {people,
   "- {name: p, users: [1], answers: {}}\n"
   "- {name: p, users: [2], answers: {}}\n",
   "6:10: error: name: there is a population \"p\" already\n"},
  {people,
   "- {name: p, users: {from: 1, to: 9}, answers: {}}\n"
   "- {name: q, users: {from: 5, to: 12}, answers: {}}\n",
   "6:27: error: users: 5 is in population p already\n"},
  {people, "- {name: p, users: {from: 9, to: 1}, answers: {}}\n",
   "5:34: error: the range ends (1) before it starts (9)\n"},
  {people, "- {name: p, users: {from: 1, to: 1000001}, answers: {}}\n",
   "5:34: error: the range has 1000001 numbers; at most 1000000 are allowed\n"},
  {people,
   "- {name: p, users: {from: 1, to: 1000000}, answers: {}}\n"
   "- {name: q, users: [a, b], answers: {}}\n",
   "6:21: error: users: more than 1000000 numbers in all\n"},
  {people, "- {name: p, users: [\"1@a\", [2], a b], answers: {}}\n",
   "5:21: error: users: \"1@a\" holds '@': a number has no host part\n"
   "5:28: error: an item of users must be one value, not a list or map\n"
   "5:33: error: users: \"a b\" may only hold digits, letters and + * # - . "
   "_\n"},
  {people,
   "- {name: p, users: 5, answers: {}}\n"
   "- {name: q, users: [], answers: {}}\n",
   "5:20: error: users must be a list of numbers, a range {from, to} or {csv: "
   "FILE}\n"
   "6:20: error: users: the list is empty\n"},
  {people,
   "- {name: p, users: {from: 1}, answers: {}}\n"
   "- {name: q, users: {csv: u.csv, to: 5}, answers: {}}\n",
   "5:20: error: users needs from and to\n"
   "6:26: error: csv: \"u.csv\": cannot open: No such file or directory\n"
   "6:33: error: unknown key \"to\" in users; did you mean \"csv\"?\n"},
  {people, "- {name: p, users: {cvs: no.csv}, answers: {}}\n",
   "5:21: error: unknown key \"cvs\" in users; did you mean \"csv\"?\n"},
  {people,
   "- {name: p, users: [1], register: {expires: 1.5 s, password: [a], spread: "
   "5/s}}\n",
   "5:45: error: expires: \"1.5 s\" is not a whole number of seconds above 0 "
   "(RFC 3261 section 20.19)\n"
   "5:62: error: password must be one value, not a list or map\n"
   "5:75: error: spread: \"5/s\" has no unit that fits; expected one of ms, s, "
   "min, h, such as \"180 s\"\n"},
  {people, "- {name: p, users: [1], register: {expires: 0 s}}\n",
   "5:45: error: expires: \"0 s\" is not a whole number of seconds above 0 "
   "(RFC 3261 section 20.19)\n"},
  {people, "- {name: p, users: [1], register: yes}\n",
   "5:35: error: register must be a map (key: value)\n"},
  // -- calls
  {caller, "    arrivals: {constant: 1/s}\n",
   "8:5: error: calls has no talk, so nobody would hang up (unless hang-up is "
   "callee)\n"},
  {caller, "    talk: 1 s\n", "8:5: error: calls has no arrivals\n"},
  {call, "    talk: 180\n",
   "10:11: error: talk: \"180\" has no unit; expected one of ms, s, min, h, "
   "such as \"180 s\"\n"},
  {call,
   "    talk: [1 s]\n"
   "    patience:\n",
   "10:11: error: talk must be a duration such as \"180 s\", or a map with one "
   "of exponential, uniform, lognormal, gamma, csv\n"
   "11:5: error: patience must be a duration such as \"180 s\", or a map with "
   "one of exponential, uniform, lognormal, gamma, csv\n"},
  {call, "    talk: {}\n",
   "10:11: error: talk has none of exponential, uniform, lognormal, gamma, "
   "csv\n"},
  {call, "    talk: {exponental: 3 s}\n",
   "10:12: error: unknown key \"exponental\" in talk; did you mean "
   "\"exponential\"?\n"},
  {call,
   "    talk: {exponential: 0 s}\n"
   "    patience: {exponential: [1 s]}\n",
   "10:25: error: talk exponential: must be more than 0\n"
   "11:29: error: patience exponential must be one value, not a list or map\n"},
  {call, "    talk: {exponential: 3 s, csv: a.csv}\n",
   "10:11: error: talk can have only one of exponential, uniform, lognormal, "
   "gamma, csv\n"},
  {call,
   "    talk: {uniform: [5 s, 1 s]}\n"
   "    patience: {uniform: 5 s}\n",
   "10:21: error: talk uniform: the first duration must not be the longer one\n"
   "11:25: error: patience uniform must be a list of two durations\n"},
  {call,
   "    talk: {lognormal: {median: 30 s}}\n"
   "    patience: {lognormal: {median: 30 s, sigma: 1 s}}\n",
   "10:23: error: talk lognormal has no sigma\n"
   "11:49: error: patience lognormal sigma: \"1 s\" is not a number above 0, "
   "at most 10 (without a unit)\n"},
  {call, "    talk: {gamma: {mean: 30, shape: 0}}\n",
   "10:26: error: talk gamma mean: \"30\" has no unit; expected one of ms, s, "
   "min, h, such as \"180 s\"\n"
   "10:37: error: talk gamma shape: \"0\" is not a number above 0, at most "
   "1000 (without a unit)\n"},
  {call,
   "    talk: 1 s\n"
   "    hang-up: nobody\n",
   "11:14: error: hang-up: \"nobody\" is none of caller, callee, either\n"},
  {call,
   "    talk: 1 s\n"
   "    redial: {chance: 101 %, after: 10, at-most: 1000}\n",
   "11:22: error: chance: \"101 %\" is more than 100 %\n"
   "11:36: error: redial after: \"10\" has no unit; expected one of ms, s, "
   "min, h, such as \"180 s\"\n"
   "11:49: error: at-most: \"1000\" is not a whole number from 1 to 100\n"},
  {call,
   "    talk: 1 s\n"
   "    redial: {chance: 0.7, at_most: 2}\n",
   "11:22: error: chance: \"0.7\" has no unit; expected %, such as \"2 %\"\n"
   "11:27: error: unknown key \"at_most\" in redial; did you mean "
   "\"at-most\"?\n"},
  // -- arrivals
  {arrivals, "poisson\n",
   "10:15: error: arrivals must be a map (key: value)\n"},
  {arrivals, "{poisson: 100, random: true}\n",
   "10:25: error: poisson: \"100\" has no unit; expected one of /s, /min, /h, "
   "such as \"100/s\"\n"
   "10:38: error: random goes with steps; constant is even, the others are "
   "random, and a ramp has its own\n"},
  {arrivals, "{constant: 100 calls/s, interval: 15 min}\n",
   "10:26: error: constant: \"100 calls/s\" has no unit that fits; expected "
   "one of /s, /min, /h, such as \"100/s\"\n"
   "10:49: error: interval goes with profile\n"},
  {arrivals, "{poisson: 1/s, constant: 1/s}\n",
   "10:15: error: arrivals can have only one of constant, poisson, ramp, "
   "steps, profile, bursts, users\n"},
  {arrivals, "{random: true}\n",
   "10:15: error: arrivals has none of constant, poisson, ramp, steps, "
   "profile, bursts, users\n"},
  {arrivals, "{ramp: {from: 0/s, to: 0/s, over: 1 min}}\n",
   "10:22: error: ramp: from and to are both 0/s, so there would be no "
   "calls\n"},
  {arrivals, "{ramp: {from: 0/s, over: 0 s, random: perhaps}}\n",
   "10:22: error: ramp has no to\n"
   "10:40: error: ramp over: must be more than 0\n"
   "10:53: error: ramp random: \"perhaps\" is none of true, false\n"},
  {arrivals, "{steps: [{rate: 0/s, for: 1 s}]}\n",
   "10:23: error: steps: no rate is above 0/s, so there would be no calls\n"},
  {arrivals, "{steps: [{rate: 1/s}, {rate: 2/s, for: 0 s}]}\n",
   "10:24: error: the step has no for; only the last one stays\n"
   "10:54: error: for: must be more than 0\n"},
  {arrivals, "{bursts: [{rate: 5/s, stay: 1 s}]}\n",
   "10:24: error: bursts needs at least two rates to change between\n"},
  {arrivals, "{bursts: [{rate: 5/s}, {rate: 0/s, stay: 1 s}]}\n",
   "10:25: error: the burst has no stay\n"},
  {arrivals, "{users: {}}\n", "10:23: error: users has no pause\n"},
  // -- steps
  {steps, "[hodl]\n",
   "11:13: error: do: \"hodl\" is none of hold, retrieve, reinvite, update, "
   "info, dtmf, blind-transfer, attended-transfer\n"},
  {steps, "[retrieve, dtmf]\n",
   "11:13: error: do: retrieve needs a hold before it\n"
   "11:23: error: dtmf needs digits\n"},
  {steps, "[{do: dtmf, digits: 12E}, {do: hold, digits: 1, to: 5}]\n",
   "11:32: error: digits: \"12E\" may only hold 0 to 9, * # and A to D, at "
   "most 128\n"
   "11:57: error: digits: hold has none\n"
   "11:64: error: to: hold goes nowhere\n"},
  {steps, "[{do: blind-transfer}, {do: hold}]\n",
   "11:13: error: blind-transfer needs to: a number\n"
   "11:40: error: do: nothing can follow blind-transfer, after which this user "
   "is not in the call\n"},
  {steps, "[{do: attended-transfer, to: \"a@b\"}]\n",
   "11:41: error: to: \"a@b\" holds '@': a number has no host part\n"},
  {steps, "[{after: 5, do: hold}, {after: 1 s}]\n",
   "11:21: error: after: \"5\" has no unit; expected one of ms, s, min, h, "
   "such as \"180 s\"\n"
   "11:35: error: the step has no do\n"},
  // -- answers
  {answerer,
   "    ring-after: 50\n"
   "    early-media: maybe\n",
   "8:17: error: ring-after: \"50\" has no unit; expected one of ms, s, min, "
   "h, such as \"180 s\"\n"
   "9:18: error: early-media: \"maybe\" is none of true, false\n"},
  {answerer, "    early-media: true\n",
   "8:18: error: early-media needs ring-after: when it begins\n"},
  {answerer, "    codes: [{code: 100}, {chance: 5 %}]\n",
   "8:13: error: the answer has no chance\n"
   "8:20: error: code: \"100\" is not a whole number from 200 to 699\n"
   "8:26: error: the answer has no code\n"},
  {answerer,
   "    codes: [{code: 200, chance: 50 %}, {code: 399, chance: 1 %}, {code: "
   "486}]\n",
   "8:47: error: code: 399 is no redirection; those are 300, 301, 302, 305 and "
   "380\n"
   "8:66: error: the answer has no chance\n"},
  {answerer,
   "    codes: [{code: 200, chance: 0 %}, {code: 486, chance: 0 %}]\n",
   "8:12: error: codes: no chance is above 0 %\n"},
  {answerer, "    codes: 486\n",
   "8:12: error: codes must be a list of maps (code, chance)\n"},
  {answerer, "    codes: []\n", "8:12: error: codes: no chance is above 0 %\n"},
};

/// The errors without the file's name, which is before each.
std::string errors_of(const load::scenario_result& result,
                      const std::string& file) {
  std::string lines;
  CHECK(result.value.has_value() == result.errors.empty());
  for (auto& error : result.errors) {
    auto line = to_string(error);
    CHECK(line.starts_with(file + ":"));
    lines += line.substr(file.size() + 1) + "\n";
  }
  return lines;
}

} // namespace

TEST_CASE("a mistake in a scenario is told with its place and what was meant") {
  for (auto& x : bad_scenarios) {
    CAPTURE(std::string(x.text));
    auto text = text_of(x.from).append(x.text);
    CHECK(errors_of(load::read_scenario_text(text, "f"), "f") == x.errors);
  }
}

TEST_CASE("a criterion that is none is told with its place") {
  auto result = load::read_scenario_text(
    text_of(idle) + "pass:\n- failed < 1 %\n- sometimes\n", "f");
  REQUIRE(result.errors.size() == 1);
  CHECK(to_string(result.errors[0]).starts_with("f:8:3: error: pass: "));
}

TEST_CASE("a scenario that is not there is an error, not an exception") {
  CHECK(errors_of(load::read_scenario("no/such.yaml"), "no/such.yaml")
        == "1:1: error: cannot open: No such file or directory\n");
}
