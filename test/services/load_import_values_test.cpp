#include "test/services/load_import_steps.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <sstream>
#include <vector>

using namespace sipp_steps;
using sipp::fate;

// -- laws ---------------------------------------------------------------------

TEST_CASE("laws of SIPp's pauses are those of scenarios, or drawn from") {
  struct law_case {
    std::string attributes;
    std::string talk;
    double mean_s = 0; // of what is drawn
  };
  const law_case cases[] = {
    {"milliseconds=\"90000\"", "90 s"},
    {"distribution=\"fixed\" value=\"1.5\"", "1.5 ms"},
    {"distribution=\"uniform\" min=\"500\" max=\"2000\"",
     "{uniform: [500 ms, 2 s]}"},
    {"distribution=\"exponential\" mean=\"3000\"", "{exponential: 3 s}"},
    {"distribution=\"lognormal\" mean=\"8\" stdev=\"0.5\"",
     "{lognormal: {median: 2980.958 ms, sigma: 0.500000}}"},
    {"distribution=\"gamma\" k=\"2\" theta=\"1000\"",
     "{gamma: {mean: 2 s, shape: 2.000000}}"},
    {"distribution=\"normal\" mean=\"5000\" stdev=\"0\"", "5 s"},
    {"distribution=\"normal\" mean=\"5000\" stdev=\"1000\"", "drawn", 5},
    {"distribution=\"weibull\" lambda=\"3000\" k=\"4\"", "drawn", 2.719},
    {"distribution=\"pareto\" k=\"5\" x_m=\"4000\"", "drawn", 5},
    {"distribution=\"negbin\" n=\"20\" p=\"0.01\"", "drawn", 1.98},
  };
  for (auto& x : cases) {
    CAPTURE(x.attributes);
    auto found = import_steps(invite + answered + pause(x.attributes) + bye);
    REQUIRE(found.scenario);
    CHECK(faults_of(found) == "");
    auto is_drawn = x.mean_s > 0;
    auto talk = is_drawn ? "{csv: \"scenario-talk.csv\"}" : x.talk;
    CHECK(user_of(found) == calling + "      talk: " + talk + "\n");
    CHECK(notes_of(found).empty() != is_drawn);
    if (!is_drawn)
      continue;
    std::istringstream lines{found.scenario->csv.at(0).second};
    std::string line;
    std::getline(lines, line);
    CHECK(line == "seconds");
    auto sum = 0.;
    auto count = 0;
    for (; std::getline(lines, line); ++count)
      sum += std::stod(line);
    CHECK(sum / count == doctest::Approx(x.mean_s).epsilon(0.02));
  }
  for (std::string wrong :
       {"distribution=\"cauchy\"", "min=\"3\" max=\"2\"",
        "distribution=\"gamma\" k=\"0\" theta=\"1\"", "milliseconds=\"-1\"",
        "milliseconds=\"1e300\"", "variable=\"1\""}) {
    auto found = import_steps(invite + answered + pause(wrong) + bye);
    CAPTURE(wrong);
    CHECK(notes_of(found).starts_with("x.xml:25: pause: left out: "));
    CHECK(faults_of(found) == "");
  }
  auto set
    = "<nop><action><sample assign_to=\"1\" distribution=\"exponential\" "
      "mean=\"2000\"/></action></nop>\n";
  CHECK(user_of(
          import_steps(invite + answered + set + pause("variable=\"1\"") + bye))
        == calling + "      talk: {exponential: 2 s}\n");
}

// -- injection files ----------------------------------------------------------

namespace {

std::string fields(std::string text) {
  for (auto [from, to] :
       {std::pair{"2001@"s, "[field0]@"s}, {"2002@"s, "9[field1]@"s}})
    for (auto at = text.find(from); at != text.npos; at = text.find(from))
      text.replace(at, from.size(), to);
  return text;
}

} // namespace

