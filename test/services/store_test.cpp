#include "services/store/store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>

namespace fs = std::filesystem;
using strowger::services::store;
using strowger::services::stored_binding;

namespace {

// A folder of its own for each test, gone afterwards.
struct folder {
  fs::path path;

  folder() {
    auto name = (fs::temp_directory_path() / "strowger_store_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    path = name;
  }
  ~folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }

  std::string file() const {
    return (path / "data" / "switch.db").string();
  }
};

stored_binding row(const std::string& dn, const std::string& contact) {
  return {.dn = dn,
          .contact = contact,
          .params = ";q=0.5;+sip.instance=\"<urn:uuid:1>\"",
          .received = "udp:192.0.2.1:5060",
          .call_id = "abc@192.0.2.1",
          .cseq = 4'294'967'295u,
          .path = "<sip:proxy.example.com;lr>",
          .q_thousandths = 500,
          .expires_unix_s = 4'102'444'800,
          .user_agent = "phone/1.0"};
}

std::vector<stored_binding> reopened(const std::string& file) {
  const auto again = store::open(file);
  REQUIRE(again.error == "");
  const auto loaded = again.database->load_bindings();
  CHECK(loaded.error == "");
  return loaded.rows;
}

} // namespace

TEST_CASE("registrations survive a restart, every byte of them") {
  const folder here;
  auto odd = row("2002", std::string("sip:\0%00'\xff@h", 11));
  odd.user_agent.clear();
  {
    const auto first = store::open(here.file());
    REQUIRE(first.error == "");
    REQUIRE(first.database);
    CHECK(first.database->load_bindings().rows.empty());
    CHECK(first.database->save("2002", {odd}));
    CHECK(first.database->save(
      "2001", {row("2001", "sip:b@h"), row("2001", "sip:a@h")}));
    CHECK(first.database->flush() == "");
    CHECK(first.database->load_bindings().rows.size() == 3);
  }
  const auto rows = reopened(here.file());
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == row("2001", "sip:b@h"));
  CHECK(rows[1] == row("2001", "sip:a@h"));
  CHECK(rows[2] == odd);
}

TEST_CASE("closing writes what was saved last, without a flush") {
  const folder here;
  std::mt19937_64 random(1);
  std::map<std::string, std::size_t> expected;
  {
    const auto first = store::open(here.file());
    REQUIRE(first.database);
    for (int i = 0; i < 5000; ++i) {
      const auto dn = std::to_string(random() % 300);
      std::vector<stored_binding> rows;
      for (auto count = random() % 3; count > 0; --count)
        rows.push_back(row(dn, "sip:" + std::to_string(i) + "@h"));
      expected[dn] = rows.size();
      CHECK(first.database->save(dn, std::move(rows)));
    }
    CHECK(first.database->lost() == 0);
  }
  std::map<std::string, std::size_t> found;
  for (const auto& entry : reopened(here.file()))
    ++found[entry.dn];
  std::erase_if(expected, [](const auto& entry) { return entry.second == 0; });
  CHECK(found == expected);
}

TEST_CASE("too many waiting DNs are refused and counted") {
  const folder here;
  const auto first = store::open(here.file(), 0);
  REQUIRE(first.database);
  CHECK_FALSE(first.database->save("1", {}));
  CHECK_FALSE(first.database->save("2", {}));
  CHECK(first.database->lost() == 2);
  CHECK(first.database->flush() == "");
}

TEST_CASE("a file that is no database is an error that names it") {
  const folder here;
  fs::create_directories(here.path / "data");
  std::ofstream(here.file()) << std::string(5000, 'x');
  const auto opened = store::open(here.file());
  CHECK_FALSE(opened.database);
  CHECK(opened.error.find(here.file()) == 0);
  CHECK(opened.error.find("not a database") != std::string::npos);
}

TEST_CASE("a place that cannot be written is an error that names it") {
  const folder here;
  std::ofstream(here.path / "data") << "a file where the folder should be";
  const auto blocked = store::open(here.file());
  CHECK_FALSE(blocked.database);
  CHECK(blocked.error.find(here.file()) == 0);
  const auto directory = store::open(here.path.string());
  CHECK_FALSE(directory.database);
  CHECK(directory.error.find("unable to open") != std::string::npos);
}

TEST_CASE("a database of a newer switch is left alone") {
  const folder here;
  CHECK(store::open(here.file()).error == "");
  // Bytes 60 to 63 of the header hold the user version.
  std::fstream file(here.file(),
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(60).write("\0\0\0\x63", 4);
  file.close();
  const auto opened = store::open(here.file());
  CHECK_FALSE(opened.database);
  CHECK(opened.error.find("newer version") != std::string::npos);
}

TEST_CASE("failing to write is told, counted, and gets over") {
  const folder here;
  const auto first = store::open(here.file());
  REQUIRE(first.database);
  // Somebody takes the table away, as a full disk would the room in it.
  SQLite::Database other(here.file(), SQLite::OPEN_READWRITE, 5000);
  other.exec("ALTER TABLE binding RENAME TO elsewhere");
  CHECK(first.database->save("1", {row("1", "sip:lost@h")}));
  CHECK(first.database->flush() != "");
  CHECK(first.database->last_error().find(here.file()) == 0);
  CHECK(first.database->lost() == 1);
  CHECK(first.database->load_bindings().error.find(here.file()) == 0);
  other.exec("ALTER TABLE elsewhere RENAME TO binding");
  CHECK(first.database->save("1", {row("1", "sip:a@h")}));
  CHECK(first.database->flush() == "");
  CHECK(first.database->last_error() == "");
  CHECK(first.database->load_bindings().rows.size() == 1);
}
