#include "actors/model/directory.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace strowger::model;
using namespace std::literals;

namespace {

/// All errors of a configuration, one a line.
std::string errors_of(directory_builder& builder) {
  auto built = builder.build();
  CHECK((built == nullptr) == !builder.errors().empty());
  std::string result;
  for (auto& error : builder.errors())
    result += (result.empty() ? "" : "\n") + error.message;
  return result;
}

option_values trunk_options(std::string prefix) {
  return {{option::contact, "sip:127.0.0.1:5090"s},
          {option::prefix, std::vector{std::move(prefix)}}};
}

} // namespace

TEST_CASE("an option is read from the DN, the application, or the table") {
  directory_builder builder{"office"};
  builder.set(option::refer_enabled, false)
    .set(option::sip_port, int64_t{5070})
    .set_extrouter(option::timeout, int64_t{7})
    .set_extrouter(option::default_dn, std::vector{"9000"s})
    .add("2001", dn_type::extension, {{option::refer_enabled, true}})
    .add("2002", dn_type::extension);
  auto office = builder.build();
  REQUIRE(office);
  CHECK(office->switch_name() == "office");
  auto with = office->find("2001");
  auto without = office->find("2002");
  CHECK(office->flag(option::refer_enabled, with));
  CHECK_FALSE(office->flag(option::refer_enabled, without));
  CHECK_FALSE(office->flag(option::refer_enabled));
  CHECK(office->flag(option::dual_dialog_enabled, with));
  CHECK(office->integer(option::sip_port, with) == 5070);
  CHECK(office->integer(option::ring_timeout, without) == 180);
  CHECK(office->integer(option::capacity) == 0);
  CHECK(office->text(option::contact, with) == "");
  CHECK(office->list(option::digest_algorithms) == std::vector{"MD5"s});
  CHECK(office->is_set(option::refer_enabled, with));
  CHECK(office->is_set(option::sip_port));
  CHECK_FALSE(office->is_set(option::ring_timeout, with));
  // An option of two sections keeps a value in each.
  CHECK(office->integer(option::timeout) == 7);
  CHECK(office->list(option::default_dn).empty());
  CHECK(office->extrouter().find(option::default_dn));
}

TEST_CASE("exactly the numbers that were added are found") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random{seed};
    std::set<std::string> numbers;
    directory_builder builder;
    for (auto i = random() % 300; i-- > 0;)
      numbers.insert(std::to_string(random() % 1000));
    for (auto& number : numbers)
      builder.add(number, dn_type::extension);
    auto all = builder.build();
    REQUIRE(all);
    CHECK(all->dns().size() == numbers.size());
    for (int i = 0; i < 1100; ++i) {
      auto number = std::to_string(i);
      auto found = all->find(number);
      INFO("seed ", seed, ", number ", number);
      REQUIRE((found != nullptr) == numbers.contains(number));
      REQUIRE((!found || found->number == number));
    }
  }
}

TEST_CASE("a range is its numbers, with leading zeros, on shared options") {
  dn prototype{"", dn_type::extension, std::make_shared<const option_values>(),
               7, 3};
  directory_builder builder;
  builder.add_range(98, 101, 4, prototype).add_range(9, 10, 0, prototype);
  auto all = builder.build();
  REQUIRE(all);
  std::string numbers;
  for (auto& entry : all->dns()) {
    numbers += entry.number + " ";
    CHECK(entry.options == prototype.options);
    CHECK(entry.line == 7);
  }
  CHECK(numbers == "0098 0099 0100 0101 9 10 ");
}

TEST_CASE("services are found by type, the smallest priority first") {
  directory_builder builder;
  auto service = [](std::string type, int64_t priority) {
    return option_values{{option::service_type, std::move(type)},
                         {option::priority, priority}};
  };
  builder.add("late", dn_type::voip_service, service("music", 2))
    .add("early", dn_type::voip_service, service("music", 1))
    .add("pbx", dn_type::voip_service, service("softswitch", 0));
  auto all = builder.build();
  REQUIRE(all);
  REQUIRE(all->service("music"));
  CHECK(all->service("music")->number == "early");
  REQUIRE(all->softswitch());
  CHECK(all->softswitch()->number == "pbx");
  CHECK(all->service("recorder") == nullptr);
}

TEST_CASE("the plan of the directory leads over its trunks") {
  directory_builder builder;
  builder.add("gateway", dn_type::trunk, trunk_options("1"))
    .add("long", dn_type::trunk, trunk_options("12"));
  auto all = builder.build();
  REQUIRE(all);
  turn_counters turns;
  auto choices = all->plan().candidates("123", turns);
  REQUIRE(choices.size() == 2);
  CHECK(choices[0].trunk == all->find("long"));
  CHECK(choices[0].prefix_length == 2);
  CHECK(choices[1].trunk == all->find("gateway"));
}

TEST_CASE("a directory without DNs is empty, not broken") {
  auto all = directory_builder{}.build();
  REQUIRE(all);
  CHECK(all->find("") == nullptr);
  CHECK(all->find("2001") == nullptr);
  CHECK(all->softswitch() == nullptr);
}