TEST_CASE("columns of an injection file become users and whom they call") {
  auto proven = fields(invite + challenged + send("ACK")
                       + send("INVITE", "[field2]\n" + sdp) + answered + bye);
  auto found = import_steps(
    proven,
    sipp::source_file{
      "u.csv", "SEQUENTIAL\r\n# a comment\r\n"
               "2001;3001;[authentication username=2001 password=a\"b,c]\r\n"
               "2002;3002;[authentication username=2002 password=d]\r\n"
               "20 03;3003;\r\n\r\n2004;3004;x\r\n"});
  REQUIRE(found.scenario);
  CHECK(user_of(found)
        == "  - name: callers\n    users: {csv: \"scenario-users.csv\"}\n"
           "    calls:\n      to: {csv: \"scenario-numbers.csv\"}\n"
           "      arrivals: {constant: 10/s}\n      talk: 0 ms\n");
  CHECK(found.scenario->csv
        == std::vector<std::pair<std::string, std::string>>{
          {"scenario-users.csv",
           "number,password\n2001,\"a\"\"b,c\"\n2002,\"d\"\n"},
          {"scenario-numbers.csv", "number\n93001\n93002\n93003\n"}});
  CHECK(
    notes_of(found)
    == "u.csv:5: left out: the user \"20 03\" may only hold digits, letters "
       "and + * # - . _\n"
       "who calls whom is drawn at random, not by the line\n");
  CHECK(faults_of(found) == "");
  CHECK(import_steps(proven).errors
        == std::vector{"x.xml: the scenario takes values from an injection "
                       "file; name it by --csv"s});
}

TEST_CASE("names that are no numbers, or many, are said to be so") {
  struct named_case {
    std::string from; // the user's URI
    std::string csv;  // of the injection file
    std::string head; // of the scenario, after listen
    std::string notes;
  };
  const auto only = "  - name: callers\n    users: "s;
  const auto csv = only + "{csv: \"scenario-users.csv\"}\n";
  const named_case cases[] = {
    {"ua1@example.com", "",
     "domain: \"example.com\"\npopulations:\n" + only + "[\"ua1\"]\n", ""},
    {"a%20@[[local_ip]]:5060", "", "populations:\n" + only + "[\"sipp\"]\n",
     "\"a%20\" may only hold digits, letters and + * # - . _; \"sipp\" stands "
     "for it\n"},
    {"[$7]@[domain]", "", "populations:\n" + only + "[\"sipp\"]\n",
     "x.xml:2: send INVITE: approximated: what [$7] stands for is not known "
     "here\n"
     "what [domain] stands for is not known here; the domain is the host of "
     "the target\n"},
    {"[field0]@[field1]", "RANDOM\n1;a.example\n2;b.example\n",
     "domain: \"a.example\"\npopulations:\n" + csv,
     "domains differ; that of the first line is taken for all\n"
     "lines are taken at random; users call in turn\n"},
    {"[field0 file=\"y.csv\"]@[remote_ip]", "USER\n1\n1\n",
     "populations:\n" + csv,
     "u.csv:3: \"1\" is a user already; each is one\n"
     "field0 is one of y.csv; it is taken from u.csv\n"
     "each user has one call at a time; users call when the arrivals say so "
     "(arrivals: {users: {}} is nearer to it)\n"},
    {"1@[remote_ip]", "USER\n1\n", "populations:\n" + only + "[\"1\"]\n",
     "u.csv: nothing is taken from it\n"},
  };
  for (auto& x : cases) {
    CAPTURE(x.from);
    auto steps = invite + answered + bye;
    for (auto at = steps.find("2001@[local_ip]"); at != steps.npos;
         at = steps.find("2001@[local_ip]"))
      steps.replace(at, 15, x.from);
    std::optional<sipp::source_file> values;
    if (!x.csv.empty())
      values = {"u.csv", x.csv};
    auto found = import_steps(steps, values);
    REQUIRE(found.scenario);
    auto& yaml = found.scenario->yaml;
    auto begin = yaml.find("5080\"\n") + 6;
    CHECK(yaml.substr(begin, yaml.find("    calls:") - begin) == x.head);
    CHECK(notes_of(found) == x.notes);
    CHECK(faults_of(found) == "");
  }
  auto service = invite + answered + bye;
  for (auto at = service.find("2002"); at != service.npos;
       at = service.find("2002"))
    service.replace(at, 4, "[service]");
  CHECK(notes_of(import_steps(service))
        == "\"service\" is called, as without SIPp's option -s; whom to call "
           "stands in calls: {to}\n");
}

