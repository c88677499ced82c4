#include "services/config/overlay_store.hpp"
#include "test/services/config_changes.hpp"
#include "test/services/scratch_folder.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

using namespace strowger::test;
using config::overlay_store;

namespace {

struct stored {
  scratch_folder folder;
  std::string path = folder.file("data/configuration.sqlite");
  std::unique_ptr<overlay_store> store = open();

  std::unique_ptr<overlay_store> open() const {
    auto result = overlay_store::open(path);
    CHECK(result.error == "");
    return std::move(result.database);
  }
};

config::overlay_entry entry(uint64_t revision, change x) {
  return {std::move(x), {revision, "anna", 1'700'000'000'123}, {}};
}

} // namespace

TEST_CASE_FIXTURE(stored, "what was saved is there again, in its order") {
  CHECK(store->kept().revision == 0);
  config::kept_configuration x{
    7,
    "abc",
    {entry(3, put(object_kind::dn, "2009",
                  {{"type", {"extension"}}, {"password", {"ä\"'"}}})),
     entry(4, set(object_kind::switch_itself, "", "max-calls", {"5"})),
     entry(6, remove(object_kind::agent_group, "sales")),
     entry(7, unset(object_kind::dn, "2001", "prefix"))}};
  CHECK(store->save(x, config::applied_request{"anna", "r1", "c", 7}) == "");
  store = open();
  CHECK(store->kept().revision == 7);
  CHECK(store->kept().digest == "abc");
  CHECK(store->kept().entries == x.entries);
  auto known = store->find("anna", "r1");
  REQUIRE(known);
  CHECK(known->revision == 7);
  CHECK(known->content == "c");
  CHECK_FALSE(store->find("bert", "r1"));
}

TEST_CASE_FIXTURE(stored, "any row of overlays ends with the last of them") {
  auto given = std::getenv("STROWGER_SEED");
  auto seed = given ? static_cast<unsigned>(std::atoi(given))
                    : std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  auto pick = [&](size_t count) { return random() % count; };
  config::kept_configuration x;
  for (x.revision = 1; x.revision < 60; ++x.revision) {
    auto& all = x.entries;
    if (!all.empty() && pick(2) == 0)
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(pick(all.size())));
    auto made = entry(x.revision,
                      set(object_kind::dn, std::to_string(pick(9)),
                          "ring-timeout", {std::to_string(pick(100))}));
    auto old = std::find_if(all.begin(), all.end(), [&](auto& y) {
      return y.is.object == made.is.object;
    });
    if (old != all.end() && pick(2) == 0) {
      *old = made;
    } else {
      if (old != all.end())
        all.erase(old);
      all.push_back(made);
    }
    REQUIRE(store->save(x) == "");
    if (pick(3) == 0)
      store = open();
    REQUIRE(open()->kept().entries == x.entries);
    REQUIRE(open()->kept().revision == x.revision);
  }
}

TEST_CASE_FIXTURE(stored, "of requests the last thousand are remembered") {
  {
    SQLite::Database other{path, SQLite::OPEN_READWRITE};
    other.exec("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
               "WHERE i < 1004) INSERT INTO request (client, id, content, "
               "revision) SELECT 'anna', i, '', 1 FROM n");
  }
  config::kept_configuration x;
  for (auto id : {"1005", "1006"})
    CHECK(store->save(x, config::applied_request{"anna", id, "", 1}) == "");
  CHECK_FALSE(store->find("anna", "6"));
  CHECK(store->find("anna", "7"));
  CHECK(store->find("anna", "1006"));
}

TEST_CASE_FIXTURE(stored, "a save that fails changes nothing") {
  config::kept_configuration x{
    1, "d", {entry(1, remove(object_kind::dn, "2001"))}};
  REQUIRE(store->save(x) == "");
  SQLite::Database other{path, SQLite::OPEN_READWRITE};
  other.exec("DROP TABLE request");
  config::kept_configuration y{2, "e", {}};
  auto error = store->save(y, config::applied_request{"anna", "r", "", 2});
  CHECK(error.find("configuration.sqlite: ") != std::string::npos);
  CHECK(store->kept().revision == 1);
  auto kept = open();
  CHECK(kept->kept().revision == 1);
  CHECK(kept->kept().entries == x.entries);
}

TEST_CASE_FIXTURE(stored, "a database that is none is an error with its name") {
  store.reset();
  std::ofstream{path} << "this is a text file, and a rather long one at that, "
                         "so that it is longer than a header of 100 bytes";
  auto result = overlay_store::open(path);
  CHECK_FALSE(result.database);
  CHECK(result.error.find("configuration.sqlite: ") != std::string::npos);
}
