#pragma once

#include "test/actors/switch_script.hpp"

#include <doctest/doctest.h>

/// The offices in which the tables of call control are played: phones 2001 to
/// 2004, 2009 that has no contact, the trunk "gateway" for numbers that begin
/// with 1, the routing point 9.
namespace strowger::test {

using model::option;

using option_list
  = std::initializer_list<std::pair<option, model::option_value>>;

inline std::shared_ptr<const model::directory> phones_with(
  option_list of_phones, option_list of_all = {}, option_list of_gateway = {}) {
  model::directory_builder b{"office"};
  for (auto& [id, value] : of_all)
    b.set(id, value);
  for (std::string number : {"2001", "2002", "2003", "2004"}) {
    model::option_values values;
    values.set(option::contact, "sip:" + number + "@" + number);
    for (auto& [id, value] : of_phones)
      values.set(id, value);
    b.add(number, model::dn_type::extension, std::move(values));
  }
  b.add("2009", model::dn_type::extension);
  model::option_values gateway;
  gateway.set(option::contact, std::string{"sip:gateway"});
  gateway.set(option::prefix, std::vector<std::string>{"1"});
  gateway.set(option::refer_enabled, false);
  for (auto& [id, value] : of_gateway)
    gateway.set(id, value);
  b.add("gateway", model::dn_type::trunk, std::move(gateway));
  b.add("9", model::dn_type::routing_point);
  auto config = b.build();
  REQUIRE(config);
  return config;
}

struct played_office : test::switch_script {
  using switch_script::switch_script;

  ~played_office() {
    CHECK(idle());
  }

  /// A caller from outside talks to 2002.
  void inbound() {
    play({
      {"gateway: INVITE 2002 o1", "2002: INVITE o1"},
      {"2002: 180", "gateway: 180", "2002 Ringing[c1]"},
      {"2002: 200 a1", "2002: ACK; gateway: 200 a1", "2002 Established[c1]"},
      {"gateway: ACK", ""},
    });
  }

  /// 2001 has called 2002.
  void between_phones() {
    play({
      {"2001: INVITE 2002 o1", "2002: INVITE o1", "2001 Dialing[c1]"},
      {"2002: 200 a1", "2002: ACK; 2001: 200 a1",
       "2002 Ringing[c1], 2001 Established[c1], 2002 Established[c1]"},
      {"2001: ACK", ""},
    });
  }

  /// 2002 has put the caller from outside on hold and talks to 2003 in c2.
  void consult() {
    inbound();
    consult_from_2002();
  }

  void consult_from_2002() {
    play({
      {"InitiateTransfer 2002 c1 2003",
       "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
      {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
      {"2002: 200 to re-INVITE h2", "2002: ACK; 2002': INVITE",
       "2002 Held[c1]"},
      {"2002': 200 o2", "2003: INVITE o2", "2002 Dialing[c2]"},
      {"2003: 180", "", "2003 Ringing[c2]"},
      {"2003: 200 a2", "2003: ACK; 2002': ACK a2",
       "2002 Established[c2], 2003 Established[c2]"},
    });
  }
};

struct reinvite_office : played_office {
  reinvite_office()
    : played_office(phones_with({{option::refer_enabled, false},
                                 {option::sip_hold_rfc3264, true},
                                 {option::blind_transfer_enabled, true}})) {
    // nop
  }
};

// The phones take one call, and are out of service after a 503.
struct fragile_office : played_office {
  fragile_office()
    : played_office(phones_with({{option::refer_enabled, false},
                                 {option::capacity, int64_t{1}},
                                 {option::recovery_timeout, int64_t{60}}})) {
    // nop
  }
};

// The phones are asked to call by REFER, as they are by default.
struct refer_office : played_office {
  refer_office() : played_office(phones_with({})) {
    // nop
  }
};

// The gateway moves its calls by REFER, as devices do by default.
struct referring_gateway_office : played_office {
  referring_gateway_office()
    : played_office(phones_with({{option::refer_enabled, false}}, {},
                                {{option::refer_enabled, true}})) {
    // nop
  }

  /// The caller talks to 2003 in a dialog of its own; the last NOTIFY of its
  /// old one has not come.
  void move_caller() {
    inbound();
    play({
      {"SingleStepTransfer 2002 c1 2003", "gateway: REFER sip:2003@"},
      {"gateway: 202 to REFER", ""},
      {"gateway: INVITE 2003 o2", "2003: INVITE o2"},
      {"2003: 200 a2", "2003: ACK; gateway': 200 a2; 2002: BYE",
       "2003 Ringing[c1], 2003 Established[c1], 2002 "
       "Released[c1](Transferred)"},
      {"gateway': ACK", ""},
    });
  }
};

// The gateway takes us out of calls that go outside (`oosp-transfer-enabled`).
struct oosp_office : played_office {
  oosp_office()
    : played_office(phones_with(
      {{option::refer_enabled, false}}, {},
      {{option::refer_enabled, true}, {option::oosp_transfer_enabled, true}})) {
    // nop
  }
};

// The phones have one dialog, whatever calls they are in.
struct single_dialog_office : played_office {
  single_dialog_office()
    : played_office(phones_with({{option::refer_enabled, false},
                                 {option::sip_hold_rfc3264, true},
                                 {option::dual_dialog_enabled, false}})) {
    // nop
  }

  void consult_in_one_dialog() {
    inbound();
    play({
      {"InitiateTransfer 2002 c1 2003",
       "gateway: re-INVITE a1(held); 2002: re-INVITE o1(held)"},
      {"gateway: 200 to re-INVITE h1", "gateway: ACK"},
      {"2002: 200 to re-INVITE h2", "2002: ACK; 2003: INVITE",
       "2002 Held[c1], 2002 Dialing[c2]"},
      {"2003: 180", "", "2003 Ringing[c2]"},
      {"2003: 200 o2", "2002: re-INVITE o2",
       "2002 Established[c2], 2003 Established[c2]"},
      {"2002: 200 to re-INVITE a2", "2002: ACK; 2003: ACK a2"},
    });
  }
};

// The phones answer and hold by NOTIFY (`sip-cti-control`).
struct broadsoft_office : played_office {
  broadsoft_office()
    : played_office(
      phones_with({{option::refer_enabled, false},
                   {option::sip_cti_control,
                    std::vector<std::string>{"talk", "hold", "dtmf"}},
                   {option::make_call_rfc3725_flow, int64_t{2}}})) {
    // nop
  }
};

} // namespace strowger::test
