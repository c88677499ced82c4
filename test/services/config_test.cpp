#include "services/check_command.hpp"
#include "services/config/config.hpp"
#include "services/options_command.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <sstream>

using namespace strowger;
using namespace strowger::services;
using namespace std::literals;
using model::option;

namespace {

/// The YAML of the first issue, word for word.
constexpr auto office
  = "switch: head-office\n"
    "control: 127.0.0.1:50051\n"
    "metrics: 127.0.0.1:9464\n"
    "data: ./data\n"
    "options:\n"
    "  TServer: {sip-address: 127.0.0.1, sip-interface: 127.0.0.1, sip-port: "
    "5060, internal-registrar-persistent: true}\n"
    "dns:\n"
    "  - {number: gateway, type: trunk, options: {contact: "
    "\"sip:127.0.0.1:5090\", prefix: \"1\", oos-check: 10, oos-force: 5, "
    "refer-enabled: false}}\n"
    "  - {number: backup, type: trunk, options: {contact: "
    "\"sip:127.0.0.1:5091\", prefix: \"1\", priority: 5}}\n"
    "  - {number: \"2001\", type: extension, options: {password: s3cret, "
    "authenticate-requests: [register, invite]}}\n"
    "  - {numbers: {from: 30000, to: 39999}, type: extension}\n"sv;

/// What else YAML can do, in a configuration without a mistake.
constexpr auto corners
  = "%YAML 1.2\n"
    "---\n"
    "? switch\n"
    ": !!str \"caf\\u00e9 \\x41\"\n"
    "'data': >-\n"
    "  one\n"
    "  line\n"
    "options:\n"
    "  extrouter:\n"
    "  TServer: ~ # nothing\n"
    "dns:\n"
    "- number: &number 1\n"
    "  type: &kind extension\n"
    "  options: &desk\n"
    "    password: |-\n"
    "      it's\n"
    "    authenticate-requests:\n"
    "    - register\n"
    "    - 'invite'\n"
    "- {number: 2, type: *kind, options: *desk}\n"
    "- {numbers: {from: 3, to: 4}, \"type\": *kind, options: *desk}\n"
    "...\n"sv;

std::string errors_of(const config::load_result& result) {
  std::string lines;
  CHECK(result.value.has_value() == result.errors.empty());
  for (auto& error : result.errors)
    lines += to_string(error) + "\n";
  return lines;
}

/// Checks what the issue's settings must mean, wherever they stand.
void check_office(const model::directory& all) {
  CHECK(all.switch_name() == "head-office");
  CHECK(all.text(option::sip_address) == "127.0.0.1");
  CHECK(all.text(option::sip_interface) == "127.0.0.1");
  CHECK(all.integer(option::sip_port) == 5060);
  CHECK(all.flag(option::internal_registrar_persistent));
  auto gateway = all.find("gateway");
  auto backup = all.find("backup");
  REQUIRE(gateway);
  REQUIRE(backup);
  CHECK(gateway->type == model::dn_type::trunk);
  CHECK(all.text(option::contact, gateway) == "sip:127.0.0.1:5090");
  CHECK(all.integer(option::oos_check, gateway) == 10);
  CHECK(all.integer(option::oos_force, gateway) == 5);
  CHECK_FALSE(all.flag(option::refer_enabled, gateway));
  CHECK(all.flag(option::refer_enabled, backup));
  model::turn_counters turns;
  auto choices = all.plan().candidates("1234", turns);
  REQUIRE(choices.size() == 2);
  CHECK(choices[0].trunk == gateway);
  CHECK(choices[1].trunk == backup);
  auto desk = all.find("2001");
  REQUIRE(desk);
  CHECK(all.text(option::password, desk) == "s3cret");
  CHECK(all.list(option::authenticate_requests, desk)
        == std::vector{"register"s, "invite"s});
  CHECK(all.find("30000"));
  CHECK(all.find("39999"));
  CHECK_FALSE(all.find("40000"));
}

struct bad_file {
  std::string_view text;
  std::string_view errors; ///< without the file's name
};

constexpr bad_file bad_files[] = {
  // -- the file as a whole
  {"", "1:1: error: the configuration is empty\n"},
  {"- 5", "1:1: error: the configuration must be a map (key: value)\n"},
  {"switch: a\n---\nswitch: b\n",
   "3:1: error: a second YAML document: one is wanted\n"},
  {"dns:\n  - {number: 1, type: extension\n",
   "3:1: error: did not find expected ',' or '}' while parsing a flow mapping "
   "from line 2\n"},
  {"switch: a: b\n",
   "1:10: error: mapping values are not allowed in this context\n"},
  {"switch: \"a\nlog: {}\n", "3:1: error: found unexpected end of stream while "
                             "scanning a quoted scalar from line 1\n"},
  {"# \u00e4\nswitch: [\"\u00e4\", ::1]\n",
   "2:15: error: did not find expected node content while parsing a flow "
   "node; a value that begins with a colon must be quoted\n"},
  {"switch: *x\n", "1:9: error: the referenced anchor is not defined\n"},
  {"dns: &d\n  - *d\n",
   "2:5: error: the alias stands for what it is part of\n"},
  {"switch: a\nlog: \xff\n", "2:1: error: the text is not UTF-8\n"},
  {"switch: a\nlog: \u00e4\x01\n",
   "2:7: error: control characters are not allowed\n"},
  // -- top-level keys
  {"contrl: 1\n", "1:1: error: unknown key \"contrl\" in the configuration; "
                  "did you mean \"control\"?\n"},
  {"switch: a\nswitch: b\n", "2:1: error: \"switch\" is given twice in the "
                             "configuration, first in line 1\n"},
  {"switch: [a]\ndata:\n",
   "1:9: error: switch must be one value, not a list or map\n"
   "2:1: error: data has no value\n"},
  {"control: nowhere\nmetrics: 127.0.0.1:70000\n",
   "1:10: error: control: \"nowhere\" is not an address (host:port, or "
   "off)\n"
   "2:10: error: metrics: \"127.0.0.1:70000\" is not an address (host:port, "
   "or off)\n"},
  {"log: {level: loud, form: xml}\n",
   "1:14: error: log level: \"loud\" is none of trace, debug, info, warning, "
   "error, off\n"
   "1:20: error: unknown key \"form\" in log; did you mean \"format\"?\n"},
  // -- options of the switch
  {"options: {Tserver: {}}\n", "1:11: error: unknown key \"Tserver\" in "
                               "options; did you mean \"TServer\"?\n"},
  {"options:\n  TServer: {sip-adress: 1}\n",
   "2:13: error: unknown option \"sip-adress\"; did you mean "
   "\"sip-address\"?\n"},
  {"options:\n  TServer:\n    oos-check: 5\n",
   "3:5: error: option oos-check cannot stand in the options of TServer; it "
   "belongs to: extension, acd-position, trunk, voip-service\n"},
  {"options:\n  extrouter:\n    sip-port: 5\n",
   "3:5: error: option sip-port cannot stand in the options of extrouter; "
   "it belongs to: TServer\n"},
  {"options:\n  TServer:\n    sip-port: abc\n    max-forwards: 300\n",
   "3:15: error: option sip-port: \"abc\" is not a whole number from 1 to "
   "65535\n"
   "4:19: error: option max-forwards: \"300\" is not a whole number from 1 "
   "to 255\n"},
  {"options:\n  TServer:\n    trusted-networks: [127.0.0.0/8, 10.0.0.0/33]\n",
   "3:23: error: option trusted-networks: \"10.0.0.0/33\" is not a network "
   "such as 10.0.0.0/8 (no address bits after the first 8)\n"},
  {"options:\n  TServer: {sip-port: [5060], msml-support: {a: b}}\n",
   "2:23: error: option sip-port must be one value, not a list or map\n"
   "2:45: error: option msml-support must be one value, not a list or map\n"},
  {"options:\n  TServer:\n    sip-port: 5060\n    sip-port: 5061\n",
   "4:5: error: \"sip-port\" is given twice in the options of TServer, first "
   "in line 3\n"},
  {"options:\n  TServer:\n    sip-port-tls: 5061\n",
   "3:19: error: sip-port-tls needs sip-tls-cert and sip-tls-cert-key\n"},
  // -- DNs
  {"dns: {a: b}\n", "1:6: error: dns must be a list of DNs\n"},
  {"dns: [5]\n", "1:7: error: a DN must be a map (key: value)\n"},
  {"dns:\n- {number: 1, type: trunk}\n- # nothing\n- ~\n",
   "3:2: error: a DN must be a map (key: value)\n"
   "4:3: error: a DN must be a map (key: value)\n"},
  {"dns:\n- {nubmer: 1, type: extension}\n",
   "2:4: error: unknown key \"nubmer\" in a DN; did you mean \"number\"?\n"},
  {"dns:\n- {type: extension}\n",
   "2:3: error: a DN has either number or numbers\n"},
  {"dns:\n- {number: 1}\n", "2:3: error: the DN has no type\n"},
  {"dns:\n- {number: 1, type: extention}\n",
   "2:21: error: unknown DN type \"extention\"; did you mean "
   "\"extension\"?\n"},
  {"dns:\n- {number: \"2001@host\", type: extension}\n",
   "2:12: error: extension number \"2001@host\" holds '@': a number has no "
   "host part\n"},
  {"dns:\n- {number: 1, type: extension, options: {prefix: 1}}\n",
   "2:42: error: option prefix cannot stand in the options of extension; it "
   "belongs to: trunk, voip-service\n"},
  {"dns:\n- {number: 2001, type: extension}\n\n- {number: 2001, type: "
   "trunk}\n",
   "4:12: error: duplicate DN 2001, first defined in line 2\n"},
  {"dns:\n- {number: 2001, type: extension}\n"
   "- {numbers: {from: 2000, to: 2999}, type: extension}\n",
   "3:20: error: duplicate DN 2001, first defined in line 2\n"},
  // -- ranges
  {"dns:\n- {numbers: {from: 2010, to: 2000}, type: extension}\n",
   "2:30: error: the range ends (2000) before it starts (2010)\n"},
  {"dns:\n- {numbers: {from: 0, to: 1000000}, type: extension}\n",
   "2:27: error: the range has 1000001 numbers; at most 1000000 are "
   "allowed\n"},
  {"dns:\n- {numbers: {from: 007, to: 10}, type: extension}\n",
   "2:29: error: with leading zeros, from and to must have as many digits\n"},
  {"dns:\n- {numbers: {from: -1, to: 18446744073709551616}, type: "
   "extension}\n",
   "2:20: error: from: \"-1\" is not a number of 1 to 15 digits\n"
   "2:28: error: to: \"18446744073709551616\" is not a number of 1 to 15 "
   "digits\n"},
  {"dns:\n- {numbers: {from: 1}, type: extension}\n",
   "2:13: error: numbers needs from and to\n"},
  // -- trunks
  {"dns:\n- {number: g, type: trunk, options: {prefix: 1}}\n",
   "2:12: error: trunk g: unreachable prefix: there is no contact to send "
   "the calls to\n"},
  {"dns:\n- {number: g, type: trunk, options: {prefix: 1, contact: "
   "\"sip:a:99999\"}}\n",
   "2:58: error: option contact: \"sip:a:99999\" is not a contact "
   "[sip:][user@]host[:port][;params]: the port is no number from 1 to "
   "65535\n"},
  {"dns:\n- {number: g, type: trunk, options: {prefix: 2001, contact: a}}\n"
   "- {number: 2001, type: extension}\n",
   "2:12: error: trunk g: unreachable prefix: \"2001\" is the local "
   "extension 2001 (line 3), which gets the call\n"},
};

} // namespace