TEST_CASE("a number is a number, not an address") {
  struct {
    std::string number;
    std::string_view error;
  } const rows[] = {
    {"2001@host",
     "extension number \"2001@host\" holds '@': a number has no host part"},
    {"2001:5060", "extension number \"2001:5060\" holds ':': a number has no "
                  "scheme, host or port"},
    {"10.0.0.1", "extension number \"10.0.0.1\" is an IP address"},
    {"", "extension number \"\" is empty"},
    {"20 01", "extension number \"20 01\" may only hold digits, letters and "
              "+ * # - . _"},
    {"+49*30#1-a.b_c", ""},
  };
  for (auto& row : rows) {
    directory_builder builder;
    builder.add(row.number, dn_type::extension);
    CHECK(errors_of(builder) == row.error);
  }
}

TEST_CASE("a number given twice names the first line, a range only once") {
  directory_builder builder;
  dn first{"2005", dn_type::extension, nullptr, 3, 5};
  dn range{"", dn_type::extension, nullptr, 9, 5};
  dn overlap{"", dn_type::extension, nullptr, 10, 5};
  builder.add(first).add_range(2000, 2999, 0, range);
  builder.add_range(2500, 3500, 0, overlap);
  CHECK(errors_of(builder)
        == "duplicate DN 2005, first defined in line 3\n"
           "duplicate DN 2500, first defined in line 9");
  CHECK(builder.errors()[0].line == 9);
}

TEST_CASE("a prefix that no call can take is an error that says why") {
  struct {
    dn_type type;
    option_values options;
    std::string_view error;
  } const rows[] = {
    {dn_type::trunk, trunk_options("1"), ""},
    {dn_type::trunk, trunk_options("20"), ""},
    {dn_type::trunk,
     {{option::prefix, std::vector{"1"s}}},
     "trunk x: unreachable prefix: there is no contact to send the calls to"},
    {dn_type::trunk, trunk_options("2001"),
     "trunk x: unreachable prefix: \"2001\" is the local extension 2001, "
     "which gets the call"},
    // The operator at "0" does not hinder calls to 0049.
    {dn_type::trunk, trunk_options("0"), ""},
    // The name of a trunk is not dialled.
    {dn_type::trunk, trunk_options("900"), ""},
    {dn_type::trunk,
     {{option::contact, "sip:a"s}, {option::prefix, std::vector{"1"s, "1"s}}},
     "trunk x: unreachable prefix: \"1\" is given twice"},
    {dn_type::voip_service,
     {{option::contact, "sip:a"s},
      {option::service_type, "music"s},
      {option::prefix, std::vector{"1"s}}},
     "voip-service x: unreachable prefix: only a trunk or a softswitch is "
     "chosen by prefix"},
    {dn_type::voip_service, {}, "voip-service x: service-type is missing"},
  };
  for (auto& row : rows) {
    directory_builder builder;
    builder.add("x", row.type, row.options)
      .add("2001", dn_type::extension)
      .add("0", dn_type::extension)
      .add("900", dn_type::trunk);
    CHECK(errors_of(builder) == row.error);
  }
}

TEST_CASE("options that contradict each other are an error at the later one") {
  using enum option;
  struct {
    std::vector<std::pair<option, option_value>> options;
    std::string_view error;
  } const rows[] = {
    {{{registrar_max_timeout, int64_t{3}}},
     "registrar-max-timeout is less than registrar-min-timeout"},
    {{{session_refresh_interval, int64_t{60}}},
     "session-refresh-interval is less than min-session-interval"},
    {{{session_refresh_interval, int64_t{0}}}, ""},
    {{{sip_port_tls, int64_t{5061}}},
     "sip-port-tls needs sip-tls-cert and sip-tls-cert-key"},
    {{{sip_port_tls, int64_t{5060}},
      {sip_tls_cert, "a.pem"s},
      {sip_tls_cert_key, "b.pem"s}},
     "sip-port-tls is the same as sip-port"},
    {{{dr_peer_trunk, "peer"s}},
     "dr-peer-trunk names \"peer\", which is no trunk"},
  };
  for (auto& row : rows) {
    directory_builder builder;
    for (auto& [id, value] : row.options)
      builder.set(id, value, 4, 9);
    CHECK(errors_of(builder) == row.error);
    for (auto& error : builder.errors())
      CHECK(error.line == 4);
  }
}

TEST_CASE("a DN that asks for a password nobody can have is an error") {
  directory_builder builder;
  builder.add("2001", dn_type::extension,
              {{option::authenticate_requests, std::vector{"register"s}}});
  CHECK(errors_of(builder)
        == "extension 2001: authenticate-requests without password: no "
           "request could ever pass");
}

TEST_CASE("a phone can be watched only over a trunk that can be asked") {
  auto fault = [](dn_type type, option_values options) {
    directory_builder builder;
    builder.add("pbx", type, options);
    builder.add("2002", dn_type::extension,
                {{option::subscribe_presence, "pbx"s}});
    builder.build();
    return builder.errors().empty() ? "" : builder.errors().front().message;
  };
  option_values contact{{option::contact, "192.0.2.1"s}};
  CHECK(fault(dn_type::trunk, contact) == "");
  CHECK(fault(dn_type::trunk, {})
        == "extension 2002: subscribe-presence names \"pbx\", which has no "
           "contact to ask");
  CHECK(fault(dn_type::extension, contact)
        == "extension 2002: subscribe-presence names \"pbx\", which is no "
           "trunk");
}
