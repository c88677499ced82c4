#include "sip/listeners.hpp"
#include "test/sip/tls_fixture.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <string>

using namespace strowger;
using namespace strowger::test;

TEST_CASE_FIXTURE(tls_fixture, "a request goes out and comes in over TLS") {
  peer a(26001);
  call_from(a);
  // To our own TLS listener: it comes back, and is found to be a loop.
  model::invite x;
  x.leg = 1;
  x.target.uri = "sip:7001@127.0.0.1:26005;transport=tls";
  perform(std::move(x));
  REQUIRE(until([&] { return heard.size() > read; }, 5000));
  auto looped = hear<model::responded>();
  CHECK(looped.status == 482);
  CHECK(!looped.local);
}

TEST_CASE("the certificates are copied to a place of their own, then removed") {
  self_signed pair;
  model::directory_builder builder;
  const auto options = pair.options();
  for (const auto& [id, value] : options.entries())
    builder.set(id, value);
  auto config = builder.build();
  std::string path;
  {
    sip::certificates files;
    CHECK(!files.prepare(*config).has_value());
    path = files.path();
    struct stat info {};
    REQUIRE(stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);
    REQUIRE(stat((path + "/agent.pem").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(std::filesystem::exists(path + "/cafile.pem"));
  }
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("a certificate that cannot be read is named") {
  model::directory_builder builder;
  builder.set(model::option::sip_port_tls, int64_t{26005});
  builder.set(model::option::sip_tls_cert, std::string{"/nowhere/x.pem"});
  builder.set(model::option::sip_tls_cert_key, std::string{"/nowhere/y.pem"});
  auto config = builder.build();
  REQUIRE(config != nullptr);
  sip::certificates files;
  auto error = files.prepare(*config);
  REQUIRE(error.has_value());
  CHECK(error->find("sip-tls-cert: cannot read /nowhere/x.pem") == 0);
}
