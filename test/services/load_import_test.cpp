#include "test/services/load_import_steps.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace sipp_steps;
using sipp::fate;

namespace {

struct understood_case {
  std::string what;
  std::string steps;
  std::string user;
  std::string notes = {};
};

const auto login = "[authentication username=2001 password=s3cret]\n"s;

const understood_case understood_cases[] = {
  {"who calls and hangs up",
   invite + answered + pause("milliseconds=\"3000\"") + bye,
   calling + "      talk: 3 s\n"},
  {"who calls and is hung up on", invite + answered + released,
   calling + "      hang-up: callee\n"},
  {"pauses before BYE are one talk time",
   invite + answered + pause("milliseconds=\"1500\"")
     + pause("min=\"100\" max=\"200\"") + bye,
   calling + "      talk: {uniform: [1600 ms, 1700 ms]}\n"},
  {"who loses patience",
   invite + "<recv response=\"180\"/>\n" + pause("milliseconds=\"700\"")
     + send("CANCEL") + "<recv response=\"200\"/><recv response=\"487\"/>\n"
     + send("ACK"),
   calling + "      patience: 700 ms\n      talk: 0 s\n"},
  {"who rings and answers",
   offered + pause("milliseconds=\"50\"") + respond("180")
     + pause("milliseconds=\"250\"") + accepted + released,
   answering + "      ring-after: 50 ms\n      answer-after: 300 ms\n"},
  {"who answers with early media", offered + respond("183", sdp) + accepted,
   answering + "      ring-after: 0 ms\n      answer-after: 1 ms\n"
     + "      early-media: true\n",
   "x.xml:15: send 200: approximated: it comes 1 ms after it rings\n"},
  {"who is called and hangs up",
   offered + accepted + pause("milliseconds=\"2000\"") + bye,
   answering + "      answer-after: 0 ms\n      talk: 2 s\n"},
  {"who is busy", offered + respond("486") + "<recv request=\"ACK\"/>\n",
   answering + "      answer-after: 0 ms\n      codes: [{code: 486}]\n"},
  {"who is not there by chance",
   offered + "<nop next=\"away\" chance=\"0.25\"/>\n" + accepted
     + "<recv request=\"BYE\"/>\n" + respond("200", "\n", " next=\"end\"")
     + "<label id=\"away\"/>\n" + respond("480")
     + "<recv request=\"ACK\"/>\n<label id=\"end\"/>\n",
   answering + "      answer-after: 0 ms\n      codes:\n"
     + "        - {code: 200, chance: 75 %}\n"
     + "        - {code: 480, chance: 25 %}\n"},
  {"who registers, and stays",
   send("REGISTER", "Expires: 60\n\n") + challenged
     + send("REGISTER", "Expires: 60\n" + login + "\n")
     + "<recv response=\"200\"/>\n" + pause("milliseconds=\"9000\""),
   "  - name: phones\n    users: [\"2002\"]\n"
   "    register: {expires: 60 s, password: \"s3cret\"}\n",
   "x.xml:13: send REGISTER: approximated: users prove themselves by their "
   "number, not as 2001\n"},
  {"who registers again and again",
   "<label id=\"1\"/>\n" + send("REGISTER") + "<recv response=\"200\"/>\n"
     + pause("milliseconds=\"60000\" next=\"1\""),
   "  - name: phones\n    users: [\"2002\"]\n    register: {expires: 3600 "
   "s}\n",
   "x.xml:13: pause: approximated: it leads back to label 1: users register "
   "again before they have to\n"},
  {"who is asked for a password when it calls",
   invite + challenged + send("ACK") + send("INVITE", login + sdp) + answered
     + bye,
   "  - name: callers\n    users: {csv: \"scenario-users.csv\"}\n"
   "    calls:\n      to: [\"2002\"]\n      arrivals: {constant: 10/s}\n"
   "      talk: 0 ms\n"},
  {"who may be asked for a password, and may be refused",
   invite + "<recv response=\"407\" auth=\"1\" optional=\"true\" next=\"2\"/>\n"
     + "<recv response=\"180\" optional=\"true\"/>\n"
       "<recv response=\"200\" next=\"3\"/>\n<label id=\"2\"/>\n"
     + send("ACK") + send("INVITE", sdp)
     + "<recv response=\"486\" optional=\"true\" next=\"4\"/>\n"
       "<recv response=\"200\"/>\n<label id=\"3\"/>\n"
     + send("ACK") + send("BYE") + "<recv response=\"200\" next=\"5\"/>\n"
     + "<label id=\"4\"/>\n" + send("ACK") + "<label id=\"5\"/>\n",
   calling + "      talk: 0 ms\n"},
  {"who acknowledges provisional responses",
   invite + "<recv response=\"183\"/>\n" + send("PRACK")
     + "<recv response=\"200\"/>\n" + answered + bye,
   calling + "      talk: 0 ms\n",
   "x.xml:15: send PRACK: left out: users send no such PRACK\n"
   "x.xml:24: recv 200: left out: it answers nothing that is sent\n"},
  {"who loses patience at once",
   invite + pause("milliseconds=\"0\"") + send("CANCEL")
     + "<recv response=\"200\"/><recv response=\"487\"/>\n" + send("ACK"),
   calling + "      patience: 100 ms\n      talk: 0 s\n",
   "x.xml:15: send CANCEL: approximated: patience ends 100 ms after the "
   "INVITE\n"},
  {"who sends nonsense in a call, but for that",
   invite + "<recv response=\"200\"/>\n<send>ACK</send>\n"
     + "<send>INFO sip:x SIP/2.0</send>\n<recv response=\"400\"/>\n"
     + pause("milliseconds=\"1000\"") + bye,
   calling + "      talk: 1 s\n",
   "x.xml:15: send ACK: impossible: its first line is not METHOD URI SIP/2.0: "
   "users send what RFC 3261 allows (strowger torture sends what it "
   "forbids)\n"
   "x.xml:16: send INFO: impossible: it has no Via: users send what RFC 3261 "
   "allows (strowger torture sends what it forbids)\n"
   "x.xml:17: recv 400: left out: it answers nothing that is sent\n"},
  {"who waits for CANCEL",
   offered + respond("180") + "<recv request=\"CANCEL\"/>\n" + respond("200")
     + respond("487") + "<recv request=\"ACK\"/>\n",
   answering + "      ring-after: 0 ms\n      answer-after: 1 h\n",
   "x.xml:12: recv CANCEL: approximated: the call is not answered for an "
   "hour; whether it is cancelled by then is up to the caller\n"},
  {"who registers and is called",
   send("REGISTER", "Contact: <sip:x>;expires=90\n\n")
     + "<recv response=\"200\"/>\n" + offered + accepted + released,
   "  - name: phones\n    users: [\"2002\"]\n    register: {expires: 90 s}\n"
   "    answers:\n      answer-after: 0 ms\n"},
};

} // namespace