TEST_CASE("the configuration of the issue works word for word") {
  auto result = config::load_text(office, "office.yaml");
  REQUIRE(errors_of(result) == "");
  check_office(*result.value->directory);
  CHECK(result.value->directory->dns().size() == 10003);
  CHECK(result.value->switch_name == "head-office");
  CHECK(result.value->control.listen == "127.0.0.1:50051");
  CHECK(result.value->metrics == "127.0.0.1:9464");
  CHECK(result.value->data_folder == "./data");
  CHECK(result.value->log.level == "info");
  CHECK(result.value->log.format == "text");
  CHECK(result.value->cdr.file == "./data/cdr.jsonl");
}

TEST_CASE("the example for newcomers has the same meaning") {
  auto result = config::load("deploy/examples/office.yaml");
  REQUIRE(errors_of(result) == "");
  auto& all = *result.value->directory;
  check_office(all);
  for (auto number : {"2001", "2005", "2010"}) {
    CAPTURE(std::string(number));
    REQUIRE(all.find(number));
    CHECK(all.list(option::authenticate_requests, all.find(number)).size()
          == 2);
  }
}

TEST_CASE("services are set, or switched off by the word off") {
  auto result = config::load_text(R"(
control: off
metrics: "[::1]:0"
data: state
log: {level: debug, format: json, file: switch.log}
cdr: {file: off}
dns: []
)",
                                  "f");
  REQUIRE(errors_of(result) == "");
  CHECK(result.value->control.listen == "");
  CHECK(result.value->metrics == "[::1]:0");
  CHECK(result.value->log.level == "debug");
  CHECK(result.value->log.format == "json");
  CHECK(result.value->log.file == "switch.log");
  CHECK(result.value->cdr.file == "");
}

