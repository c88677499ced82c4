#include "actors/model/ip_network.hpp"
#include "actors/model/options.hpp"
#include "actors/model/spelling.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace strowger::model;
using namespace std::literals;

namespace {

// clang-format off
/// Every option that semantics.md §2.1 and §2.2 name for the switch.
constexpr std::string_view reference_names[] = {
  "sip-address", "sip-interface", "sip-port", "internal-registrar-enabled",
  "internal-registrar-persistent", "sip-hold-rfc3264", "override-to-on-divert",
  "event-ringing-on-100trying", "sip-refer-to-sst-enabled", "mwi-mode",
  "mwi-domain", "mwi-host", "mwi-port", "mwi-extension-enable",
  "mwi-agent-enable", "mwi-group-enable", "extn-no-answer-timeout",
  "extn-no-answer-overflow", "agent-no-answer-timeout",
  "agent-no-answer-overflow", "agent-no-answer-action", "inbound-bsns-calls",
  "handle-vsp", "match-call-once", "contact", "contacts-backup",
  "service-type", "prefix", "replace-prefix", "priority", "recovery-timeout",
  "oos-check", "oos-force", "refer-enabled", "make-call-rfc3725-flow",
  "dual-dialog-enabled", "sip-cti-control", "makecall-subst-uname",
  "blind-transfer-enabled", "oosp-transfer-enabled", "sip-early-dialog-mode",
  "cpd-capability", "sip-alert-info", "authenticate-requests", "password",
  "enable-agentlogin-subscribe", "shared-line", "shared-line-capacity",
  "shared-line-number", "dr-forward", "no-answer-timeout",
  "no-answer-overflow", "subscribe-presence", "subscribe-presence-domain",
  "subscribe-presence-from", "subscribe-presence-expire", "request-uri",
  "straight-forward", "subscription-id", "gvm_mailbox", "gvm_group_mailbox",
  "gvm_mailbox_context", "gvm_name", "gvm_password", "gvm_email",
  "gvm_pager_email", "gvm_options",
  // §2.2
  "posn-no-answer-timeout", "posn-no-answer-overflow", "no-answer-action",
  "recall-no-answer-timeout", "nas-private", "after-routing-timeout",
  "after-routing-timeout-action", "divert-on-ringing", "router-timeout",
  "default-dn", "alternate-route-profile", "alternate-route-cof",
  "default-redirection-limit", "no-response-dn", "sip-invite-timeout",
  "sip-trying-timeout", "wrap-up-time", "untimed-wrap-up-value",
  "timed-acw-in-idle", "acw-in-idle-force-ready", "legal-guard-time",
  "backwds-compat-acw-behavior", "agent-strict-id", "agent-logout-on-unreg",
  "agent-emu-login-on-call", "auto-logout-timeout", "auto-logout-ready",
  "logout-on-out-of-service", "emulated-login-state", "outbound-bsns-calls",
  "internal-bsns-calls", "unknown-bsns-calls", "inherit-bsns-type",
  "bsns-call-dev-types", "bsns-call-type", "consult-user-data", "ring-tone",
  "default-music", "music-in-queue-file", "music-in-conference-file",
  "music-on-hold", "sip-treatments-continuous", "sip-busy-type",
  "charge-type", "ringing-on-route-point", "session-refresh-interval",
  "sip-ring-tone-mode", "capacity", "capacity-group", "reject-call-notready",
  "reject-call-incall", "default-monitor-mode", "default-monitor-scope",
  "intrusion-enabled", "monitor-internal-calls", "monitor-consult-calls",
  "cancel-monitor-on-disconnect", "monitor-party-on-hold",
  "sip-enable-call-info", "sip-enable-two-party-mute", "msml-support",
  "record", "disable-media-before-greeting", "dr-peer-trunk",
  "shutdown-sip-reject-code", "sip-pass-check", "registrar-default-timeout",
  "releasing-party-report", "cast-type", "timeout", "request-tout",
  "reconnect-tout", "route-dn", "use-data-from", "report-connid-changes",
  "register-attempts", "resource-allocation-mode", "cof-feature", "tcs-use",
};
// clang-format on

struct row {
  option id;
  std::string_view text;
  std::string_view result; ///< the value, or the error after "!"
};

std::string outcome(const row& given) {
  std::string error;
  auto value = parse_option(given.id, given.text, error);
  return value ? to_string(*value) : "!" + error;
}

} // namespace