// -- behaviours ---------------------------------------------------------------

TEST_CASE("the user behind a scenario of SIPp is found") {
  for (auto& x : understood_cases) {
    CAPTURE(x.what);
    auto found = import_steps(x.steps);
    CHECK(user_of(found) == x.user);
    CHECK(notes_of(found) == x.notes);
    REQUIRE(found.scenario);
    CHECK(faults_of(found) == "");
  }
}

TEST_CASE("steps in the middle of a call are found, in time for its end") {
  auto held = sdp + "a=sendonly\n";
  auto found = import_steps(
    invite + answered + pause("milliseconds=\"1000\"") + send("INVITE", held)
    + "<recv response=\"200\"/>\n" + send("ACK")
    + pause("distribution=\"exponential\" mean=\"500\"") + send("INVITE", sdp)
    + "<recv response=\"200\"/>\n" + send("ACK")
    + send("INFO", "Content-Type: application/dtmf-relay\n\nSignal=5\n")
    + "<recv response=\"200\"/>\n"
    + send("INFO", "Content-Type: application/dtmf-relay\n\nSignal=#\n")
    + "<recv response=\"200\"/>\n" + send("UPDATE", sdp)
    + "<recv response=\"200\"/>\n"
    + send("REFER", "Refer-To: <sip:2003@[remote_ip]>\n\n")
    + "<recv response=\"202\"/>\n<recv request=\"NOTIFY\"/>\n" + respond("200")
    + pause("milliseconds=\"2000\"") + bye);
  CHECK(user_of(found)
        == calling
             + "      talk: 4100 ms\n      steps:\n"
               "        - {after: 1 s, do: hold}\n"
               "        - {after: 500 ms, do: retrieve}\n"
               "        - {after: 0 ms, do: dtmf, digits: \"5#\"}\n"
               "        - {after: 0 ms, do: update}\n"
               "        - {after: 0 ms, do: blind-transfer, to: \"2003\"}\n");
  CHECK(notes_of(found)
        == "x.xml:49: pause: approximated: it always lasts 500 "
           "ms: talk times are drawn apart from steps\n"
           "x.xml:131: send BYE: approximated: the call is 100 ms longer for "
           "each step before it, for its answer\n");
  CHECK(faults_of(found) == "");
}

// -- what is not there --------------------------------------------------------