TEST_CASE("every way to write a value in YAML is understood") {
  auto result = config::load_text(corners, "f");
  REQUIRE(errors_of(result) == "");
  CHECK(result.value->switch_name == "caf\u00e9 A");
  CHECK(result.value->data_folder == "one line");
  auto& all = *result.value->directory;
  REQUIRE(all.dns().size() == 4);
  for (auto& entry : all.dns()) {
    CHECK(entry.type == model::dn_type::extension);
    CHECK(all.text(option::password, &entry) == "it's");
    CHECK(all.list(option::authenticate_requests, &entry)
          == std::vector{"register"s, "invite"s});
  }
  auto marked = config::load_text("\xef\xbb\xbfswitch: a\r\ndata: b\r\n", "f");
  REQUIRE(errors_of(marked) == "");
  CHECK(marked.value->data_folder == "b");
}

TEST_CASE("DNs may share options by an anchor") {
  auto result = config::load_text(R"(
dns:
  - {number: "1", type: extension, options: &desk {password: a}}
  - {number: "2", type: extension, options: *desk}
  - {numbers: {from: 007, to: 012}, type: acd-position, options: *desk}
)",
                                  "f");
  REQUIRE(errors_of(result) == "");
  auto& all = *result.value->directory;
  CHECK(all.dns().size() == 8);
  CHECK(all.text(option::password, all.find("2")) == "a");
  CHECK(all.text(option::password, all.find("010")) == "a");
  CHECK(all.find("7") == nullptr);
}