TEST_CASE("every option that the reference names is in the table") {
  for (auto name : reference_names) {
    CAPTURE(name);
    auto id = find_option(name);
    REQUIRE(id);
    CHECK(describe(*id).name == name);
  }
  CHECK_FALSE(find_option("sip-adress"));
  CHECK_FALSE(find_option(""));
}

TEST_CASE("every option is described completely and only once") {
  std::set<std::string_view> names;
  for (auto& about : option_table()) {
    CAPTURE(about.name);
    CHECK(names.insert(about.name).second);
    CHECK(find_option(about.name) == about.id);
    CHECK(about.levels != 0);
    CHECK(!about.meaning.empty());
    CHECK(about.min <= about.max);
    if (about.type == value_type::choice)
      CHECK(!about.choices.empty());
    else if (about.type != value_type::list)
      CHECK(about.choices.empty());
  }
  CHECK(names.size() == option_count);
}

TEST_CASE("every default can be written in a file and means itself") {
  for (auto& about : option_table()) {
    CAPTURE(about.name);
    if (about.default_text.empty()) {
      auto none = to_string(default_value(about.id));
      CHECK((none == "" || none == "0" || none == "false"));
      continue;
    }
    std::string error;
    auto value = parse_option(about.id, about.default_text, error);
    CAPTURE(error);
    REQUIRE(value);
    CHECK(to_string(*value) == about.default_text);
    CHECK(*value == default_value(about.id));
  }
}

TEST_CASE("a value is read by its type or refused with the reason") {
  using enum option;
  constexpr row rows[] = {
    {refer_enabled, "true", "true"},
    {refer_enabled, "No", "false"},
    {refer_enabled, "0", "false"},
    {refer_enabled, "maybe", "!\"maybe\" is not true or false"},
    {refer_enabled, "", "!\"\" is not true or false"},
    {oos_check, "300", "300"},
    {oos_check, "301", "!\"301\" is not a whole number from 0 to 300 (s)"},
    {oos_check, "-1", "!\"-1\" is not a whole number from 0 to 300 (s)"},
    {oos_check, "5s", "!\"5s\" is not a whole number from 0 to 300 (s)"},
    {sip_port, "", "!\"\" is not a whole number from 1 to 65535"},
    {sip_port, "99999999999999999999",
     "!\"99999999999999999999\" is not a whole number from 1 to 65535"},
    {mwi_mode, "subscribe", "SUBSCRIBE"},
    {mwi_mode, "NOTIFY", "!\"NOTIFY\" is none of SUBSCRIBE, REGISTER"},
    {mwi_mode, "", "!\"\" is none of SUBSCRIBE, REGISTER"},
    {authenticate_requests, "register, invite", "register,invite"},
    {authenticate_requests, "", ""},
    {authenticate_requests, "register,", "!the list has an empty item"},
    {authenticate_requests, ",", "!the list has an empty item"},
    {authenticate_requests, "bye", "!\"bye\" is none of register, invite"},
    {digest_algorithms, "md5", "MD5"},
    {sip_alert_info, "info=alert-autoanswer", "info=alert-autoanswer"},
    {sip_alert_info, "a\r\nEvil: b", "!the text holds a control character"},
    {replace_prefix, "", ""},
    {prefix, "+49, 0", "+49,0"},
    {prefix, "1 2", "!\"1 2\" is not a number (digits, letters, + * # - . _)"},
    {sip_address, "300.1.1.1",
     "!\"300.1.1.1\" is not an IP address or host name"},
    {sip_address, "sip.example.com", "sip.example.com"},
    {trusted_networks, "10.0.0.0/8,::1", "10.0.0.0/8,::1"},
  };
  for (auto& given : rows) {
    CAPTURE(given.text);
    CHECK(outcome(given) == given.result);
  }
}