TEST_CASE("what users do not do is said, with line and element") {
  struct told_case {
    std::string steps;
    std::string notes;
  };
  auto call = [](const std::string& in) {
    return invite + answered + in + bye;
  };
  const told_case cases[] = {
    {call("<nop>\n<action><exec play_pcap_audio=\"a.pcap\"/></action></nop>"),
     "x.xml:26: exec play_pcap_audio: left out: no RTP is sent: \"a.pcap\"\n"},
    {call("<pause/>"), "x.xml:25: pause: approximated: it has no duration and "
                       "lasts 0 ms, as without the option -d\n"},
    {call("<pause milliseconds=\"x\"/>"),
     "x.xml:25: pause: left out: milliseconds is no number\n"},
    {call("<flush/>"),
     "x.xml:25: flush: left out: nothing is known of such an element\n"},
    {call(send("MESSAGE") + "<recv response=\"200\"/>"),
     "x.xml:25: send MESSAGE: left out: users send no such MESSAGE\n"
     "x.xml:34: recv 200: left out: it answers nothing that is sent\n"},
    {call("") + invite + "<recv response=\"200\"/>",
     "x.xml:35: send INVITE: left out: it is a second call: users call again "
     "when the arrivals say so\n"
     "x.xml:47: recv 200: left out: it belongs to a second call\n"},
    {invite + "<recv response=\"404\"/>\n" + send("ACK"),
     "x.xml:14: recv 404: approximated: that it is refused is not checked: "
     "reports count how calls come out\n"},
    {call("<recv request=\"INFO\"/>" + respond("500")),
     "x.xml:25: send 500: approximated: users answer INFO with 200\n"},
    {call("<label id=\"1\"/>\n" + send("INFO")
          + "<recv response=\"200\" next=\"1\" chance=\"0.9\"/>"),
     "x.xml:35: recv 200: approximated: the way to label 1 is never taken\n"
     "x.xml:35: send BYE: approximated: the call is 100 ms longer for each "
     "step before it, for its answer\n"},
    {call(send("INFO", "\n",
               " retrans=\"100\" lost=\"3\" start_rtd=\"a\" x=\"\"")),
     "x.xml:25: send INFO: approximated: it is sent again as RFC 3261 says, T1 "
     "is 500 ms\n"
     "x.xml:25: send INFO: approximated: lost: no message is lost on purpose\n"
     "x.xml:25: send INFO: approximated: reports measure from each request to "
     "its responses, not from here\n"
     "x.xml:25: send INFO: approximated: nothing is known of its attribute "
     "\"x\"\n"
     "x.xml:34: send BYE: approximated: the call is 100 ms longer for each "
     "step before it, for its answer\n"},
  };
  for (auto& x : cases) {
    auto found = import_steps(x.steps);
    CHECK(notes_of(found) == x.notes);
    REQUIRE(found.scenario);
    CHECK(faults_of(found) == "");
    // The same stands at the head of the scenario.
    CHECK(found.scenario->yaml.find("\n# " + found.notes.back())
          != std::string::npos);
  }
}

TEST_CASE("what is no user is refused, and said why") {
  struct refused_case {
    std::string steps;
    std::string first_note;
  };
  const refused_case cases[] = {
    {"", "1 elements: 1 understood"},
    {"<send><![CDATA[\nINVITE sip:x SIP/3.0\n" + headers("INVITE", "\n")
       + "]]></send>",
     "x.xml:2: send INVITE: impossible: its first line does not end with "
     "SIP/2.0: users send what RFC 3261 allows (strowger torture sends what it "
     "forbids)"},
    {"<send><![CDATA[\nINVITE sip:x SIP/2.0\n" + headers("BYE", "\n")
       + "]]></send>",
     "x.xml:2: send INVITE: impossible: its CSeq says BYE: users send"},
    {invite + answered + "<recvCmd/>\n" + bye,
     "x.xml:25: recvCmd: impossible: another SIPp (3PCC) decides what comes "
     "next; users of strowger load have one call and hear nobody else"},
    {send("OPTIONS") + "<recv response=\"200\"/>",
     "x.xml:2: send OPTIONS: left out: users send no OPTIONS"},
    {"<recv request=\"REGISTER\"/>\n" + respond("200"),
     "x.xml:2: recv REGISTER: left out: users are no registrars"},
  };
  for (auto& x : cases) {
    CAPTURE(x.first_note);
    auto found = import_steps(x.steps);
    CHECK(!found.scenario);
    REQUIRE(found.errors.size() == 1);
    CHECK(found.errors.front().starts_with("x.xml: there is no user in it"));
    auto is_said = std::ranges::any_of(
      found.notes, [&](auto& y) { return y.starts_with(x.first_note); });
    CHECK_MESSAGE(is_said, notes_of(found));
  }
}

TEST_CASE("bad XML is told by line and column") {
  struct bad_case {
    std::string xml;
    std::string error;
  };
  const bad_case cases[] = {
    {"<scenario>\n  <send>\n</scenario>", "x.xml:3:3: error: this is no XML: "
                                          "Start-end tags mismatch"},
    {"", "x.xml:1:1: error: this is no XML: No document element found"},
    {"<?xml version=\"1.0\"?>\n <html/>",
     "x.xml:2:3: error: expected the element scenario of a SIPp scenario, "
     "found \"html\""},
    {"<scenario>\n\xe4</scenario>",
     "x.xml:2:1: error: the text is not UTF-8, nor does its first line say "
     "ISO-8859-1"},
  };
  for (auto& x : cases) {
    auto found = sipp::import_scenario({"x.xml", x.xml}, {}, {});
    CHECK(!found.scenario);
    REQUIRE(found.errors.size() == 1);
    CHECK(found.errors.front() == x.error);
  }
  auto latin = sipp::import_scenario(
    {"x.xml", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n"
              "<scenario name=\"\xe4\">\n"
                + offered + respond("486") + "</scenario>"},
    {}, {});
  REQUIRE(latin.scenario);
  CHECK(latin.scenario->yaml.find("load: \"\xc3\xa4\"") != std::string::npos);
}