TEST_CASE("a mistake is told with its place, what is wrong, what was meant") {
  for (auto& file : bad_files) {
    CAPTURE(std::string(file.text));
    std::string wanted;
    std::istringstream lines{std::string(file.errors)};
    for (std::string line; std::getline(lines, line);)
      wanted += "f.yaml:" + line + "\n";
    CHECK(errors_of(config::load_text(file.text, "f.yaml")) == wanted);
  }
}

TEST_CASE("a file that is not there or no file is an error, not an exception") {
  CHECK(errors_of(config::load("no/such/file.yaml"))
        == "no/such/file.yaml:1:1: error: cannot open: No such file or "
           "directory\n");
  CHECK(errors_of(config::load("/"))
        == "/:1:1: error: cannot read: Is a directory\n");
}

TEST_CASE("no damage to a file makes loading throw or hang") {
  for (unsigned seed = 1; seed <= 600; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    std::string text{seed % 2 ? office : corners};
    for (auto i = 1 + random() % 8; i-- > 0;) {
      auto at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 40);
          break;
        default:
          text.insert(at, 1, "{}[]:,&*-\n\"'#|>?!%~\t"[random() % 20]);
      }
    }
    auto result = config::load_text(text, "f");
    CHECK(result.value.has_value() == result.errors.empty());
    for (auto& error : result.errors)
      CHECK(std::min(error.line, error.column) >= 1);
  }
}