TEST_CASE("a contact is a SIP URI, with or without the scheme") {
  constexpr std::string_view good[] = {
    "sip:127.0.0.1:5090",
    "127.0.0.1",
    "gw.example.com",
    "gw",
    "sips:user@gw.example.com:5061;transport=tls",
    "SIP:gw:5060;lr",
    "sip:2001@[2001:db8::1]:5060",
    "[::1]",
    "gw;transport=tcp;x=y",
  };
  constexpr std::string_view bad[] = {
    "sip:",      "sip:@gw",     "sip:gw:0",  "sip:gw:65536",  "sip:gw:",
    "sip:gw:x",  "sip:gw port", "<sip:gw>",  "\"A\" sip:gw",  "tel:+123",
    "http://gw", "sip:2001@",   "sip:1.2.3", "sip:1.2.3.999", "sip:[::1",
    "sip:[gw]",  "gw;",         "gw;=1",     "::1",           "sip:gw..com",
    "sip:-gw",
  };
  for (auto text : good) {
    CAPTURE(text);
    CHECK(outcome({option::contact, text, ""}) == text);
  }
  for (auto text : bad) {
    CAPTURE(text);
    CHECK(outcome({option::contact, text, ""}).starts_with("!"));
  }
}

TEST_CASE("an address is in a network if it shares the first bits") {
  struct {
    std::string_view network, address;
    bool inside;
  } constexpr rows[] = {
    {"127.0.0.0/8", "127.1.2.3", true},
    {"127.0.0.0/8", "128.0.0.1", false},
    {"10.32.0.0/11", "10.63.255.255", true},
    {"10.32.0.0/11", "10.64.0.0", false},
    {"0.0.0.0/0", "203.0.113.9", true},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"192.0.2.1", "192.0.2.1", true},
    {"192.0.2.1", "192.0.2.2", false},
    {"::1/128", "::1", true},
    {"2001:db8::/32", "[2001:db8:ffff::1]", true},
    {"2001:db8::/32", "2001:db9::", false},
    {"127.0.0.0/8", "::ffff:127.0.0.1", true},
  };
  for (auto& row : rows) {
    CAPTURE(row.network);
    CAPTURE(row.address);
    auto network = parse_ip_network(row.network);
    auto address = parse_ip_address(row.address);
    REQUIRE(network);
    REQUIRE(address);
    CHECK(network->contains(*address) == row.inside);
  }
}

TEST_CASE("what is no address or network is refused") {
  for (std::string_view text : {"",
                                "1.2.3",
                                "1.2.3.4.5",
                                "256.1.1.1",
                                "01.2.3.4",
                                "1.2.3.",
                                "a.b.c.d",
                                ":",
                                ":::",
                                "1:2:3:4:5:6:7",
                                "1:2:3:4:5:6:7:8:9",
                                "1::2::3",
                                "12345::",
                                "::g",
                                "1:",
                                "[::1",
                                "1:2:3:4:5:6:7::8",
                                "::1.2.3",
                                "1.2.3.4::",
                                "[1.2.3.4]"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ip_address(text));
  }
  for (std::string_view text :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.1/8", "::/129", "/8", "10.0.0.0/-1",
        "10.0.0.0/8/8", "2001:db8::1/32"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ip_network(text));
  }
}

TEST_CASE("a misspelt option leads to the one that was meant") {
  struct {
    std::string_view written, meant;
  } constexpr rows[] = {
    {"oos-chek", "oos-check"},
    {"sip_port", "sip-port"},
    {"Contact", "contact"},
    {"recovery_time", "recovery-timeout"},
  };
  for (auto& row : rows) {
    CAPTURE(row.written);
    CHECK(describe(nearest_option(row.written)).name == row.meant);
  }
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "ABC") == 0);
  CHECK(nearest_word("x", {}) == "");
}

TEST_CASE("a set of values finds what was set last") {
  option_values values{{option::sip_port, int64_t{5070}},
                       {option::contact, "sip:a"s}};
  values.set(option::contact, "sip:b"s);
  values.set(option::sip_address, "127.0.0.1"s);
  REQUIRE(values.find(option::contact));
  CHECK(to_string(*values.find(option::contact)) == "sip:b");
  CHECK(values.find(option::prefix) == nullptr);
  CHECK(values.entries().size() == 3);
  CHECK(
    std::ranges::is_sorted(values.entries(), {}, &option_values::entry::first));
}

TEST_CASE("levels and DN types are named as in a file") {
  CHECK(levels_to_string(describe(option::prefix).levels)
        == "trunk, voip-service");
  CHECK(levels_to_string(describe(option::default_dn).levels)
        == "TServer, extrouter, routing-point");
  CHECK(levels_to_string(describe(option::password).levels)
        == "any DN, agent login");
  for (size_t i = 0; i < dn_type_count; ++i) {
    auto type = static_cast<dn_type>(i);
    CHECK(parse_dn_type(to_string(type)) == type);
  }
  CHECK_FALSE(parse_dn_type("extention"));
}
