#include "services/config/config.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace strowger::services;

namespace {

std::string errors_of(const std::string& text) {
  auto result = config::load_text(text, "f");
  std::string all;
  for (auto& error : result.errors)
    all += error.message + "\n";
  return all;
}

} // namespace

TEST_CASE("the control plane is an address, or a map with what guards it") {
  auto short_form = config::load_text("control: 127.0.0.1:7001\n", "f");
  REQUIRE(short_form.value);
  CHECK(short_form.value->control.listen == "127.0.0.1:7001");
  auto long_form = config::load_text("control:\n"
                                     "  listen: 0.0.0.0:7001\n"
                                     "  tokens: tokens.txt\n"
                                     "  audit: audit.jsonl\n"
                                     "  tls:\n"
                                     "    certificate: c.pem\n"
                                     "    key: k.pem\n"
                                     "    client-ca: ca.pem\n",
                                     "f");
  REQUIRE(long_form.value);
  auto& x = long_form.value->control;
  CHECK(x.listen == "0.0.0.0:7001");
  CHECK(x.tokens == "tokens.txt");
  CHECK(x.audit == "audit.jsonl");
  CHECK(x.certificate == "c.pem");
  CHECK(x.key == "k.pem");
  CHECK(x.client_ca == "ca.pem");
}

TEST_CASE("a control plane that anybody in the network could use is an error") {
  const std::string wide = "control: {listen: '0.0.0.0:7001'";
  const std::string tls = ", tls: {certificate: c, key: k";
  struct row {
    std::string text;
    std::string says; // the beginning; empty: it is fine
  };
  const row rows[] = {
    {"control: 0.0.0.0:7001", "control: beyond the loopback address clients"},
    {wide + "}", "control: beyond the loopback address clients"},
    {wide + ", tokens: t}", "control: tokens must not travel"},
    {wide + tls + "}}", "control: tls alone lets everybody in"},
    {wide + tls + "}, tokens: t}", ""},
    {wide + tls + ", client-ca: ca}}", ""},
    {"control: {listen: '127.0.0.1:1', tokens: t}", ""},
    {"control: {listen: '[::1]:1'}", ""},
    {"control: {tls: {certificate: c}}", "tls needs a certificate and a key"},
    {"control: {token: t}", "unknown key \"token\" in control; did you mean "
                            "\"tokens\"?"},
    {"control: []", "control must be one value"},
  };
  for (auto& x : rows) {
    CAPTURE(x.text);
    auto errors = errors_of(x.text + "\n");
    CHECK(errors.substr(0, x.says.size()) == x.says);
    CHECK(errors.empty() == x.says.empty());
  }
}