TEST_CASE("nesting that no configuration has is refused, not followed") {
  constexpr auto deep
    = "f:1:65: error: more than 64 lists and maps in each other\n";
  CHECK(errors_of(config::load_text(std::string(65, '['), "f")) == deep);
  CHECK(errors_of(config::load_text(std::string(100'000, '['), "f")) == deep);
  CHECK(errors_of(config::load_text(
          "dns: " + std::string(63, '[') + std::string(63, ']'), "f"))
        == "f:1:7: error: a DN must be a map (key: value)\n");
}

TEST_CASE("aliases may share, but not multiply without end") {
  std::string shared = "dns:\n- {number: a, type: extension, options: "
                       "&o {password: x, authenticate-requests: [invite]}}\n";
  for (auto i = 0; i < 20'000; ++i)
    shared += "- {number: " + std::to_string(i)
              + ", type: extension, options: *o}\n";
  auto good = config::load_text(shared, "f");
  REQUIRE(errors_of(good) == "");
  CHECK(good.value->directory->dns().size() == 20'001);

  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (auto i = 1; i < 100; ++i) {
    auto one = "*a" + std::to_string(i - 1);
    laughs += "b: &a" + std::to_string(i) + " [" + one;
    for (auto more = 0; more < 9; ++more)
      laughs += ", " + one;
    laughs += "]\n";
  }
  CHECK(errors_of(config::load_text(laughs, "f"))
        == "f:8:9: error: the aliases stand for too many values\n");

  // A long text weighs more: each alias of it is copied.
  std::string copies = "switch: &t " + std::string(100'000, 'x') + "\ndns:\n";
  for (auto i = 0; i < 10'000; ++i)
    copies += "- *t\n";
  CHECK(errors_of(config::load_text(copies, "f"))
          .ends_with(" error: the aliases stand for too many values\n"));
}

TEST_CASE("an address to listen at is host and port") {
  struct {
    std::string_view text, host;
    int port;
  } constexpr good[] = {{"127.0.0.1:9464", "127.0.0.1", 9464},
                        {"[::1]:0", "::1", 0},
                        {"localhost:80", "localhost", 80}};
  for (auto& row : good) {
    auto address = config::parse_listen_address(row.text);
    REQUIRE(address);
    CHECK(address->host == row.host);
    CHECK(address->port == row.port);
  }
  for (std::string_view text : {"", ":80", "host", "host:", "1.2.3:80",
                                "::1:80", "[::1]", "a b:80", "a:-1"}) {
    CAPTURE(text);
    CHECK_FALSE(config::parse_listen_address(text));
  }
}

TEST_CASE("check says how many DNs, or every error, and exits accordingly") {
  std::ostringstream out, err;
  CHECK(check_command("deploy/examples/office.yaml", out, err) == 0);
  CHECK(out.str() == "deploy/examples/office.yaml: ok, 10019 DNs, 2 trunks\n");
  CHECK(err.str() == "");
  CHECK(check_command("no/such.yaml", out, err) == 1);
  CHECK(err.str().starts_with("no/such.yaml:1:1: error: "));
}

TEST_CASE("options prints every option in each format") {
  std::ostringstream text, markdown, json;
  CHECK(options_command("", options_format::text, text) == 0);
  CHECK(options_command("", options_format::markdown, markdown) == 0);
  CHECK(options_command("", options_format::json, json) == 0);
  auto list = nlohmann::json::parse(json.str());
  CHECK(list.size() == model::option_count);
  for (auto& about : model::option_table()) {
    CAPTURE(about.name);
    CHECK(text.str().find("\n    " + std::string(about.meaning))
          != std::string::npos);
    CHECK(markdown.str().find("| `" + std::string(about.name) + "` |")
          != std::string::npos);
  }
  std::ostringstream few;
  CHECK(options_command("oos-", options_format::json, few) == 0);
  CHECK(nlohmann::json::parse(few.str()).size() == 2);
  CHECK(options_command("nothing", options_format::text, few) == 1);
}