TEST_CASE("a wrong injection file is told by its line") {
  const std::pair<std::string, std::string> cases[] = {
    {"", "u.csv:1:1: error: there are no values below the first line"},
    {"a;b\n",
     "u.csv:1:1: error: expected SEQUENTIAL, RANDOM or USER in the first line"},
    {"SEQUENTIAL,PRINTF=9\n%d\n",
     "u.csv:1:1: error: values made by PRINTF are not known; write them out"},
    {"USER\n\xff\n", "u.csv:2:1: error: the text is not UTF-8"},
    {"USER\n \n", "u.csv:1:1: error: there are no values below the first line"},
    {"USER\n;\n", "x.xml: no line has a number that a user can have"},
  };
  for (auto& [text, error] : cases) {
    auto found = import_steps(fields(invite + answered + bye),
                              sipp::source_file{"u.csv", text});
    CHECK(!found.scenario);
    CHECK(found.errors == std::vector{error});
  }
}

// -- whatever comes -----------------------------------------------------------

TEST_CASE("every element has one fate, and what comes out is a scenario") {
  const std::vector<std::string> pool = {
    invite,
    answered,
    bye,
    offered,
    accepted,
    released,
    send("REGISTER"),
    challenged,
    send("CANCEL"),
    send("INFO"),
    send("UPDATE", sdp),
    send("INVITE", sdp + "a=sendonly\n"),
    send("OPTIONS"),
    send("REFER", "Refer-To: <sip:2003@[remote_ip]>\n\n"),
    send("REFER", "Refer-To: <sip:2%33@[remote_ip]>\n\n"),
    respond("180"),
    respond("183", sdp),
    respond("401"),
    respond("302"),
    respond("399"),
    respond("487"),
    respond("503"),
    "<recv request=\"CANCEL\"/>\n",
    "<recv response=\"404\" optional=\"true\" next=\"1\"/>\n",
    "<recv response=\"200\" optional=\"true\" next=\"2\"/>\n",
    "<recv response=\"180\" next=\"2\"/>\n",
    "<recv request=\"NOTIFY\"/>\n",
    "<label id=\"1\"/>\n",
    "<label id=\"2\"/>\n",
    "<nop next=\"1\" chance=\"0.3\"/>\n",
    "<nop next=\"2\" test=\"7\"/>\n",
    "<nop><action><ereg/><jump value=\"3\"/></action></nop>\n",
    "<sendCmd/>\n",
    "<timewait milliseconds=\"1\"/>\n",
    pause("milliseconds=\"100\""),
    pause("distribution=\"normal\" mean=\"9\" stdev=\"9\""),
    pause("distribution=\"exponential\" mean=\"0.0001\""),
    "<Global variables=\"x\"/>\n",
    fields(invite),
    "<send>nonsense</send>\n",
    "<other><deeper/></other>\n",
  };
  const sipp::source_file values{"u.csv", "RANDOM\n2001;3001\n2001;3002\n"};
  auto scenarios = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    std::string steps;
    for (auto n = 1 + random() % 12; n > 0; --n)
      steps += pool[random() % pool.size()];
    CAPTURE(steps);
    auto found = import_steps(steps, values);
    // An element begins with "<" and a letter; "<sip:" is in a CDATA.
    std::size_t elements = 1;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i)
      elements += steps[i] == '<' && std::isalpha(steps[i + 1]) != 0
                  && steps.compare(i, 5, "<sip:") != 0;
    REQUIRE(found.findings.size() == elements);
    for (auto& x : found.findings)
      REQUIRE((x.what == fate::understood) == x.means.empty());
    REQUIRE(found.scenario.has_value() == found.errors.empty());
    if (!found.scenario)
      continue;
    ++scenarios;
    REQUIRE(faults_of(found) == "");
  }
  CHECK(scenarios > 500);
}
