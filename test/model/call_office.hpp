#pragma once

#include "test/model/call_script.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <memory>

/// The office in which the tables of the call tests are played.
namespace strowger::test {

struct row {
  const char* what;
  const char* wire;
  const char* events = "";
};

/// 2001-2004 are phones, 9 is a routing point whose calls go to 2003 when
/// nobody routes them, "gateway" and "backup" are trunks for numbers that begin
/// with 1.
inline std::shared_ptr<const model::directory> office(
  std::initializer_list<std::pair<model::option, model::option_value>> of_all
  = {},
  model::option_values of_phones = {}, model::option_values of_gateway = {}) {
  using enum model::option;
  model::directory_builder b{"office"};
  for (auto number : {"2001", "2002", "2003", "2004"})
    b.add(number, model::dn_type::extension, of_phones);
  auto set =
    [](
      std::initializer_list<std::pair<model::option, model::option_value>> xs) {
      model::option_values values;
      for (auto& [id, value] : xs)
        values.set(id, value);
      return values;
    };
  b.set(sip_invite_timeout, int64_t{4});
  b.add("9", model::dn_type::routing_point,
        set({{default_dn, std::vector<std::string>{"2003"}}}));
  for (auto& [id, value] : of_all)
    b.set(id, value);
  of_gateway.set(contact, std::string{"sip:127.0.0.1:5090"});
  of_gateway.set(prefix, std::vector<std::string>{"1"});
  b.add("gateway", model::dn_type::trunk, std::move(of_gateway));
  b.add("backup", model::dn_type::trunk,
        set({{contact, std::string{"sip:127.0.0.1:5091"}},
             {prefix, std::vector<std::string>{"1"}},
             {priority, int64_t{5}}}));
  auto config = b.build();
  REQUIRE(config);
  return config;
}

struct office_fixture {
  office_fixture() = default;
  explicit office_fixture(std::shared_ptr<const model::directory> where)
    : config(std::move(where)) {
    // nop
  }

  std::shared_ptr<const model::directory> config = office();
  call_script call{*config};

  void play(std::initializer_list<row> rows) {
    for (auto& r : rows) {
      CAPTURE(r.what);
      CHECK(call.wire(r.what) == r.wire);
      CHECK(call.events() == r.events);
    }
  }

  void connect() {
    play({
      {"A: INVITE 2002 o1", "B: INVITE 2002@2002 o1", "2001 Dialing"},
      {"B: 180", "A: 180", "2002 Ringing"},
      {"B: 200 a1", "B: ACK; A: 200 a1", "2001 Established, 2002 Established"},
      {"A: ACK", ""},
    });
  }

  ~office_fixture() {
    CHECK(call.finished());
  }
};

} // namespace strowger::test
